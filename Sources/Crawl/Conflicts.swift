internal import Model
public import Store

/// A fact that sources may disagree on.
public enum ConflictField: String, Sendable, CaseIterable, Comparable {
  /// The offer's title.
  case title
  /// The brand.
  case brand
  /// The price, city by city.
  case price
  /// Stock or availability, store by store.
  case stock
  /// The number of the card.
  case card

  /// Order of declaration.
  public static func < (left: ConflictField, right: ConflictField) -> Bool { left.rank < right.rank }

  var rank: Int {
    switch self {
    case .title: 0
    case .brand: 1
    case .price: 2
    case .stock: 3
    case .card: 4
    }
  }
}

/// Two sources that say different things about one offer; the first one is believed.
public struct Conflict: Sendable, Hashable {
  /// The offer.
  public var sku: String
  /// The fact.
  public var field: ConflictField
  /// What is kept.
  public var kept: String
  /// Who says so, without secrets.
  public var keptSource: String
  /// What the other source says.
  public var other: String
  /// The other source, without secrets.
  public var otherSource: String
}

/// All disagreements of a crawl, counted; the first of each kind by name.
public struct Conflicts: Sendable, Hashable {
  /// The first ones of each field and pair of sources, in the order of offers.
  public private(set) var examples: [Conflict] = []
  /// How many there are in all, by field.
  public private(set) var counts: [ConflictField: Int] = [:]
  private var pairs: [Pair: Int] = [:]

  /// Most that are kept by name for one field and pair of sources.
  static let limit = 200

  private struct Pair: Sendable, Hashable {
    var field: ConflictField
    var kept: String
    var other: String
  }

  /// None yet.
  public init() {}

  mutating func add(_ conflict: Conflict) {
    counts[conflict.field, default: 0] += 1
    let pair = Pair(field: conflict.field, kept: conflict.keptSource, other: conflict.otherSource)
    pairs[pair, default: 0] += 1
    if pairs[pair, default: 0] <= Self.limit { examples.append(conflict) }
  }

  /// One warning for each field and pair of sources, with examples.
  var findings: [Finding] {
    let sorted = pairs.sorted { left, right in
      (left.key.field, left.key.kept, left.key.other) < (right.key.field, right.key.kept, right.key.other)
    }
    return sorted.map { pair, count in
      let some = examples.filter {
        $0.field == pair.field && $0.keptSource == pair.kept && $0.otherSource == pair.other
      }.prefix(3).map { "\($0.sku): “\($0.kept)” against “\($0.other)”" }
      return Finding(
        rule: "source-conflict-\(pair.field.rawValue)", severity: .warning, place: Place(pair.other),
        sku: nil,
        message: "\(count) offers have another \(pair.field.rawValue) here than in \(pair.kept): "
          + some.joined(separator: "; ") + (count > some.count ? "; …" : ""),
        hint: "The source that stands first in kaspi.yaml is believed; every case is in reports/crawl.json.")
    }
  }

  /// For the report: counts, and the first ones by name with both values and their sources.
  public var document: JSONValue {
    [
      "counts": .object(
        Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, .integer($0.value)) })),
      "examples": .array(
        examples.map { conflict in
          [
            "sku": .string(conflict.sku), "field": .string(conflict.field.rawValue),
            "kept": ["value": .string(conflict.kept), "source": .string(conflict.keptSource)],
            "other": ["value": .string(conflict.other), "source": .string(conflict.otherSource)],
          ]
        }),
    ]
  }
}

extension OfferBook.Line {
  /// Facts that another source states differently.
  ///
  /// - Parameter entry: What the other source says.
  /// - Returns: Field, what is kept, what the other says.
  func disagreements(
    with entry: SourceLine
  ) -> [(field: ConflictField, kept: String, other: String)] {
    var found: [(field: ConflictField, kept: String, other: String)] = []
    if let productID, let card = entry.card, card != productID {
      found.append((.card, productID.text, card.text))
    }
    // What a shop window shows is the card's title and the cheapest seller's price: neither contradicts an offer.
    guard !entry.isShopWindow else { return found }
    if let title, !title.isEmpty, let other = entry.title, !other.isEmpty,
      title.plainWords != other.plainWords
    {
      found.append((.title, title, other))
    }
    if let brand, let other = entry.brand, brand.plainWords != other.plainWords {
      found.append((.brand, brand, other))
    }
    if let pricing, let other = entry.pricing, let difference = pricing.difference(from: other) {
      found.append((.price, difference.kept, difference.other))
    }
    if !availabilities.isEmpty, let other = entry.availabilities, !other.isEmpty,
      let difference = Self.difference(availabilities, other)
    {
      found.append((.stock, difference.kept, difference.other))
    }
    return found
  }

  /// The stores on which both speak and say different things.
  private static func difference(
    _ kept: [Availability], _ other: [Availability]
  ) -> (kept: String, other: String)? {
    var words: (kept: [String], other: [String]) = ([], [])
    for ours in kept {
      guard let theirs = other.first(where: { $0.store.short == ours.store.short }) else { continue }
      let differs =
        ours.isAvailable != theirs.isAvailable
        || (ours.stock != nil && theirs.stock != nil && ours.stock != theirs.stock)
      guard differs else { continue }
      words.kept.append(ours.words)
      words.other.append(theirs.words)
    }
    guard !words.kept.isEmpty else { return nil }
    return (words.kept.joined(separator: ", "), words.other.joined(separator: ", "))
  }
}

extension Availability {
  /// `PP1 12`, `PP2 no`, `PP3 yes`.
  fileprivate var words: String {
    "\(store.short) \(isAvailable ? stock.map(String.init) ?? "yes" : "no")"
  }
}

extension StoreID {
  /// The store without the seller in front: `PP1` for `14000001_PP1`.
  var short: String {
    let parts = text.split(separator: "_")
    guard parts.count > 1, let last = parts.last, last.hasPrefix("PP") else { return text }
    return String(last)
  }
}

extension Pricing {
  /// The first city in which two pricings disagree; a price that holds everywhere holds in the other's cities.
  fileprivate func difference(from other: Pricing) -> (kept: String, other: String)? {
    switch (self, other) {
    case (.everywhere(let ours), .everywhere(let theirs)):
      return ours == theirs ? nil : ("\(ours.amount)", "\(theirs.amount)")
    case (.byCity, _), (_, .byCity):
      let cities = self.cities.isEmpty ? other.cities : self.cities
      let differing = cities.filter { city, _ in
        guard let ours = price(in: city), let theirs = other.price(in: city) else { return false }
        return ours != theirs
      }
      guard let first = differing.first, let ours = price(in: first.city),
        let theirs = other.price(in: first.city)
      else { return nil }
      let more = differing.count > 1 ? " and \(differing.count - 1) more cities" : ""
      return ("\(ours.amount) in \(first.city)\(more)", "\(theirs.amount) in \(first.city)\(more)")
    }
  }
}

extension String {
  /// The words alone, in small letters: blanks and letter case make no difference between titles.
  fileprivate var plainWords: [String] {
    lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
