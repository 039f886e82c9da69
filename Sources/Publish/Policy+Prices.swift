public import Model

extension Policy {
  /// Asks whether the whole price level has moved, and whether many single prices have moved too far.
  func prices(_ comparison: Comparison, drop: Double, rise: Double, category: String? = nil) -> [Objection] {
    var moves: [PriceMove] = []
    comparison.eachBefore { entry, now in
      if let now, let move = PriceMove(entry.offer.sku, from: entry.offer.pricing, to: now.offer.pricing) {
        moves.append(move)
      }
    }
    return prices(moves, drop: drop, rise: rise, category: category)
  }

  /// Asks the same of new price rules: what they make of the catalog's prices, beside the prices that were published.
  ///
  /// - Parameters:
  ///   - rules: The new rules.
  ///   - catalog: The catalog that would be published.
  ///   - published: The prices of the last price list.
  /// - Returns: What speaks against it; empty for a first list.
  public func judge(_ rules: [PriceRule], in catalog: Catalog, published: [SKU: Pricing]) -> [Objection] {
    var moves: [PriceMove] = []
    for entry in catalog.entries where entry.standing == .offered {
      guard let old = published[entry.offer.sku] else { continue }
      let new = entry.priced(by: rules).offer.pricing
      if let move = PriceMove(entry.offer.sku, from: old, to: new) { moves.append(move) }
    }
    return prices(moves, drop: maximumPriceDrop, rise: maximumPriceRise, category: nil)
  }

  /// One price of an offer, before and after.
  private struct PriceMove {
    let sku: SKU
    let old: Int
    let new: Int

    /// The price that has moved farthest among the cities that both have, else the lowest of each.
    init?(_ sku: SKU, from before: Pricing, to after: Pricing) {
      self.sku = sku
      var farthest: (old: Int, new: Int)?
      for city in Self.cities(before).union(Self.cities(after)).sorted() {
        guard let old = before.price(in: city)?.amount, let new = after.price(in: city)?.amount else {
          continue
        }
        if Self.distance((old, new)) > farthest.map(Self.distance) ?? -1 { farthest = (old, new) }
      }
      guard let old = farthest?.old ?? before.lowest?.amount, let new = farthest?.new ?? after.lowest?.amount
      else { return nil }
      (self.old, self.new) = (old, new)
    }

    private static func cities(_ pricing: Pricing) -> Set<CityID> {
      if case .byCity(let prices) = pricing { Set(prices.keys) } else { [] }
    }

    /// How far a price has moved, the same up and down.
    private static func distance(_ move: (old: Int, new: Int)) -> Double {
      let (low, high) = (min(move.old, move.new), max(move.old, move.new))
      return low > 0 ? Double(high) / Double(low) : .infinity
    }
  }

  private func prices(_ moves: [PriceMove], drop: Double, rise: Double, category: String?) -> [Objection] {
    var (before, after) = (0, 0)
    var (fallen, risen): ([String], [String]) = ([], [])
    var ratios: [Double] = []
    for move in moves {
      before += move.old
      after += move.new
      let ratio = Double(move.new) / Double(move.old)
      ratios.append(ratio)
      if ratio < 1 - drop { fallen.append("\(move.sku) \(move.old) → \(move.new)") }
      if ratio > 1 + rise { risen.append("\(move.sku) \(move.old) → \(move.new)") }
    }
    guard before > 0 else { return [] }
    var objections: [Objection] = []
    let level = Double(after) / Double(before)
    func object(_ rule: Objection.Rule, _ count: Int, of whole: Int, _ limit: Double, _ examples: [String]) {
      objections.append(
        Objection(rule, count: count, of: whole, limit: limit, examples: examples, category: category))
    }
    if level < 1 - drop {
      object(.priceLevelDrop, before - after, of: before, drop, fallen)
    } else if Self.exceeds(fallen.count, of: ratios.count, limit: Self.movedShare) {
      object(.priceDrop, fallen.count, of: ratios.count, Self.movedShare, fallen)
    }
    if level > 1 + rise {
      object(.priceLevelRise, after - before, of: before, rise, risen)
    } else if Self.exceeds(risen.count, of: ratios.count, limit: Self.movedShare) {
      object(.priceRise, risen.count, of: ratios.count, Self.movedShare, risen)
    }
    if category == nil, let factor = Self.commonFactor(ratios), !objections.isEmpty {
      let same = ratios.count { abs($0 / factor - 1) < Self.sameFactor }
      object(
        .currency, same, of: ratios.count, Self.movedShare,
        ["× \((factor * 10_000).rounded() / 10_000)"])
    }
    return objections
  }

  /// The factor by which most prices moved together, when it looks like an exchange rate.
  ///
  /// A power of ten is a digit that was lost or doubled: the price level says that already.
  static func commonFactor(_ ratios: [Double]) -> Double? {
    guard ratios.count >= 3 else { return nil }
    let median = ratios.sorted()[ratios.count / 2]
    guard median < 0.34 || median > 3 else { return nil }
    let same = ratios.count { abs($0 / median - 1) < sameFactor }
    guard same * 10 >= ratios.count * 8 else { return nil }
    for power in [0.0001, 0.001, 0.01, 0.1, 10, 100, 1000, 10_000] where abs(median / power - 1) < sameFactor
    {
      return nil
    }
    return median
  }

  /// How far two factors may lie apart and still be one: whole tenge and cents are rounded.
  static let sameFactor = 0.03

  /// A field that many offers had and few have.
  func coverage(_ comparison: Comparison) -> [Objection] {
    let (before, after) = (comparison.before.count, comparison.after.count)
    guard before > 0, after > 0 else { return [] }
    let fields: [(String, (CatalogEntry) -> Bool)] = [
      ("model", { !$0.offer.model.isEmpty }), ("brand", { $0.offer.brand != nil }),
      ("stock", { !$0.offer.availabilities.isEmpty }), ("card", { $0.card != nil }),
      ("images", { !($0.product?.images.isEmpty ?? true) }),
      ("characteristics", { !($0.product?.characteristics.isEmpty ?? true) }),
      ("description", { $0.product?.description != nil }),
      ("category", { !($0.product?.categories.isEmpty ?? true) }),
    ]
    return fields.compactMap { name, has in
      let (old, new) = (comparison.countBefore(has), comparison.countAfter(has))
      let former = Double(old) / Double(before)
      guard Double(new) / Double(after) < former * minimumCoverage, old > new else { return nil }
      return Objection(
        .coverage, count: new, of: after, limit: former * minimumCoverage, examples: [name])
    }
  }

  /// New offers that are never too many: small shops grow as they like.
  static let freelyNew = 20
  /// Pieces below which a small shop may sell as much as it can in a night.
  static let freelySold = 200
}
