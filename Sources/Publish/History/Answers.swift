public import Model

/// Who says what about an offer: the version that each present fact comes from.
public struct Blame: Sendable, Equatable {
  /// One fact and where it comes from.
  public struct Line: Sendable, Equatable {
    /// The kind of fact.
    public var field: FieldChange.Field
    /// City, store, characteristic, part of the card; or empty.
    public var key: String
    /// The fact as people read it.
    public var value: String
    /// What stood there before, or `nil` when nothing did.
    public var previous: String?
    /// The version that said so first.
    public var version: Int
    /// When that version was made.
    public var created: Instant
  }

  /// The offer.
  public var sku: SKU
  /// The version that the facts are read from: the last one that has the offer.
  public var version: Int
  /// The version that removed it, or `nil` when the catalog has it.
  public var removed: Int?
  /// Facts in the order of the catalog.
  public var lines: [Line]
}

/// The prices of one offer over time.
public struct PricePoint: Sendable, Equatable {
  /// The version.
  public var version: Int
  /// When it was made.
  public var created: Instant
  /// By city, empty text for everywhere; empty when the offer was removed.
  public var prices: [String: Int]
  /// Whether some store sells it.
  public var isAvailable: Bool
}

extension History {
  /// Where every fact of an offer comes from.
  ///
  /// - Parameters:
  ///   - sku: The offer; of a removed one its last facts.
  ///   - field: `price`, `stock`, `title`, `brand`, `card`, `characteristic`, or a key within them; `nil` for all.
  /// - Returns: The facts, or `nil` when no version has the offer.
  /// - Throws: `StoreError` or ``PublishError`` when a version cannot be read.
  public func blame(_ sku: SKU, field: String? = nil) throws -> Blame? {
    let events = try HistoryIndex(folders).events(of: sku)
    guard let last = events.last else { return nil }
    let numbers = try manifestNumbers()
    let isRemoved = last.kind == .removed
    let number = isRemoved ? numbers.last { $0 < last.version } : numbers.last
    guard let number, let entry = try version(number).catalog.entry(sku)?.lasting else { return nil }
    let start = events.lastIndex { $0.kind == .added } ?? 0
    let life = events[start...].filter { $0.kind != .removed }
    let lines = EntryFacts.all(entry).compactMap { fact -> Blame.Line? in
      guard
        field.map({
          fact.field.rawValue == $0 || fact.key == $0 || "\(fact.field.rawValue):\(fact.key)" == $0
        })
          ?? true
      else { return nil }
      let source = life.last { event in
        event.kind == .added
          || event.fields.contains { $0.field == fact.field && $0.key == fact.key }
      }
      let change = source?.fields.first { $0.field == fact.field && $0.key == fact.key }
      return Blame.Line(
        field: fact.field, key: fact.key, value: fact.value, previous: change?.old,
        version: source?.version ?? number, created: source?.created ?? last.created)
    }
    return Blame(sku: sku, version: number, removed: isRemoved ? last.version : nil, lines: lines)
  }

  /// The prices of an offer, a point for every version that changed price or availability.
  ///
  /// - Parameter sku: The offer.
  /// - Returns: Oldest first; empty when no version has the offer.
  /// - Throws: `StoreError` or ``PublishError`` when a version cannot be read.
  public func prices(_ sku: SKU) throws -> [PricePoint] {
    var points: [PricePoint] = []
    var prices: [String: Int] = [:]
    var stores: [String: Bool] = [:]
    for event in try HistoryIndex(folders).events(of: sku) {
      if event.kind == .added { (prices, stores) = ([:], [:]) }
      for field in event.fields {
        switch field.field {
        case .price: prices[field.key] = field.new.flatMap { Int($0) }
        case .stock: stores[field.key] = field.new.map { $0.hasPrefix("yes") }
        case .title, .brand, .card, .characteristic: break
        }
      }
      let isAvailable = event.kind != .removed && (stores.isEmpty || stores.values.contains(true))
      let point = PricePoint(
        version: event.version, created: event.created, prices: prices, isAvailable: isAvailable)
      guard points.last?.prices != prices || points.last?.isAvailable != isAvailable else { continue }
      points.append(point)
    }
    return points
  }
}
