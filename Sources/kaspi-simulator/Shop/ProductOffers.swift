import Store

/// Who sells a card.
struct ProductOffers {
  /// The seller's number.
  var merchant: String
  /// The seller's name.
  var name: String
  /// The seller's own code.
  var sku: String
  /// Tenge.
  var price: Int
  /// Days of preorder.
  var preorder: Int

  /// Our own offer and those of a few invented others, cheapest first; empty when nobody has it in a city.
  static func all(of offering: Offering, city: String) -> [ProductOffers] {
    let article = offering.article
    var source = SplitMix(article.index, "sellers")
    var offers: [ProductOffers] = []
    if let price = offering.sale(in: city) {
      offers.append(
        ProductOffers(
          merchant: World.merchant, name: World.company, sku: article.sku, price: price,
          preorder: article.preorder ?? 0))
    }
    // A card that our shop has sold out is sold out: the page has no price then.
    guard !offers.isEmpty else { return [] }
    for number in 0..<source.below(5) {
      offers.append(
        ProductOffers(
          merchant: "9000\(1000 + number)", name: "Учебный продавец \(number + 1)",
          sku: "\(article.card)-\(number)",
          price: offering.state.price + source.within(0...20) * 50, preorder: 0))
    }
    return offers.sorted { ($0.price, $0.merchant) < ($1.price, $1.merchant) }
  }

  /// As the offers endpoint writes it.
  func json(article: Article, night: Int) -> JSONValue {
    let now = World.now(night)
    return .object([
      "masterSku": .string(article.card), "masterCategory": .string(article.category.master),
      "merchantId": .string(merchant), "merchantName": .string(name), "merchantSku": .string(sku),
      "merchantReviewsQuantity": .integer(231), "merchantRating": .decimal(4.8),
      "title": .string(article.title),
      "price": .tenge(price), "delivery": .string(Self.stamp(now + 2 * World.day)),
      "deliveryMovedBySlot": .bool(false),
      "kdPickupDate": .string(Self.stamp(now + World.day)), "availabilityDate": .string(Self.stamp(now)),
      "kaspiDelivery": .bool(true), "kdPoints": .texts(["\(merchant)_PP1"]), "preorder": .integer(preorder),
      "locatedInPoint": .string("\(merchant)_PP1"), "deliveryType": .string("TO_DOOR"),
      "deliveryDuration": .string(preorder > 0 ? "TILL_7_DAYS" : "TOMORROW"),
      "postomat": .string(Self.stamp(now + 2 * World.day)),
    ])
  }

  /// `2026-11-22T21:00:00.000+00:00`.
  static func stamp(_ milliseconds: Int64) -> String {
    String(Moment.utc(milliseconds).dropLast()) + ".000+00:00"
  }
}
