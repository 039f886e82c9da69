import FoundationEssentials
import Testing

@testable import Search

@Suite struct SearcherTests {
  private func searcher(_ documents: [SearchDocument] = Samples.small) throws -> Searcher {
    try Searcher(Segment(opening: IndexBuilder.build(documents: documents, synonyms: .none)))
  }

  // A thousand documents give lists of one block and of several, 4,500 give two windows.
  @Test(arguments: [(UInt64(1), 1_000, 150), (2, 1_000, 150), (3, 1_000, 150), (4, 4_500, 30)])
  func findsWhatScoringEveryDocumentFinds(seed: UInt64, count: Int, queries: Int) throws {
    let documents = Samples.products(count, seed: seed)
    let searcher = try searcher(documents)
    let oracle = try BruteForce(documents)
    var analyzer = try Analyzer()
    var random = SeededGenerator(seed &+ 99)
    // `SEARCH_ORACLE_QUERIES` asks for more than the default of each seed.
    let rounds = ProcessInfo.processInfo.environment["SEARCH_ORACLE_QUERIES"].flatMap { Int($0) } ?? queries
    for _ in 0..<rounds {
      // More than eight terms are walked through in another way.
      let length = Int.random(in: 0...9, using: &random) == 0 ? 10 : Int.random(in: 1...4, using: &random)
      let words = Samples.text(length, &random)
      let brand = Int.random(in: 0...3, using: &random) == 0 ? " Samsung" : ""
      let query = try Query(words + brand, analyzer: &analyzer)
      let expected = oracle.search(query, top: 10)
      let found = try searcher.search(query, top: 10)
      #expect(found.map(\.sku) == expected.map(\.sku), "seed \(seed): \(query.text)")
      #expect(found.map(\.score) == expected.map(\.score), "seed \(seed): \(query.text)")
    }
  }

  @Test func breaksTiesBySKU() throws {
    let documents = ["9", "10", "Я", "b", "B"].map { SearchDocument(sku: $0, title: "чайник") }
    #expect(try searcher(documents).search(Query("чайники")).map(\.sku) == ["10", "9", "B", "b", "Я"])
    #expect(try searcher(documents).search(Query("чайники"), top: 2).map(\.sku) == ["10", "9"])
  }

  @Test func marksWhatIsSoldOutAndKeepsItsRank() throws {
    let hits = try searcher().search(Query("наушники проводные"))
    let soldOut = try #require(hits.first { $0.sku == "200" })
    #expect(!soldOut.isAvailable && soldOut.stock == 0 && soldOut.price == 2_990)
    #expect(hits.first?.sku == "200", "\(hits.map(\.sku))")
  }

  @Test(arguments: [
    ("наушниками проводными", "200"), ("самые чёрные buds", "100"), ("ЧЕХЛЫ дом", "300"), ("казан", "040"),
    ("қазандар қазан", "040"), ("040", "040"), ("rtx 4060", "300"), ("RTX4060", "300"),
    ("сколько дней доставка", "delivery.md#сроки"),
  ])
  func findsWhatPeopleMean(query: String, sku: String) throws {
    #expect(try searcher().search(Query(query)).first?.sku == sku)
  }

  @Test func showsWhatIsKept() throws {
    let hit = try #require(try searcher().search(Query("galaxy")).first)
    #expect(hit.document.brand == "Samsung" && hit.document.category == "Наушники" && hit.stock == 3)
    #expect(hit.title == "Беспроводные наушники Galaxy Buds" && hit.kind == .product)
    let passage = try #require(try searcher().search(Query("Алматы")).first)
    #expect(passage.kind == .knowledge && passage.document.text?.hasPrefix("Доставляем по") == true)
  }

  @Test func namesTheWordsThatMatched() throws {
    let hit = try #require(try searcher().search(Query("Проводные, для, наушников?")).first)
    #expect(hit.sku == "200" && hit.matched == ["проводные", "наушников"])
  }

