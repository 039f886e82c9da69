public import Model

/// A rule that price lists are judged by.
public struct LintRule: Sendable, Hashable {
  /// Stable name, in small letters with dashes.
  public var id: String
  /// How much a breach matters for the file.
  public var severity: Finding.Severity
  /// What is the case, in a few words.
  public var title: String
  /// Why it matters.
  public var explanation: String
  /// What to do about it.
  public var hint: String
  /// Whether Kaspi's schema may take what this rule calls an error.
  public var goesBeyondSchema: Bool
  /// A file that breaks the rule, or `nil` where one would be too large to show.
  public var failing: String?
  /// A file that differs and keeps the rule.
  public var passing: String

  /// The rule of a name, or `nil`.
  ///
  /// - Parameter id: The rule's name.
  /// - Returns: The rule, or `nil`.
  public static func named(_ id: String) -> LintRule? { all.first { $0.id == id } }

  /// All rules, sorted by name.
  public static let all: [LintRule] = (refusals + documents + offers + stocks + prices + texts)
    .sorted { $0.id < $1.id }

  init(
    _ id: String, _ severity: Finding.Severity, beyondSchema: Bool = false, _ title: String,
    _ explanation: String,
    hint: String, failing: String?, passing: String = Example.good
  ) {
    self.id = id
    self.severity = severity
    self.title = title
    self.explanation = explanation
    self.hint = hint
    goesBeyondSchema = beyondSchema
    self.failing = failing
    self.passing = passing
  }

  func finding(
    _ place: Place, sku: String? = nil, severity: Finding.Severity? = nil, _ message: String
  ) -> Finding {
    Finding(
      rule: id, severity: severity ?? self.severity, place: place, sku: sku, message: message, hint: hint)
  }
}

/// Short files that show a rule.
enum Example {
  static let root = """
    <kaspi_catalog xmlns="kaspiShopping" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    """

  /// A file around some offers.
  static func feed(_ offers: String, root: String = root, end: String = "</kaspi_catalog>") -> String {
    """
    <?xml version="1.0" encoding="utf-8"?>
    \(root)
      <company>Demo Home</company>
      <merchantid>14000001</merchantid>
      <offers>
    \(offers)
      </offers>
    \(end)

    """
  }

  /// A file with one offer, of which parts are exchanged.
  static func offer(
    sku: String = #"sku="1001""#, model: String = "<model>Чайник</model>", stock: String = stock,
    price: String = "<price>12990</price>"
  ) -> String {
    feed("<offer \(sku)>\n\(model)\n\(stock)\n\(price)\n</offer>")
  }

  static let stock = availabilities(#"available="yes" storeId="PP1" stockCount="4""#)

  static func availabilities(_ attributes: String) -> String {
    "<availabilities>\n<availability \(attributes)/>\n</availabilities>"
  }

  static let good = offer()
}
