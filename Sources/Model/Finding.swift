/// Something that a person should know about an input, a page or a plan.
public struct Finding: Sendable, Hashable {
  /// Stable name of the rule, in small letters with dashes: `duplicate-sku`.
  public var rule: String
  /// How much it matters.
  public var severity: Severity
  /// Where it was found.
  public var place: Place
  /// The offer concerned, as written, or `nil` when it is about the whole.
  public var sku: String?
  /// What is the case, in one sentence.
  public var message: String
  /// What to do about it, or `nil`.
  public var hint: String?

  /// Makes a finding.
  ///
  /// - Parameters:
  ///   - rule: The rule's name.
  ///   - severity: How much it matters.
  ///   - place: Where.
  ///   - sku: The offer concerned.
  ///   - message: One sentence.
  ///   - hint: What to do.
  public init(
    rule: String, severity: Severity, place: Place, sku: String? = nil, message: String, hint: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.place = place
    self.sku = sku
    self.message = message
    self.hint = hint
  }

  /// How much a finding matters.
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    /// Good to know.
    case note
    /// Works, and should be looked at.
    case warning
    /// Does not work, or loses something.
    case error

    /// Graver is greater.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }
}

/// A place in a file or an answer.
public struct Place: Sendable, Hashable, CustomStringConvertible {
  /// A path or address, without secrets.
  public var source: String
  /// From 1; `nil` when the whole source is meant.
  public var line: Int?
  /// From 1, in Unicode scalars; `nil` when unknown.
  public var column: Int?

  /// Names a place.
  ///
  /// - Parameters:
  ///   - source: A path or address.
  ///   - line: From 1, or `nil`.
  ///   - column: From 1, or `nil`.
  public init(_ source: String, line: Int? = nil, column: Int? = nil) {
    self.source = source
    self.line = line
    self.column = column
  }

  /// `source:line:column`, as compilers print it.
  public var description: String {
    [source, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
  }
}
