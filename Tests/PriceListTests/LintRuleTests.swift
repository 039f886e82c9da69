import Model
import PriceList
import Testing

@Suite struct LintRuleTests {
  /// Found by damaging files at random: the schema knows two names of this namespace and refuses all others.
  @Test(arguments: [("schemaLocation", 0), ("noNamespaceSchemaLocation", 0), ("schdmaLocation", 1)])
  func namesOfTheSchemaNamespaceAreKnown(name: String, errors: Int) throws {
    let bytes = Array(
      """
      <kaspi_catalog xmlns="kaspiShopping" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:\(name)="a b">
        <company>c</company>
        <merchantid>1</merchantid>
        <offers>
          <offer sku="1"><model>m</model><availabilities><availability available="yes" storeId="PP1"/></availabilities><price>5</price></offer>
        </offers>
      </kaspi_catalog>
      """.utf8)
    let report = Linter.lint(bytes, source: "f")
    #expect(report.errors == errors && report.findings.allSatisfy { $0.rule == "schema-violation" })
    #expect(try PriceListSchema.validate(bytes).isEmpty == (errors == 0))
  }

  @Test func namesAreUniqueAndSpelledAlike() {
    let names = LintRule.all.map(\.id)
    #expect(Set(names).count == names.count)
    #expect(names == names.sorted())
    for rule in LintRule.all {
      #expect(rule.id.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x38 })
      #expect(!rule.title.isEmpty && !rule.explanation.isEmpty && !rule.hint.isEmpty)
    }
  }

  /// Only what would be too large to print, or needs a broken machine, has no example.
  @Test func nearlyEveryRuleHasAnExample() {
    #expect(LintRule.all.filter { $0.failing == nil }.map(\.id) == ["too-large", "unreadable"])
  }

  @Test(arguments: LintRule.all.map(\.id))
  func findsItsExampleAndNotTheOther(id: String) throws {
    let rule = try #require(LintRule.named(id))
    let good = Linter.lint(Array(rule.passing.utf8), source: "good")
    #expect(good.isClean, "\(good.findings)")
    #expect(!good.findings.contains { $0.rule == id })
    guard let failing = rule.failing else { return }
    let bad = Linter.lint(Array(failing.utf8), source: "bad")
    let found = bad.findings.filter { $0.rule == id }
    #expect(!found.isEmpty, "\(bad.findings.map(\.rule))")
    #expect(found.allSatisfy { $0.severity == rule.severity && $0.hint == rule.hint && $0.place.line != nil })
  }

  @Test func theGoodExampleHasNoFindingAtAll() throws {
    let rule = try #require(LintRule.named("no-price"))
    #expect(Linter.lint(Array(rule.passing.utf8), source: "good").findings.isEmpty)
  }

  @Test func countsBySeverityAndSortsByPlace() throws {
    let report = Linter.lint(
      feed("<offer sku=\"Я\"><model> m</model><price>0</price></offer>\n<offer sku=\"\"><model/></offer>"),
      source: "f")
    #expect(report.errors == 3)
    #expect(report.warnings == 4)
    #expect(report.notes == 1)
    let places = report.findings.map { [$0.place.line ?? 0, $0.place.column ?? 0] }
    #expect(places == places.sorted { $0.lexicographicallyPrecedes($1) })
  }

  /// One fault on each of very many lines is counted in full and shown in part.
  @Test func boundsWhatItKeepsButNotWhatItCounts() {
    let report = Linter.lint(feed(String(repeating: "<offer/>\n", count: 12_000)), source: "f")
    #expect(report.findings.count { $0.rule == "empty-sku" } == 10_000)
    #expect(report.errors == 12_000 * 3)
  }
}
