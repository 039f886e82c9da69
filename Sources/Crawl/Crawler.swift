public import HTTP
public import Model
internal import Store
public import SystemPackage

/// Reads a shop from what its seller has: a price list, the public listing, product pages, rating figures.
///
/// The first source is the truth about which offers exist; everything else adds to them. One bad page never ends a
/// crawl: it becomes a gap. A first source that fails ends it, with no offers and the reason.
public struct Crawler: Sendable {
  private let client: any HTTPClient
  private let folder: FilePath
  private let now: @Sendable () -> Instant

  /// Makes a crawler for one shop.
  ///
  /// - Parameters:
  ///   - client: Asks politely: rates, waits and repetitions are its business.
  ///   - folder: The shop's crawl folder, `output/<shop>/crawl`; made when missing.
  ///   - now: The clock, for what goes into journal and provenance.
  public init(client: any HTTPClient, folder: FilePath, now: @escaping @Sendable () -> Instant) {
    self.client = client
    self.folder = folder
    self.now = now
  }

  /// Crawls a shop; takes up an interrupted crawl of the same settings where there is one.
  ///
  /// The caller holds the shop's lock. What was answered is on disk before the crawl goes on: killed at any moment,
  /// the next start asks for nothing twice and gives the same result.
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
    let journal = try CrawlJournal(
      folder: folder, fingerprint: settings.fingerprint, now: now(), resumeWithin: settings.resumeWithin)
    let archive = PageArchive(folder)
    let fetcher = Fetcher(client: client, journal: journal, archive: archive, settings: settings, now: now)
    var crawl = Crawl(settings: settings, fetcher: fetcher, now: now, progress: progress)
    if let damage = journal.damage {
      crawl.findings.append(
        Finding(
          rule: "crawl-journal-damaged", severity: .warning, place: Place("crawl/journal.jsonl"),
          message: "the crawl journal was damaged and put aside: \(damage)",
          hint: "Nothing is lost but time: everything is asked anew."))
    }
    try await crawl.readSources()
    if crawl.failure == nil {
      try await crawl.readPages()
      try await crawl.readReviews()
    }
    let shop = crawl.result()
    // A stop leaves the crawl unfinished on purpose: the next start asks only for what is missing.
    if fetcher.stop == nil {
      try journal.finish(now: now())
      // After a crawl that found nothing, the pages of the last good one are still worth having.
      if crawl.failure == nil { try archive.sweep(keeping: journal.kept) }
    }
    let report = CrawlReport(
      run: journal.run, shop: settings.shop, started: journal.started, finished: now(),
      failure: crawl.failure, requests: fetcher.requests, coverage: CrawlReport.coverage(of: shop.offers),
      offers: shop.offers.count, heldBack: shop.heldBack.count, gaps: shop.gaps,
      findings: Dictionary(grouping: shop.findings, by: \.severity).mapValues(\.count))
    return CrawlResult(shop: shop, report: report)
  }
}

/// One crawl while it runs.
private struct Crawl {
  let settings: CrawlSettings
  let fetcher: Fetcher
  let now: @Sendable () -> Instant
  let progress: @Sendable (CrawlProgress) -> Void
  var findings: [Finding] = []
  var failure: CrawlFailure?
  private var book = OfferBook()
  private var enrichment = Enrichment()
  private var company: String?
  private var merchant: MerchantID?
  private var heldBack: [HeldBackOffer] = []
  private var gaps: [Gap] = []
  private var summaries: [SourceSummary] = []

  init(
    settings: CrawlSettings, fetcher: Fetcher, now: @escaping @Sendable () -> Instant,
    progress: @escaping @Sendable (CrawlProgress) -> Void
  ) {
    self.settings = settings
    self.fetcher = fetcher
    self.now = now
    self.progress = progress
  }

  private var addresses: ShopAddresses { ShopAddresses(base: settings.shopEndpoint, city: settings.city) }

