internal import Model
internal import Store

/// What pages and figures add to the offers of a crawl.
///
/// Pure: the order in which answers came leaves no trace.
struct Enrichment: Sendable {
  /// What a request for a product page brought.
  enum PageOutcome: Sendable {
    case page(PageReference)
    /// There is no such card.
    case gone
  }

  /// A page that was read and found good: where it is kept, so that no crawl holds all its pages at once.
  struct PageReference: Sendable {
    /// Its name in the archive.
    var kept: String
    /// Where it comes from.
    var provenance: Provenance

    init(_ kept: String, _ provenance: Provenance) {
      self.kept = kept
      self.provenance = provenance
    }
  }

  /// Pages by the number that was asked for.
  var pages: [ProductID: PageOutcome] = [:]
  /// The cabinet's details of cards whose page was not read.
  var details: [ProductID: PageReference] = [:]
  /// Figures by card; a card that nobody rated has `nil`.
  var ratings: [ProductID: Rating] = [:]

  /// Joins everything.
  ///
  /// - Parameters:
  ///   - book: The offers.
  ///   - settings: The city that pages were asked for.
  ///   - addresses: For places in findings.
  ///   - archive: Where pages and details are kept.
  /// - Returns: Offers in the book's order, and what is to know.
  /// - Throws: ``StoreError`` when the archive cannot be read.
  func joined(
    _ book: OfferBook, settings: CrawlSettings, addresses: ShopAddresses, archive: PageArchive
  ) throws(StoreError) -> (offers: [CrawledOffer], findings: [Finding]) {
    var findings: [Finding] = []
    var offers: [CrawledOffer] = []
    for line in book.lines {
      guard let offer = line.offer else { continue }
      offers.append(
        try joined(line, offer, settings: settings, addresses: addresses, archive: archive, &findings))
    }
    return (offers, findings)
  }

  /// Joins what is known about one offer.
  private func joined(
    _ line: OfferBook.Line, _ offer: Offer, settings: CrawlSettings, addresses: ShopAddresses,
    archive: PageArchive, _ findings: inout [Finding]
  ) throws(StoreError) -> CrawledOffer {
    var result = CrawledOffer(
      offer: offer, productID: line.productID, product: line.card, provenance: line.provenance)
    guard let id = line.productID ?? line.candidate else { return result }
    let place = Place(ProductLink(id).publicAddress(base: addresses.base))
    func note(_ rule: String, _ severity: Finding.Severity, _ message: String, _ hint: String? = nil) {
      findings.append(
        Finding(
          rule: rule, severity: severity, place: place, sku: offer.sku.text, message: message,
          hint: hint))
    }
    switch pages[id] {
    case .page(let reference):
      guard let page = try Self.page(reference, archive, address: addresses.page(id)) else { break }
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
      result.product = Self.merged(page.product, with: line.card)
      result.provenance.append(reference.provenance)
      findings += page.findings
    case .gone:
      if line.productID == nil {
        note("card-not-found", .note, "the SKU looks like a card's number, but there is no such card")
      } else {
        note("card-not-found", .note, "the card \(id) has no page (404)")
      }
    case nil: break
    }
    if let reference = details[id], let details = try Self.details(reference, archive), details.id == id {
      result.productID = id
      result.product = Self.merged(details, with: line.card)
      result.provenance.append(reference.provenance)
    }
    if let product = result.product, let rating = ratings[product.id] ?? ratings[id] {
      result.product?.rating = rating
    }
    return result
  }

  /// Reads a kept page once more; `nil` when it is no longer what it was.
  private static func page(
    _ reference: PageReference, _ archive: PageArchive, address: String
  ) throws(StoreError) -> ExtractedPage? {
    guard let bytes = try archive.read(reference.kept) else { return nil }
    // It was read when it came; what is kept of it gives the same, or it would not have been kept.
    do { return try ProductPage.extract(html: bytes, source: address) } catch { return nil }
  }

  private static func details(
    _ reference: PageReference, _ archive: PageArchive
  ) throws(StoreError) -> Product? {
    guard let bytes = try archive.read(reference.kept) else { return nil }
    do { return try CabinetDetails(bytes, source: reference.provenance.source).product } catch { return nil }
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
