/// How a price on the way to a channel is changed, or stopped.
///
/// The parts work in this order: `set`, `markup`, `rounding`, `minimum` and `maximum`; then `floor` and `margin` look at
/// the result and can only block.
public struct PriceRule: Sendable, Hashable {
  /// Which offers it is for.
  public var filter = OfferFilter()
  /// A price in the place of the offer's own.
  public var set: Int?
  /// Hundredths of a percent on top; negative for a discount.
  public var markup: Int?
  /// What the amount is rounded to.
  public var rounding: Rounding?
  /// A lower amount is raised to this.
  public var minimum: Int?
  /// A higher amount is lowered to this.
  public var maximum: Int?
  /// A lower amount is blocked.
  public var floor: Int?
  /// A smaller margin is blocked.
  public var margin: Margin?

  /// Changes nothing yet.
  public init() {}

  /// How an amount is rounded.
  public enum Rounding: Sendable, Hashable {
    /// To the nearest multiple, halves up.
    case nearest(Int)
    /// To the next multiple above.
    case up(Int)
    /// To the next multiple below.
    case down(Int)
    /// To the next amount above that ends in these digits, like 990 of 1000.
    case ending(digits: Int, of: Int)

    /// The rounded amount.
    ///
    /// - Parameter amount: 0 or more.
    /// - Returns: 0 or more.
    public func apply(to amount: Int) -> Int {
      switch self {
      case .nearest(let step): (amount + step / 2) / step * step
      case .up(let step): (amount + step - 1) / step * step
      case .down(let step): amount / step * step
      case .ending(let digits, let whole):
        amount % whole <= digits ? amount / whole * whole + digits : (amount / whole + 1) * whole + digits
      }
    }
  }

  /// What has to be left of a price.
  public struct Margin: Sendable, Hashable {
    /// What an offer costs the seller, in tenge; offers without a cost are not judged.
    public var costs: [SKU: Int]
    /// Hundredths of a percent that the marketplace keeps.
    public var commission: Int
    /// Hundredths of a percent of the price that must be left after cost and commission.
    public var least: Int

    /// Makes a margin.
    ///
    /// - Parameters:
    ///   - costs: By SKU.
    ///   - commission: Hundredths of a percent.
    ///   - least: Hundredths of a percent.
    public init(costs: [SKU: Int], commission: Int, least: Int) {
      self.costs = costs
      self.commission = commission
      self.least = least
    }

    /// What is left of a price, in hundredths of a percent of it; `nil` without a cost.
    ///
    /// - Parameters:
    ///   - price: Whole tenge, 1 or more.
    ///   - sku: The offer.
    /// - Returns: Rounded towards zero.
    public func left(of price: Int, _ sku: SKU) -> Int? {
      costs[sku].map { cost in 10_000 - commission - cost * 10_000 / price }
    }
  }

  /// The rule in one form for the same parts, for digests.
  public var canonical: String {
    let costs = margin.map { margin in
      "\(margin.commission)/\(margin.least)/"
        + margin.costs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
    let rounding = rounding.map { "\($0)" } ?? ""
    return [
      filter.canonical, "\(set ?? -1)", "\(markup ?? 0)", rounding, "\(minimum ?? -1)", "\(maximum ?? -1)",
      "\(floor ?? -1)", costs ?? "",
    ].joined(separator: ";")
  }
}

/// What rules made of a price, step by step.
public struct PriceTrace: Sendable, Hashable {
  /// One step.
  public struct Step: Sendable, Hashable {
    /// What was done, like `markup 10%`.
    public var what: String
    /// The amount after it.
    public var amount: Int
  }

  /// A price that a rule blocks.
  public struct Block: Sendable, Hashable {
    /// What blocks it.
    public enum Kind: String, Sendable {
      /// Below the floor.
      case floor = "price-floor"
      /// Too little is left after cost and commission.
      case margin
      /// No amount that a price list can carry.
      case range = "price-range"
    }
    /// What blocks it.
    public var kind: Kind
    /// In words.
    public var reason: String
  }

  /// The amount at the beginning.
  public var start: Int
  /// Steps that changed something, in order.
  public var steps: [Step] = []
  /// What blocks the result; empty when nothing does.
  public var blocks: [Block] = []
  /// The amount at the end.
  public var amount: Int

