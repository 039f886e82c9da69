public import Model

/// What may change in one night without a person's word.
public struct Policy: Sendable, Equatable {
  /// Largest share of offers that may vanish, in `0...1` (more allows everything).
  public var maximumWithdrawn: Double
  /// Largest share by which a price may fall.
  public var maximumPriceDrop: Double
  /// Largest share by which a price may rise.
  public var maximumPriceRise: Double
  /// Smallest part of its former share that a field may keep.
  public var minimumCoverage: Double
  /// Largest share of a source's offers that may be held back.
  public var maximumHeldBack: Double
  /// Largest share of offers that may be new, against those on sale before.
  public var maximumNew: Double
  /// Largest share of offers that may run out of stock at once.
  public var maximumOutOfStock: Double
  /// Largest share by which the pieces in all stores together may fall.
  public var maximumStockDrop: Double
  /// The shop's base city: its prices may not vanish.
  ///
  /// `nil` when it is not looked at.
  public var city: CityID?
  /// Other limits for offers of one category, by title or code, each judged by itself as well.
  public var categories: [CategoryLimits] = []
  /// Crawls in a row that must miss an offer before it is withdrawn; 1 or more.
  public var withdrawAfter: Int
  /// Time from withdrawal to archive.
  public var archiveAfter: Duration

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - maximumWithdrawn: Share of offers.
  ///   - maximumPriceDrop: Share of a price.
  ///   - maximumPriceRise: Share of a price.
  ///   - minimumCoverage: Part of a field's former share.
  ///   - maximumHeldBack: Share of a source.
  ///   - maximumNew: Share of offers.
  ///   - maximumOutOfStock: Share of offers.
  ///   - maximumStockDrop: Share of all pieces.
  ///   - city: The base city.
  ///   - categories: Other limits by category.
  ///   - withdrawAfter: Crawls in a row.
  ///   - archiveAfter: Time from withdrawal.
  public init(
    maximumWithdrawn: Double = 0.05, maximumPriceDrop: Double = 0.2, maximumPriceRise: Double = 0.5,
    minimumCoverage: Double = 0.95, maximumHeldBack: Double = 0.05, maximumNew: Double = 0.5,
    maximumOutOfStock: Double = 0.5, maximumStockDrop: Double = 0.7, city: CityID? = nil,
    categories: [CategoryLimits] = [],
    withdrawAfter: Int = 2, archiveAfter: Duration = .seconds(90 * 86_400)
  ) {
    self.maximumWithdrawn = maximumWithdrawn
    self.maximumPriceDrop = maximumPriceDrop
    self.maximumPriceRise = maximumPriceRise
    self.minimumCoverage = minimumCoverage
    self.maximumHeldBack = maximumHeldBack
    self.maximumNew = maximumNew
    self.maximumOutOfStock = maximumOutOfStock
    self.maximumStockDrop = maximumStockDrop
    self.city = city
    self.categories = categories
    self.withdrawAfter = withdrawAfter
    self.archiveAfter = archiveAfter
  }

  /// Judges what a night would change.
  ///
  /// Pure.
  ///
  /// - Parameters:
  ///   - crawled: What the crawl found.
  ///   - head: The published catalog, or `nil` before the first version.
  ///   - next: The catalog that would be published.
  /// - Returns: What speaks against it, gravest first; empty means go.
  func judge(crawled: CrawlFacts, head: Catalog?, next: Catalog) -> [Objection] {
    unconditional(crawled: crawled, next: next)
      + (head.map { limits(Comparison($0, next), crawled: crawled) } ?? [])
  }

  /// Limits that hold for the offers of one category.
  public struct CategoryLimits: Sendable, Equatable {
    /// Title or code of the category.
    public var category: String
    /// Largest share that may vanish, or `nil` to leave it to the whole.
    public var maximumWithdrawn: Double?
    /// Largest share by which a price may fall, or `nil`.
    public var maximumPriceDrop: Double?
    /// Largest share by which a price may rise, or `nil`.
    public var maximumPriceRise: Double?
    /// Largest share that may be new, or `nil`.
    public var maximumNew: Double?
    /// Largest share that may run out of stock at once, or `nil`.
    public var maximumOutOfStock: Double?
    /// Largest share by which the pieces of the category may fall, or `nil`.
    public var maximumStockDrop: Double?

    /// Names a category; no limit yet.
    ///
    /// - Parameter category: Title or code.
    public init(_ category: String) { self.category = category }
  }

  /// The share of offers whose price may cross its own limit in one night.
  ///
  /// In the one recorded history of a real feed up to 1.4% of offers fell by more than a fifth from one version
  /// to the next, so a single bargain must not stop a night; a feed with a lost digit moves them all.
  static let movedShare = 0.05

  /// Whether a part is over its share.
  ///
  /// One of several is always within it, so that small shops can live.
  static func exceeds(_ count: Int, of all: Int, limit: Double) -> Bool {
    guard count > 0 else { return false }
    return Double(count) > (limit * Double(all)).rounded(.up) || (limit == 0) || count == all
  }
}
