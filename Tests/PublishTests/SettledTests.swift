import Model
@testable import Publish
import Store
import SystemPackage
import Testing

/// A night that cannot change anything is known as one, and nothing else is.
@Suite struct SettledTests {
  private func settled(
    _ shop: Shop, _ crawl: CrawledShop, content: String = "c", settings: [String] = ["s"]
  ) -> Settled {
    Settled(shop.folders, content: content, crawled: crawl, settings: settings)
  }

  private func night(_ settled: Settled, _ crawl: CrawledShop) throws -> Plan? {
    try settled.plan(crawl, day: Day(of: Shops.now), priceRules: [])
  }

  @Test func theSameNightIsKnownAndSaysWhatTheLongWaySays() throws {
    var shop = try Shop()
    let crawl = try Shops.crawl(count: 30)
    #expect(try night(settled(shop, crawl), crawl) == nil, "nothing is known yet")
    let plan = try shop.plan(crawl)
    let publisher = Publisher(shop.folders, language: "ru")
    #expect(try publisher.publish(plan, approval: nil, now: Shops.now) == .published(1))
    try settled(shop, crawl).keep(plan, version: 1)

    let short = try #require(try night(settled(shop, crawl), crawl))
    var long = try shop.plan(crawl)
    long.day = short.day
    #expect(short.document == long.document)
    #expect(Reports(language: "ru").plan(short, digest: "") == Reports(language: "ru").plan(long, digest: ""))
    #expect(try publisher.publish(short, approval: nil, now: Shops.now) == .unchanged(1))
    #expect(try publisher.publish(long, approval: nil, now: Shops.now) == .unchanged(1))

    #expect(try night(settled(shop, crawl, content: "d"), crawl) == nil, "the crawl says something else")
    #expect(try night(settled(shop, crawl, settings: ["t"]), crawl) == nil, "the rules are others")
    var gap = crawl
    gap.gaps = [Gap(kind: .offers, source: "s", reason: "r")]
    #expect(try night(settled(shop, gap), gap) == nil, "a part of the crawl did not come")
  }

  @Test(arguments: ["feeds/kaspi.xml", "versions/000001/catalog.json", "reports/series.json"])
  func aFileThatWasTouchedIsLookedAtAgain(name: String) throws {
    var shop = try Shop()
    let crawl = try Shops.crawl(count: 3)
    let plan = try shop.plan(crawl)
    _ = try Publisher(shop.folders, language: "ru").publish(plan, approval: nil, now: Shops.now)
    try settled(shop, crawl).keep(plan, version: 1)
    #expect(try night(settled(shop, crawl), crawl) != nil)
    let path = shop.folders.output.pushing(FilePath(name))
    try AtomicFile.write(try AtomicFile.read(path) + [0x20], to: path)
    #expect(try night(settled(shop, crawl), crawl) == nil)
  }

  @Test func whatTimeWillChangeIsNeverSettled() throws {
    var shop = try Shop()
    let (all, fewer) = (try Shops.crawl(count: 30), try Shops.crawl(count: 29))
    try shop.publish(all)
    let missed = try shop.plan(fewer)
    #expect(missed.changesNothing && missed.notSeen.count == 1)
    try settled(shop, fewer).keep(missed, version: 1)
    #expect(try night(settled(shop, fewer), fewer) == nil, "a second miss withdraws the offer")
    try shop.publish(fewer)
    try shop.publish(fewer)
    let withdrawn = try shop.plan(fewer)
    #expect(withdrawn.changesNothing && withdrawn.notSeen.isEmpty)
    try settled(shop, fewer).keep(withdrawn, version: 2)
    #expect(try night(settled(shop, fewer), fewer) == nil, "a withdrawn offer will be archived")
  }

  @Test func aNewVersionIsNotThatNight() throws {
    var shop = try Shop()
    let crawl = try Shops.crawl(count: 3)
    let plan = try shop.plan(crawl)
    let publisher = Publisher(shop.folders, language: "ru")
    _ = try publisher.publish(plan, approval: nil, now: Shops.now)
    try settled(shop, crawl).keep(plan, version: 1)
    let short = try #require(try night(settled(shop, crawl), crawl))
    try shop.publish(Shops.crawl(count: 4))
    #expect(try night(settled(shop, crawl), crawl) == nil)
    let error = #expect(throws: PublishError.self) {
      try publisher.publish(short, approval: nil, now: Shops.now)
    }
    #expect(error?.code == .stale)
  }
}
