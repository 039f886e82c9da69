import TestKit
import Testing

@testable import Search

@Suite struct RealTitlesTests {
  /// SKU and title of each offer, cut out by hand: this room does not read price lists.
  private func offers(_ feed: String) throws -> [SearchDocument] {
    let text = String(decoding: try SampleData.bytes(feed), as: UTF8.self)
    var seen: Set<String> = []
    return text.split(separator: "<offer ").dropFirst().compactMap { offer in
      let parts = offer.split(separator: "\"", maxSplits: 2)
      guard parts.count == 3, let start = offer.firstRange(of: "<model>"),
        let end = offer.firstRange(of: "</model>"), seen.insert(String(parts[1])).inserted
      else { return nil }
      return SearchDocument(sku: String(parts[1]), title: String(offer[start.upperBound..<end.lowerBound]))
    }
  }

  @Test(
    .needsSampleData,
    arguments: [
      ("pricelist/lg-869.xml", 860), ("pricelist/luxe-899.xml", 890),
      ("pricelist/opt-250-messy-sku.xml", 240),
    ])
  func aTitleOfALiveShopFindsItsOffer(feed: String, atLeast: Int) throws {
    let offers = try offers(feed)
    #expect(offers.count >= atLeast)
    let searcher = try Searcher(Segment(opening: IndexBuilder.build(documents: offers, synonyms: .none)))
    var analyzer = try Analyzer()
    let asked = offers.enumerated().filter { $0.offset % 4 == 0 && !$0.element.title.isEmpty }.map(\.element)
    var missed: [String] = []
    for offer in asked {
      let hits = try searcher.search(Query(offer.title, analyzer: &analyzer), top: 10)
      // Titles of the same words in other forms or order are equally good; the SKU decides between them.
      let best = hits.prefix { $0.score == hits.first?.score }
      if !best.contains(where: { $0.title == offer.title }) {
        missed.append("\(offer.title) → \(hits.first?.title ?? "-")")
      }
    }
    #expect(Double(missed.count) <= 0.015 * Double(asked.count), "\(missed)")
  }

  @Test(.needsSampleData) func aSKUOfALiveShopFindsItsOffer() throws {
    let offers = try offers("pricelist/opt-250-messy-sku.xml")
    let searcher = try Searcher(Segment(opening: IndexBuilder.build(documents: offers, synonyms: .none)))
    for offer in offers where Tokenizer.tokens(in: offer.sku).isEmpty == false {
      let hits = try searcher.search(Query(offer.sku), top: 5)
      #expect(hits.contains { $0.sku == offer.sku }, "\(offer.sku)")
    }
  }
}
