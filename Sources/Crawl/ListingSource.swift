internal import Model

/// The seller's public listing, page by page.
struct ListingSource: OfferSource {
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
  func read() async throws -> SourceYield {
    var yield = SourceYield()
    guard let query = ListingQuery(source.location, merchant: settings.merchant) else {
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
        yield.failure = CrawlFailure(problem, place: place)
        return yield
      case .success(let answer):
        let page = answer.value
        if number == 0 { total = page.total }
        yield.heldBack += page.heldBack
        let fresh = page.cards.filter { seen.insert($0.id).inserted }
        let origin = [answer.provenance]
        yield.lines += fresh.map { line(of: $0, origin) }
        progress(CrawlProgress(phase: .listing, done: yield.lines.count, total: total))
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

  private func line(of card: ListingCard, _ provenance: [Provenance]) -> SourceLine {
    var pricing: Pricing?
    if let city = settings.city, let price = card.price { pricing = .byCity([city: price]) }
    return SourceLine(
      card: card.id, title: card.title, brand: card.brand, pricing: pricing,
      product: CardBox(card.product(in: settings.city)), provenance: provenance, isShopWindow: true)
  }

  /// Compares what came with what was announced.
  private func judged(_ yield: SourceYield, total: Int?, pages: Int) -> SourceYield {
    var yield = yield
    let found = yield.lines.count + yield.heldBack.count
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
}
