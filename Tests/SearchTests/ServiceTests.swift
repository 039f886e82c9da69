import Model
import Testing

@testable import Search

@Suite struct EvaluationTests {
  private func ratings(_ text: String) throws -> Ratings {
    try Ratings(reading: Array(text.utf8), source: "r")
  }

  @Test func measuresByTheFormulas() throws {
    let ratings = try ratings("q1 0 a 3\nq1 0 b 1\nq1 0 c 0\nq2\ta b\t2\nq3 0 x 0\n")
    let evaluation = Evaluation(
      run: ["q1": ["c", "b", "a"], "q2": []], queries: [("q1", "clean"), ("q2", "typo"), ("q3", nil)],
      ratings: ratings)
    #expect(evaluation.rows.map(\.name) == ["all", "clean", "typo"] && evaluation.withoutHits == ["q2"])
    let clean = evaluation.rows[1]
    // (2^1 − 1) ÷ log2 3 + (2^3 − 1) ÷ log2 4, over 7 + 1 ÷ log2 3.
    #expect(abs(clean.ndcg10 - (0.6309297535714575 + 3.5) / (7 + 0.6309297535714575)) < 1e-12)
    #expect(clean.recall50 == 1 && clean.reciprocalRank == 0.5 && clean.zeroShare == 0)
    #expect(evaluation.rows[0].queries == 2 && evaluation.rows[0].zeroShare == 0.5)
    #expect(evaluation.rows[2].ndcg10 == 0)
  }

  @Test(arguments: ["q1 a\n", "q1 0 a b\n", "q1 0 a -1\n"])
  func namesALineThatIsNoRating(text: String) {
    let error = #expect(throws: IndexError.self) { try ratings("q0 0 x 1\n" + text) }
    #expect(error?.code == .input && error?.path == "r:2")
  }

  @Test func readsBackWhatABatchWrites() throws {
    let lines = BatchRunner.lines("q 1", [("a b", 2.5), ("c", -0.25)], tag: "t")
    #expect(
      String(decoding: lines, as: UTF8.self) == "q%201 Q0 a%20b 1 2.500000 t\nq%201 Q0 c 2 -0.250000 t\n")
    #expect(try Evaluation.run(reading: lines, source: "run") == ["q%201": ["a b", "c"]])
  }
}

@Suite struct RecommenderTests {
  private static func phone(_ sku: String, _ title: String, _ price: Int, memory: String, stock: Int = 5)
    -> SearchDocument
  {
    SearchDocument(
      sku: sku, title: title, brand: "Demo", category: "Телефоны / Смартфоны", price: price, stock: stock,
      isAvailable: stock > 0,
      characteristics: [
        SearchDocument.Property(name: "Память", value: memory),
        SearchDocument.Property(name: "Экран", value: "6.5"),
        SearchDocument.Property(name: "Цвет", value: sku),
      ])
  }

  private static let documents = [
    phone("a", "Смартфон Demo One", 100_000, memory: "128 ГБ"),
    phone("b", "Смартфон Demo One", 90_000, memory: "128 ГБ"),
    phone("c", "Смартфон Demo One", 80_000, memory: "64 ГБ"),
    phone("d", "Смартфон Demo One", 70_000, memory: "128 ГБ", stock: 0),
    SearchDocument(sku: "case", title: "Чехол Demo", category: "Телефоны / Чехлы", price: 2_000, stock: 3),
    SearchDocument(sku: "glass", title: "Стекло", category: "Телефоны / Стекла", price: 1_000, stock: 3),
  ]

  private func recommender(_ baskets: [[String]] = []) throws -> Recommender {
    try Recommender(Self.documents, baskets: Baskets(baskets))
  }

