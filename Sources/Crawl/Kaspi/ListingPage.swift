public import Model
internal import Store

/// One card of a listing.
public struct ListingCard: Sendable, Hashable {
  /// The card's number.
  public var id: ProductID
  /// The title.
  public var title: String
  /// The brand, or `nil`.
  public var brand: String?
  /// The price a buyer pays in the listing's city; `nil` when the card shows none.
  public var price: Tenge?
  /// Stars, or `nil`.
  public var rating: Rating?
  /// Categories from broad to narrow, as far as the card names them.
  public var categories: [Category]
  /// Pictures without a format parameter.
  public var images: [String]

  /// Makes a card.
  ///
  /// - Parameters:
  ///   - id: The card's number.
  ///   - title: The title.
  ///   - brand: The brand.
  ///   - price: What a buyer pays.
  ///   - rating: Stars.
  ///   - categories: From broad to narrow.
  ///   - images: Pictures.
  public init(
    id: ProductID, title: String, brand: String? = nil, price: Tenge? = nil, rating: Rating? = nil,
    categories: [Category] = [], images: [String] = []
  ) {
    self.id = id
    self.title = title
    self.brand = brand
    self.price = price
    self.rating = rating
    self.categories = categories
    self.images = images
  }

  /// What the card says about the product.
  ///
  /// - Parameter city: The listing's city, or `nil` when unknown: then no price is kept.
  /// - Returns: A thin product: no characteristics, no description.
  public func product(in city: CityID?) -> Product {
    var product = Product(
      id: id, title: title, brand: brand, categories: categories, images: images, rating: rating)
    if let city, let price { product.sales[city] = .price(price) }
    return product
  }
}

/// One answer of the listing: `filters` for the first page, `results` for the others.
public struct ListingPage: Sendable, Hashable {
  /// In the answer's order, with repetitions.
  public var cards: [ListingCard]
  /// What the listing says it has in all; only the first page says so.
  public var total: Int?
  /// Cards that no catalog can carry, by name.
  public var heldBack: [HeldBackOffer]

  /// Cards on a full page.
  public static let fullPage = 12

  /// Reads an answer.
  ///
  /// - Parameters:
  ///   - bytes: The body.
  ///   - source: Where it comes from, without secrets.
  /// - Throws: ``PageError`` when the answer is not a listing; an empty listing is no error.
  public init(_ bytes: [UInt8], source: String) throws(PageError) {
    let answer = try JSONAnswer.object(bytes, source: source)
    let data = answer["data"]
    let list = data?.isArray == true ? data : data?["cards"]
    guard let list, list.isArray else {
      throw PageError(code: .damaged, source: source, detail: "the answer has no list of cards")
    }
    total = data?["total"]?.int
    cards = []
    heldBack = []
    for (index, item) in list.elements.enumerated() {
      let card = item.members(Self.keys)
      let written = CardFields.text(card[.id]) ?? ""
      func holdBack(_ rule: String, _ message: String) {
        heldBack.append(
          HeldBackOffer(sku: written, rule: rule, place: Place("\(source)#\(index + 1)"), message: message))
      }
      guard let id = ProductID(written) ?? card[.shopLink]?.string.flatMap(ProductLink.init)?.id else {
        holdBack("card-number", "the card has no usable number")
        continue
      }
      guard let title = CardFields.title(card[.title]) else {
        holdBack("card-title", "the card has no title")
        continue
      }
      cards.append(Self.card(card, id, title))
    }
  }

  private enum CardKey: Int, CaseIterable {
    case id, title, shopLink, brand, unitSalePrice, unitPrice, category, categoryRu, categoryCodes, rating
    case reviewsQuantity, previewImages
  }
  private static let keys = JSONKeys<CardKey>()

  private static func card(
    _ card: borrowing JSONMembers<CardKey>, _ id: ProductID, _ title: String
  ) -> ListingCard {
    let amount = card[.unitSalePrice]?.int ?? card[.unitPrice]?.int
    let russian = card[.categoryRu]
    let titles = russian?.isArray == true ? russian : card[.category]
    return ListingCard(
      id: id, title: title, brand: CardFields.title(card[.brand]).flatMap(CardFields.brand),
      price: amount.flatMap(Tenge.init),
      rating: CardFields.rating(stars: card[.rating]?.double, count: card[.reviewsQuantity]?.int),
      categories: CardFields.categories(
        titles: titles?.elements.compactMap(CardFields.title) ?? [],
        narrowToBroad: card[.categoryCodes]?.elements.compactMap(\.string) ?? []),
      images: CardFields.images(card[.previewImages]))
  }
}