  /// Reads every source in order, and joins it to the first.
  mutating func readSources() async throws {
    guard !settings.sources.isEmpty else {
      fail(
        CrawlFailure(
          kind: .configuration, what: "the shop has no source of offers", place: Place("kaspi.yaml"),
          hint: "Name at least one under `sources`: a price list or the public listing."))
      return
    }
    for (index, source) in settings.sources.enumerated() {
      let isTruth = index == 0
      switch source.kind {
      case .feed: try await readFeed(source, isTruth: isTruth)
      case .listing: try await readListing(source, isTruth: isTruth)
      }
      if failure != nil { return }
    }
  }

  private mutating func readFeed(_ source: SourceSettings, isTruth: Bool) async throws {
    let feed = FeedSource(source, fetcher: fetcher, settings: settings, now: now)
    let yield = try await feed.read()
    progress(CrawlProgress(phase: .feed, done: yield.offers.count, total: yield.offers.count))
    findings += yield.findings
    summaries.append(
      SourceSummary(
        kind: source.kind.rawValue, source: source.publicLocation, digest: yield.provenance?.digest,
        offers: yield.offers.count))
    if let problem = yield.failure {
      if isTruth { heldBack += yield.heldBack }
      miss(problem, source, isTruth: isTruth)
      return
    }
    if isTruth {
      heldBack += yield.heldBack
      book = OfferBook(feed: yield.offers, provenance: yield.provenance)
    } else {
      book.enrich(
        feed: yield.offers, provenance: yield.provenance,
        truthIsListing: settings.sources.first?.kind == .listing)
    }
    company = company ?? yield.company
    merchant = merchant ?? yield.merchant
  }

  private mutating func readListing(_ source: SourceSettings, isTruth: Bool) async throws {
    let listing = ListingSource(
      source, fetcher: fetcher, settings: settings, addresses: addresses, progress: progress)
    let yield = try await listing.read()
    findings += yield.findings
    summaries.append(
      SourceSummary(
        kind: source.kind.rawValue, source: source.publicLocation, digest: nil, offers: yield.cards.count))
    if let problem = yield.failure {
      miss(problem, source, isTruth: isTruth)
      if isTruth { return }
    }
    if isTruth, let city = settings.city {
      heldBack += yield.heldBack
      book = OfferBook(listing: yield.cards, city: city)
    } else {
      // What the listing did show before it broke off is true all the same.
      book.enrich(listing: yield.cards, city: settings.city)
    }
  }

  /// Notes a source that failed: the first ends the crawl, the others leave a gap.
  private mutating func miss(_ problem: CrawlFailure, _ source: SourceSettings, isTruth: Bool) {
    if isTruth {
      fail(problem)
    } else {
      gaps.append(Gap(kind: .page, source: source.publicLocation, reason: problem.what))
      findings.append(
        Finding(
          rule: "source-failed", severity: .warning, place: problem.place, message: problem.what,
          hint: problem.hint))
    }
  }

  private mutating func fail(_ problem: CrawlFailure) {
    failure = problem
    gaps.append(Gap(kind: .offers, source: problem.place.description, reason: problem.what))
    // The reader of a price list has said it already, with its own rule.
    let isKnown = findings.contains {
      $0.severity == .error && $0.place == problem.place && $0.message == problem.what
    }
    guard !isKnown else { return }
    findings.append(
      Finding(
        rule: "source-failed", severity: .error, place: problem.place, message: problem.what,
        hint: problem.hint))
  }

