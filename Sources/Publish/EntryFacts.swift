import Model

/// One entry as a list of facts, each with its kind and its key: what two entries are compared by.
enum EntryFacts {
  /// A fact as people read it.
  struct Fact: Equatable {
    var field: FieldChange.Field
    var key: String
    var value: String
  }

  /// Every fact of an entry, the offer's first.
  static func all(_ entry: CatalogEntry) -> [Fact] { offer(entry.offer) + card(entry) }

  /// Prices, stock, title and brand.
  static func offer(_ offer: Offer) -> [Fact] {
    prices(offer.pricing) + stock(offer)
      + [Fact(field: .title, key: "", value: offer.model)]
      + (offer.brand.map { [Fact(field: .brand, key: "", value: $0)] } ?? [])
  }

  /// The card and its characteristics.
  static func card(_ entry: CatalogEntry) -> [Fact] { cardParts(entry) + characteristics(entry.product) }

  static func prices(_ pricing: Pricing) -> [Fact] {
    switch pricing {
    case .everywhere(let price): [Fact(field: .price, key: "", value: price.description)]
    case .byCity:
      pricing.cities.map { Fact(field: .price, key: $0.city.code, value: $0.price.description) }
    }
  }

  static func stock(_ offer: Offer) -> [Fact] {
    offer.availabilities.map { Fact(field: .stock, key: $0.store.text, value: text($0)) }
  }

  private static func text(_ availability: Availability) -> String {
    var text = availability.isAvailable ? "yes" : "no"
    if let stock = availability.stock { text += " \(stock)" }
    if let days = availability.preorderDays { text += " +\(days)d" }
    return text
  }

  static func cardParts(_ entry: CatalogEntry) -> [Fact] {
    guard let card = entry.product else {
      return entry.productID.map { [Fact(field: .card, key: "id", value: $0.text)] } ?? []
    }
    let variants = card.variants.map { variant in
      let state = variant.isAvailable.map { $0 ? "+" : "-" } ?? ""
      return variant.choices.map(\.value).joined(separator: "/") + " \(variant.product)" + state
    }
    return [
      ("id", card.id.text), ("title", card.title), ("brand", card.brand ?? ""),
      ("category", card.categories.map(\.title).joined(separator: " › ")),
      ("description", card.description ?? ""), ("images", card.images.joined(separator: " ")),
      ("variants", variants.joined(separator: ", ")),
    ].filter { !$0.1.isEmpty }.map { Fact(field: .card, key: $0.0, value: $0.1) }
  }

  /// Characteristics by group and name; a name that occurs again gets its number behind it.
  static func characteristics(_ card: Product?) -> [Fact] {
    var seen: [String: Int] = [:]
    return (card?.characteristics ?? []).flatMap { group in
      group.characteristics.map { one in
        let name = group.name.isEmpty ? one.name : "\(group.name) / \(one.name)"
        seen[name, default: 0] += 1
        let number = seen[name, default: 1]
        return Fact(
          field: .characteristic, key: number > 1 ? "\(name) (\(number))" : name,
          value: one.values.joined(separator: ", ") + (one.unit.map { " \($0)" } ?? ""))
      }
    }
  }

  /// The facts that differ, by kind; within one the order is the old one, then new keys in their order.
  static func changes(from old: [Fact], to new: [Fact]) -> [FieldChange] {
    struct Key: Hashable {
      var field: FieldChange.Field
      var key: String
    }
    func table(_ facts: [Fact]) -> [Key: String] {
      Dictionary(
        facts.map { (Key(field: $0.field, key: $0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let (before, after) = (table(old), table(new))
    let added = new.filter { before[Key(field: $0.field, key: $0.key)] == nil }
    let keys = (old + added).map { Key(field: $0.field, key: $0.key) }
    let ordered = FieldChange.Field.allCases.flatMap { field in keys.filter { $0.field == field } }
    return ordered.compactMap { key in
      let (left, right) = (before[key], after[key])
      // Bytes, not canonical equivalence: another spelling is another file.
      let isEqual =
        left.map { left in right.map { left.utf8.elementsEqual($0.utf8) } ?? false } ?? (right == nil)
      return isEqual ? nil : FieldChange(field: key.field, key: key.key, old: left, new: right)
    }
  }
}
