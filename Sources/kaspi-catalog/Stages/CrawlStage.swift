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
  /// What is asked for in a special way.
  var wish = CrawlWish()

  /// Runs the crawl.
  ///
  /// - Parameter use: What is to be done with the result; killed there, the next crawl asks for nothing again.
  /// - Returns: How it went, with a failure when the enrichment was stopped before its end; what was found is kept in
  ///   `crawl/result.json` and not in the value.
  /// - Throws: ``CommandError`` when the source of offers gave nothing; the last result stays as it is.
  func run(use: (CrawlResult) async throws -> Void = { _ in }) async throws -> CrawlResult {
    var settings = try settings()
    let cassette = try cassette(settings)
    // With a cassette the clock stands still, so that its replay writes the same bytes.
    let fixed = cassette?.started
    var clock = job.clock
    if let fixed { clock = { fixed } }
    if cassette != nil { settings.resumeWithin = .zero }
    let clients = try clients(isOffline: cassette?.isReplay ?? false)
    let bar = job.terminal.progress(job.shop.name)
    let result: CrawlResult
    let record = try CrawlRecordWriter(job.folders.crawl.appending("result.json"))
    do {
      let crawler = Crawler(
        client: clients.shop, cabinet: clients.cabinet, cassette: cassette, folder: job.folders.crawl,
        now: clock)
      result = try await crawler.crawl(settings) {
        bar.show($0.done, of: $0.total ?? 0, note: $0.phase.rawValue)
      } take: { part in
        switch part {
        case .offer(let offer): try record.add(offer)
        case .finding(let finding): try record.add(finding)
        }
      } use: { result in
        bar.finish()
        try keep(result, record, taken: fixed ?? job.now)
        try await use(result)
      }
    } catch {
      bar.finish()
      await clients.close()
      throw error
    }
    await clients.close()
    return result
  }

  /// Writes what was found and how it went.
  private func keep(_ result: CrawlResult, _ record: CrawlRecordWriter, taken: Instant) throws {
    let news = newWarnings(result.report)
    try AtomicFile.write(
      CanonicalJSON.document(result.report.document), to: job.folders.reports.appending("crawl.json"))
    try AtomicFile.write(Array(result.report.text.utf8), to: job.folders.reports.appending("crawl.txt"))
    if let failure = result.report.failure {
      guard result.shop.hasAllOffers, result.report.offers > 0 else { throw Self.error(failure) }
      job.terminal.remark(
        "\(job.shop.name): \(failure.what)\n   at: \(failure.place)\n   do: \(failure.hint)")
    }
    if !news.isEmpty, !job.terminal.manner.quiet {
      let kinds = news.prefix(3).map { "\($0.rule) × \($0.count)" }.joined(separator: ", ")
      job.terminal.remark(
        "\(job.shop.name): warnings about the sources: \(kinds)\(news.count > 3 ? ", …" : "")"
          + "; see \(job.folders.reports.appending("crawl.txt"))")
    }
    for alert in result.report.alerts {
      job.terminal.remark("\(job.shop.name): \(alert.rule): \(alert.message)")
    }
    if job.shop.enrich.offers {
      try AtomicFile.write(
        CanonicalJSON.document(MarketDocument.value(of: result.market, taken: taken)),
        to: job.folders.reports.appending("market.json"))
    }
    try record.finish(result.shop, taken: taken)
  }

  /// Warnings that the last crawl did not have, or had fewer of: what stands there every night is told once.
  private func newWarnings(_ report: CrawlReport) -> [CrawlReport.Warning] {
    // Without a readable report of the last crawl everything is new.
    let last = (try? AtomicFile.read(job.folders.reports.appending("crawl.json"))).flatMap {
      try? JSONValue(parsing: $0)
    }
    var known: [String: Int] = [:]
    for warning in last?["warnings"]?.array ?? [] {
      if let rule = warning["rule"]?.string { known[rule] = warning["count"]?.int }
    }
    return report.warnings.filter { $0.count > known[$0.rule, default: 0] }
  }

  /// What the configuration and the command line ask for.
  func settings() throws(CommandError) -> CrawlSettings {
    let shop = job.shop
    var settings = CrawlSettings(
      shop: shop.name, city: shop.city,
      sources: shop.sources.map { source in
        let kind: SourceSettings.Kind =
          switch source.kind {
          case .feed: .feed
          case .cabinet: .cabinet
          case .listing: .listing
          case .sheet: .sheet
          }
        let isPath = (kind == .feed || kind == .sheet) && !source.url.contains("://")
        let location = isPath ? job.folders.workspace.pushing(FilePath(source.url)).string : source.url
        var settings = SourceSettings(kind: kind, location: location, shownAs: isPath ? source.url : nil)
        settings.redirectHosts = source.redirects
        settings.maximumBytes = source.maximumMegabytes.map { $0 << 20 }
        return settings
      },
      enrichPages: shop.enrich.pages, enrichReviews: shop.enrich.reviews,
      shopEndpoint: shop.endpoints.shop, maximumPages: wish.budget, concurrency: shop.pace.inFlight)
    settings.merchant = shop.merchant
    settings.enrichOffers = shop.enrich.offers
    settings.enrichDetails = shop.enrich.details
    settings.enrichImages = shop.enrich.images
    settings.imageEndpoint = shop.endpoints.images
    settings.obeysRobots = true
    settings.changedOnly = wish.changed
    settings.refreshDays = Int(shop.enrich.refresh.components.seconds / 86_400)
    return settings
  }

  private func cassette(_ settings: CrawlSettings) throws -> Cassette? {
    if let folder = wish.replay {
      return try Cassette.replaying(from: job.context.path(folder).appending(job.shop.name))
    }
    guard let folder = wish.record else { return nil }
    return try Cassette.recording(
      in: job.context.path(folder).appending(job.shop.name), started: job.now, secrets: try secrets())
  }

  /// What no cassette may hold: cookies, and the keys in addresses of sources.
  private func secrets() throws -> Secrets {
    var values: [String] = []
    var pairs: [(name: String, value: String)] = []
    for source in job.shop.sources {
      if let cookies = source.cookies {
        let path = try cookies.checked(workspace: job.folders.workspace)
        values += CookieValues.values(in: try AtomicFile.read(path, maximumBytes: 1 << 20))
      }
      if let parts = URLParts(URLQuery.escaped(source.url)), source.kind == .feed || source.kind == .sheet {
        if let userInfo = parts.userInfo {
          values += [userInfo] + userInfo.split(separator: ":").map(String.init)
        }
        for pair in (parts.query ?? "").split(separator: "&") {
          let words = pair.split(separator: "=", maxSplits: 1)
          pairs.append((String(words[0]), words.count > 1 ? String(words[1]) : ""))
        }
      }
    }
    return Secrets(values: values, pairs: pairs)
  }

  static func error(_ failure: CrawlFailure) -> CommandError {
    let status: ExitStatus =
      switch failure.kind {
      case .temporary: .temporary
      case .blocked: .partly
      case .expired: .failed
      case .badInput: .badInput
      case .configuration: .configuration
      }
    return CommandError(
      status, what: failure.what, place: failure.place.description, remedy: failure.hint)
  }
}

