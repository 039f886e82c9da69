public import Model

/// The difference between two catalogs, offer by offer.
///
/// Ratings, review counts and what public pages said about buying are volatile: they never count as a change.
public struct CatalogDiff: Sendable, Equatable {
  /// Sorted by SKU, each SKU at most once.
  public let changes: [Change]

  /// Compares two catalogs.
  ///
  /// Pure, linear in the number of entries: both lists are sorted, and equal entries are passed over whole.
  ///
  /// - Parameters:
  ///   - old: The catalog before, or `nil` for none.
  ///   - new: The catalog after.
  public init(from old: Catalog?, to new: Catalog) {
    var changes: [Change] = []
    let (before, after) = (old?.entries ?? [], new.entries)
    var (left, right) = (0, 0)
    while left < before.count || right < after.count {
      if right == after.count || (left < before.count && before[left].offer.sku < after[right].offer.sku) {
        let gone = before[left].offer
        changes.append(Change(sku: gone.sku, title: gone.model, kind: .archived))
        left += 1
      } else if left == before.count || after[right].offer.sku < before[left].offer.sku {
        let offer = after[right].offer
        changes.append(Change(sku: offer.sku, title: offer.model, kind: .added(offer)))
        right += 1
      } else {
        if let kind = Self.kind(from: before[left], to: after[right]) {
          let offer = after[right].offer
          changes.append(Change(sku: offer.sku, title: offer.model, kind: kind))
        }
        left += 1
        right += 1
      }
    }
    self.changes = changes
  }

  /// Offers of a kind.
  ///
  /// - Parameter matches: Chooses by kind.
  /// - Returns: How many.
  public func count(_ matches: (Change.Kind) -> Bool) -> Int { changes.count { matches($0.kind) } }

  /// Offers with a changed fact of some kind.
  ///
  /// - Parameter field: The kind of fact.
  /// - Returns: How many offers, each counted once.
  public func count(of field: FieldChange.Field) -> Int {
    changes.count { change in
      guard case .changed(let fields) = change.kind else { return false }
      return fields.contains { $0.field == field }
    }
  }

  /// Numbers for reports.
  public var summary: Summary {
    Summary(
      added: count { if case .added = $0 { true } else { false } },
      withdrawn: count { if case .withdrawn = $0 { true } else { false } },
      returned: count { if case .returned = $0 { true } else { false } },
      archived: count { $0 == .archived },
      changed: count { if case .changed = $0 { true } else { false } },
      price: count(of: .price), stock: count(of: .stock), text: count(of: .title) + count(of: .brand),
      card: changes.count { change in
        guard case .changed(let fields) = change.kind else { return false }
        return fields.contains { $0.field == .card || $0.field == .characteristic }
      })
  }

  /// How many offers something happened to.
  public struct Summary: Sendable, Equatable {
    /// New offers.
    public var added: Int
    /// Withdrawn offers.
    public var withdrawn: Int
    /// Offers that came back.
    public var returned: Int
    /// Offers that left for good.
    public var archived: Int
    /// Offers with changed facts.
    public var changed: Int
    /// Offers with another price.
    public var price: Int
    /// Offers with other stock or availability.
    public var stock: Int
    /// Offers with another title or brand.
    public var text: Int
    /// Offers with other facts on the card.
    public var card: Int

    /// Whether nothing happened.
    public var isEmpty: Bool { added + withdrawn + returned + archived + changed == 0 }
  }

  // MARK: One offer

  private static func kind(from old: CatalogEntry, to new: CatalogEntry) -> Change.Kind? {
    switch (old.standing, new.standing) {
    case (.offered, .withdrawn): return .withdrawn(new.offer)
    case (.withdrawn, .offered): return .returned(new.offer)
    case (.withdrawn, .withdrawn), (.offered, .offered):
      let fields = fields(from: old, to: new)
      return fields.isEmpty ? nil : .changed(fields)
    }
  }

  private static func fields(from old: CatalogEntry, to new: CatalogEntry) -> [FieldChange] {
    var fields: [FieldChange] = []
    if old.offer != new.offer { fields += offerFields(from: old.offer, to: new.offer) }
    if old.product != new.product || old.productID != new.productID {
      fields += cardFields(from: old, to: new)
    }
    return fields
  }

  private static func offerFields(from old: Offer, to new: Offer) -> [FieldChange] {
    var fields: [FieldChange] = []
    let (oldPrices, newPrices) = (prices(old.pricing), prices(new.pricing))
    fields += compare(.price, oldPrices, newPrices)
    fields += compare(
      .stock, old.availabilities.map { ($0.store.text, text($0)) },
      new.availabilities.map { ($0.store.text, text($0)) })
    fields += compare(.title, [("", old.model)], [("", new.model)])
    fields += compare(.brand, old.brand.map { [("", $0)] } ?? [], new.brand.map { [("", $0)] } ?? [])
    return fields
  }

  private static func prices(_ pricing: Pricing) -> [(String, String)] {
    switch pricing {
    case .everywhere(let price): [("", price.description)]
    case .byCity: pricing.cities.map { ($0.city.code, $0.price.description) }
    }
  }

  private static func text(_ availability: Availability) -> String {
    var text = availability.isAvailable ? "yes" : "no"
    if let stock = availability.stock { text += " \(stock)" }
    if let days = availability.preorderDays { text += " +\(days)d" }
    return text
  }

  private static func cardFields(from old: CatalogEntry, to new: CatalogEntry) -> [FieldChange] {
    let (before, after) = (old.product, new.product)
    func facts(_ entry: CatalogEntry) -> [(String, String)] {
      guard let card = entry.product else { return entry.productID.map { [("id", $0.text)] } ?? [] }
      return [
        ("id", card.id.text), ("title", card.title), ("brand", card.brand ?? ""),
        ("category", card.categories.map(\.title).joined(separator: " › ")),
        ("description", card.description ?? ""), ("images", card.images.joined(separator: " ")),
        (
          "variants",
          card.variants.map { variant in
            let state = variant.isAvailable.map { $0 ? "+" : "-" } ?? ""
            return variant.choices.map(\.value).joined(separator: "/") + " \(variant.product)" + state
          }.joined(separator: ", ")
        ),
      ].filter { !$0.1.isEmpty }
    }
    return compare(.card, facts(old), facts(new))
      + compare(.characteristic, characteristics(before), characteristics(after))
  }

  private static func characteristics(_ card: Product?) -> [(String, String)] {
    var seen: [String: Int] = [:]
    return (card?.characteristics ?? []).flatMap { group in
      group.characteristics.map { one in
        let name = group.name.isEmpty ? one.name : "\(group.name) / \(one.name)"
        seen[name, default: 0] += 1
        let key = seen[name, default: 1] > 1 ? "\(name) (\(seen[name, default: 1]))" : name
        return (key, one.values.joined(separator: ", ") + (one.unit.map { " \($0)" } ?? ""))
      }
    }
  }

  /// Pairs facts by key; the order is the old one, then new keys in their order.
  private static func compare(
    _ field: FieldChange.Field, _ old: [(String, String)], _ new: [(String, String)]
  ) -> [FieldChange] {
    let before = Dictionary(old, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(new, uniquingKeysWith: { first, _ in first })
    let keys = old.map(\.0) + new.map(\.0).filter { before[$0] == nil }
    return keys.compactMap { key in
      let (left, right) = (before[key], after[key])
      let isEqual =
        left.map { left in right.map { left.utf8.elementsEqual($0.utf8) } ?? false } ?? (right == nil)
      return isEqual ? nil : FieldChange(field: field, key: key, old: left, new: right)
    }
  }
}
