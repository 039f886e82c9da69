import Model

extension LintRule {
  /// Rules about stores and stock.
  static let stocks: [LintRule] = [
    noAvailability, emptyAvailabilities, nestedAvailabilities, unwrappedAvailability, missingStore,
    duplicateStore,
    conflictingStore, missingAvailable, badAvailable, badPreorder, preorderElement, badStock, decimalStock,
    availableWithoutStock,
  ]

  private static func stock(_ attributes: String) -> String {
    Example.offer(stock: Example.availabilities(attributes))
  }

  static let noAvailability = LintRule(
    "no-availability", .warning, "The offer names no store",
    "The schema allows it, the guide does not say what it means; it counts as on sale.",
    hint: "Add <availabilities> with the store's code from the cabinet.", failing: Example.offer(stock: ""))

  static let emptyAvailabilities = LintRule(
    "empty-availabilities", .error, "availabilities holds nothing",
    "The schema asks for at least one store in it.",
    hint: "Add an <availability>, or leave the element out.",
    failing: Example.offer(stock: "<availabilities/>"))

  static let nestedAvailabilities = LintRule(
    "nested-availabilities", .error, "availabilities inside availabilities",
    "The inner element has to be called availability; Kaspi refused files like this.",
    hint: "Rename the inner element to <availability>.",
    failing: Example.offer(
      stock: #"<availabilities><availabilities available="yes" storeId="PP1"/></availabilities>"#))

  static let unwrappedAvailability = LintRule(
    "unwrapped-availability", .error, "availability outside availabilities",
    "The schema knows it only inside availabilities.", hint: "Put <availabilities> around it.",
    failing: Example.offer(stock: #"<availability available="yes" storeId="PP1"/>"#))

  static let missingStore = LintRule(
    "missing-store", .error, beyondSchema: true, "A stock entry without store",
    "Nothing tells which store is meant; the offer is held back.",
    hint: "Write storeId as in the cabinet: PP1.",
    failing: stock(#"available="yes" stockCount="3""#))

  static let duplicateStore = LintRule(
    "duplicate-store", .warning, "The same stock entry twice", "The entries agree, one is kept.",
    hint: "Delete one.",
    failing: Example.offer(
      stock: "<availabilities>"
        + String(repeating: #"<availability available="yes" storeId="PP1"/>"#, count: 2) + "</availabilities>"
    ))

  static let conflictingStore = LintRule(
    "conflicting-store", .error, beyondSchema: true, "Two different stock entries for one store",
    "Nobody can tell which is right, so the offer is held back.", hint: "Keep the right one.",
    failing: Example.offer(
      stock: #"<availabilities><availability available="yes" storeId="PP1"/>"#
        + #"<availability available="no" storeId="PP1"/></availabilities>"#))

  static let missingAvailable = LintRule(
    "missing-available", .error, "A stock entry without available",
    "The schema asks for it; it is read as no.",
    hint: "Write available=\"yes\" or available=\"no\".", failing: stock(#"storeId="PP1" stockCount="3""#))

  static let badAvailable = LintRule(
    "bad-available", .error, "available is neither yes nor no",
    "Only these two words are known; anything else is read as no.",
    hint: "Write available=\"yes\" or available=\"no\".", failing: stock(#"available="N" storeId="PP1""#))

  static let badPreorder = LintRule(
    "bad-preorder", .error, beyondSchema: true, "Preorder days that no price list can carry",
    "Whole days up to 30. Without them buyers would be promised the goods at once, so the offer is held back.",
    hint: "Write 1 to 30, or leave preOrder out.",
    failing: stock(#"available="yes" storeId="PP1" preOrder="45""#))

  static let preorderElement = LintRule(
    "preorder-element", .error, "preOrder as an element",
    "The schema knows preOrder only as an attribute of availability; its days are read.",
    hint: "Move it: <availability … preOrder=\"3\"/>.",
    failing: Example.offer(price: "<price>12990</price><preOrder>3</preOrder>"))

  static let badStock = LintRule(
    "bad-stock", .error, beyondSchema: true, "A stock count that is no number",
    "Whole pieces, 0 or more. >100 is read as 100, a negative count as 0, anything else as unknown.",
    hint: "Write digits only, or leave stockCount out.",
    failing: stock(#"available="yes" storeId="PP1" stockCount="&gt;100""#))

  static let decimalStock = LintRule(
    "decimal-stock", .warning, "A stock count with a fraction",
    "The schema takes it; it is read rounded down.", hint: "Write whole pieces.",
    failing: stock(#"available="yes" storeId="PP1" stockCount="12.0""#))

  static let availableWithoutStock = LintRule(
    "available-without-stock", .note, "Available with a stock of 0",
    "Buyers may order what is not there, unless a preorder is meant.",
    hint: "Write available=\"no\", or the days in preOrder.",
    failing: stock(#"available="yes" storeId="PP1" stockCount="0""#),
    passing: stock(#"available="yes" storeId="PP1" stockCount="0" preOrder="5""#))
}
