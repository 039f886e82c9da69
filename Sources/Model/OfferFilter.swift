/// Chooses offers by what is known about them; every condition that is set must hold.
public struct OfferFilter: Sendable, Hashable {
  /// Exactly these SKUs; empty for any.
  public var skus: Set<SKU> = []
  /// Beginning of the SKU; empty for any.
  public var skuPrefix = ""
  /// Brands, in any letter case; empty for any.
  public var brands: Set<String> = []
  /// Categories anywhere on the path, by title or code, in any letter case; empty for any.
  public var categories: Set<String> = []
  /// The lowest price from which an offer counts, or `nil`.
  public var minimumPrice: Int?
  /// The highest price up to which an offer counts, or `nil`.
  public var maximumPrice: Int?
  /// Only offers that some store sells now.
  public var availableOnly = false

  /// Chooses everything.
  public init() {}

  /// Whether nothing is asked for.
  public var isEmpty: Bool { self == OfferFilter() }

  /// Why an entry is not chosen.
  ///
  /// - Parameter entry: Any entry.
  /// - Returns: The first condition that does not hold, in words; `nil` when all do.
  public func objection(to entry: CatalogEntry) -> String? {
    let offer = entry.offer
    if !skus.isEmpty, !skus.contains(offer.sku) { return "the SKU is not in the list" }
    if !skuPrefix.isEmpty, !offer.sku.text.utf8.starts(with: skuPrefix.utf8) {
      return "the SKU does not begin with '\(skuPrefix)'"
    }
    if !brands.isEmpty {
      let brand = (offer.brand ?? entry.product?.brand ?? "").lowercased()
      guard brands.contains(where: { $0.lowercased() == brand }) else {
        return brand.isEmpty ? "no brand is known" : "the brand '\(brand)' is not in the list"
      }
    }
    if !categories.isEmpty, !entry.isIn(categories) { return "no category of its path is in the list" }
    if let minimumPrice, (offer.pricing.lowest?.amount ?? 0) < minimumPrice {
      return "the price is below \(minimumPrice)"
    }
    if let maximumPrice, (offer.pricing.lowest?.amount ?? 0) > maximumPrice {
      return "the price is above \(maximumPrice)"
    }
    if availableOnly, entry.standing != .offered || !offer.isAvailable || offer.totalStock == 0 {
      return "it is not available"
    }
    return nil
  }

  /// The same filter in one form for the same conditions, for digests.
  public var canonical: String {
    let list = skus.map(\.text).sorted().joined(separator: ",")
    return "\(list)|\(skuPrefix)|\(brands.sorted())|\(categories.sorted())|\(minimumPrice ?? -1)|"
      + "\(maximumPrice ?? -1)|\(availableOnly)"
  }
}

extension CatalogEntry {
  /// Whether a category of the path has one of these titles or codes, in any letter case.
  ///
  /// - Parameter names: Titles or codes.
  /// - Returns: Whether one was found; an entry without a card is in no category.
  public func isIn(_ names: Set<String>) -> Bool {
    let wanted = Set(names.map { $0.lowercased() })
    return (product?.categories ?? []).contains { category in
      wanted.contains(category.title.lowercased())
        || category.code.map { wanted.contains($0.lowercased()) } ?? false
    }
  }
}
