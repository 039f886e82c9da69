public import HTTP
import Model
import Store

/// A reader of Kaspi's orders API; it never changes anything there.
///
/// Pacing and retries belong to the client that is passed in.
public struct OrdersAPI: Sendable {
  private let client: any HTTPClient
  private let base: String
  private let token: String

  /// Orders on one page, the API's own most.
  static let pageSize = 100
  /// Pages of one window after which something must be wrong.
  static let maximumPages = 2000
  /// Entries that are asked for at once.
  static let width = 4

  /// Makes a reader.
  ///
  /// - Parameters:
  ///   - client: Sends the requests; it names the user agent, without which Kaspi never answers.
  ///   - base: Like `https://kaspi.kz/shop/api/v2`.
  ///   - token: The shop's token; it goes into one header and nowhere else.
  public init(client: any HTTPClient, base: String, token: String) {
    self.client = client
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.token = token
  }

  /// Everything ordered in a period.
  struct Reading: Sendable {
    var orders: [Order]
    var findings: [Finding]
    var pages: Int
  }

  /// Reads all orders created in a period, without their entries.
  ///
  /// Orders move between pages while one reads, so ids count once, and a window that came short of its own total
  /// is read a second time.
  func orders(from: Instant, to: Instant) async throws(OrdersError) -> Reading {
    var reading = Reading(orders: [], findings: [], pages: 0)
    var seen: Set<String> = []
    for window in OrderWindow.cut(from: from, to: to) {
      var found: Set<String> = []
      var total = 0
      for attempt in 1...2 {
        total = try await readWindow(window, seen: &seen, found: &found, into: &reading)
        if found.count >= total { break }
        if attempt == 2 {
          reading.findings.append(
            Finding(
              rule: "short-window", severity: .warning, place: Place(base + "/orders"),
              message: "Kaspi counts \(total) orders in a window and showed \(found.count) in two readings.",
              hint: "The next snapshot looks again; nothing is concluded from an absence."))
        }
      }
    }
    reading.orders.removeAll { $0.created < from || $0.created > to }
    return reading
  }

  /// Reads one window; gives the number of orders that the API claims for it.
  private func readWindow(
    _ window: OrderWindow, seen: inout Set<String>, found: inout Set<String>, into reading: inout Reading
  ) async throws(OrdersError) -> Int {
    var total = 0
    for number in 0... {
      let url = URLQuery.append(
        [
          ("page[number]", "\(number)"), ("page[size]", "\(Self.pageSize)"),
          ("filter[orders][creationDate][$ge]", "\(window.from.milliseconds)"),
          ("filter[orders][creationDate][$le]", "\(window.to.milliseconds)"),
        ], to: base + "/orders")
      let page = try await get(url) { (bytes, source) throws(OrdersError) in
        try OrderDecoder.page(bytes, source: source)
      }
      reading.pages += 1
      total = page.totalCount ?? 0
      var isAnyNew = false
      for id in page.ids where found.insert(id).inserted { isAnyNew = true }
      for order in page.orders where seen.insert(order.id).inserted { reading.orders.append(order) }
      for finding in page.findings where !reading.findings.contains(finding) {
        reading.findings.append(finding)
      }
      if let pageCount = page.pageCount {
        if number + 1 >= pageCount { break }
        if page.ids.isEmpty {
          throw OrdersError(
            code: .badAnswer, source: base + "/orders",
            detail: "page \(number + 1) of \(pageCount) is empty, which cannot be")
        }
      } else if page.ids.count < Self.pageSize {
        break
      } else if !isAnyNew {
        throw OrdersError(
          code: .badAnswer, source: base + "/orders", detail: "the same page comes again and again")
      }
      if number + 1 >= Self.maximumPages {
        throw OrdersError(
          code: .badAnswer, source: base + "/orders",
          detail: "more than \(Self.maximumPages) pages in one window")
      }
    }
    return total
  }

