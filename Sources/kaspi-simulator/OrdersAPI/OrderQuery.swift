/// The filters of `GET /orders`, with the refusals that the live API gives.
struct OrderQuery {
  /// From 0.
  var page: Int
  /// 1 to 100; more is answered with 100, without a word.
  var size: Int
  /// One order by its number, or `nil`.
  var code: String?
  /// Earliest creation in epoch milliseconds, or `nil` when a code is asked for.
  var from: Int64?
  /// Latest creation in epoch milliseconds.
  var to: Int64
  /// Filters by attribute, empty for none.
  var wanted: [String: String]
  /// `include[orders]`.
  var includes: Set<String>

  /// Longest window.
  static let longest = 14 * World.day

  /// Reads the query; gives the title of the error that the API answers.
  static func read(_ request: Request, now: Int64) -> Result<OrderQuery, Refusal> {
    func refuse(_ title: String) -> Result<OrderQuery, Refusal> { .failure(Refusal(title)) }
    guard let page = request.parameter("page[number]").flatMap({ Int($0) }), page >= 0 else {
      return refuse("Required parameter page[number] is empty.")
    }
    guard let size = request.parameter("page[size]").flatMap({ Int($0) }), size >= 1 else {
      return refuse("Required parameter page[size] is empty.")
    }
    var query = OrderQuery(
      page: page, size: min(100, size), code: request.parameter("filter[orders][code]"), to: now, wanted: [:],
      includes: [])
    for value in (request.parameter("include[orders]") ?? "").split(separator: ",") {
      query.includes.insert(String(value))
    }
    for name in ["state", "status", "deliveryType", "signatureRequired"] {
      if let value = request.parameter("filter[orders][\(name)]"), !value.isEmpty {
        query.wanted[name] = value
      }
    }
    let from = request.parameter("filter[orders][creationDate][$ge]").flatMap { Int64($0) }
    if let to = request.parameter("filter[orders][creationDate][$le]").flatMap({ Int64($0) }) {
      query.to = to
    }
    guard query.code == nil else { return .success(query) }
    guard let from else { return refuse("Required filter [orders][creationDate][$ge] is empty.") }
    query.from = from
    if query.to - from > longest {
      // Whole days that were begun, as the live text counts them.
      let days = (query.to - from + World.day - 1) / World.day
      return refuse(
        "Exceeded the maximum difference for the filter[orders][creationDate] (in days). Actual [\(days)], max [14]."
      )
    }
    return .success(query)
  }
}
