import Model
import PriceList
import TestKit
import Testing

@Suite(.needsSampleData) struct RecordedFeedTests {
  @Test func thereIsGroundTruth() { #expect(IndexedFeed.all().count >= 29) }

  @Test(arguments: IndexedFeed.all("pricelist/") + IndexedFeed.all("pricelist-series/"))
  func countsLikeTheIndex(_ indexed: IndexedFeed) throws {
    let reading = try read(SampleData.bytes(indexed.name))
    #expect(reading.counts.offerElements == indexed.offers)
    #expect(reading.counts.uniqueSKUs == indexed.uniqueSkus)
    #expect(reading.counts.integerPriceSum == indexed.integerPriceSum)
    #expect(reading.company == indexed.company)
    #expect(reading.merchant == indexed.merchantid)
    #expect(reading.date == indexed.date)
    #expect(reading.findings.allSatisfy { $0.place.line != nil && $0.place.column != nil })
    // Every line is an offer, a held back one, or a twin.
    let twins = reading.findings.count { $0.rule == "duplicate-sku" }
    #expect(reading.offers.count + reading.heldBack.count + twins == indexed.offers)
    #expect(reading.offers.count { $0.availabilities.isEmpty } == indexed.offersWithoutAvailability)
    let words = (indexed.available ?? [:]).filter { $0.key != "yes" && $0.key != "no" }
    #expect(reading.findings.count { $0.rule == "bad-available" } == words.values.reduce(0, +))
    #expect(reading.findings.count { $0.rule == "empty-model" } == indexed.emptyModels)
  }

  @Test(arguments: IndexedFeed.all("pricelist-dirty/"))
  func namesWhatIsWrongWithEveryDirtyFile(_ indexed: IndexedFeed) throws {
    let bytes = try SampleData.bytes(indexed.name)
    let report = Linter.lint(bytes, source: indexed.name)
    #expect(report.errors > 0)
    #expect(report.findings.allSatisfy { $0.place.line != nil && $0.place.column != nil && $0.hint != nil })
    guard indexed.wellFormed else {
      #expect(refusal(bytes) != nil)
      return
    }
    let reading = try read(bytes)
    #expect(reading.counts.offerElements == indexed.offers)
    #expect(reading.counts.uniqueSKUs == indexed.uniqueSkus)
    #expect(reading.counts.integerPriceSum == indexed.integerPriceSum)
  }

  @Test(arguments: [
    ("curly-quotes", ["curly-quotes 2:21"]), ("only-declaration", ["empty-document 2:1"]),
    ("wrong-namespace-2.0", ["wrong-namespace 2:1", "empty-merchant 4:3", "child-order 10:7"]),
    (
      "nested-availabilities-decimal",
      [
        "nested-availabilities 10:9", "decimal-price 12:7", "nested-availabilities 18:9",
        "decimal-price 20:7",
      ]
    ),
    (
      "offers-root-duplicate",
      [
        "missing-company 2:1", "missing-merchant 2:1", "wrong-namespace 2:1", "wrong-root 2:1",
        "missing-model 3:3",
        "no-availability 3:3", "duplicate-sku 6:3", "missing-model 6:3", "no-availability 6:3",
      ]
    ),
  ])
  func findsEachFaultInItsPlace(name: String, expected: [String]) throws {
    let report = Linter.lint(try SampleData.bytes("pricelist-dirty/\(name).xml"), source: name)
    let found = report.findings.map { "\($0.rule) \($0.place.line ?? 0):\($0.place.column ?? 0)" }
    #expect(found == expected)
  }

  /// Where our rules and the schema differ, it is by a rule that says so.
  @Test(arguments: IndexedFeed.all())
  func agreesWithTheSchema(_ indexed: IndexedFeed) throws {
    let bytes = try SampleData.bytes(indexed.name)
    let report = Linter.lint(bytes, source: indexed.name)
    let within = try report.findings.filter {
      let rule = try #require(LintRule.named($0.rule), "\($0.rule) is not in the table")
      return $0.severity == .error && !rule.goesBeyondSchema
    }
    if indexed.validAgainstReconstructedSchema {
      #expect(within.isEmpty, "\(within.prefix(3))")
      #expect(try PriceListSchema.validate(bytes).isEmpty)
    } else {
      #expect(report.errors > 0)
    }
    #expect(!report.findings.contains { $0.rule == "schema-violation" })
  }

  @Test(arguments: IndexedFeed.all("pricelist/") + IndexedFeed.all("pricelist-series/"))
  func whatIsWrittenFromAFeedIsRightAndReadsBackEqual(_ indexed: IndexedFeed) throws {
    let reading = try read(SampleData.bytes(indexed.name))
    let bytes = try PriceListWriter.write(
      company: try #require(reading.company), merchant: try #require(reading.merchantID),
      offers: reading.offers)
    #expect(try PriceListSchema.validate(bytes).isEmpty)
    let report = Linter.lint(bytes, source: "written")
    #expect(
      report.isClean, "\(report.findings.first { $0.severity == .error }.map(String.init(describing:)) ?? "")"
    )
    let again = try read(bytes)
    #expect(again.offers == reading.offers.sorted { $0.sku < $1.sku })
    #expect(again.heldBack.isEmpty)
    #expect(again.date == nil)
  }

  @Test func keepsSKUsAndTitlesToTheByte() throws {
    let hinges = try read(SampleData.bytes("pricelist/hinges-excerpt-8.xml"))
    #expect(hinges.offers.map(\.sku.text).contains("HQ13450A450T01+0HQ13JS01"))
    #expect(hinges.offers.map(\.sku.text).contains("C81B875FAB(2)"))
    let messy = try read(SampleData.bytes("pricelist/opt-250-messy-sku.xml"))
    #expect(messy.offers.map(\.sku.text).contains("ОКЛ-4(G.652.D)-Т/С 2,7 кН"))
    #expect(messy.heldBack.map(\.sku) == ["GR16-1379T", "GR16-1379T"])
    #expect(messy.heldBack.map(\.place.line) == [126, 1870])
    #expect(Set(messy.heldBack.map(\.rule)) == ["conflicting-duplicate"])
    let zeros = try read(SampleData.bytes("pricelist/lg-869.xml"))
    #expect(zeros.heldBack.allSatisfy { $0.rule == "zero-price" })
    #expect(!zeros.heldBack.isEmpty)
  }
}