  /// Reads the lines of one order; asks for the product where a line has no title.
  func entries(of order: Order) async throws(OrdersError) -> [OrderEntry] {
    let url = base + "/orders/" + URLQuery.percentEncode(order.id) + "/entries"
    let decoded = try await get(url) { (bytes, source) throws(OrdersError) in
      try OrderDecoder.entries(bytes, source: source)
    }
    var entries: [OrderEntry] = []
    for item in decoded {
      var entry = item.entry
      if item.needsProduct, !item.id.isEmpty {
        let link = base + "/orderentries/" + URLQuery.percentEncode(item.id) + "/product"
        do throws(OrdersError) {
          let product = try await get(link) { (bytes, source) throws(OrdersError) in
            try OrderDecoder.product(bytes, source: source)
          }
          entry.title = product.name ?? ""
          if entry.product == nil { entry.product = product.code.flatMap { ProductID($0) } }
        } catch  where error.code == .notFound {
          // A card that is gone: the line stays, nameless.
          entry.title = ""
        }
      }
      entries.append(entry)
    }
    return entries
  }

  /// The lines of several orders, a few at a time, in the order of the argument.
  func entries(of orders: [Order]) async -> [Result<[OrderEntry], OrdersError>] {
    await withTaskGroup(of: (Int, Result<[OrderEntry], OrdersError>).self) { group in
      var results: [Result<[OrderEntry], OrdersError>?] = Array(repeating: nil, count: orders.count)
      var next = 0
      var isRefused = false
      func start() {
        guard next < orders.count, !isRefused else { return }
        let (index, order) = (next, orders[next])
        next += 1
        group.addTask { (index, await self.result(order)) }
      }
      for _ in 0..<Self.width { start() }
      while let (index, result) = await group.next() {
        if case .failure(let error) = result, error.code == .refused { isRefused = true }
        results[index] = result
        start()
      }
      return results.map {
        $0
          ?? .failure(
            OrdersError(code: .refused, source: base, detail: "not asked after the token was refused"))
      }
    }
  }

  private func result(_ order: Order) async -> Result<[OrderEntry], OrdersError> {
    do throws(OrdersError) {
      return .success(try await entries(of: order))
    } catch {
      return .failure(error)
    }
  }

  /// Asks once, and once more when the answer is not what it should be.
  private func get<Answer>(
    _ url: String, decode: ([UInt8], String) throws(OrdersError) -> Answer
  ) async throws(OrdersError) -> Answer {
    let source = url.split(separator: "?", maxSplits: 1).first.map(String.init) ?? url
    do throws(OrdersError) {
      return try decode(try await body(url, source), source)
    } catch  where error.code == .badAnswer {
      return try decode(try await body(url, source), source)
    }
  }

  private func body(_ url: String, _ source: String) async throws(OrdersError) -> [UInt8] {
    let request = HTTPRequest(
      "GET", url,
      headers: [
        ("X-Auth-Token", token), ("Accept", "application/vnd.api+json"),
        ("Content-Type", "application/vnd.api+json"),
      ])
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await client.send(request)
    } catch {
      throw OrdersError(code: .unavailable, source: source, detail: "no complete answer: \(error.message)")
    }
    switch response.status {
    case 200: return response.body
    case 401, 403:
      throw OrdersError(
        code: .refused, source: source, detail: "Kaspi refused the token (\(response.status))")
    case 404: throw OrdersError(code: .notFound, source: source, detail: "nothing there (404)")
    case 429, 500...599:
      throw OrdersError(code: .unavailable, source: source, detail: "Kaspi answered \(response.status)")
    default:
      let title = Self.title(response.body)
      throw OrdersError(
        code: .rejected, source: source,
        detail: "Kaspi answered \(response.status)" + (title.map { ": \($0)" } ?? ""))
    }
  }

  /// Kaspi's own words in an error answer.
  private static func title(_ body: [UInt8]) -> String? {
    do throws(OrdersError) {
      let title = try OrderDecoder.parse(body, "")["errors"]?[0]?["title"]?.string
      return title.map { MessageContext.shortened(MessageContext.clean($0), to: 200) }
    } catch {
      // A page of a proxy has no words for us.
      return nil
    }
  }
}
