public import Model
public import Store

/// What a series of price lists became.
public struct HistoryImportReport: Sendable, Equatable {
  /// The kind of source that manifests of imported versions name.
  public static let sourceKind = "history"

  /// One step a list, in the order of the lists.
  public var steps: [Step] = []
  /// The version that is out afterwards, or `nil` when there is none.
  public var head: Int?

  /// One list.
  public struct Step: Sendable, Equatable {
    /// The file's name without folders.
    public var name: String
    /// SHA-256 of its bytes.
    public var digest: String
    /// The date that it carries itself, or `nil`.
    public var date: Instant?
    /// The time of its version.
    public var created: Instant
    /// Offers that were taken.
    public var offers: Int
    /// Offers that no price list can carry.
    public var heldBack: Int
    /// The seller's number in the list where it is not the configured one.
    public var otherMerchant: String?
    /// What became of it.
    public var outcome: Outcome
    /// Against the version before; `nil` unless it made one.
    public var summary: CatalogDiff.Summary?
  }

  /// What can become of a list.
  public enum Outcome: Sendable, Equatable {
    /// It is this new version.
    case version(Int)
    /// It says what the one before says.
    case unchanged
    /// It was imported before, as this version.
    case known(Int)
  }

  /// New versions.
  public var versions: Int { steps.count { if case .version = $0.outcome { true } else { false } } }
  /// Lists that say what the one before says.
  public var unchanged: Int { steps.count { $0.outcome == .unchanged } }
  /// Lists that were imported before.
  public var known: Int { steps.count { if case .known = $0.outcome { true } else { false } } }

  /// For programs.
  ///
  /// - Parameters:
  ///   - shop: The shop's name.
  ///   - isDryRun: Whether nothing was written.
  /// - Returns: A document with a `format` member.
  public func document(shop: String, isDryRun: Bool) -> JSONValue {
    [
      "format": 1, "shop": .string(shop), "dry_run": .bool(isDryRun), "files": .integer(steps.count),
      "versions": .integer(versions), "unchanged": .integer(unchanged), "known": .integer(known),
      "head": head.map { .integer($0) } ?? .null, "steps": .array(steps.map(\.json)),
    ]
  }
}

extension HistoryImportReport.Step {
  /// For programs.
  var json: JSONValue {
    var members: [String: JSONValue] = [
      "file": .string(name), "sha256": .string(digest), "created": .string(created.description),
      "dated": .bool(date != nil), "offers": .integer(offers), "held_back": .integer(heldBack),
    ]
    if let otherMerchant { members["other_merchant"] = .string(otherMerchant) }
    switch outcome {
    case .version(let number):
      members["outcome"] = "version"
      members["version"] = .integer(number)
    case .unchanged: members["outcome"] = "unchanged"
    case .known(let number):
      members["outcome"] = "known"
      members["version"] = .integer(number)
    }
    if let summary { members["changes"] = summary.json }
    return .object(members)
  }

  /// For people.
  public var line: String {
    let date = "\(name)  \(created.almaty)" + (date == nil ? " (no date of its own)" : "")
    switch outcome {
    case .unchanged: return "  =    \(date)  nothing changed"
    case .known(let number): return "  =    \(date)  is version \(number) already"
    case .version(let number):
      guard let summary else { return "  \(number)    \(date)" }
      let held = heldBack > 0 ? ", \(heldBack) held back" : ""
      return "  \(number)    \(date)  +\(summary.added) −\(summary.archived), \(summary.price) prices, "
        + "\(summary.stock) stock, \(summary.text) texts\(held)"
    }
  }
}

extension CatalogDiff.Summary {
  /// For programs; offers that are gone from the catalog are `removed`.
  public var json: JSONValue {
    [
      "added": .integer(added), "withdrawn": .integer(withdrawn), "returned": .integer(returned),
      "archived": .integer(archived), "removed": .integer(archived), "changed": .integer(changed),
      "price": .integer(price), "stock": .integer(stock), "text": .integer(text), "card": .integer(card),
    ]
  }
}
