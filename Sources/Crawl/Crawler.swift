public import HTTP
public import Model
internal import Store
public import SystemPackage

/// Reads a shop from what its seller has: a price list, the cabinet, the public listing, a sheet, product pages,
/// rating figures.
///
/// The first source is the truth about which offers exist; everything else adds to them. One bad page never ends a
/// crawl: it becomes a gap. A first source that fails ends it, with no offers and the reason.
public struct Crawler: Sendable {
  private let client: any HTTPClient
  private let cabinet: any HTTPClient
  private let cassette: Cassette?
  private let folder: FilePath
  private let now: @Sendable () -> Instant

  /// Makes a crawler for one shop.
  ///
  /// - Parameters:
  ///   - client: Asks politely: rates, waits and repetitions are its business.
  ///   - cabinet: Asks the cabinet with its session; `client` when left out.
  ///   - cassette: Records answers, or stands in for the network; `nil` for neither.
  ///   - folder: The shop's crawl folder, `output/<shop>/crawl`; made when missing.
  ///   - now: The clock, for what goes into journal and provenance.
  public init(
    client: any HTTPClient, cabinet: (any HTTPClient)? = nil, cassette: Cassette? = nil, folder: FilePath,
    now: @escaping @Sendable () -> Instant
  ) {
    self.client = client
    self.cabinet = cabinet ?? client
    self.cassette = cassette
    self.folder = folder
    self.now = now
  }

  /// Crawls a shop; takes up an interrupted crawl of the same settings where there is one.
  ///
  /// The caller holds the shop's lock. What was answered outlives the process before the crawl goes on: killed at any
  /// moment, the next start asks for nothing twice and gives the same result.
  ///
  /// - Parameters:
  ///   - settings: What to do.
  ///   - progress: Told after every step, from any thread.
  /// - Returns: What was found, gaps included; never an error in disguise: see ``CrawlReport/failure``.
  /// - Throws: `StoreError` when the disk refuses, `CancellationError` when the crawl was cancelled; in both cases
  ///   the next start goes on where this one stopped.
  public func crawl(
    _ settings: CrawlSettings, progress: @escaping @Sendable (CrawlProgress) -> Void = { _ in }
  ) async throws -> CrawlResult {
    var (offers, findings): ([CrawledOffer], [Finding]) = ([], [])
    var result = try await crawl(settings, progress: progress) { part in
      switch part {
      case .offer(let offer): offers.append(offer)
      case .finding(let finding): findings.append(finding)
      }
    }
    let shop = result.shop
    result.shop = CrawledShop(
      company: shop.company, merchant: shop.merchant, offers: offers, heldBack: shop.heldBack,
      gaps: shop.gaps, sources: shop.sources, findings: findings)
    return result
  }

  /// Crawls a shop without holding what it finds: memory grows by a few hundred bytes an offer, not by its card.
  ///
  /// - Parameters:
  ///   - settings: What to do.
  ///   - progress: Told after every step, from any thread.
  ///   - take: Given every offer and every finding once everything was asked, before this returns. Offers come in the
  ///     order of the first source; a ``CrawledShop`` sorts them.
  ///   - use: Does what is to be done with the result. The crawl counts as ended only afterwards: killed while it is
  ///     used, the next start asks for nothing and gives the same result to `use` again.
  /// - Returns: As ``crawl(_:progress:)``, but offers and findings of its shop are empty; their numbers stand in the
  ///   report.
  /// - Throws: As ``crawl(_:progress:)``, and what `take` and `use` throw. After an error of `use` the crawl has ended,
  ///   unless it is one of the disk or of cancellation.
  public func crawl(
    _ settings: CrawlSettings, progress: @escaping @Sendable (CrawlProgress) -> Void = { _ in },
    take: (CrawledPart) throws -> Void, use: (CrawlResult) async throws -> Void = { _ in }
  ) async throws -> CrawlResult {
    var settings = settings
    if cassette != nil { (settings.asksAnew, settings.changedOnly) = (true, false) }
    let journal = try CrawlJournal(
      folder: folder, fingerprint: settings.fingerprint, now: now(), resumeWithin: settings.resumeWithin)
    let archive = try PageArchive(folder)
    let parsed = settings.enrichPages ? try ParsedPages(folder, archive: archive) : nil
    let wire = CrawlWire(client: client, cabinet: cabinet, cassette: cassette)
    let fetcher = Fetcher(
      wire: wire, journal: journal, archive: archive, parsed: parsed, settings: settings, now: now)
    var run = CrawlRun(settings: settings, fetcher: fetcher, journal: journal, progress: progress)
    if let damage = journal.damage {
      run.findings.append(
        Finding(
          rule: "crawl-journal-damaged", severity: .warning, place: Place("crawl/journal.jsonl"),
          message: "the crawl journal was damaged and put aside: \(damage)",
          hint: "Nothing is lost but time: everything is asked anew."))
    }
    try await run.readAll()
    var tally = Tally()
    var images: Set<String> = []
    var shop = try run.join { part in
      tally.count(part)
      if settings.enrichImages, case .offer(let offer) = part {
        images.formUnion(offer.product?.images ?? [])
      }
      try take(part)
    }
    if run.failure == nil { try await run.readImages(images, gaps: &shop.gaps, in: folder) }
    var market = run.market
    market.sort { ($0.product, $0.city) < ($1.product, $1.city) }
    var alerts: [Finding] = []
    // A stop leaves the crawl unfinished on purpose: the next start asks only for what is missing.
    let isEnd = !fetcher.isStopped
    if isEnd, run.failure == nil {
      alerts = try watch(tally, shop, journal, fetcher)
      for alert in alerts {
        tally.count(.finding(alert))
        try take(.finding(alert))
      }
    }
    var report = CrawlReport(
      run: journal.run, shop: settings.shop, started: journal.started, finished: now(),
      failure: run.failure, requests: fetcher.requests, coverage: tally.coverage,
      offers: tally.offers, heldBack: shop.heldBack.count, gaps: shop.gaps, findings: tally.findings)
    report.warnings = tally.warnings
    report.conflicts = run.conflicts
    report.alerts = alerts
    let result = CrawlResult(shop: shop, report: report, market: market)
    do {
      try await use(result)
    } catch let error where !(error is StoreError || error is CancellationError) {
      // Another use of the same answers would fail in the same way: the next crawl asks anew.
      if isEnd { try journal.finish(now: now()) }
      throw error
    }
    if isEnd {
      try archive.sync()
      try journal.finish(now: now())
      // After a crawl that found nothing, the pages of the last good one are still worth having.
      if run.failure == nil {
        let kept = try journal.kept()
        try archive.sweep(keeping: kept)
        try parsed?.sweep(keeping: kept)
      }
    }
    return result
  }

  /// Compares the crawl with those before it, and remembers it.
  private func watch(
    _ tally: Tally, _ shop: CrawledShop, _ journal: CrawlJournal, _ fetcher: Fetcher
  ) throws(StoreError) -> [Finding] {
    let entry = DriftWatch.Entry(
      run: journal.run, offers: tally.offers, gaps: shop.gaps.count,
      fields: Dictionary(uniqueKeysWithValues: tally.coverage.map { ($0.field, $0.count) }),
      shapes: fetcher.shapes)
    let (known, finding) = try DriftWatch.past(in: folder)
    // One that was killed behind this point has been remembered already.
    let past = known.filter { $0.run != entry.run }
    try DriftWatch.remember(entry, past: past, in: folder)
    return DriftWatch.alerts(entry, past: past) + [finding].compactMap(\.self)
  }
}
