internal import Model
internal import Store

/// One crawl while it runs.
struct CrawlRun {
  let settings: CrawlSettings
  let fetcher: Fetcher
  let journal: CrawlJournal
  let progress: @Sendable (CrawlProgress) -> Void
  var findings: [Finding] = []
  var failure: CrawlFailure?
  /// Where our offers stand among all sellers.
  var market: [MarketPosition] = []
  var book = OfferBook()
  var enrichment = Enrichment()
  var gaps: [Gap] = []
  /// Cards whose last answers are still good.
  var carried: Set<ProductID> = []
  private var company: String?
  private var merchant: MerchantID?
  private var heldBack: [HeldBackOffer] = []
  private var summaries: [SourceSummary] = []
  private var robots = RobotsRules()
  private var cabinet: CabinetAddresses?

  init(
    settings: CrawlSettings, fetcher: Fetcher, journal: CrawlJournal,
    progress: @escaping @Sendable (CrawlProgress) -> Void
  ) {
    self.settings = settings
    self.fetcher = fetcher
    self.journal = journal
    self.progress = progress
  }

  var addresses: ShopAddresses { ShopAddresses(base: settings.shopEndpoint, city: settings.city) }

  /// The facts on which sources disagree.
  var conflicts: Conflicts { book.conflicts }

  /// Our own number: the configuration's word, or the sources'.
  var seller: MerchantID? { settings.merchant ?? merchant }

  /// Every phase, as far as the one before it leaves something to do.
  mutating func readAll() async throws {
    try await readSources()
    heldBack += book.dropLinesWithoutPrice()
    guard failure == nil else { return }
    try await readRobots()
    try await readPages(robots)
    if let cabinet { try await readDetails(cabinet) }
    try await readReviews()
    try await readMarket()
  }

  /// Reads every source in order, and joins it to the first.
  private mutating func readSources() async throws {
    guard !settings.sources.isEmpty else {
      fail(
        CrawlFailure(
          kind: .configuration, what: "the shop has no source of offers", place: Place("kaspi.yaml"),
          hint: "Name at least one under `sources`: a price list, the cabinet, the public listing or a sheet."
        ))
      return
    }
    for (index, source) in settings.sources.enumerated() {
      try await read(source, isTruth: index == 0)
      if failure != nil { return }
    }
  }

  private mutating func read(_ source: SourceSettings, isTruth: Bool) async throws {
    let yield = try await reader(of: source).read()
    if source.kind == .feed || source.kind == .sheet {
      let phase: CrawlProgress.Phase = source.kind == .feed ? .feed : .sheet
      progress(CrawlProgress(phase: phase, done: yield.lines.count, total: yield.lines.count))
    }
    findings += yield.findings
    summaries.append(
      SourceSummary(
        kind: source.kind.rawValue, source: source.publicLocation, digest: yield.digest,
        offers: yield.lines.count))
    if isTruth { heldBack += yield.heldBack }
    if let problem = yield.failure {
      miss(problem, source, isTruth: isTruth)
      if isTruth { return }
    }
    // What a further source did show before it broke off is true all the same.
    if isTruth || !yield.lines.isEmpty { book.join(yield, from: source) }
    if isTruth, let named = yield.merchant, let own = settings.merchant, named != own {
      findings.append(
        Finding(
          rule: "other-merchant", severity: .warning, place: Place(source.publicLocation),
          message: "the price list names the seller \(named), the shop is \(own)",
          hint: "If this is another seller's list, correct the address before these offers are sold as yours."
        ))
    }
    company = company ?? yield.company
    merchant = merchant ?? yield.merchant
  }