  @Test func asksForOneKindOnly() throws {
    let searcher = try searcher()
    let query = try Query("наушники")
    #expect(
      try searcher.search(query) { $0.kind == .knowledge }.map(\.sku) == ["delivery.md#сроки"])
    #expect(try searcher.search(query) { $0.kind == .product }.allSatisfy { $0.kind == .product })
    #expect(try searcher.search(query).count == 4)
  }

  @Test func explainsTheScoreByTermAndField() throws {
    let searcher = try searcher()
    let query = try Query("наушники чехол нетакогослова")
    for hit in try searcher.search(query) {
      let explanation = try #require(try searcher.explain(query, hit.number))
      #expect(abs(explanation.score - hit.score) < 1e-12 && explanation.sku == hit.sku)
      for term in explanation.words.flatMap(\.terms) {
        let shares = term.fields.reduce(0) { $0 + $1.score }
        #expect(abs(shares - term.score) < 1e-12)
        #expect(term.fields.reduce(0) { $0 + $1.frequency } == term.frequency)
      }
    }
    let number = try #require(try searcher.index.number(ofSKU: "100"))
    let word = try #require(try searcher.explain(query, number)?.words.first)
    let first = try #require(word.terms.first)
    #expect(word.reading == .typed && word.surface == "наушники")
    #expect(first.fields.map(\.field) == [.title, .category, .description])
    #expect(first.fields.map(\.count) == [1, 1, 3] && first.fields.map(\.length) == [4, 1, 6])
    #expect(first.documentFrequency == 4)
    #expect(try searcher.explain(Query("ничего"), number) == nil)
  }

  @Test func weighsATitleAboveADescription() throws {
    let hits = try searcher([
      SearchDocument(sku: "a", title: "Стол", description: "подходит к нему кресло"),
      SearchDocument(sku: "b", title: "Кресло", description: "подходит к нему стол"),
    ]).search(Query("кресло"))
    #expect(hits.map(\.sku) == ["b", "a"])
  }

  @Test(arguments: ["", "   ", "!?", "\u{301}", "нетакого", "\u{202E}\u{200F}"])
  func findsNothingForNothing(text: String) throws {
    #expect(try searcher().search(Query(text)).isEmpty)
  }

  @Test func answersAnEmptyIndex() throws {
    #expect(try searcher([]).search(Query("чайник")).isEmpty)
    #expect(try searcher([SearchDocument(sku: "1", title: "")]).search(Query("чайник")).isEmpty)
  }

  @Test func answersNoHitsWhenNoneAreWanted() throws {
    #expect(try searcher().search(Query("наушники"), top: 0).isEmpty)
    #expect(try searcher().search(Query("наушники"), top: .max).count == 4)
  }
}

@Suite struct QueryTests {
  @Test(arguments: [
    String(repeating: "\u{301}", count: 50_000), String(repeating: "שלום ", count: 12_500),
    String(repeating: "щ", count: 50_000), String(repeating: "a\u{301}\u{302}", count: 25_000),
    String(repeating: "1.", count: 50_000), String(repeating: "a-", count: 50_000),
    String(repeating: "наушники ", count: 6_000), (0..<20_000).map { "w\($0)" }.joined(separator: " "),
  ])
  func readsAHundredKilobytesAsAtMostItsLimitOfWords(text: String) throws {
    let query = try Query(text)
    #expect(query.slots.count <= Query.maximumSlots)
    let searcher = try Searcher(
      Segment(opening: IndexBuilder.build(documents: Samples.small, synonyms: .none)))
    #expect(try searcher.search(query).count <= 10)
  }

  @Test func saysWhenItWasCut() throws {
    #expect(try Query((0..<64).map { "w\($0)x" }.joined(separator: " ")).isCut == false)
    #expect(try Query((0..<65).map { "w\($0)x" }.joined(separator: " ")).isCut)
  }

  @Test func takesEachWordOnceWithItsOtherSpellings() throws {
    let query = try Query("Наушники наушники Wi-Fi 128 ГБ RTX4060")
    #expect(query.slots.map(\.surface) == ["наушники", "wi-fi", "128 гб", "rtx4060"])
    #expect(
      query.slots.map { $0.ways.map(\.terms) } == [
        [["наушник"], ["=наушники"]], [["wi", "fi"], ["wifi", "wi", "fi"]],
        [["128", "gb"], ["128gb", "128", "gb"]], [["rtx4060", "rtx", "4060"], ["rtx", "4060"]],
      ])
    #expect(query.slots.map { $0.ways.map(\.needed) } == [[1, 1], [2, 1], [2, 1], [1, 2]])
  }
}

@Suite struct LogarithmTests {
  @Test(arguments: [
    (1.0, 0.0), (2, 0.693147180559945309), (10, 2.302585092994045684), (0.5, -0.693147180559945309),
    (1.4142135623730951, 0.34657359027997264), (1e-300, -690.775527898213705), (200_001, 12.206077645517674),
  ])
  func isThatOfTheTables(argument: Double, expected: Double) {
    #expect(abs(naturalLogarithm(argument) - expected) <= 2e-15 * max(1, abs(expected)))
  }
}
