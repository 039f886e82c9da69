import CatalogFormat
import Model
@testable import Publish
import PriceList
import Store
import SystemPackage
import Testing

/// Large catalogs lie in small files, and an offer stays in its file.
@Suite struct PartsTests {
  @Test func countsPartsAndDoesNotSwingAtABound() {
    #expect(CatalogParts.count(bytes: 100, parent: 1, limit: 100) == 1)
    #expect(CatalogParts.count(bytes: 101, parent: 1, limit: 100) == 16)
    #expect(
      CatalogParts.count(bytes: 99, parent: 16, limit: 100) == 16, "a little smaller is no reason to move")
    #expect(CatalogParts.count(bytes: 50, parent: 16, limit: 100) == 1)
    #expect(CatalogParts.count(bytes: 1_100, parent: 16, limit: 100) == 256)
    #expect(CatalogParts.count(bytes: 1 << 60, parent: 1, limit: 100) == 256)
  }

  @Test func everyOfferHasOnePartAndTheFinerDivisionRefinesTheCoarser() throws {
    var sizes = [Int](repeating: 0, count: 16)
    for number in 0..<4000 {
      let sku = try #require(SKU("\(100_000 + number)_\(number)"))
      let (coarse, fine) = (CatalogParts.part(of: sku, of: 16), CatalogParts.part(of: sku, of: 256))
      #expect(fine >> 4 == coarse)
      sizes[coarse] += 1
    }
    #expect(sizes.allSatisfy { (150...350).contains($0) }, "\(sizes)")
    #expect(try CatalogParts.part(of: #require(SKU("112066821")), of: 256) == 237, "written down for ever")
  }

  @Test func aDividedShopPublishesHealsAndVerifiesLikeAWholeOne() throws {
    var shop = try Shop()
    let first = try shop.plan(Shops.crawl(count: 200))
    let publisher = Publisher(shop.folders, language: "ru", partLimit: 20_000)
    #expect(try publisher.publish(first, approval: nil, now: Shops.now) == .published(1))
    let names = try Folder.files(in: shop.folders.catalog)
    #expect(names.contains("catalog-0.json") && !names.contains("catalog.json"))
    #expect(try History(shop.folders).verify() == [])
    #expect(try History(shop.folders).head()?.catalog == first.catalog)
    let feed = try PriceListReader.read(try AtomicFile.read(shop.folders.kaspiFeed), source: "feed")
    #expect(feed.offers.count == 200)
    #expect(try PriceListSchema.validate(AtomicFile.read(shop.folders.kaspiFeed)) == [])
    let before = try shop.publicBytes()
    var changed = try Shops.crawl(count: 200)
    changed.offers[7] = try Shops.offer("10007", price: 1001)
    #expect(
      try publisher.publish(try shop.plan(changed), approval: nil, now: Shops.now) == .published(2))
    let after = try shop.publicBytes()
    let moved = before.keys.filter { before[$0] != after[$0] }
    #expect(moved.count == 6, "one part of each kind, manifest, changes, feed: \(moved.sorted())")
    for name in moved where name.hasPrefix("catalog-") || name.hasPrefix("pricelist-") {
      let (old, new) = (before[name]?.split(separator: 0x0A) ?? [], after[name]?.split(separator: 0x0A) ?? [])
      #expect(zip(old, new).count { $0 != $1 } == 1, "\(name)")
    }
    // Back to whole files: nothing of the parts stays behind.
    let whole = Publisher(shop.folders, language: "ru")
    changed.offers[8] = try Shops.offer("10008", price: 1001)
    #expect(try whole.publish(try shop.plan(changed), approval: nil, now: Shops.now) == .published(3))
    let rest = try Folder.files(in: shop.folders.catalog)
    #expect(rest == ["CHANGES.md", "catalog.json", "catalog.xml", "manifest.json", "pricelist.xml"])
    #expect(try History(shop.folders).verify() == [])
  }
}
