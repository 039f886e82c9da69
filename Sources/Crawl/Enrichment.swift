internal import Model

/// What pages and figures add to the offers of a crawl.
///
/// Pure: the order in which answers came leaves no trace.
struct Enrichment: Sendable {
  /// What a request for a product page brought.
  enum PageOutcome: Sendable {
    case page(ExtractedPage, Provenance)
    /// There is no such card.
    case gone
    /// Not read; the reason is in the gaps.
    case missing
  }

  /// Pages by the number that was asked for.
  var pages: [ProductID: PageOutcome] = [:]
  /// Figures by card; a card that nobody rated has `nil`.
  var ratings: [ProductID: Rating] = [:]

  /// Joins everything.
  ///
  /// - Parameters:
  ///   - book: The offers.
  ///   - settings: The city that pages were asked for.
  ///   - addresses: For places in findings.
  /// - Returns: Offers in the book's order, and what is to know.
  func joined(
    _ book: OfferBook, settings: CrawlSettings, addresses: ShopAddresses
  ) -> (offers: [CrawledOffer], findings: [Finding]) {
    var findings: [Finding] = []
    let offers = book.lines.map { line -> CrawledOffer in
      var result = CrawledOffer(
        offer: line.offer, productID: line.productID, product: line.card, provenance: line.provenance)
      guard let id = line.productID ?? line.candidate else { return result }
      let place = Place(ProductLink(id).publicAddress(base: addresses.base))
      func note(_ rule: String, _ severity: Finding.Severity, _ message: String, _ hint: String? = nil) {
        findings.append(
          Finding(
            rule: rule, severity: severity, place: place, sku: line.offer.sku.text, message: message,
            hint: hint))
      }
      switch pages[id] {
      case .page(let page, let provenance):
        guard page.product.id == id || page.groupCards.contains(id) else {
          note("page-other-product", .warning, "the page of \(id) shows the card \(page.product.id)")
          break
        }
        if line.productID == nil, !Self.belongs(title: page.product.title, to: line.offer.model) {
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
        result.provenance.append(provenance)
        findings += page.findings
      case .gone:
        if line.productID == nil {
          note("card-not-found", .note, "the SKU looks like a card's number, but there is no such card")
        } else {
          note("card-not-found", .note, "the card \(id) has no page (404)")
        }
      case .missing, nil: break
      }
      if let product = result.product, let rating = ratings[product.id] ?? ratings[id] {
        result.product?.rating = rating
      }
      return result
    }
    return (offers, findings)
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
