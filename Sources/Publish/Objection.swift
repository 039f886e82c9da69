/// Something that speaks against publishing.
public struct Objection: Sendable, Equatable {
  /// The rule.
  public var rule: Rule
  /// How many.
  public var count: Int
  /// Of how many.
  public var whole: Int
  /// The limit as a share, or `nil` where nothing is allowed.
  public var limit: Double?
  /// A few of those concerned, in catalog order.
  public var examples: [String]
  /// How many are concerned beside the examples.
  public var unnamed: Int
  /// The category that the limit is for, or `nil` for the whole catalog.
  public var category: String?

  /// Makes an objection; at most ten examples are kept.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - count: How many.
  ///   - whole: Of how many.
  ///   - limit: The limit as a share.
  ///   - examples: Those concerned.
  ///   - category: The category that the limit is for.
  public init(
    _ rule: Rule, count: Int, of whole: Int, limit: Double? = nil, examples: [String] = [],
    category: String? = nil
  ) {
    self.rule = rule
    self.count = count
    self.whole = whole
    self.limit = limit
    self.examples = Array(examples.prefix(10))
    unnamed = examples.count - self.examples.count
    self.category = category
  }

  /// The rules, each with its own name in reports.
  public enum Rule: String, Sendable, CaseIterable {
    /// The crawl found no offer.
    case emptyCrawl = "empty-crawl"
    /// A source of offers did not answer to its end.
    case partialCrawl = "partial-crawl"
    /// Too many offers have no price, no SKU, or two conflicting lines.
    case heldBack = "held-back"
    /// Too many offers stand in the source twice, with different facts.
    case duplicates
    /// Too many offers have no price, or a price of 0.
    case zeroPrice = "zero-price"
    /// Nothing would be on sale.
    case nothingOffered = "nothing-offered"
    /// Too many offers would be withdrawn.
    case withdrawn
    /// Too many offers were not seen this time; they are not withdrawn yet.
    case missing
    /// Too many offers are new.
    case newOffers = "new-offers"
    /// Too many offers would be out of stock at once.
    case stockCollapse = "stock-collapse"
    /// All pieces in stock together would fall too far.
    case stockLevelDrop = "stock-level-drop"
    /// Prices of the shop's cities are gone or stand under other cities.
    case wrongCity = "wrong-city"
    /// Prices moved by one and the same factor, as in another currency.
    case currency
    /// Rules make a price below its floor.
    case priceFloor = "price-floor"
    /// Rules leave too little of a price after cost and commission.
    case margin
    /// Rules make an amount that no price list can carry.
    case priceRange = "price-range"
    /// Too many prices would fall too far.
    case priceDrop = "price-drop"
    /// A price would fall to a tenth or less, as with a lost digit; one is enough.
    case priceCliff = "price-cliff"
    /// Too many prices would rise too far.
    case priceRise = "price-rise"
    /// All prices together would fall too far.
    case priceLevelDrop = "price-level-drop"
    /// All prices together would rise too far.
    case priceLevelRise = "price-level-rise"
    /// A field would be lost on many offers.
    case coverage

    /// Whether a person's approval lifts it.
    ///
    /// The others mean that there is nothing sound to publish.
    public var canBeApproved: Bool {
      switch self {
      case .emptyCrawl, .partialCrawl, .heldBack, .duplicates, .zeroPrice, .nothingOffered, .priceRange: false
      case .withdrawn, .missing, .newOffers, .stockCollapse, .stockLevelDrop, .wrongCity, .currency,
        .priceFloor, .margin,
        .priceDrop, .priceCliff, .priceRise, .priceLevelDrop, .priceLevelRise, .coverage:
        true
      }
    }
  }
}
