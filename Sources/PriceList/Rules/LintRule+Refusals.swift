import Model

extension LintRule {
  /// Rules whose breach makes a file unreadable: nothing is taken from it.
  static let refusals: [LintRule] = [
    emptyDocument, otherFormat, htmlPage, mergeConflict, curlyQuotes, noBreakSpace, controlCharacter, cutFile,
    badEncoding, documentType, tooDeep, tooLarge, notWellFormed, unreadable,
  ]

  static let emptyDocument = LintRule(
    "empty-document", .error, "The file is empty",
    "There is no element in it, or only an XML declaration. Mostly the export failed half-way.",
    hint: "Run the export again; look at what it reported.",
    failing: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")

  static let otherFormat = LintRule(
    "other-format", .error, "The file is in another format",
    "It is another marketplace's feed, a table, an archive or JSON, not Kaspi's price list.",
    hint: "Export Kaspi's XML price list, or give the right address.",
    failing:
      "<?xml version=\"1.0\"?>\n<yml_catalog date=\"2026-01-01\"><shop><offers/></shop></yml_catalog>\n")

  static let htmlPage = LintRule(
    "html-page", .error, "The file is a web page",
    "The address answers with a page for people: a login form, an error page, a file host's preview.",
    hint: "Open the address in a private browser window; use the direct link to the file.",
    failing: "<!doctype html>\n<html><body><p>404</p></body></html>\n")

  static let mergeConflict = LintRule(
    "merge-conflict", .error, "Conflict markers of a version control system",
    "Two versions of the file were merged and the conflict was never resolved.",
    hint: "Decide for one side and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.",
    failing: Example.feed("<<<<<<< HEAD\n<offer sku=\"1\"/>\n=======\n>>>>>>> other"))

  static let curlyQuotes = LintRule(
    "curly-quotes", .error, "Typographic quotes around attribute values",
    "A word processor or messenger replaced the straight quotes; XML knows only \" and '.",
    hint: "Save the file with a plain text editor and straight quotes.",
    failing: Example.offer(sku: "sku=“1001”"))

  static let noBreakSpace = LintRule(
    "no-break-space", .error, "No-break blanks inside a tag",
    "A blank copied from a web page looks like a blank, but XML does not take it for one.",
    hint: "Replace U+00A0 inside tags by ordinary blanks.",
    failing: Example.offer(sku: "\u{A0}sku=\"1001\""))

  static let controlCharacter = LintRule(
    "control-character", .error, "A character that XML forbids",
    "Control characters make the whole file unreadable for every XML parser.",
    hint: "Remove the character from the title in the accounting program; exports copy it from there.",
    failing: Example.offer(model: "<model>Чай\u{1}ник</model>"))

  static let cutFile = LintRule(
    "cut-file", .error, "The file ends too early",
    "The last elements are missing: a full disk, a broken download or a program that was stopped.",
    hint: "Fetch or export it again; write exports under another name and rename them when complete.",
    failing: String(Example.good.prefix(300)))

  static let badEncoding = LintRule(
    "bad-encoding", .error, "Bytes that do not fit the encoding",
    "The file is in another encoding than it declares; letters cannot be told.",
    hint: "Save it as UTF-8, or declare what it is: encoding=\"windows-1251\".",
    failing: "<?xml version=\"1.0\" encoding=\"klingon\"?>\n<kaspi_catalog/>\n")

  static let documentType = LintRule(
    "doctype", .error, "A DOCTYPE",
    "It could declare entities and name other files; a price list has no use for either.",
    hint: "Delete the DOCTYPE line.",
    failing: "<!DOCTYPE kaspi_catalog [<!ENTITY x \"y\">]>\n<kaspi_catalog>&x;</kaspi_catalog>\n")

  static let tooDeep = LintRule(
    "too-deep", .error, "Elements nested hundreds deep",
    "No price list needs it; a program that writes it does not close its elements.",
    hint: "Look at the program that writes the file.",
    failing: Example.feed(String(repeating: "<offer>", count: 300)))

  static let tooLarge = LintRule(
    "too-large", .error, "The file is larger than allowed",
    "It has more bytes, offers or text in one element than this program takes.",
    hint: "Split it, or check that the address is the right one.",
    failing: nil)

  static let notWellFormed = LintRule(
    "not-well-formed", .error, "Not well-formed XML",
    "Tags do not match, an attribute has no quotes, or & and < stand unescaped in a text.",
    hint: "Let an XML library write the file instead of joining strings.",
    failing: Example.offer(model: "<model>Bosch & Co</model>"))

  static let unreadable = LintRule(
    "unreadable", .error, "The file cannot be read",
    "The system gave no memory or no access.", hint: "Try again; check the rights of the file.",
    failing: nil)
}
