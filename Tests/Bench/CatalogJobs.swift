import CatalogFormat
import Model
import Publish
import Store
import SystemPackage

/// Crawl results and catalogs as files: what a night reads and writes.
enum CatalogJobs {
  static let all: [String: @Sendable ([String]) async throws -> Work] = [
    "crawl-make": make, "crawl-read": read, "catalog-read": readCatalog,
  ]

  /// `crawl-make COUNT FILE CHANGED TAKEN`: the result of a crawl of generated offers; every CHANGED-th has another
  /// price, none with 0.
  @Sendable private static func make(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let file = FilePath(try BenchUsage.argument(arguments, 1, "FILE"))
    let changed = try BenchUsage.number(arguments, 2, "CHANGED")
    guard let taken = Instant(try BenchUsage.argument(arguments, 3, "TAKEN")),
      let merchant = MerchantID("14000001")
    else { throw BenchUsage(description: "TAKEN is a moment, like 2026-11-25T00:00:00Z") }
    return try await Work.measure {
      let writer = try CrawlRecordWriter(file)
      for (index, offer) in GeneratedOffers.make(count).enumerated() {
        var offer = offer
        if changed > 0, index % changed == 0, let old = offer.pricing.lowest,
          let price = Tenge(old.amount + 1)
        {
          offer.pricing = .everywhere(price)
        }
        try writer.add(CrawledOffer(offer: offer))
      }
      try writer.finish(
        CrawledShop(
          company: "Bench", merchant: merchant, offers: [],
          sources: [SourceSummary(kind: "feed", source: "bench", digest: nil, offers: count)]), taken: taken)
      return (count, Int(try FileStamp.of(file)?.size ?? 0), count)
    }
  }

  /// `crawl-read FILE`: the result of a crawl, offer by offer; checked by the sum of prices.
  @Sendable private static func read(_ arguments: [String]) async throws -> Work {
    let file = FilePath(try BenchUsage.argument(arguments, 0, "FILE"))
    return try await Work.measure {
      let pieces = try PieceReader(file)
      var (count, sum) = (0, 0)
      let isOurs = try CrawlRecordJSON.eachOffer({ try pieces.next() }) { offer in
        count += 1
        sum += offer.offer.pricing.lowest?.amount ?? 0
        return true
      }
      guard isOurs else { throw BenchUsage(description: "not a result of ours") }
      return (count, pieces.position, sum)
    }
  }

  /// `catalog-read FOLDER...`: the catalogs of versions, entry by entry; checked by the sum of prices.
  @Sendable private static func readCatalog(_ arguments: [String]) async throws -> Work {
    try await Work.measure {
      var (count, size, sum) = (0, 0, 0)
      for folder in arguments.map({ FilePath($0) }) {
        for name in CatalogParts.names("catalog", "json", among: try Folder.files(in: folder)) {
          let pieces = try PieceReader(folder.appending(name))
          let frame = try CatalogJSON.eachEntry({ try pieces.next() }) { entry in
            count += 1
            sum += entry.offer.pricing.lowest?.amount ?? 0
          }
          guard frame != nil else { throw BenchUsage(description: "not a catalog of ours: \(name)") }
          size += pieces.position
        }
      }
      return (count, size, sum)
    }
  }
}
