/// The stand-ins that share one port.
enum Surface: String, Sendable, CaseIterable {
  /// Product pages, `/shop/p/…`.
  case pages
  /// `/yml/product-view/…`.
  case listing
  /// `/yml/offer-view/…`.
  case offers
  /// `/yml/review-view/…`.
  case reviews
  /// The token API, `/shop/api/…`.
  case orders
  /// What the seller has elsewhere: the feed, `/feeds/…`, and the stock sheet, `/sheets/…`.
  case feeds
  /// Pictures, `/img/…`.
  case images
  /// The seller's cabinet, `/cabinet/…`.
  case cabinet
  /// The WhatsApp gateway, `/waha/…`.
  case waha
  /// `/control/…`.
  case control
  /// Anything else.
  case other

  /// Finds the stand-in that a path belongs to.
  init(_ segments: [String]) {
    self =
      switch (segments.first, segments.dropFirst().first) {
      case ("shop", "api"): .orders
      case ("shop", _): .pages
      case ("yml", "product-view"): .listing
      case ("yml", "offer-view"): .offers
      case ("yml", "review-view"): .reviews
      case ("l", "shp"): .pages
      case ("feeds", _), ("sheets", _): .feeds
      case ("img", _): .images
      case ("cabinet", _): .cabinet
      case ("waha", _): .waha
      case ("control", _): .control
      default: .other
      }
  }
}
