import Model
import Publish
import Store
import SystemPackage
import TestKit
import Testing

/// A series of price lists becomes the versions that it would have been.
@Suite struct ImportTests {
  /// One list in the simplest form.
  static func list(
    date: String? = nil, _ offers: [(sku: String, price: Int)], company: String = "Old Name"
  ) -> [UInt8] {
    let lines = offers.map { offer in
      "<offer sku=\"\(offer.sku)\"><model>Чайник \(offer.sku)</model><availabilities>"
        + "<availability available=\"yes\" storeId=\"PP1\"/></availabilities><price>\(offer.price)</price></offer>"
    }
    let attribute = date.map { " date=\"\($0)\"" } ?? ""
    return Array(
      ("<kaspi_catalog\(attribute) xmlns=\"kaspiShopping\"><company>\(company)</company><merchantid>1</merchantid>"
        + "<offers>\(lines.joined())</offers></kaspi_catalog>").utf8)
  }

  static func file(_ name: String, _ bytes: [UInt8]) -> HistoryImport.File {
    HistoryImport.File(name: name, path: "lists/\(name)") { bytes }
  }

  static func work(_ shop: Shop) throws -> HistoryImport {
    HistoryImport(shop.folders, company: "Demo", merchant: try Shops.merchant(), language: "en")
  }

  static let january = Array([
    file("1.xml", list(date: "2026-01-01 10:00", [("a", 10), ("b", 20)])),
    file("2.xml", list(date: "2026-01-02 10:00", [("a", 10), ("b", 20)], company: "New Name")),
    file("3.xml", list(date: "2026-01-05", [("a", 11), ("c", 30)])),
  ])

  @Test(.needsSampleData, arguments: [("ikea", [1, 2, 3, 4, 5]), ("lg", [1, 2, 3, 4, 5, 6])])
  func recordedSeriesHaveTheCountedChanges(series: String, versions: [Int]) throws {
    let index = try JSONValue(parsing: try SampleData.bytes("INDEX.json"))
    let steps = try #require(index["series"]?[series]?.array)
    let shop = try Shop()
    let files = SampleData.files(in: "pricelist-series/\(series)").map { name in
      HistoryImport.File(name: name.split(separator: "/").last.map(String.init) ?? name, path: name) {
        try SampleData.bytes(name)
      }
    }
    let report = try Self.work(shop).run(files, now: Shops.now)
    #expect(try History(shop.folders).manifests().map(\.version) == versions)
    #expect(report.versions == versions.count && report.unchanged == 0 && report.head == versions.last)
    for (step, counted) in zip(report.steps.dropFirst(), steps) {
      let summary = try #require(step.summary)
      #expect(summary.added == counted["addedCount"]?.int, "\(step.name)")
      #expect(summary.archived == counted["removedCount"]?.int)
      #expect(summary.changed == counted["changedCount"]?.int)
      #expect(summary.price == counted["priceChanged"]?.int)
      #expect(summary.stock == counted["availabilityChanged"]?.int)
      #expect(summary.text == counted["textChanged"]?.int)
      #expect(summary.withdrawn == 0)
    }
    #expect(try History(shop.folders).verify() == [])
    let again = try Self.work(shop).run(files, now: Shops.now)
    #expect(again.versions == 0 && again.known == versions.count)
  }

  @Test func identicalContentMakesNoVersionAndDatesAreTheFeedsOwn() throws {
    let shop = try Shop()
    let report = try Self.work(shop).run(Self.january, now: Shops.now)
    #expect(report.steps.map(\.outcome) == [.version(1), .unchanged, .version(2)])
    let manifests = try History(shop.folders).manifests()
    #expect(manifests.map(\.created.almaty) == ["2026-01-01T10:00:00+05:00", "2026-01-05T00:00:00+05:00"])
    #expect(try History(shop.folders).head()?.catalog.entries.map(\.offer.sku.text) == ["a", "c"])
    #expect(try History(shop.folders).verify() == [])
    let second = try Self.work(shop).run(Self.january, now: Shops.now)
    #expect(second.steps.map(\.outcome) == [.known(1), .unchanged, .known(2)])
    #expect(second.head == 2)
  }

