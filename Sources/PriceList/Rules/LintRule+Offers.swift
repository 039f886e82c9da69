import Model

extension LintRule {
  /// Rules about an offer as a whole.
  static let offers: [LintRule] = [
    emptySKU, badSKU, unusualSKU, mixedAlphabets, duplicateSKU, conflictingDuplicate, missingModel,
    emptyModel,
    childOrder,
  ]

  static let emptySKU = LintRule(
    "empty-sku", .error, "The offer has no SKU",
    "Nothing tells which product is meant; the offer is held back.",
    hint: "Write the seller's code into sku.",
    failing: Example.offer(sku: #"sku="""#))

  static let badSKU = LintRule(
    "bad-sku", .error, beyondSchema: true, "A SKU that no price list can carry",
    "It is longer than 64 characters or holds a control character; the offer is held back.",
    hint: "Give the product a shorter code without tabs and line breaks.",
    failing: Example.offer(sku: "sku=\"\(String(repeating: "1", count: 65))\""))

  static let unusualSKU = LintRule(
    "unusual-sku", .warning, "A SKU beyond the guide",
    "The guide names up to 20 Latin letters and digits. Live shops use more, so it is kept as written.",
    hint: "Keep it if Kaspi already knows the product by it; choose plain codes for new ones.",
    failing: Example.offer(sku: #"sku="SC/APC 9 мм (2)""#))

  static let mixedAlphabets = LintRule(
    "mixed-alphabets", .warning, "Latin and Cyrillic letters in one SKU",
    "А, В, С, Е, Н, К, М, О, Р, Т, Х look the same in both alphabets and are different codes.",
    hint: "Check that Kaspi knows the product by exactly these letters.",
    failing: Example.offer(sku: #"sku="АB-1""#), passing: Example.offer(sku: #"sku="АВ-1""#))

  private static let line = """
    <offer sku="1"><model>m</model><availabilities><availability available="yes" storeId="PP1"/></availabilities>
    """

  static let duplicateSKU = LintRule(
    "duplicate-sku", .error, "The same offer twice",
    "The schema allows a SKU once. The lines agree, so reading keeps one and only warns; a file with them is "
      + "refused.",
    hint: "Delete one of the lines.",
    failing: Example.feed("\(line)<price>5</price></offer>\n\(line)<price>5</price></offer>"))

  static let conflictingDuplicate = LintRule(
    "conflicting-duplicate", .error, "Two different offers under one SKU",
    "Nobody can tell which is right, so all lines of that SKU are held back.",
    hint: "Give each product its own SKU.",
    failing: Example.feed("\(line)<price>5</price></offer>\n\(line)<price>6</price></offer>"))

  static let missingModel = LintRule(
    "missing-model", .error, "The offer has no title element", "The schema asks for model.",
    hint: "Add <model>; it may be empty when Kaspi's card has the title.", failing: Example.offer(model: ""))

  static let emptyModel = LintRule(
    "empty-model", .warning, "The title is empty",
    "Exports from the cabinet have it; Kaspi shows the card's title instead.",
    hint: "Write the title, so that people can read the file.", failing: Example.offer(model: "<model/>"))

  static let childOrder = LintRule(
    "child-order", .error, "The parts of an offer stand in another order",
    "The schema is a sequence: model, brand, availabilities, then price or cityprices. Four sellers had to "
      + "change it.",
    hint: "Write price behind availabilities.",
    failing: Example.offer(model: "<model>Чайник</model><price>12990</price>", price: ""))
}
