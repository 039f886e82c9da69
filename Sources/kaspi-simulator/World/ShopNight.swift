/// What one night left of an offer.
struct OfferState: Equatable {
  /// Number of the article.
  var article: Int
  /// Tenge in the base city.
  var price: Int
  /// Pieces, in the order of the article's stores.
  var stock: [Int]
  /// The night that withdrew it, or `nil` while it is offered.
  var withdrawn: Int?

  /// Whether some store has a piece and the seller still offers it.
  var isOnSale: Bool { withdrawn == nil && stock.contains { $0 > 0 } }
}

/// The shop on one night: every offer there ever was, with what became of it.
struct ShopNight: Equatable {
  /// From 0.
  var night: Int
  /// By number of the article.
  var offers: [OfferState]
}
