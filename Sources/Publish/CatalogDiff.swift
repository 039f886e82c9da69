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
    // Looked at in place: copying an entry to compare it costs more than comparing.
    let none: [CatalogEntry] = []
    let olds = old?.entries ?? none
    let (before, after) = (olds.span, new.entries.span)
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

  /// A difference of its parts.
  ///
  /// - Parameter changes: In any order, each SKU at most once.
  init(_ changes: [Change]) { self.changes = changes.sorted { $0.sku < $1.sku } }

  /// What became of one entry.
  ///
  /// - Parameters:
  ///   - old: As it was, or `nil`.
  ///   - new: As it is, of the same SKU, or `nil`.
  /// - Returns: The change, or `nil` for none.
  static func change(from old: CatalogEntry?, to new: CatalogEntry?) -> Change? {
    switch (old, new) {
    case (nil, nil): return nil
    case (let old?, nil): return Change(sku: old.offer.sku, title: old.offer.model, kind: .archived)
    case (nil, let new?): return Change(sku: new.offer.sku, title: new.offer.model, kind: .added(new.offer))
    case (let old?, let new?):
      return kind(from: old, to: new).map { Change(sku: new.offer.sku, title: new.offer.model, kind: $0) }
    }
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

  static func fields(from old: CatalogEntry, to new: CatalogEntry) -> [FieldChange] {
    var fields: [FieldChange] = []
    if old.offer != new.offer || !old.offer.model.hasBytes(of: new.offer.model) {
      fields += EntryFacts.changes(from: EntryFacts.offer(old.offer), to: EntryFacts.offer(new.offer))
    }
    if old.card !== new.card || old.productID != new.productID {
      let (before, after) = (old.lasting, new.lasting)
      if before.card != after.card || old.productID != new.productID {
        fields += EntryFacts.changes(from: EntryFacts.card(before), to: EntryFacts.card(after))
      }
    }
    return fields
  }
}
