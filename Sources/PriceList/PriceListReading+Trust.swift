public import Model

extension PriceListReading {
  /// Errors that make a file unfit as the source of a shop's offers.
  ///
  /// Reading gets over them, but only by guessing what an element, an attribute or a price was meant to be. Errors
  /// that lose no fact (parts in another order) or hold an offer back by name (no price, two conflicting lines) are
  /// not among them.
  public var guesses: [Finding] {
    findings.filter { $0.severity == .error && Self.guessingRules.contains($0.rule) }
  }

  static let guessingRules: Set<String> = [
    "attribute-case", "decimal-price", "duplicate-element", "element-case", "missing-model",
    "nested-availabilities",
    "preorder-element", "spaced-price", "stray-text", "unwrapped-availability", "wrong-namespace",
    "wrong-root",
  ]
}
