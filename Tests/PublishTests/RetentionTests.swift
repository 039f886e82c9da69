import Model
import Publish
import Store
import SystemPackage
import TestKit
import Testing

/// Old versions go by rule; what stays can still be proven.
@Suite struct RetentionTests {
  private func rules(_ change: (inout KeepRules) -> Void) -> KeepRules {
    var rules = KeepRules()
    change(&rules)
    return rules
  }

  /// Two versions a day, at 10:00 and 20:00 in Almaty, from Thursday 2026-01-01.
  private static let versions: [(version: Int, created: Instant)] = (0..<80).map { index in
    let day = Day(number: (Day(year: 2026, month: 1, day: 1)?.number ?? 0) + index / 2)
    return (index + 1, day.start.advanced(by: .seconds(index % 2 == 0 ? 36_000 : 72_000)))
  }

  @Test func eachRuleKeepsTheNewestOfItsPeriods() {
    func kept(_ change: (inout KeepRules) -> Void, pins: Set<Int> = []) -> [Int] {
      rules(change).judge(Self.versions, pins: pins).filter { !$0.reasons.isEmpty }.map(\.version)
    }
    #expect(kept { $0.last = 3 } == [78, 79, 80])
    #expect(kept { $0.daily = 3 } == [76, 78, 80])
    // 2026-02-09 is a Monday: versions 79 and 80; the Sunday before is version 78.
    #expect(kept { $0.weekly = 2 } == [78, 80])
    #expect(kept { $0.monthly = 5 } == [62, 80])
    #expect(kept { $0.yearly = 5 } == [80])
    #expect(kept { $0.within = .seconds(86_400) } == [78, 79, 80])
    #expect(kept({ $0.last = 1 }, pins: [5]) == [5, 80])
    #expect(kept { _ in } == [80], "the one that is out is never removed")
    #expect(rules { _ in }.isEmpty)
  }

  private func shopWithVersions(_ count: Int) throws -> Shop {
    var shop = try Shop()
    for version in 1...count {
      var crawl = try Shops.crawl(count: 6)
      crawl.offers[version % 6] = try Shops.offer("\(10_000 + version % 6)", price: 1000 + version)
      try shop.publish(crawl)
    }
    return shop
  }

  @Test func theSeriesKeepsAPointOfEveryVersionThereEverWas() throws {
    let shop = try shopWithVersions(8)
    let series = SeriesFile(shop.folders)
    let file = shop.folders.reports.appending("series.json")
    let whole = try AtomicFile.read(file)
    let points = try series.points()
    #expect(
      points.map(\.version) == Array(1...8) && points.map(\.changed).dropFirst() == [2, 2, 2, 2, 2, 2, 2])
    #expect(points[7].prices == 5 * 1000 + 1008 && points[7].stock == 30 && points[7].offered == 6)
    let retention = Retention(shop.folders)
    _ = try retention.apply(try retention.plan(rules { $0.last = 2 }))
    try series.write()
    #expect(try series.points().map(\.version) == Array(1...8))
    let kept = try JSONValue(parsing: AtomicFile.read(file))
    #expect(try kept["points"]?.array?.prefix(6) == JSONValue(parsing: whole)["points"]?.array?.prefix(6))
    // A damaged file is made anew from what is there.
    try AtomicFile.write(Array("{".utf8), to: file)
    #expect(try series.points().map(\.version) == [7, 8])
  }

  @Test func theChainHoldsOverRemovedVersions() throws {
    let shop = try shopWithVersions(8)
    let sku = try #require(SKU("10003"))
    let before = try HistoryIndex(shop.folders).events(of: sku)
    let retention = Retention(shop.folders)
    try retention.pin(3, note: "sale")
    let verdicts = try retention.plan(rules { $0.last = 2 })
    #expect(try retention.apply(verdicts) == [1, 2, 4, 5, 6])
    #expect(try History(shop.folders).manifests().map(\.version) == [3, 7, 8])
    #expect(try History(shop.folders).verify() == [])
    let after = try HistoryIndex(shop.folders).events(of: sku)
    #expect(after.map(\.version).allSatisfy([3, 7, 8].contains) && before.count >= after.count)
    let manifest = VersionStore(shop.folders.versions).folder.appending("removed").appending("000006.json")
    var bytes = try AtomicFile.read(manifest)
    bytes[40] ^= 1
    try AtomicFile.write(bytes, to: manifest)
    #expect(try History(shop.folders).verify().map(\.rule) == ["broken-chain"])
  }

  @Test func restoringMakesANewVersionWithTheOldContent() throws {
    let shop = try shopWithVersions(4)
    let history = History(shop.folders)
    let old = try history.version(2)
    let outcome = try Publisher(shop.folders, language: "ru").restore(old, now: Shops.now, shop: "demo")
    #expect(outcome == .published(5))
    let head = try #require(try history.head())
    #expect(head.catalog == old.catalog && head.manifest.restored == 2)
    let store = VersionStore(shop.folders.versions)
    for name in ["catalog.json", "catalog.xml", "pricelist.xml"] {
      #expect(try store.read(5, name) == store.read(2, name))
      #expect(try AtomicFile.read(shop.folders.catalog.appending(name)) == store.read(2, name))
    }
    #expect(try history.verify() == [])
    #expect(
      try Publisher(shop.folders, language: "ru").restore(old, now: Shops.now, shop: "demo") == .unchanged(5))
  }

  @Test func aHeadThatWentBackIsNamedAndLosesNoVersion() throws {
    var shop = try shopWithVersions(3)
    let head = shop.folders.versions.appending("HEAD")
    try AtomicFile.write(Array("2\n".utf8), to: head)
    #expect(try History(shop.folders).verify().map(\.rule).contains("head"))
    let error = #expect(throws: PublishError.self) { try shop.publish(Shops.crawl(count: 6)) }
    #expect(error?.place == head.string)
    try AtomicFile.write(Array("3\n".utf8), to: head)
    #expect(try History(shop.folders).verify() == [])
  }
}
