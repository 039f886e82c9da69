internal import Model

/// The seller's public listing, page by page.
struct ListingSource: Sendable {
  /// What the listing gave.
  struct Yield: Sendable {
    /// In the listing's order, each card once.
    var cards: [(card: ListingCard, provenance: Provenance)] = []
    /// Cards without a usable number or title.
    var heldBack: [HeldBackOffer] = []
    var findings: [Finding] = []
    /// Why the list is not whole; `nil` when it is.
    var failure: CrawlFailure?
  }

  /// Share of the announced total that may be missing before the list counts as cut; the total is known to lie a
  /// little, and half a listing looks just like a lie.
  static let tolerance = 0.05

  private let fetcher: Fetcher
  private let settings: CrawlSettings
  private let addresses: ShopAddresses
  private let source: SourceSettings
  private let progress: @Sendable (CrawlProgress) -> Void

  init(
    _ source: SourceSettings, fetcher: Fetcher, settings: CrawlSettings, addresses: ShopAddresses,
    progress: @escaping @Sendable (CrawlProgress) -> Void
  ) {
    self.source = source
    self.fetcher = fetcher
    self.settings = settings
    self.addresses = addresses
    self.progress = progress
  }

  /// Asks page after page, until one is empty or brings nothing new.
  ///
  /// - Returns: The cards, and why the list is not whole, if it is not.
  /// - Throws: ``StoreError`` or `CancellationError`.
  func read() async throws -> Yield {
    var yield = Yield()
    guard let query = ListingQuery(source.location) else {
      yield.failure = CrawlFailure(
        kind: .configuration, what: "the listing's address names neither a query nor a seller",
        place: Place(source.publicLocation),
        hint: "Copy the address of the shop's page, like …/shop/search/?q=%3AallMerchants%3A<number>.")
      return yield
    }
    guard settings.city != nil else {
      yield.failure = CrawlFailure(
        kind: .configuration, what: "a listing shows prices of one city, and the shop names none",
        place: Place(source.publicLocation), hint: "Set `city` for this shop; no city is assumed.")
      return yield
    }
    var seen: Set<ProductID> = []
    var total: Int?
    for number in 0..<max(1, settings.maximumListingPages) {
      let address = addresses.listing(page: number, query: query)
      let question = Fetcher.Question(
        surface: .listing, address: address, referer: "\(addresses.base)/shop/search/",
        maximumBytes: settings.maximumPageBytes, keep: { $0 })
      let place = WebAddress.withoutSecrets(address) + "?page=\(number)"
      let answer = try await fetcher.ask(question) { bytes throws(PageError) in
        try ListingPage(bytes, source: place)
      }
      switch answer {
      case .failure(let problem):
        yield.failure = Self.failure(problem, place: place)
        return yield
      case .success(let answer):
        let page = answer.value
        if number == 0 { total = page.total }
        yield.heldBack += page.heldBack
        let fresh = page.cards.filter { seen.insert($0.id).inserted }
        yield.cards += fresh.map { (card: $0, provenance: answer.provenance) }
        progress(CrawlProgress(phase: .listing, done: yield.cards.count, total: total))
        if page.cards.isEmpty || fresh.isEmpty {
          return judged(yield, total: total, pages: number + 1)
        }
        if fresh.count < page.cards.count {
          yield.findings.append(
            Finding(
              rule: "listing-repeats", severity: .note, place: Place(place),
              message: "\(page.cards.count - fresh.count) cards of this page were shown before"))
        }
      }
    }
    yield.failure = CrawlFailure(
      kind: .badInput, what: "the listing did not end within \(settings.maximumListingPages) pages",
      place: Place(source.publicLocation), hint: "Narrow the listing's query, or raise the limit of pages.")
    return yield
  }

  /// Compares what came with what was announced.
  private func judged(_ yield: Yield, total: Int?, pages: Int) -> Yield {
    var yield = yield
    let found = yield.cards.count + yield.heldBack.count
    let place = Place(source.publicLocation)
    if found == 0 {
      yield.failure = CrawlFailure(
        kind: .badInput, what: "the listing is empty", place: place,
        hint: "Look at the address in a browser; a shop without offers is not published.")
    } else if let total, total != found {
      yield.findings.append(
        Finding(
          rule: "listing-total", severity: .warning, place: place,
          message: "the listing announced \(total) cards and showed \(found) on \(pages) pages"))
      if Double(total - found) > Self.tolerance * Double(total) {
        yield.failure = CrawlFailure(
          kind: .temporary, what: "the listing showed only \(found) of \(total) cards", place: place,
          hint: "Crawl again later; if it stays so, take a price list as the first source.")
      }
    }
    return yield
  }

  static func failure(_ problem: Fetcher.Problem, place: String) -> CrawlFailure {
    switch problem {
    case .gone:
      CrawlFailure(
        kind: .badInput, what: "there is nothing at this address (404)", place: Place(place),
        hint: "Check the address in kaspi.yaml.")
    case .stopped(.silent):
      CrawlFailure(
        kind: .temporary, what: "\(Fetcher.silenceLimit) requests in a row got no usable answer",
        place: Place(place), hint: "Run it again later: it goes on where it stopped.")
    case .stopped(.refused):
      CrawlFailure(
        kind: .blocked, what: "blocked: the shop refuses to answer", place: Place(place),
        hint: PageError(code: .blocked, source: "", detail: "").hint)
    case .unreadable(let error):
      CrawlFailure(kind: .badInput, what: error.detail, place: Place(error.source), hint: error.hint)
    case .failed(let reason, let isTemporary):
      CrawlFailure(
        kind: isTemporary ? .temporary : .badInput, what: reason, place: Place(place),
        hint: isTemporary ? "Run it again later." : "Check the address in kaspi.yaml.")
    }
  }
}
