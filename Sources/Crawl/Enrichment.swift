public import Model
internal import Store

/// One part of what a crawl found, handed out while the rest is still being joined.
public enum CrawledPart: Sendable {
  /// An offer; each SKU once, in the order of the first source.
  case offer(CrawledOffer)
  /// Something worth knowing.
  case finding(Finding)
}

/// What pages and figures add to the offers of a crawl.
///
/// Pure: the order in which answers came leaves no trace.
struct Enrichment: Sendable {
  /// What a request for a product page brought; the page itself is kept, and its answer is noted in the journal.
  enum PageOutcome: Sendable {
    case page
    /// The page of another card.
    case other
    /// There is no such card.
    case gone
  }

  /// Pages by the number that was asked for.
  var pages: [ProductID: PageOutcome] = [:]
  /// The cabinet's details of cards whose page was not read, by the name of the request.
  var details: [ProductID: String] = [:]
  /// Figures by card; a card that nobody rated has `nil`.
  var ratings: [ProductID: Rating] = [:]

  /// Joins everything, one offer after another, so that no crawl holds all its cards at once.
  ///
  /// - Parameters:
  ///   - book: The offers.
  ///   - settings: The city that pages were asked for.
  ///   - addresses: For places in findings.
  ///   - fetcher: Knows what was answered, and where it is kept.
  ///   - take: Given every offer once, in the book's order, and every finding before the offer that it belongs to.
  /// - Throws: ``StoreError`` when kept answers cannot be read; what `take` throws.
  func join(
    _ book: OfferBook, settings: CrawlSettings, addresses: ShopAddresses, fetcher: Fetcher,
    _ take: (CrawledPart) throws -> Void
  ) throws {
    var seen: Set<SKU> = []
    // A page is told of once, for however many offers.
    var told: Set<ProductID> = []
    for line in book.lines {
      guard let offer = line.offer, seen.insert(offer.sku).inserted else { continue }
      var findings: [Finding] = []
      let joined = try joined(
        line, offer, settings: settings, addresses: addresses, fetcher: fetcher, &findings, &told)
      for finding in findings { try take(.finding(finding)) }
      try take(.offer(joined))
    }
  }

  /// Joins what is known about one offer.
  private func joined(
    _ line: OfferBook.Line, _ offer: Offer, settings: CrawlSettings, addresses: ShopAddresses,
    fetcher: Fetcher, _ findings: inout [Finding], _ told: inout Set<ProductID>
  ) throws(StoreError) -> CrawledOffer {
    let card = line.card?.product
    var result = CrawledOffer(
      offer: offer, productID: line.productID, product: card, provenance: line.provenance)
    // What a list shows of a card is not all of it, where its page is wanted as well.
    if let card {
      let isWanted = settings.enrichPages || settings.enrichDetails
      result.unseen = card.emptyParts.union(isWanted ? .beyondLists : [])
    }
    result.unseenStores = line.unseenStores
    guard let id = line.productID ?? line.candidate else { return result }
    let place = Place(ProductLink(id).publicAddress(base: addresses.base))
    func note(_ rule: String, _ severity: Finding.Severity, _ message: String, _ hint: String? = nil) {
      findings.append(
        Finding(
          rule: rule, severity: severity, place: place, sku: offer.sku.text, message: message,
          hint: hint))
    }
    switch pages[id] {
    case .page, .other:
      guard let (page, provenance) = try fetcher.keptPage(addresses.page(id)) else {
        note(
          "page-lost", .warning, "the kept page of \(id) is no longer what it was",
          "Nothing of the card is used this time; the next crawl asks for the page again.")
        break
      }
      guard page.product.id == id || page.groupCards.contains(id) else {
        note("page-other-product", .warning, "the page of \(id) shows the card \(page.product.id)")
        break
      }
      if line.productID == nil, !Self.belongs(title: page.product.title, to: offer.model) {
        note(
          "card-title-differs", .warning,
          "the SKU is also the number of a card, but that card is “\(page.product.title)”",
          "Nothing of the card is used. If it is the right one, make the titles agree.")
        break
      }
      if let asked = settings.city, let city = page.city, city != asked {
        note("page-city", .warning, "the page was asked for city \(asked) and answered for \(city)")
      }
      result.productID = id
      let joined = Self.merged(page.product, with: card)
      result.product = joined
      result.unseen = page.unseen.intersection(joined.emptyParts)
      result.provenance.append(provenance)
      if !page.findings.isEmpty, told.insert(id).inserted { findings += page.findings }
    case .gone:
      if line.productID == nil {
        note("card-not-found", .note, "the SKU looks like a card's number, but there is no such card")
      } else {
        note("card-not-found", .note, "the card \(id) has no page (404)")
      }
    case nil: break
    }
    if let name = details[id], let (details, provenance) = try fetcher.keptDetails(name), details.id == id {
      result.productID = id
      let joined = Self.merged(details, with: card)
      result.product = joined
      result.unseen = joined.emptyParts
      result.provenance.append(provenance)
    }
    if let product = result.product, let rating = ratings[product.id] ?? ratings[id] {
      result.product?.rating = rating
    }
    return result
  }

  /// The page's card with what only the listing has.
  private static func merged(_ page: Product, with card: Product?) -> Product {
    guard let card else { return page }
    var product = page
    // The listing shows hundredths of a star, the page tenths.
    if let rating = card.rating {
      product.rating = Rating(hundredths: rating.hundredths, count: rating.count ?? page.rating?.count)
    }
    if product.brand == nil { product.brand = card.brand }
    if product.categories.isEmpty { product.categories = card.categories }
    if product.images.isEmpty { product.images = card.images }
    product.sales.merge(card.sales) { page, _ in page }
    return product
  }

  /// Whether two titles share a word that means something: three letters or more, or a digit in it.
  ///
  /// An empty title of the offer proves nothing and contradicts nothing: Kaspi shows the card's instead.
  static func belongs(title: String, to model: String) -> Bool {
    let ours = words(of: model)
    return ours.isEmpty || !ours.isDisjoint(with: words(of: title))
  }

  private static func words(of text: String) -> Set<String> {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
    return Set(words.filter { $0.count >= 3 || $0.contains(where: \.isNumber) }.map(String.init))
  }
}
