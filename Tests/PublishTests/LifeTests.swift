import CatalogFormat
import Model
import PriceList
import Publish
import Store
import Testing

/// What happens to an offer over the nights.
@Suite struct LifeTests {
  @Test func anUnchangedNightMakesNoVersionAndTouchesNoByte() throws {
    var shop = try Shop()
    #expect(try shop.publish(Shops.crawl(count: 30)) == .published(1))
    let before = try shop.publicBytes()
    var again = try Shops.crawl(count: 30)
    // Volatile facts alone are no change.
    again.offers[3].product = nil
    #expect(try shop.publish(again) == .unchanged(1))
    #expect(try shop.publicBytes() == before)
    #expect(try History(shop.folders).manifests().count == 1)
  }

  @Test func ratingsAloneMakeNoVersion() throws {
    var shop = try Shop()
    func crawl(stars: Int, price: Int = 1000) throws -> CrawledShop {
      let card = Product(
        id: try #require(ProductID("1")), title: "t", rating: Rating(hundredths: stars, count: stars))
      var offer = try Shops.offer("1", price: price)
      offer.product = card
      return Shops.crawl([offer, try Shops.offer("2")])
    }
    try shop.publish(crawl(stars: 400))
    #expect(try shop.publish(crawl(stars: 480)) == .unchanged(1))
    #expect(try shop.publish(crawl(stars: 490, price: 1001)) == .published(2))
    let head = try #require(try History(shop.folders).head())
    #expect(head.catalog.entries.first?.product?.rating?.hundredths == 490, "refreshed with the real change")
  }

  @Test func aMissingOfferIsWithdrawnNotDropped() throws {
    var shop = try Shop()
    try shop.publish(Shops.crawl(count: 30))
    #expect(try shop.publish(Shops.crawl(count: 29)) == .unchanged(1), "one miss is not a disappearance")
    #expect(try shop.publish(Shops.crawl(count: 29)) == .published(2))
    let sku = try #require(SKU("10029"))
    var entry = try #require(try History(shop.folders).head()?.catalog.entry(sku))
    #expect(entry.standing != .offered)
    let feed = try PriceListReader.read(try AtomicFile.read(shop.folders.kaspiFeed), source: "feed")
    let offer = try #require(feed.offers.first { $0.sku == sku })
    #expect(!offer.isAvailable && offer.totalStock == 0)
    #expect(try shop.publish(Shops.crawl(count: 30)) == .published(3))
    entry = try #require(try History(shop.folders).head()?.catalog.entry(sku))
    #expect(entry.standing == .offered && entry.offer.totalStock == 5)
    #expect(try History(shop.folders).diff(2, 3).summary.returned == 1)
  }

  @Test func aMissCountsOncePerCrawlAndPartialCrawlsNotAtAll() throws {
    let head = try #require(
      Catalog(
        company: "c", merchant: Shops.merchant(), entries: [CatalogEntry(offer: Shops.offer("1").offer)]))
    let (sku, taken) = (try #require(SKU("1")), Shops.now)
    let empty = Shops.crawl([])
    let once = Absences().counting(empty, taken: taken, head: head)
    #expect(once.missed[sku] == 1)
    #expect(once.counting(empty, taken: taken, head: head) == once)
    #expect(once.counting(empty, taken: taken.advanced(by: .seconds(1)), head: head).missed[sku] == 2)
    let partial = Shops.crawl([], gaps: [Gap(kind: .offers, source: "f", reason: "r")])
    #expect(once.counting(partial, taken: taken.advanced(by: .seconds(1)), head: head) == once)
    let back = Shops.crawl([try Shops.offer("1")])
    #expect(once.counting(back, taken: taken.advanced(by: .seconds(1)), head: head).missed.isEmpty)
    #expect(try Absences(once.document, path: "absences.json") == once)
  }

  @Test func aWithdrawnOfferIsArchivedInTheEnd() throws {
    var shop = try Shop()
    shop.policy.withdrawAfter = 1
    shop.policy.archiveAfter = .seconds(3 * 86_400)
    try shop.publish(Shops.crawl(count: 30))
    #expect(try shop.publish(Shops.crawl(count: 29)) == .published(2))
    #expect(try shop.publish(Shops.crawl(count: 29)) == .unchanged(2))
    #expect(try shop.publish(Shops.crawl(count: 29)) == .unchanged(2))
    #expect(try shop.publish(Shops.crawl(count: 29)) == .published(3))
    #expect(try History(shop.folders).diff(2, 3).summary.archived == 1)
  }

  @Test func aCardThatWasNotReadStaysAsItWasKnown() throws {
    var shop = try Shop()
    var first = try Shops.crawl(count: 3)
    first.offers[0].product = Product(id: try #require(ProductID("77")), title: "Карточка")
    first.offers[0].productID = ProductID("77")
    try shop.publish(first)
    #expect(try shop.publish(Shops.crawl(count: 3)) == .unchanged(1))
    var third = try Shops.crawl(count: 3)
    third.offers[1] = try Shops.offer("10001", price: 1001)
    try shop.publish(third)
    #expect(try History(shop.folders).head()?.catalog.entries.first?.product?.title == "Карточка")
  }
}

@Suite struct TextTests {
  @Test func charactersThatXMLForbidsNeverStopANight() throws {
    var shop = try Shop()
    var crawl = try Shops.crawl(count: 3)
    let nasty = "a\u{1}b\u{FFFE}c\u{B}\u{7}d"
    crawl.offers[0].offer.model = nasty
    crawl.offers[0].product = Product(
      id: try #require(ProductID("7")), title: nasty, brand: nasty,
      categories: [Category(code: nasty, title: nasty)],
      description: nasty,
      characteristics: [
        CharacteristicGroup(
          name: nasty,
          characteristics: [Characteristic(code: nasty, name: nasty, values: [nasty], unit: nasty)])
      ], images: [nasty],
      variants: [
        Variant(
          product: try #require(ProductID("8")), isAvailable: nil, choices: [.init(name: nasty, value: nasty)]
        )
      ])
    #expect(try shop.publish(crawl) == .published(1))
    #expect(try History(shop.folders).head()?.catalog.entries.first?.product?.description == "abcd")
    #expect(try shop.publish(crawl) == .unchanged(1))
  }
}