/// The clients of one crawl: the cabinet's has the session, the other one knows no cookies.
struct CrawlClients {
  let shop: any HTTPClient
  let cabinet: any HTTPClient
  fileprivate let owned: [CurlClient]

  /// Ends all transfers and joins the threads.
  func close() async {
    for client in owned { await client.close() }
  }
}

extension CrawlStage {
  /// Starts the clients; without a network there is none.
  func clients(isOffline: Bool = false) throws(CommandError) -> CrawlClients {
    if isOffline { return CrawlClients(shop: NoNetwork(), cabinet: NoNetwork(), owned: []) }
    // Before a client has a thread of its own, which would still run while a refused command ends.
    let source = job.shop.sources.first { $0.kind == .cabinet }
    let cookies = try source?.cookies?.checked(workspace: job.folders.workspace)
    let manners = CrawlManners(shop: job.shop)
    var configuration = CurlClient.Configuration()
    configuration.maximumConnectionsPerHost = max(4, job.shop.pace.inFlight)
    configuration.maximumConnections = max(16, job.shop.pace.inFlight)
    configuration.allowedHosts = manners.hosts
    var owned = [CurlClient(configuration: configuration)]
    let shop = polite(owned[0], manners)
    var cabinet = shop
    if let cookies {
      configuration.cookieFile = cookies.string
      let client = CurlClient(configuration: configuration)
      owned.append(client)
      cabinet = polite(client, manners)
    }
    return CrawlClients(shop: shop, cabinet: cabinet, owned: owned)
  }

  private func polite(_ client: CurlClient, _ manners: CrawlManners) -> PoliteClient {
    let (terminal, now) = (job.terminal, job.clock)
    return PoliteClient(
      client, surfaces: manners.surfaces, limit: manners.fallback, retries: manners.fallbackRetries,
      now: { now().milliseconds / 1000 },
      observer: { event in
        if case .willRepeat(let wait) = event.kind {
          terminal.detail("asking again in \(wait): \(event.url)")
        }
      })
  }
}

/// Answers nothing: a replay that asks for more than was recorded must not reach the world.
private struct NoNetwork: HTTPClient {
  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    throw HTTPError(
      code: .notConnected, mayHaveReachedServer: false, url: request.url, message: "a replay has no network")
  }
}
