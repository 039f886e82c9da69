import FoundationEssentials
import Testing

@testable import Search

/// The simulator's sample shop, asked by people: 48 wishes in Russian, Kazakh and Latin, each as it stands, with a slip,
/// on the other keyboard and transliterated, with grades by what fits fully (3) and partly (1).
@Suite struct JudgedShopTests {
  private func file(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Judged")
    return Array(try Data(contentsOf: folder.appending(path: name)))
  }

  @Test func answersEveryClassWell() throws {
    var documents: [SearchDocument] = []
    _ = CorpusReader.read(try file("shop.jsonl"), source: "shop.jsonl") { documents.append($0) }
    let queries = try BatchQuery.read(try file("queries.tsv"), source: "queries.tsv").map { query in
      let parts = query.text.split(separator: "\t").map(String.init)
      return (id: query.id, text: parts[0], kind: parts.last)
    }
    #expect(queries.count >= 150)
    #expect(Set(queries.map(\.id)).count == queries.count, "ratings belong to ids")
    let finder = try Finder(Segment(opening: IndexBuilder.build(documents: documents)))
    var analyzer = try Analyzer()
    var run: [String: [String]] = [:]
    for query in queries {
      run[query.id] = try finder.find(SearchRequest(plain: query.text), top: 50, analyzer: &analyzer).hits
        .map(\.sku)
    }
    let ratings = try Ratings(reading: try file("ratings.tsv"), source: "ratings.tsv")
    let evaluation = Evaluation(run: run, queries: queries.map { ($0.id, $0.kind) }, ratings: ratings)
    let least = ["all": 0.97, "clean": 0.985, "typo": 0.96, "layout": 0.98, "transliteration": 0.95]
    #expect(evaluation.rows.map(\.name) == ["all", "clean", "layout", "transliteration", "typo"])
    for row in evaluation.rows {
      #expect(row.ndcg10 >= least[row.name] ?? 1, "\(row)")
    }
    #expect(evaluation.withoutHits.isEmpty, "\(evaluation.withoutHits)")
  }
}
