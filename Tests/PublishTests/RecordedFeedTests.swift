import CatalogFormat
import Model
import PriceList
import Publish
import Store
import SystemPackage
import TestKit
import Testing

/// Real feeds of real shops, lived through as nights.
@Suite struct RecordedFeedTests {
  @Test(.needsSampleData, arguments: SampleData.files(in: "pricelist"))
  func whatWePublishIsWhatTheFeedSays(name: String) throws {
    let reading = try PriceListReader.read(try SampleData.bytes(name), source: name)
    var shop = try Shop()
    shop.policy.maximumHeldBack = 0.2
    let outcome = try shop.publish(
      CrawledShop(
        company: reading.company, merchant: reading.merchantID,
        offers: reading.offers.map { CrawledOffer(offer: $0) },
        heldBack: reading.heldBack))
    #expect(outcome == .published(1))
    let feed = try AtomicFile.read(shop.folders.kaspiFeed)
    #expect(try PriceListSchema.validate(feed) == [])
    #expect(Linter.lint(feed, source: name).errors == 0)
    #expect(try PriceListReader.read(feed, source: name).offers == reading.offers.sorted { $0.sku < $1.sku })
    #expect(
      try CatalogSchema.violations(in: AtomicFile.read(shop.folders.catalog.appending("catalog.xml"))) == [])
  }

  @Test(.needsSampleData, arguments: ["ikea", "lg"])
  func seriesRunAsNightsWithTheCountedChanges(series: String) throws {
    let index = try JSONValue(parsing: try SampleData.bytes("INDEX.json"))
    let steps = try #require(index["series"]?[series]?.array)
    var shop = try Shop()
    shop.policy.withdrawAfter = 1
    let files = SampleData.files(in: "pricelist-series/\(series)")
    #expect(files.count == steps.count + 1)
    for (night, name) in files.enumerated() {
      let reading = try PriceListReader.read(try SampleData.bytes(name), source: name)
      let outcome = try shop.publish(
        CrawledShop(
          company: reading.company, merchant: reading.merchantID,
          offers: reading.offers.map { CrawledOffer(offer: $0) }, heldBack: reading.heldBack))
      #expect(outcome == .published(night + 1), "\(name)")
      guard night > 0 else { continue }
      let summary = try History(shop.folders).diff(night, night + 1).summary
      let step = steps[night - 1]
      // An offer that vanishes is withdrawn, one that comes back after that is returned.
      #expect(summary.added + summary.returned == step["addedCount"]?.int)
      #expect(summary.withdrawn == step["removedCount"]?.int)
      #expect(summary.changed == step["changedCount"]?.int)
      #expect(summary.price == step["priceChanged"]?.int)
      #expect(summary.stock == step["availabilityChanged"]?.int)
      #expect(summary.text == step["textChanged"]?.int)
    }
  }
}
