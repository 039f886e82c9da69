import Model
import PriceList
import TestKit
import Testing

/// A corrected copy holds the same offers and has no error.
@Suite struct FixerTests {
  /// Rules that say one thing in another form.
  static let mechanical = [
    "attribute-case", "child-order", "curly-quotes", "decimal-price", "element-case", "no-break-space",
    "not-well-formed", "nested-availabilities", "prefixed-elements", "preorder-element", "spaced-price",
    "top-level-order", "unwrapped-availability", "wrong-namespace", "bad-available", "byte-order-mark",
    "control-character", "stray-text", "bad-stock", "duplicate-sku", "number-form",
  ]

  @Test(arguments: mechanical)
  func mendsTheFailingExample(rule: String) throws {
    let failing = try #require(LintRule.named(rule)?.failing)
    let fix = try PriceListFixer.fix(Array(failing.utf8), source: "f")
    #expect(fix.mended.contains(rule), "\(fix.mended)")
    #expect(fix.heldBack.isEmpty)
    let report = Linter.lint(fix.bytes, source: "copy")
    #expect(report.errors == 0 && !report.findings.contains { $0.rule == rule }, "\(report.findings)")
    #expect(try PriceListFixer.fix(fix.bytes, source: "copy").bytes == fix.bytes, "a copy needs no copy")
  }

  @Test(arguments: ["merge-conflict", "cut-file", "html-page", "other-format", "empty-document", "no-offers"])
  func leavesToAPersonWhatOnlyAPersonCanDecide(rule: String) throws {
    let failing = try #require(LintRule.named(rule)?.failing)
    #expect(throws: PriceListError.self) { try PriceListFixer.fix(Array(failing.utf8), source: "f") }
  }

  @Test func namesWhatItLeavesOut() throws {
    let fix = try PriceListFixer.fix(
      feed(
        "<offer sku=\"a\"><model>m</model><price>0</price></offer><offer sku=\"b\"><model>m</model><price>5.00</price></offer>"
      ),
      source: "f")
    #expect(fix.heldBack.map(\.sku) == ["a"] && fix.mended == ["decimal-price"])
  }

  @Test(
    .needsSampleData,
    arguments: SampleData.files(in: "pricelist") + SampleData.files(in: "pricelist-series/lg"))
  func keepsEveryOfferOfRecordedFeeds(name: String) throws {
    let bytes = try SampleData.bytes(name)
    let fix = try PriceListFixer.fix(bytes, source: name)
    let reading = try PriceListReader.read(bytes, source: name)
    let copy = try PriceListReader.read(fix.bytes, source: name)
    #expect(copy.offers == reading.offers.sorted { $0.sku < $1.sku } && copy.date == reading.date)
    #expect(Linter.lint(fix.bytes, source: name).errors == 0)
  }
}
