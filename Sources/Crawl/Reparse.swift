internal import HTTP
public import Model
internal import Store
public import SystemPackage

/// Runs the parsers of this version over the answers that the last crawl kept.
public struct Reparse: Sendable {
  /// One fact that is read differently now.
  public struct Difference: Sendable, Hashable {
    /// The offer.
    public var sku: String
    /// The name of the fact, like `title`.
    public var field: String
    /// What was read then; `nil` for nothing.
    public var before: String?
    /// What is read now; `nil` for nothing.
    public var after: String?
    /// Where it is read from, without secrets.
    public var source: String
    /// Why: the number of the parser then and now.
    public var why: String
  }

  private let folder: FilePath

  /// Names the crawl.
  ///
  /// - Parameter folder: The shop's crawl folder.
  public init(folder: FilePath) { self.folder = folder }

  /// Reads everything anew; no network, nothing written.
  ///
  /// - Parameter settings: The settings of the crawl.
  /// - Returns: What the crawl would have found; answers that are not kept are gaps.
  /// - Throws: `StoreError` without a crawl that went to its end; `CancellationError`.
  public func run(_ settings: CrawlSettings) async throws -> CrawlResult {
    let journal = try CrawlJournal(reading: folder)
    let wire = CrawlWire(client: Silent(), cabinet: Silent(), cassette: nil)
    let moment = journal.started
    let archive = try PageArchive(folder)
    let fetcher = Fetcher(
      wire: wire, journal: journal, archive: archive, parsed: nil, settings: settings,
      now: { moment })
    var run = CrawlRun(settings: settings, fetcher: fetcher, journal: journal, progress: { _ in })
    try await run.readAll()
    let shop = try run.result()
    let report = CrawlReport(
      run: journal.run, shop: settings.shop, started: journal.started, finished: journal.started,
      failure: run.failure, requests: fetcher.requests, coverage: CrawlReport.coverage(of: shop.offers),
      offers: shop.offers.count, heldBack: shop.heldBack.count, gaps: shop.gaps,
      findings: Dictionary(grouping: shop.findings, by: \.severity).mapValues(\.count))
    return CrawlResult(shop: shop, report: report, market: run.market)
  }

  /// What two readings of the same answers see differently.
  ///
  /// - Parameters:
  ///   - before: The earlier reading.
  ///   - after: The later one.
  /// - Returns: Sorted by SKU and field.
  public static func differences(from before: CrawledShop, to after: CrawledShop) -> [Difference] {
    let old = Dictionary(before.offers.map { ($0.offer.sku, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(after.offers.map { ($0.offer.sku, $0) }, uniquingKeysWith: { first, _ in first })
    var differences: [Difference] = []
    for sku in Set(old.keys).union(new.keys).sorted() {
      let (was, now) = (old[sku], new[sku])
      let origin = now?.provenance.last ?? was?.provenance.last
      let (then, today) = (was?.provenance.map(\.parser).max(), now?.provenance.map(\.parser).max())
      let why =
        then == today
        ? "the same parser \(today ?? 0): the kept answer or the configuration differs"
        : "parser \(then.map(String.init) ?? "none") then, \(today.map(String.init) ?? "none") now"
      let (left, right) = (facts(was), facts(now))
      for field in Set(left.keys).union(right.keys).sorted() where left[field] != right[field] {
        differences.append(
          Difference(
            sku: sku.text, field: field, before: left[field], after: right[field],
            source: origin?.source ?? "", why: why))
      }
    }
    return differences
  }

  /// The facts of an offer as short texts, by name.
  private static func facts(_ offer: CrawledOffer?) -> [String: String] {
    guard let offer else { return [:] }
    var facts: [String: String] = [
      "offer": offer.offer.model, "price": "\(offer.offer.pricing.lowest?.amount ?? 0)",
      "stock": offer.offer.availabilities.map { "\($0.store) \($0.stock.map(String.init) ?? "-")" }
        .joined(separator: ", "),
    ]
    facts["brand"] = offer.offer.brand ?? offer.product?.brand
    facts["card"] = offer.productID?.text
    guard let product = offer.product else { return facts }
    facts["title"] = product.title
    facts["categories"] = product.categories.map(\.title).joined(separator: " › ")
    facts["description"] = product.description
    facts["images"] = product.images.joined(separator: " ")
    facts["variants"] = product.variants.map { "\($0.product)" }.joined(separator: " ")
    facts["rating"] = product.rating.map { "\($0.stars) of \($0.count ?? 0)" }
    facts["sales"] = product.sales.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
      separator: ", ")
    for group in product.characteristics {
      for one in group.characteristics {
        facts["characteristic \(group.name)/\(one.name)"] =
          one.values.joined(separator: ", ") + (one.unit.map { " \($0)" } ?? "")
      }
    }
    return facts
  }
}

/// Answers nothing: what is not kept is not there.
private struct Silent: HTTPClient {
  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    throw HTTPError(
      code: .invalidRequest, mayHaveReachedServer: false, url: request.url,
      message: "its answer is not kept, or no longer what it was; crawl again")
  }
}
