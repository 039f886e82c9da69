public import Model
public import Store

/// What one version did to one offer.
public struct OfferEvent: Sendable, Equatable {
  /// The version.
  public var version: Int
  /// When it was made.
  public var created: Instant
  /// The offer.
  public var sku: SKU
  /// The title, as it is in this version or was last.
  public var title: String
  /// What happened.
  public var kind: Kind
  /// Every fact that changed, prices first.
  ///
  /// Of an added offer all facts of the offer, of a removed one all it had; cards come and go with their offer and are
  /// not spelled out then.
  public var fields: [FieldChange]

  /// What can happen to an offer.
  public enum Kind: String, Sendable, CaseIterable {
    /// It is in the catalog now.
    case added
    /// It is not in the catalog any more.
    case removed
    /// It is kept as not available.
    case withdrawn
    /// It is on sale again.
    case returned
    /// Other facts.
    case changed
  }
}

extension OfferEvent {
  /// What a version did to every offer that it changed.
  ///
  /// Pure; volatile facts do not count.
  ///
  /// - Parameters:
  ///   - old: The version before, or `nil` for none.
  ///   - new: The version.
  ///   - body: Takes each event, sorted by SKU, each SKU at most once.
  /// - Throws: What `body` throws.
  static func eachEvent<Failure: Error>(
    from old: Catalog?, to new: PublishedVersion, _ body: (OfferEvent) throws(Failure) -> Void
  ) throws(Failure) {
    let none: [CatalogEntry] = []
    let olds = old?.entries ?? none
    let (before, after) = (olds.span, new.catalog.entries.span)
    func note(_ entry: CatalogEntry, _ kind: Kind, _ fields: [FieldChange]) throws(Failure) {
      try body(
        OfferEvent(
          version: new.manifest.version, created: new.manifest.created, sku: entry.offer.sku,
          title: entry.offer.model, kind: kind, fields: fields))
    }
    var (left, right) = (0, 0)
    while left < before.count || right < after.count {
      if right == after.count || (left < before.count && before[left].offer.sku < after[right].offer.sku) {
        let gone = before[left]
        try note(gone, .removed, EntryFacts.changes(from: EntryFacts.offer(gone.offer), to: []))
        left += 1
      } else if left == before.count || after[right].offer.sku < before[left].offer.sku {
        let found = after[right]
        try note(found, .added, EntryFacts.changes(from: [], to: EntryFacts.offer(found.offer)))
        right += 1
      } else {
        let (old, new) = (before[left], after[right])
        let fields = CatalogDiff.fields(from: old, to: new)
        switch (old.standing, new.standing) {
        case (.offered, .withdrawn): try note(new, .withdrawn, fields)
        case (.withdrawn, .offered): try note(new, .returned, fields)
        case (.offered, .offered), (.withdrawn, .withdrawn):
          if !fields.isEmpty { try note(new, .changed, fields) }
        }
        left += 1
        right += 1
      }
    }
  }
}

extension OfferEvent {
  /// For programs.
  public var json: JSONValue {
    [
      "version": .integer(version), "created": .string(created.description), "event": .string(kind.rawValue),
      "title": .string(title), "fields": .array(fields.map(\.json)),
    ]
  }
}

extension FieldChange {
  /// For programs.
  public var json: JSONValue {
    var members: [String: JSONValue] = ["field": .string(field.rawValue)]
    if !key.isEmpty { members["key"] = .string(key) }
    if let old { members["old"] = .string(old) }
    if let new { members["new"] = .string(new) }
    return .object(members)
  }
}

extension CatalogEntry {
  /// Every fact of the entry as people read it: kind, key and value.
  public var facts: [(field: FieldChange.Field, key: String, value: String)] {
    EntryFacts.all(self).map { ($0.field, $0.key, $0.value) }
  }
}
