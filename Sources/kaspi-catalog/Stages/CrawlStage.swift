import CatalogFormat
import Console
import Crawl
import HTTP
import Model
import Store
import SystemPackage

/// Crawls one shop and keeps the result for `plan`.
struct CrawlStage {
  let job: ShopJob

  /// Runs the crawl.
  ///
  /// - Returns: What was found, kept in `crawl/result.json`, and how it went.
  /// - Throws: ``CommandError`` when the source of offers gave nothing; the last result stays as it is.
  func run() async throws -> CrawlResult {
    var configuration = CurlClient.Configuration()
    configuration.maximumConnectionsPerHost = max(4, job.shop.pace.inFlight)
    let client = CurlClient(configuration: configuration)
    let terminal = job.terminal
    let now = job.clock
    let polite = PoliteClient(
      client,
      limit: RateLimiter.Limit(
        perSecond: job.shop.pace.rate > 0 ? job.shop.pace.rate : 1_000_000,
        maximumInFlight: job.shop.pace.inFlight),
      now: { now().milliseconds / 1000 },
      observer: { event in
        if case .willRepeat(let wait) = event.kind {
          terminal.detail("asking again in \(wait): \(event.url)")
        }
      })
    let bar = terminal.progress(job.shop.name)
    let result: CrawlResult
    do {
      result = try await Crawler(client: polite, folder: job.folders.crawl, now: job.clock).crawl(settings) {
        bar.show($0.done, of: $0.total ?? 0, note: $0.phase.rawValue)
      }
    } catch {
      bar.finish()
      await client.close()
      throw error
    }
    bar.finish()
    await client.close()
    try AtomicFile.write(
      CanonicalJSON.document(result.report.document), to: job.folders.reports.appending("crawl.json"))
    try AtomicFile.write(Array(result.report.text.utf8), to: job.folders.reports.appending("crawl.txt"))
    if let failure = result.report.failure { throw Self.error(failure) }
    try AtomicFile.write(
      CrawlRecordJSON.encode(CrawlRecord(taken: job.now, shop: result.shop)),
      to: job.folders.crawl.appending("result.json"))
    return result
  }

  private var settings: CrawlSettings {
    CrawlSettings(
      shop: job.shop.name, city: job.shop.city,
      sources: job.shop.sources.map { source in
        let kind: SourceSettings.Kind =
          switch source.kind {
          case .feed: .feed
          case .listing: .listing
          }
        let isAddress = source.url.hasPrefix("http://") || source.url.hasPrefix("https://")
        let location =
          kind == .listing
          ? Self.listing(source.url, of: job.shop.merchant)
          : isAddress ? source.url : job.folders.workspace.pushing(FilePath(source.url)).string
        return SourceSettings(kind: kind, location: location)
      },
      enrichPages: job.shop.enrich.pages, enrichReviews: job.shop.enrich.reviews,
      shopEndpoint: job.shop.endpoints.shop, concurrency: job.shop.pace.inFlight)
  }

  /// The listing to read: an address that names only the shop means this seller's own listing there.
  private static func listing(_ address: String, of merchant: MerchantID) -> String {
    guard !address.contains("?"), address.contains("://"), address.split(separator: "/").count == 2 else {
      return address
    }
    return address + (address.hasSuffix("/") ? "" : "/")
      + "shop/search/?q=%3AallMerchants%3A\(merchant.text)"
  }

  private static func error(_ failure: CrawlFailure) -> CommandError {
    let status: ExitStatus =
      switch failure.kind {
      case .temporary, .blocked: .temporary
      case .badInput: .badInput
      case .configuration: .configuration
      }
    return CommandError(
      status, what: failure.what, place: failure.place.description, remedy: failure.hint)
  }
}
