/// An article as it stands on one night.
struct Offering {
  /// What never changes.
  var article: Article
  /// What the nights changed.
  var state: OfferState
  /// The night.
  var night: Int

  /// Tenge in a city, or `nil` where it has no price.
  func price(in city: String) -> Int? {
    guard !article.cityFactors.isEmpty else { return state.price }
    return cityPrices.first { $0.city == city }?.price
  }

  /// Prices city by city; empty for one price everywhere.
  var cityPrices: [(city: String, price: Int)] {
    article.cityFactors.map { factor in
      (city: factor.city, price: max(100, (state.price * factor.thousandths + 5000) / 10_000 * 10))
    }
  }

  /// What a buyer pays in a city, or `nil` when it is sold out there.
  func sale(in city: String) -> Int? { state.isOnSale ? price(in: city) : nil }

  /// Hundredths of a star; 0 when nobody rated.
  var rating: Int { article.rating }
  /// How many rated; grows slowly.
  var ratings: Int { article.rating == 0 ? 0 : article.ratings + night / 3 }

  /// `4.88`.
  var stars: Double { Double(rating) / 100 }
}

extension World {
  /// Everything the shop has ever offered, as it stands on a night, by number of the article.
  func offerings(_ night: Int) -> [Offering] {
    let shop = shop(night)
    return zip(articles(night), shop.offers).map { Offering(article: $0, state: $1, night: night) }
  }
}
