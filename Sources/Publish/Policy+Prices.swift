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
    let moves = PriceMove.all(under: rules, in: catalog, published: published)
    return prices(moves, drop: maximumPriceDrop, rise: maximumPriceRise, category: nil)
  }

  private func prices(_ moves: [PriceMove], drop: Double, rise: Double, category: String?) -> [Objection] {
    var (before, after) = (0, 0)
    var (fallen, risen, cliffs): ([String], [String], [String]) = ([], [], [])
    var ratios: [Double] = []
    for move in moves {
      before += move.old
      after += move.new
      let ratio = Double(move.new) / Double(move.old)
      ratios.append(ratio)
      if ratio <= Self.cliff, ratio < 1 - drop { cliffs.append("\(move.sku) \(move.old) → \(move.new)") }
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
    } else if !cliffs.isEmpty {
      object(.priceCliff, cliffs.count, of: ratios.count, 0, cliffs)
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

  /// What is left of a price that has lost a digit: no bargain, and sold at once.
  static let cliff = 0.1

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
  ///
  /// - Parameters:
  ///   - comparison: Before and after.
  ///   - unreadStock: Offers whose stock the crawl could not read; they keep what they had, and lack it all the same.
  /// - Returns: An objection a field.
  func coverage(_ comparison: Comparison, unreadStock: Int) -> [Objection] {
    let (before, after) = (comparison.before.count, comparison.after.count)
    guard before > 0, after > 0 else { return [] }
    let fields: [(String, (CatalogEntry) -> Bool)] = [
      ("model", { $0.offer.model.hasVisibleText }), ("brand", { $0.offer.brand?.hasVisibleText ?? false }),
      ("stock", { !$0.offer.availabilities.isEmpty }),
      ("stock count", { $0.offer.totalStock != nil }), ("card", { $0.card != nil }),
      ("images", { !($0.product?.images.isEmpty ?? true) }),
      ("characteristics", { !($0.product?.characteristics.isEmpty ?? true) }),
      ("description", { $0.product?.description != nil }),
      ("category", { !($0.product?.categories.isEmpty ?? true) }),
    ]
    return fields.compactMap { name, has in
      let (old, seen) = (comparison.countBefore(has), comparison.countAfter(has))
      let new = name == "stock" ? max(0, seen - unreadStock) : seen
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