  @Test func findsWhatIsAlikeWithAReason() throws {
    let similar = try recommender().similar(to: "a", top: 10)
    #expect(
      similar.map(\.document.sku) == ["b", "c"], "never itself, never what is sold out, never another thing")
    #expect(similar.first?.reason.contains("2 из 2") == true)
  }

  @Test func findsTheSameForLess() throws {
    let cheaper = try recommender().cheaper(than: "a", top: 10)
    #expect(cheaper.map(\.document.sku) == ["b"], "c has less memory, d is sold out")
    #expect(cheaper.first?.reason.contains("10000 ₸") == true)
    #expect(try recommender().cheaper(than: "b", top: 10).isEmpty)
  }

  @Test func learnsWhatGoesTogether() throws {
    let baskets = [
      ["a", "case"], ["a", "case"], ["a", "glass"], ["b", "glass"], ["a"], ["d", "a"], ["d", "a"],
    ]
    let found = try recommender(baskets).goesWith("a", top: 10)
    #expect(found.map(\.document.sku) == ["case"], "glass was met once, d is sold out")
    #expect(found.first?.reason == "куплено вместе 2 раз, в 33 % заказов с этим товаром")
    #expect(try recommender(baskets).goesWith("unknown", top: 10).isEmpty)
  }

  @Test func readsBasketsOfThreeForms() throws {
    let text = "[\"a\",\"b\",\"a\"]\n{\"items\": [1, \"b\"]}\n\na, b\tc\r\n"
    #expect(
      try Baskets(reading: Array(text.utf8), source: "b").all == [["a", "b"], ["1", "b"], ["a", "b", "c"]])
    let error = #expect(throws: IndexError.self) {
      try Baskets(reading: Array("a,b\n{\"x\":1}".utf8), source: "b")
    }
    #expect(error?.path == "b:2")
  }

  /// Baskets with a rule in them: what goes with a thing is found far oftener than by popularity alone.
  @Test func findsTheThingLeftOut() {
    var random = SeededGenerator(5)
    let baskets = (0..<2_000).map { _ in
      let group = Int.random(in: 0..<20, using: &random)
      return (0..<3).map { _ in "\(group)-\(Int.random(in: 0..<5, using: &random))" }
    }
    let (rate, tries) = GoesWith.leaveOneOut(Baskets(baskets), top: 5)
    #expect(tries > 500 && rate > 0.95, "\(rate)")
  }
}

@Suite struct KnowledgeTests {
  @Test func findsWhatIsWrongWithAnswers() {
    let findings = KnowledgeCheck.findings([
      (
        "a.md",
        "# Доставка\n\n## Сроки\nОдин день, см. [возврат](b.md#возврат) и [тут](#сроки).\n\n## Пусто\n\n## Цена\n[x](c.md) [y](b.md#нет) [z](sku:1) [w](sku:2) [v](https://example.com)\n"
      ),
      ("b.md", "# Возврат\nЧетырнадцать дней.\n"), ("empty.md", "\n"),
    ]) { $0 == "1" }
    #expect(
      findings.map { "\($0.place.description) \($0.rule)" } == [
        "a.md:6 knowledge-empty", "a.md:9 knowledge-link", "a.md:9 knowledge-link", "a.md:9 knowledge-sku",
        "empty.md:1 knowledge-empty",
      ], "\(findings)")
  }

  @Test func keepsContextWithinItsBudgetAndInOrder() throws {
    let documents = [
      SearchDocument(sku: "b", title: "Чайник белый", price: 5_000, stock: 2),
      SearchDocument(sku: "a", title: "Чайник", price: 4_000, stock: 0, isAvailable: false),
      SearchDocument(
        kind: .knowledge, sku: "k.md#чайник", title: "Чайники",
        text: String(repeating: "Чайник моют водой. ", count: 40)),
    ]
    let finder = try Finder(Segment(opening: IndexBuilder.build(documents: documents, synonyms: .none)))
    var analyzer = try Analyzer()
    let hits = try finder.find(SearchRequest("чайник"), analyzer: &analyzer).hits
    for tokens in [1, 20, 60, 120, 4_000] {
      let facts = ContextWriter.facts(hits, version: 7, tokens: tokens)
      #expect(facts.reduce(0) { $0 + $1.tokens } <= tokens)
      #expect(
        facts.map(\.citation) == facts.map(\.citation).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
    let all = ContextWriter.facts(hits, version: 7, tokens: 4_000)
    #expect(all.map(\.citation) == ["a@7", "b@7", "k.md#чайник@7"])
    #expect(all[0].text == "Чайник | 4000 ₸ | нет в наличии" && all[1].text.hasSuffix("в наличии 2 шт."))
    let cut = ContextWriter.facts(hits, version: 7, tokens: 120)
    #expect(cut.contains { $0.kind == .knowledge && $0.text.hasSuffix(".") && $0.text.utf8.count < 600 })
  }

  @Test func countsCategories() throws {
    let tree = try CategoryTree(
      SearchIndex(Segment(opening: IndexBuilder.build(documents: Samples.small, synonyms: .none))))
    #expect(tree.products == 4 && tree.available == 3 && tree.prices == 2_990...45_990)
    #expect(tree.children.map(\.title) == ["Наушники"] && tree.children[0].products == 1)
  }
}