  /// Applies rules to a price.
  ///
  /// Pure.
  ///
  /// - Parameters:
  ///   - price: The offer's own price.
  ///   - entry: What the rules' filters look at.
  ///   - rules: In the order in which they work; those that do not fit the entry do nothing.
  public init(_ price: Tenge, of entry: CatalogEntry, rules: [PriceRule]) {
    start = price.amount
    amount = price.amount
    for rule in rules where rule.filter.objection(to: entry) == nil { apply(rule, entry.offer.sku) }
    if Tenge(amount) == nil {
      blocks.append(Block(kind: .range, reason: "\(amount) is no price from 1 to \(Tenge.bounds.upperBound)"))
    }
  }

  private mutating func step(_ what: String, _ next: Int) {
    guard next != amount else { return }
    amount = next
    steps.append(Step(what: what, amount: next))
  }

  private mutating func apply(_ rule: PriceRule, _ sku: SKU) {
    if let set = rule.set { step("set \(set)", set) }
    if let markup = rule.markup {
      // Half a tenge up; amounts are below 10^9, so nothing overflows.
      let product = amount * (10_000 + markup)
      step("markup \(Self.percent(markup))", max(0, (product + 5_000) / 10_000))
    }
    if let rounding = rule.rounding { step("round \(rounding)", rounding.apply(to: amount)) }
    if let minimum = rule.minimum { step("min \(minimum)", max(amount, minimum)) }
    if let maximum = rule.maximum { step("max \(maximum)", min(amount, maximum)) }
    if let floor = rule.floor, amount < floor {
      blocks.append(Block(kind: .floor, reason: "\(amount) is below the floor of \(floor)"))
    }
    if let margin = rule.margin, amount > 0, let left = margin.left(of: amount, sku), left < margin.least {
      blocks.append(
        Block(
          kind: .margin,
          reason: "\(Self.percent(left)) of \(amount) is left after cost and commission, "
            + "\(Self.percent(margin.least)) is the least"))
    }
  }

  private static func percent(_ hundredths: Int) -> String {
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let fraction = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    return (hundredths < 0 ? "-" : "") + "\(whole)\(fraction)%"
  }
}

extension PriceRule.Rounding: CustomStringConvertible {
  /// As people write it: `100`, `up 100`, `ending 990`.
  public var description: String {
    switch self {
    case .nearest(let step): "\(step)"
    case .up(let step): "up \(step)"
    case .down(let step): "down \(step)"
    case .ending(let digits, _): "ending \(digits)"
    }
  }

  /// Reads `100`, `up 100`, `down 50`, `ending 990`.
  ///
  /// - Parameter text: As people write it.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard let number = words.last.flatMap({ Int($0) }), (1...100_000_000).contains(number) else { return nil }
    switch words.count == 1 ? "nearest" : words.first {
    case "nearest": self = .nearest(number)
    case "up": self = .up(number)
    case "down": self = .down(number)
    case "ending":
      var whole = 10
      while whole <= number { whole *= 10 }
      self = .ending(digits: number, of: whole)
    default: return nil
    }
  }
}

extension CatalogEntry {
  /// The entry's offer with prices as rules make them.
  ///
  /// - Parameter rules: In the order in which they work.
  /// - Returns: The offer, and what blocks one of its prices.
  public func priced(by rules: [PriceRule]) -> (offer: Offer, blocks: [PriceTrace.Block]) {
    guard !rules.isEmpty else { return (offer, []) }
    var offer = self.offer
    var blocks: [PriceTrace.Block] = []
    func price(_ own: Tenge) -> Tenge {
      let trace = PriceTrace(own, of: self, rules: rules)
      blocks += trace.blocks
      return Tenge(trace.amount) ?? own
    }
    switch offer.pricing {
    case .everywhere(let own): offer.pricing = .everywhere(price(own))
    case .byCity(let cities):
      // Blocks are collected in the order of cities, not of hashes.
      var priced: [CityID: Tenge] = [:]
      for (city, own) in cities.sorted(by: { $0.key < $1.key }) { priced[city] = price(own) }
      offer.pricing = .byCity(priced)
    }
    return (offer, blocks)
  }
}