  /// Reads the page of every card, each once.
  mutating func readPages() async throws {
    guard settings.enrichPages else { return }
    let all = Set(book.lines.compactMap { $0.productID ?? $0.candidate }).sorted()
    let asked = Array(all.prefix(settings.maximumPages ?? all.count))
    let counter = Counter(phase: .pages, total: asked.count, progress)
    let (addresses, fetcher, maximumBytes) = (addresses, fetcher, settings.maximumPageBytes)
    let answers = try await concurrentMap(asked, width: settings.concurrency) { id in
      let address = addresses.page(id)
      let question = Fetcher.Question(
        surface: .page, address: address, maximumBytes: maximumBytes, keep: PageRedaction.withoutPeople)
      let answer = try await fetcher.ask(question) { bytes throws(PageError) in
        try ProductPage.extract(html: bytes, source: address)
      }
      counter.step()
      return answer
    }
    var unasked = all.count - asked.count
    if unasked > 0 {
      gaps.append(
        Gap(
          kind: .page, source: addresses.base,
          reason: "\(unasked) pages are beyond the limit of \(asked.count)"))
    }
    unasked = 0
    for (id, answer) in zip(asked, answers) {
      switch answer {
      case .success(let answer): enrichment.pages[id] = .page(answer.value, answer.provenance)
      case .failure(.gone): enrichment.pages[id] = .gone
      case .failure(.stopped): unasked += 1
      case .failure(let problem): missPage(addresses.page(id), problem)
      }
    }
    noteStop(unasked, "pages", kind: .page)
  }

  /// Reads the figures of every card that was found.
  mutating func readReviews() async throws {
    guard settings.enrichReviews else { return }
    let pages = enrichment.pages
    let known = Set(
      book.lines.compactMap { line -> ProductID? in
        if let id = line.productID { return id }
        guard let id = line.candidate, case .page? = pages[id] else { return nil }
        return id
      })
    let asked = known.filter { id in
      if case .gone? = pages[id] { false } else { true }
    }.sorted()
    let counter = Counter(phase: .reviews, total: asked.count, progress)
    let (addresses, fetcher, maximumBytes) = (addresses, fetcher, settings.maximumPageBytes)
    let answers = try await concurrentMap(asked, width: settings.concurrency) { id in
      let address = addresses.reviews(id)
      // The body holds names and order numbers: it is read and dropped, only the figures are noted.
      let question = Fetcher.Question(
        surface: .reviews, address: address, referer: addresses.page(id), maximumBytes: maximumBytes)
      let answer = try await fetcher.ask(question, rating: { $0 }, restore: { $0 }) {
        bytes throws(PageError) in
        try ReviewSummary(bytes, source: WebAddress.withoutSecrets(address)).rating
      }
      counter.step()
      return answer
    }
    var unasked = 0
    for (id, answer) in zip(asked, answers) {
      switch answer {
      case .success(let answer): enrichment.ratings[id] = answer.value
      case .failure(.gone): break
      case .failure(.stopped): unasked += 1
      case .failure(let problem):
        let place = WebAddress.withoutSecrets(addresses.reviews(id))
        gaps.append(
          Gap(kind: .reviews, source: place, reason: ListingSource.failure(problem, place: place).what))
      }
    }
    noteStop(unasked, "ratings", kind: .reviews)
  }

  private mutating func missPage(_ address: String, _ problem: Fetcher.Problem) {
    let failure = ListingSource.failure(problem, place: address)
    gaps.append(Gap(kind: .page, source: address, reason: failure.what))
    guard case .unreadable(let error) = problem else { return }
    findings.append(
      Finding(
        rule: "page-\(error.code.rawValue)", severity: .warning, place: Place(address), message: error.detail,
        hint: error.hint))
  }

  private mutating func noteStop(_ unasked: Int, _ what: String, kind: Gap.Kind) {
    guard unasked > 0, let stop = fetcher.stop else { return }
    let failure = ListingSource.failure(.stopped(stop), place: addresses.base)
    let word = stop == .refused ? "blocked" : "stopped"
    self.failure = self.failure ?? failure
    gaps.append(Gap(kind: kind, source: addresses.base, reason: "\(word): \(unasked) \(what) were not read"))
    findings.append(
      Finding(
        rule: word, severity: .warning, place: failure.place, message: failure.what, hint: failure.hint))
  }

  /// Joins everything; sorted, so that the order of answers leaves no trace.
  func result() -> CrawledShop {
    let joined = enrichment.joined(book, settings: settings, addresses: addresses)
    var seen: Set<Finding> = []
    let all = (findings + book.findings + joined.findings).filter { seen.insert($0).inserted }
    return CrawledShop(
      company: company, merchant: merchant, offers: joined.offers, heldBack: heldBack, gaps: gaps,
      sources: summaries, findings: all)
  }
}