@Suite struct SynonymTests {
  private func skus(_ rules: String, _ query: String) throws -> [String] {
    let documents = [
      SearchDocument(sku: "1", title: "Жесткий диск Seagate"), SearchDocument(sku: "2", title: "HDD WD"),
      SearchDocument(sku: "3", title: "Диск для болгарки"), SearchDocument(sku: "4", title: "Сотка участок"),
    ]
    let finder = try Finder(
      Segment(
        opening: IndexBuilder.build(documents: documents, synonyms: Synonyms(reading: rules, source: "s"))))
    var analyzer = try Analyzer()
    return try finder.find(SearchRequest(query), analyzer: &analyzer).hits.map(\.sku).sorted()
  }

  @Test func findsByWordsOfSeveralWords() throws {
    let rules = "hdd, жесткий диск\nвинчестер => hdd, жёсткий диск # одна сторона"
    #expect(try skus(rules, "hdd") == ["1", "2"])
    #expect(try skus(rules, "жесткие диски") == ["1", "2", "3"])
    #expect(try skus(rules, "винчестер") == ["1", "2"])
    #expect(try skus("", "винчестер") == [])
  }

  @Test func saysWhichLinesItCannotRead() {
    let synonyms = Synonyms(reading: "a, b\nодно\n=> x\na => b => c\n# note\na b c d e, f\n", source: "s.txt")
    #expect(synonyms.rules.map(\.line) == [1])
    #expect(synonyms.findings.map(\.place.description) == ["s.txt:2", "s.txt:3", "s.txt:4", "s.txt:6"])
  }

  @Test func theStarterCanBeRead() {
    #expect(Synonyms.starter.findings.isEmpty && Synonyms.starter.rules.count > 120)
  }
}

@Suite struct RankingFileTests {
  @Test func changesWhatItNames() throws {
    let text =
      "{\"saturation\": 0.9, \"fields\": {\"title\": {\"weight\": 4, \"length\": 0.3}}, \"boosts\": {\"whole\": 0}}"
    let ranking = try Ranking(reading: Array(text.utf8), source: "r")
    #expect(
      ranking.saturation == 0.9 && ranking.fields[0] == Ranking.FieldRanking(weight: 4, lengthShare: 0.3))
    #expect(ranking.boosts.whole == 0 && ranking.fields[1] == Ranking.standard.fields[1])
  }

  @Test(arguments: [
    "", "[]", "{\"x\": 1}", "{\"boosts\": {\"x\": 1}}", "{\"coverage\": 2}", "{\"saturation\": \"a\"}",
  ])
  func refusesOthers(text: String) {
    #expect(
      #expect(throws: IndexError.self) { try Ranking(reading: Array(text.utf8), source: "r") }?.code == .input
    )
  }
}
