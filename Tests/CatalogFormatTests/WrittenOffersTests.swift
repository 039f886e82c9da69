import CatalogFormat
import Model
import Testing

/// Files of ours are read in pieces, whatever the pieces are, and nothing else is.
@Suite struct WrittenOffersTests {
  private func pieces(_ bytes: [UInt8], _ size: Int) -> () -> [UInt8] {
    var place = 0
    return {
      defer { place += size }
      return Array(bytes[min(place, bytes.count)..<min(place + size, bytes.count)])
    }
  }

  @Test(arguments: [1, 7, 100, 4096, 1 << 20]) func aCatalogIsTheSameInPieces(size: Int) throws {
    let catalog = try GeneratedCatalog.make(seed: 3, offers: size == 1 ? 12 : 60)
    let bytes = CatalogJSON.encode(catalog)
    #expect(try CatalogJSON.read(pieces(bytes, size)) == catalog)
  }

  @Test(arguments: [1, 7, 100, 4096, 1 << 20]) func aCrawlIsTheSameInPieces(size: Int) throws {
    let catalog = try GeneratedCatalog.make(seed: 5, offers: size == 1 ? 12 : 60)
    var shop = CrawledShop(
      company: "C", merchant: MerchantID("1"),
      offers: catalog.entries.map {
        CrawledOffer(offer: $0.offer, productID: $0.productID, product: $0.product)
      })
    shop.gaps = [Gap(kind: .page, source: "s", reason: "\n  \"offers\": [\n    }")]
    shop.sources = [SourceSummary(kind: "feed", source: "f", digest: nil, offers: 60)]
    let record = CrawlRecord(taken: try #require(Instant("2026-04-13T20:14:12Z")), shop: shop)
    let bytes = CrawlRecordJSON.encode(record)
    var frame = record
    frame.shop.offers = []
    let read = try #require(try CrawlRecordJSON.frame(pieces(bytes, size)))
    #expect(read.record == frame)
    // When and where a fact was found is no part of what the crawl says; every fact is.
    func content(_ record: CrawlRecord) throws -> String? {
      try CrawlRecordJSON.frame(pieces(CrawlRecordJSON.encode(record), size))?.content
    }
    var later = record
    later.taken = later.taken.advanced(by: .seconds(9))
    let (once, again) = (
      Provenance(source: "s", fetched: record.taken, digest: "d", parser: 1),
      Provenance(source: "t", fetched: later.taken, digest: "e", parser: 1)
    )
    for index in later.shop.offers.indices { later.shop.offers[index].provenance = [once] }
    let known = try content(later)
    for index in later.shop.offers.indices { later.shop.offers[index].provenance = [again, once] }
    #expect(try content(later) == known && known != nil)
    later.shop.offers[3].offer.model += "!"
    #expect(try content(later) != known)
    var offers: [CrawledOffer] = []
    let isWhole = try CrawlRecordJSON.eachOffer(pieces(bytes, size)) {
      offers.append($0)
      return true
    }
    #expect(isWhole && offers == shop.offers)
  }

  /// What is taken is what the whole reader takes: damage anywhere is refused, or means the same.
  @Test func damageIsNeverReadOtherwise() throws {
    let bytes = CatalogJSON.encode(try GeneratedCatalog.make(seed: 9, offers: 4))
    var taken = 0
    for place in stride(from: 0, to: bytes.count, by: 3) {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8(place % 7)
      if let read = try CatalogJSON.read(pieces(damaged, 64)) {
        taken += 1
        #expect(try CatalogJSON.decode(damaged) == read, "byte \(place)")
      }
      #expect(try CatalogJSON.read(pieces(Array(bytes[..<place]), 64)) == nil, "cut at \(place)")
    }
    #expect(taken > 0 && taken < bytes.count / 3)
  }

  @Test(arguments: [7, 4096]) func whatDiffersIsFoundWithoutReadingTheRest(size: Int) throws {
    let old = try GeneratedCatalog.make(seed: 11, offers: 80)
    var entries = old.entries
    entries.removeAll { $0.offer.sku.text.utf8.count % 7 == 0 }
    for index in stride(from: 0, to: entries.count, by: 5) { entries[index].offer.model += "*" }
    entries += try GeneratedCatalog.make(seed: 12, offers: 95).entries.suffix(10)
    var seen: Set<SKU> = []
    entries.removeAll { !seen.insert($0.offer.sku).inserted }
    let new = try #require(Catalog(company: "C", merchant: old.merchant, entries: entries))
    var expected: [[CatalogEntry?]] = []
    for sku in Set((old.entries + new.entries).map(\.offer.sku)).sorted()
    where old.entry(sku) != new.entry(sku) {
      expected.append([old.entry(sku), new.entry(sku)])
    }
    var found: [[CatalogEntry?]] = []
    let (left, right) = (CatalogJSON.encode(old), CatalogJSON.encode(new))
    #expect(try CatalogJSON.compare(pieces(left, size), pieces(right, size)) { found.append([$0, $1]) })
    #expect(found == expected && expected.count > 20)
    #expect(try !CatalogJSON.compare(pieces(left, size), pieces(right.dropLast(3) + [], size)) { _, _ in })
  }

  @Test func otherLayoutsAreLeftToTheOtherReader() throws {
    let bytes = CatalogJSON.encode(try GeneratedCatalog.make(seed: 9, offers: 4))
    let text = String(decoding: bytes, as: UTF8.self)
    for other in [
      "", "{}", text.replacing("\n  ", with: "\n   "), text + " ", text.replacing("    },", with: "    } ,"),
    ] {
      #expect(try CatalogJSON.read(pieces(Array(other.utf8), 100)) == nil)
    }
  }
}