  @Test func aLaterListIsAppendedAndAnOlderOneIsRefused() throws {
    let shop = try Shop()
    _ = try Self.work(shop).run(Array(Self.january.prefix(1)), now: Shops.now)
    let later = try Self.work(shop).run(Array(Self.january.dropFirst(2)), now: Shops.now)
    #expect(later.steps.map(\.outcome) == [.version(2)])
    let older = Self.file("0.xml", Self.list(date: "2025-12-01", [("z", 1)]))
    let error = #expect(throws: PublishError.self) { try Self.work(shop).run([older], now: Shops.now) }
    #expect(error?.code == .refused)
  }

  @Test func nothingIsWrittenWhenAnyListIsBad() throws {
    let shop = try Shop()
    let bad = Self.file("bad.xml", Array("<kaspi_catalog><offers>".utf8))
    let error = #expect(throws: PublishError.self) {
      try Self.work(shop).run(Self.january + [bad], now: Shops.now)
    }
    #expect(error?.code == .badInput)
    #expect(error?.place.hasPrefix("lists/bad.xml") == true)
    #expect(try History(shop.folders).head() == nil)
    #expect(try shop.publicBytes().isEmpty)
    let empty = Self.file("empty.xml", Self.list([]))
    #expect(throws: PublishError.self) { try Self.work(shop).run([empty], now: Shops.now) }
  }

  @Test func aDryRunSaysTheSameAndWritesNothing() throws {
    let shop = try Shop()
    let plan = try Self.work(shop).plan(Self.january, now: Shops.now)
    #expect(try History(shop.folders).head() == nil)
    #expect(try Self.work(shop).run(Self.january, now: Shops.now) == plan)
  }

  @Test func aShopThatWasPublishedFromACrawlKeepsItsHead() throws {
    var shop = try Shop()
    try shop.publish(Shops.crawl(count: 3))
    let before = try shop.publicBytes()
    let error = #expect(throws: PublishError.self) {
      try Self.work(shop).run(Self.january, now: Shops.now)
    }
    #expect(error?.code == .refused)
    #expect(try shop.publicBytes() == before)
  }

  @Test func anOfferThatNobodyCanSellByAnyMoreStaysAsNotAvailable() throws {
    let shop = try Shop()
    let lists = [
      Self.file("1.xml", Self.list(date: "2026-01-01", [("a", 10), ("b", 20)])),
      Self.file("2.xml", Self.list(date: "2026-01-02", [("a", 10), ("b", 0)])),
      Self.file("3.xml", Self.list(date: "2026-01-03", [("a", 10), ("b", 21)])),
    ]
    let report = try Self.work(shop).run(lists, now: Shops.now)
    #expect(report.steps.map(\.summary?.withdrawn) == [0, 1, 0])
    #expect(report.steps.last?.summary?.returned == 1)
  }

  @Test(arguments: [
    ("2026-04-13", "2026-04-13T00:00:00+05:00"), ("2026-04-13 20:14", "2026-04-13T20:14:00+05:00"),
    ("2026-04-13T20:14:12", "2026-04-13T20:14:12+05:00"),
    ("2026-04-13T20:14:12Z", "2026-04-14T01:14:12+05:00"),
    ("2026-04-13T20:14:12+03:00", "2026-04-13T22:14:12+05:00"),
    ("2024-02-01 12:00", "2024-02-01T12:00:00+06:00"), ("string", nil), ("", nil), ("13.04.2026", nil),
  ])
  func readsDatesAsSellersWriteThem(text: String, moment: String?) {
    #expect(FeedDate.instant(text)?.almaty == moment)
  }
}
