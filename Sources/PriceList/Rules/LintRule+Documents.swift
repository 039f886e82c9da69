import Model

extension LintRule {
  /// Rules about the frame around the offers.
  static let documents: [LintRule] = [
    wrongRoot, wrongNamespace, prefixedElements, topLevelOrder, missingCompany, emptyCompany, missingMerchant,
    emptyMerchant, duplicateElement, unknownElement, elementCase, unknownAttribute, attributeCase, strayText,
    noOffers, byteOrderMark, notUTF8, schemaViolation,
  ]

  private static let head = """
    <company>Demo Home</company>
    <merchantid>14000001</merchantid>
    """
  private static let someOffers = """
    <offers><offer sku="1001"><model>Чайник</model><price>12990</price></offer></offers>
    """
  private static func frame(_ inside: String, root: String = Example.root, end: String = "</kaspi_catalog>")
    -> String
  {
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\(root)\n\(inside)\n\(end)\n"
  }

  static let wrongRoot = LintRule(
    "wrong-root", .error, "The root element is not kaspi_catalog",
    "Kaspi looks for kaspi_catalog and takes nothing from a file that begins otherwise.",
    hint: "Put the offers into <kaspi_catalog> with <company> and <merchantid>.",
    failing: "<?xml version=\"1.0\"?>\n\(someOffers)\n")

  static let wrongNamespace = LintRule(
    "wrong-namespace", .error, "The namespace is missing or wrong",
    "Kaspi's validator knows the elements only in the namespace kaspiShopping.",
    hint: "Write xmlns=\"kaspiShopping\" on the root, exactly so.",
    failing: Example.feed(
      "<offer sku=\"1\"><model>m</model><price>1</price></offer>", root: "<kaspi_catalog>"))

  static let prefixedElements = LintRule(
    "prefixed-elements", .warning, "Elements carry a prefix",
    "Legal XML, and live in one shop; a reader that compares strings will not find them.",
    hint: "Declare the namespace as the default one: xmlns=\"kaspiShopping\".",
    failing: """
      <ns0:kaspi_catalog xmlns:ns0="kaspiShopping"><ns0:company>D</ns0:company><ns0:merchantid>1</ns0:merchantid>
      <ns0:offers><ns0:offer sku="1"><ns0:model>m</ns0:model><ns0:price>1</ns0:price></ns0:offer></ns0:offers>
      </ns0:kaspi_catalog>

      """)

  static let topLevelOrder = LintRule(
    "top-level-order", .error, "company, merchantid and offers in another order",
    "The schema is a sequence: company, merchantid, offers.", hint: "Write them in this order.",
    failing: frame("<merchantid>1</merchantid>\n<company>D</company>\n\(someOffers)"))

  static let missingCompany = LintRule(
    "missing-company", .error, "No element company",
    "The schema asks for it; the text may be the seller's number.",
    hint: "Add <company> before <merchantid>.", failing: frame("<merchantid>1</merchantid>\n\(someOffers)"))

  static let emptyCompany = LintRule(
    "empty-company", .warning, "The company's name is empty", "The guide calls it required.",
    hint: "Write the shop's name.", failing: frame("<company/>\n<merchantid>1</merchantid>\n\(someOffers)"))

  static let missingMerchant = LintRule(
    "missing-merchant", .error, "No element merchantid", "The schema asks for it.",
    hint: "Add <merchantid> with the number from the cabinet.",
    failing: frame("<company>D</company>\n\(someOffers)"))

  static let emptyMerchant = LintRule(
    "empty-merchant", .warning, "The seller's number is empty",
    "The guide calls it required; it was seen empty live.", hint: "Write the number from the cabinet.",
    failing: frame("<company>D</company>\n<merchantid/>\n\(someOffers)"))

  static let duplicateElement = LintRule(
    "duplicate-element", .error, "An element occurs twice",
    "Only one of its kind may stand here; the first is read.", hint: "Keep one.",
    failing: Example.offer(model: "<model>Чайник</model><model>Чайник</model>"))

  static let unknownElement = LintRule(
    "unknown-element", .error, "An element that the schema does not know",
    "Description, categories and parameters have no place in a price list; it may be refused for them.",
    hint: "Delete the element.",
    failing: Example.offer(model: "<model>Чайник</model><description>d</description>"))

  static let elementCase = LintRule(
    "element-case", .error, "An element's name in other letters",
    "XML tells capital from small letters; the schema knows only the one spelling.",
    hint: "Write the name as in the guide.", failing: Example.offer(model: "<Model>Чайник</Model>"))

  static let unknownAttribute = LintRule(
    "unknown-attribute", .error, "An attribute that the schema does not know",
    "The file may be refused for it.", hint: "Delete the attribute.",
    failing: Example.offer(sku: #"sku="1001" id="7""#))

  static let attributeCase = LintRule(
    "attribute-case", .error, "An attribute's name in other letters",
    "preorder is not preOrder: Kaspi does not see it, or refuses the file.",
    hint: "Write the name as in the guide: sku, available, storeId, preOrder, stockCount, cityId.",
    failing: Example.offer(stock: Example.availabilities(#"available="yes" storeId="PP1" preorder="3""#)))

  static let strayText = LintRule(
    "stray-text", .error, "Text between elements",
    "Only blanks may stand there; a no-break blank or a letter left over makes the file invalid.",
    hint: "Delete it; look for U+00A0 and for what is left of a merge.",
    failing: Example.offer(model: "<model>Чайник</model>\u{A0}"))

  static let noOffers = LintRule(
    "no-offers", .error, "There are no offers",
    "An empty list would take everything off sale; mostly the export failed.",
    hint: "Run the export again; look at what it reported.", failing: frame("\(head)\n<offers/>"))

  static let byteOrderMark = LintRule(
    "byte-order-mark", .note, "A byte order mark",
    "Allowed and skipped; some programs stumble over it.", hint: "Save as UTF-8 without BOM.",
    failing: "\u{FEFF}" + Example.good)

  static let notUTF8 = LintRule(
    "not-utf-8", .warning, "The file is not in UTF-8",
    "It is converted while reading. Kaspi's own files and all live feeds are UTF-8.",
    hint: "Save it as UTF-8.",
    failing: "<?xml version=\"1.0\" encoding=\"us-ascii\"?>\n"
      + "\(Example.root)<company>D</company><merchantid>1</merchantid><offers>"
      + "<offer sku=\"1\"><model>m</model><price>1</price></offer></offers></kaspi_catalog>")

  static let schemaViolation = LintRule(
    "schema-violation", .error, "The schema refuses the file",
    "No other rule found an error, but the reconstructed schema does not take the file.",
    hint: "Read the schema's own words in the message.",
    failing: Example.offer(price: "<price xsi:nil=\"true\">12990</price>"))
}
