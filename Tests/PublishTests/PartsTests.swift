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
    // Part by part, or as a whole where they are divided otherwise: the difference is the same.
    let history = History(shop.folders)
    for (old, new) in [(1, 2), (2, 1), (2, 3), (3, 1)] {
      let whole = CatalogDiff(
        from: try history.version(old).catalog, to: try history.version(new).catalog)
      #expect(try history.diff(old, new) == whole && !whole.changes.isEmpty, "\(old) to \(new)")
    }
  }

  /// The division follows from what the whole files would be, to the byte, although they are never made.
  @Test func theBoundIsThatOfTheWholeFiles() throws {
    let crawl = try Shops.crawl(count: 90)
    var changed = crawl
    changed.offers[7] = try Shops.offer("10007", price: 1001)
    var shop = try Shop()
    let catalog = try #require(try shop.plan(changed).catalog)
    let list = try PriceListWriter.write(
      company: catalog.company, merchant: catalog.merchant, offers: catalog.entries.map(\.offer))
    let size = max(CatalogJSON.encode(catalog).count, try CatalogXML.encode(catalog).count, list.count)
    /// Publishes in 16 parts, then the changed crawl with another limit; whether that left whole files.
    func isWhole(limit: Int, after first: Int) throws -> Bool {
      var shop = try Shop()
      let old = Publisher(shop.folders, language: "ru", partLimit: first)
      #expect(try old.publish(try shop.plan(crawl), approval: nil, now: Shops.now) == .published(1))
      let new = Publisher(shop.folders, language: "ru", partLimit: limit)
      #expect(try new.publish(try shop.plan(changed), approval: nil, now: Shops.now) == .published(2))
      #expect(try History(shop.folders).verify() == [])
      return try Folder.files(in: shop.folders.catalog).contains("catalog.json")
    }
    #expect(try isWhole(limit: size, after: 1 << 20))
    #expect(try !isWhole(limit: size - 1, after: 1 << 20))
    #expect(try isWhole(limit: 2 * size, after: size / 2), "from parts back to a whole")
    #expect(try !isWhole(limit: 2 * size - 2, after: size / 2), "too large still for that")
  }

  /// A feed in parts is compared without being held, and any difference is seen.
  @Test func aServedFeedOfPartsIsComparedToTheByte() throws {
    var shop = try Shop()
    let publisher = Publisher(shop.folders, language: "ru", partLimit: 20_000)
    let plan = try shop.plan(Shops.crawl(count: 200))
    #expect(try publisher.publish(plan, approval: nil, now: Shops.now) == .published(1))
    let good = try AtomicFile.read(shop.folders.kaspiFeed)
    let head = try #require(try History(shop.folders).head())
    for place in stride(from: 60, to: good.count, by: 97) {
      var bytes = good
      bytes[place] ^= 1
      try AtomicFile.write(bytes, to: shop.folders.kaspiFeed)
      #expect(try History(shop.folders).verify().map(\.rule) == ["feed"], "byte \(place)")
    }
    try AtomicFile.write(Array(good.dropLast()), to: shop.folders.kaspiFeed)
    try publisher.heal(head)
    #expect(try AtomicFile.read(shop.folders.kaspiFeed) == good)
    let stamp = try FileStamp.of(shop.folders.kaspiFeed)
    try publisher.heal(head)
    #expect(try FileStamp.of(shop.folders.kaspiFeed) == stamp, "a file that is right is left alone")
  }
}