  private mutating func reader(of source: SourceSettings) -> any OfferSource {
    switch source.kind {
    case .feed: return FeedSource(source, fetcher: fetcher, settings: settings)
    case .sheet: return SheetSource(source, fetcher: fetcher, settings: settings)
    case .cabinet:
      cabinet = cabinet ?? CabinetAddresses(source.location, merchant: settings.merchant)
      return CabinetSource(source, fetcher: fetcher, settings: settings, progress: progress)
    case .listing:
      // An address of its own goes before the shop's: that is where the listing was copied from.
      let own = WebAddress.parts(of: source.location).base
      let base = own.isEmpty || settings.shopEndpoint.hasPrefix(own) ? settings.shopEndpoint : own
      return ListingSource(
        source, fetcher: fetcher, settings: settings,
        addresses: ShopAddresses(base: base, city: settings.city), progress: progress)
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
          rule: problem.kind == .expired ? "session-expired" : "source-failed", severity: .warning,
          place: problem.place, message: problem.what, hint: problem.hint))
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
        rule: problem.kind == .expired ? "session-expired" : "source-failed", severity: .error,
        place: problem.place, message: problem.what, hint: problem.hint))
  }

  /// Reads what the public shop lets crawlers ask for; a shop without rules lets them ask for everything.
  private mutating func readRobots() async throws {
    guard settings.obeysRobots, settings.enrichPages, !book.lines.isEmpty else { return }
    let question = Fetcher.Question(
      surface: .robots, address: addresses.base + "/robots.txt", maximumBytes: 1 << 20, keep: { $0 })
    let answer = try await fetcher.ask(question) { bytes throws(PageError) in
      // A page in place of the file names no rules.
      bytes.first == 0x3C ? RobotsRules() : RobotsRules(bytes)
    }
    if case .success(let answer) = answer { robots = answer.value }
  }

  /// Notes that a party stopped answering before everything was read.
  mutating func noteStop(_ unasked: Int, _ what: String, kind: Gap.Kind, _ party: Fetcher.Party) {
    guard unasked > 0, let stop = fetcher.stop(party) else { return }
    let base = party == .cabinet ? cabinet?.base ?? addresses.base : addresses.base
    let failure = CrawlFailure(.stopped(stop), place: base)
    let word =
      switch stop {
      case .refused: "blocked"
      case .silent: "stopped"
      case .expired: "session-expired"
      }
    self.failure = self.failure ?? failure
    gaps.append(Gap(kind: kind, source: base, reason: "\(word): \(unasked) \(what) were not read"))
    findings.append(
      Finding(
        rule: word, severity: .warning, place: failure.place, message: failure.what, hint: failure.hint))
  }

  /// Joins everything, and hands out every offer and every finding, each finding once.
  ///
  /// - Parameter take: Given the parts; the order of answers leaves no trace in theirs.
  /// - Returns: The shop without what was handed out.
  /// - Throws: What `take` throws; `StoreError` when kept answers cannot be read.
  mutating func join(_ take: (CrawledPart) throws -> Void) throws -> CrawledShop {
    var seen: Set<Finding> = []
    for finding in findings + book.findings + book.conflicts.findings where seen.insert(finding).inserted {
      try take(.finding(finding))
    }
    try enrichment.join(book, settings: settings, addresses: addresses, fetcher: fetcher) { part in
      if case .finding(let finding) = part, seen.contains(finding) { return }
      try take(part)
    }
    return CrawledShop(
      company: company, merchant: merchant, offers: [], heldBack: heldBack, gaps: gaps, sources: summaries)
  }

  /// Joins everything into one value.
  ///
  /// - Returns: The shop, offers sorted.
  /// - Throws: `StoreError` when kept answers cannot be read.
  mutating func result() throws -> CrawledShop {
    var (offers, findings): ([CrawledOffer], [Finding]) = ([], [])
    let shop = try join { part in
      switch part {
      case .offer(let offer): offers.append(offer)
      case .finding(let finding): findings.append(finding)
      }
    }
    return CrawledShop(
      company: shop.company, merchant: shop.merchant, offers: offers, heldBack: shop.heldBack,
      gaps: shop.gaps, sources: shop.sources, findings: findings)
  }
}
