public import Model

/// One price of an offer, before and after.
public struct PriceMove: Sendable, Equatable {
  /// The offer.
  public var sku: SKU
  /// Its title.
  public var title = ""
  /// The price before, in tenge.
  public var old: Int
  /// The price after.
  public var new: Int

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

  /// What price rules make of a catalog beside the prices that were published, for every offer on sale that both have.
  ///
  /// - Parameters:
  ///   - rules: The rules.
  ///   - catalog: The catalog that would be published.
  ///   - published: The prices of the last price list.
  /// - Returns: In the order of SKUs; prices that stay are there too.
  public static func all(
    under rules: [PriceRule], in catalog: Catalog, published: [SKU: Pricing]
  ) -> [PriceMove] {
    catalog.entries.compactMap { entry in
      guard entry.standing == .offered, let old = published[entry.offer.sku] else { return nil }
      var move = PriceMove(entry.offer.sku, from: old, to: entry.priced(by: rules).offer.pricing)
      move?.title = entry.offer.model
      return move
    }
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
