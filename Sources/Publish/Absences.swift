public import Model

/// How often in a row an offer was missing from complete crawls. State between crawls, not catalog content.
public struct Absences: Sendable, Equatable {
  /// The crawl that was counted last, or `nil`.
  public var counted: Instant?
  /// Crawls in a row that missed an offer, 1 or more.
  public var missed: [SKU: Int]

  /// Starts from nothing, or from what a file says.
  ///
  /// - Parameters:
  ///   - counted: The crawl that was counted last.
  ///   - missed: Crawls in a row by SKU.
  public init(counted: Instant? = nil, missed: [SKU: Int] = [:]) {
    self.counted = counted
    self.missed = missed
  }

  /// Counts one crawl; the same crawl is never counted twice, and a partial one not at all.
  ///
  /// - Parameters:
  ///   - crawled: What the crawl found.
  ///   - taken: When it was taken.
  ///   - head: The published catalog.
  /// - Returns: The counts after it.
  public func counting(_ crawled: CrawledShop, taken: Instant, head: Catalog?) -> Absences {
    guard crawled.hasAllOffers, counted.map({ $0 < taken }) ?? true else { return self }
    let present = Set(crawled.offers.map(\.offer.sku))
    var next = Absences(counted: taken)
    for entry in head?.entries ?? [] where entry.standing == .offered && !present.contains(entry.offer.sku) {
      next.missed[entry.offer.sku] = missed[entry.offer.sku, default: 0] + 1
    }
    return next
  }
}
