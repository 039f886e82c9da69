import Model
import Store
import TestKit
import Testing

@testable import Crawl

/// Every recorded price list as the first source of a crawl.
@Suite(.needsSampleData) struct FeedSampleTests {
  private func crawl(_ name: String) async throws -> CrawlResult {
    let root = try #require(SampleData.root)
    let folder = try TemporaryFolder()
    let settings = Scenario.settings([SourceSettings(kind: .feed, location: "\(root)/\(name)")])
    return try await Crawler(client: ScriptedShop([:]), folder: folder.path, now: { night }).crawl(settings)
  }

  private func counted(_ name: String) throws -> JSONValue {
    try #require(try JSONValue(parsing: SampleData.bytes("INDEX.json"))["feeds"]?[name])
  }

  static let good =
    SampleData.files(in: "pricelist") + SampleData.files(in: "pricelist-series/ikea")
    + SampleData.files(in: "pricelist-series/lg")

  @Test(arguments: good) func losesNoOffer(name: String) async throws {
    let (result, counted) = (try await crawl(name), try counted(name))
    #expect(result.report.failure == nil && result.shop.hasAllOffers)
    let skus = Set(result.shop.offers.map(\.offer.sku.text) + result.shop.heldBack.map(\.sku)).subtracting([
      ""
    ])
    #expect(skus.count == counted["uniqueSkus"]?.int, "every SKU is an offer or held back by name")
    #expect(result.shop.offers.count > 0 && result.shop.merchant?.text == counted["merchantid"]?.string)
    #expect(result.shop.sources.first?.digest == Digest.sha256(try SampleData.bytes(name)))
  }

  @Test(arguments: SampleData.files(in: "pricelist-dirty")) func namesWhatIsWrong(name: String) async throws {
    let result = try await crawl(name)
    #expect(!result.shop.findings.isEmpty || !result.shop.heldBack.isEmpty)
    #expect(
      result.report.failure != nil || !result.shop.offers.isEmpty, "either offers or a reason, never silence")
    if let failure = result.report.failure {
      #expect(failure.kind == .badInput && result.shop.offers.isEmpty && !result.shop.hasAllOffers)
    }
    #expect(result.shop.findings.contains { $0.place.line != nil && $0.place.column != nil })
  }
}
