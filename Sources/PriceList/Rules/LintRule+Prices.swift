import Model

extension LintRule {
  /// Rules about prices.
  static let prices: [LintRule] = [
    noPrice, zeroPrice, badPrice, decimalPrice, spacedPrice, numberForm, conflictingPrice, duplicateCity,
    badCity,
  ]

  private static func cities(_ entries: String...) -> String {
    Example.offer(price: "<cityprices>\(entries.joined(separator: "\n"))</cityprices>")
  }
  private static let almaty = #"<cityprice cityId="750000000">2490</cityprice>"#

  static let noPrice = LintRule(
    "no-price", .error, "The offer has no price", "There is no default price; the offer is held back.",
    hint: "Add <price>, or <cityprices> with a price a city.", failing: Example.offer(price: ""))

  static let zeroPrice = LintRule(
    "zero-price", .error, beyondSchema: true, "The price is 0",
    "What Kaspi does with it is unknown, and nobody sells for nothing; the offer is held back.",
    hint: "Write the price; to stop selling, write available=\"no\" and keep the price.",
    failing: Example.offer(price: "<price>0</price>"))

  static let badPrice = LintRule(
    "bad-price", .error, beyondSchema: true, "A price that no price list can carry",
    "Whole tenge from 1 to 999 999 999. What could mean two amounts is not guessed; the offer is held back.",
    hint: "Write digits only.", failing: Example.offer(price: "<price>12,990</price>"))

  static let decimalPrice = LintRule(
    "decimal-price", .error, "A price with a fraction",
    "Kaspi refused 25000.00: \"not a valid value for 'integer'\". A fraction of zeros is read as whole tenge.",
    hint: "Write digits only.", failing: Example.offer(price: "<price>12990.00</price>"))

  static let spacedPrice = LintRule(
    "spaced-price", .error, "Blanks inside a price",
    "The schema takes no blanks between digits, and no no-break blanks at all. Groups of three are read.",
    hint: "Write digits only.", failing: Example.offer(price: "<price>12\u{A0}990</price>"))

  static let numberForm = LintRule(
    "number-form", .warning, "A number with a plus sign or leading zeros",
    "The schema takes it and it is read, but other programs may not.", hint: "Write digits only.",
    failing: Example.offer(price: "<price>+12990</price>"))

  static let conflictingPrice = LintRule(
    "conflicting-price", .error, beyondSchema: true, "Two prices for one offer",
    "price and cityprices, or two different prices in one city: nobody can tell which is right, so the "
      + "offer is held back.",
    hint: "Keep one.", failing: cities(almaty, #"<cityprice cityId="750000000">2590</cityprice>"#))

  static let duplicateCity = LintRule(
    "duplicate-city", .warning, "The same city price twice", "The prices agree, one is kept.",
    hint: "Delete one.",
    failing: cities(almaty, almaty), passing: cities(almaty))

  static let badCity = LintRule(
    "bad-city", .error, beyondSchema: true, "A city price without a city code",
    "Cities are numbered with nine digits; no city is assumed, so the offer is held back.",
    hint: "Write cityId as Kaspi numbers it, like 750000000 for Almaty.",
    failing: cities(#"<cityprice cityId="Алматы">2490</cityprice>"#), passing: cities(almaty))
}
