public import Model
internal import Store

/// Where our offer of one card stands among all sellers in one city.
public struct MarketPosition: Sendable, Hashable {
  /// The card.
  public var product: ProductID
  /// The buyer's city.
  public var city: CityID
  /// Sellers with a price, ours included.
  public var sellers: Int
  /// The lowest price.
  public var lowest: Tenge
  /// The price in the middle; of an even number of sellers, the lower of the two.
  public var median: Tenge
  /// Our price, or `nil` when our offer is not among them.
  public var own: Tenge?
  /// How many sellers are cheaper, plus one; sellers at the same price share a rank.
  ///
  /// `nil` when our offer is not among them.
  public var rank: Int?
  /// When the shop said so.
  public var seen: Instant
}

/// The sellers of one card, as the shop's interface lists them; names are not read.
struct CompetitorOffers: Sendable {
  /// Price by seller; the lowest where a seller has several.
  var prices: [MerchantID: Tenge] = [:]
  /// Offers on this page, readable or not.
  var size: Int
  /// What the shop says there are in all.
  var total: Int?

  /// The largest page that the interface gives.
  static let pageSize = 64
  /// Pages asked for at most; a card with more sellers is cut, and the figures are those of the cheapest.
  static let maximumPages = 8

  /// Reads an answer.
  ///
  /// - Parameters:
  ///   - bytes: The body, as it came or as it was kept.
  ///   - source: Where it comes from.
  /// - Throws: ``PageError`` when the answer is no list of offers.
  init(_ bytes: [UInt8], source: String) throws(PageError) {
    let answer = try JSONAnswer.object(bytes, source: source)
    guard let items = answer["offers"]?.array else {
      throw PageError(code: .damaged, source: source, detail: "the answer has no list of offers")
    }
    size = items.count
    total = answer["total"]?.int ?? answer["offersCount"]?.int
    for item in items {
      guard let seller = CardFields.text(item["merchantId"]).flatMap({ MerchantID($0) }),
        let price = item["price"]?.int.flatMap({ Tenge($0) })
      else { continue }
      prices[seller] = min(prices[seller] ?? price, price)
    }
  }

  /// The question for a page of sellers.
  ///
  /// - Parameters:
  ///   - id: The card.
  ///   - city: The buyer's city.
  ///   - page: From 0.
  /// - Returns: JSON.
  static func question(_ id: ProductID, city: CityID, page: Int) -> [UInt8] {
    CanonicalJSON.line([
      "cityId": .string(city.code), "id": .string(id.text), "merchantUID": .array([]),
      "limit": .integer(pageSize), "page": .integer(page), "sortOption": "PRICE", "installationId": "-1",
    ])
  }

  /// Figures of all sellers; `nil` when nobody sells the card.
  ///
  /// - Parameters:
  ///   - prices: By seller.
  ///   - own: Which seller is ours.
  ///   - product: The card.
  ///   - city: The buyer's city.
  ///   - seen: When.
  /// - Returns: The figures.
  static func position(
    _ prices: [MerchantID: Tenge], own: MerchantID?, product: ProductID, city: CityID, seen: Instant
  ) -> MarketPosition? {
    let sorted = prices.values.sorted()
    guard let lowest = sorted.first else { return nil }
    let ours = own.flatMap { prices[$0] }
    return MarketPosition(
      product: product, city: city, sellers: sorted.count, lowest: lowest,
      median: sorted[(sorted.count - 1) / 2], own: ours,
      rank: ours.map { price in 1 + sorted.count { $0 < price } }, seen: seen)
  }
}
