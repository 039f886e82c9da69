import Model
import Testing

@testable import Search

@Suite struct CatalogDocumentTests {
  private func entry(
    model: String = "Чайник", standing: CatalogEntry.Standing = .offered, product: Product? = nil
  ) throws -> CatalogEntry {
    let almaty = try #require(CityID("750000000"))
    let offer = Offer(
      sku: try #require(SKU("1043-22")), model: model, brand: nil,
      availabilities: [
        Availability(store: try #require(StoreID("PP1")), isAvailable: true, stock: 4),
        Availability(store: try #require(StoreID("PP2")), isAvailable: false, stock: 9),
      ],
      pricing: .byCity([
        almaty: try #require(Tenge(5_000)), try #require(CityID("710000000")): try #require(Tenge(4_500)),
      ]))
    return CatalogEntry(offer: offer, product: product, standing: standing)
  }

  @Test func takesThePriceOfTheCityAndNoOther() throws {
    let entry = try entry()
    #expect(SearchDocument(entry: entry, city: CityID("750000000")).price == 5_000)
    #expect(SearchDocument(entry: entry, city: CityID("511010000")).price == nil)
    #expect(SearchDocument(entry: entry, city: nil).price == 4_500)
  }

  @Test func takesTheCardsFactsAndTheOffersTitle() throws {
    let card = Product(
      id: try #require(ProductID("105")), title: "Чайник Tefal KO-851", brand: "Tefal",
      categories: [Category(title: "Техника"), Category(title: "Чайники")], description: "Кипятит.",
      characteristics: [
        CharacteristicGroup(
          name: "Основные",
          characteristics: [Characteristic(name: "Объём", values: ["1.7", "2"], unit: "л")])
      ])
    let document = SearchDocument(entry: try entry(product: card), city: nil)
    #expect(
      document.title == "Чайник" && document.brand == "Tefal" && document.category == "Техника / Чайники")
    #expect(document.characteristics == [SearchDocument.Property(name: "Объём", value: "1.7 л, 2 л")])
    #expect(document.description == "Чайник Tefal KO-851\nКипятит.")
    #expect(document.stock == 4 && document.isAvailable)
    #expect(SearchDocument(entry: try entry(model: "", product: card), city: nil).title == card.title)
  }

  @Test func sellsNothingThatWasWithdrawn() throws {
    let day = try #require(Day("2026-01-05"))
    let document = SearchDocument(entry: try entry(standing: .withdrawn(since: day)), city: nil)
    #expect(document.stock == 0 && !document.isAvailable)
  }
}

@Suite struct KnowledgeDocumentTests {
  private static let text = """
    ---
    title: "Доставка и возврат"
    language: ru
    ---
    Работаем **каждый** день.

    # Доставка и возврат
    <!-- не для
    всех --> Вступление.

    ## Сроки
    По Алматы — [один день](https://example.test/terms "Условия"), по стране `3–5` дней.
    Заказ до 12:00.

    - самовывоз сегодня
    - курьер завтра

    ## Сроки
    | Город | Дней |
    |-------|------|
    | Астана | 2 |

    ### Қайтару ##
    ```
    14 күн
    ```
    ## Пусто
    """

  @Test func cutsAFileAtItsHeadings() throws {
    let document = KnowledgeDocument(path: "delivery.md", markdown: Self.text)
    #expect(document.title == "Доставка и возврат" && document.language == "ru")
    #expect(document.passages.map(\.anchor) == ["", "доставка-и-возврат", "сроки", "сроки-2", "қайтару"])
    #expect(
      document.passages.map(\.text) == [
        "Работаем каждый день.", "Вступление.",
        "По Алматы — один день, по стране 3–5 дней. Заказ до 12:00.\nсамовывоз сегодня\nкурьер завтра",
        "Город   Дней\nАстана   2", "14 күн",
      ])
    #expect(document.passages.map(\.line) == [5, 9, 12, 19, 25])
    #expect(document.links == [KnowledgeDocument.Link(target: "https://example.test/terms", line: 12)])
  }

  @Test func makesOneDocumentOfEachPassage() {
    let documents = KnowledgeDocument(path: "delivery.md", markdown: Self.text).documents
    #expect(
      documents.map(\.sku) == [
        "delivery.md", "delivery.md#доставка-и-возврат", "delivery.md#сроки", "delivery.md#сроки-2",
        "delivery.md#қайтару",
      ])
    #expect(documents.map(\.title).last == "Доставка и возврат / Сроки / Қайтару")
    #expect(documents.allSatisfy { $0.kind == .knowledge })
  }

  @Test(arguments: [
    ("", 0, "note"), ("\u{FEFF}# Гарантия\r\n\r\nГод.\r\n", 1, "Гарантия"), ("---\nне конец", 1, "note"),
    ("#без пробела", 1, "note"), ("[не ссылка](", 1, "note"), ("<!-- без конца", 0, "note"),
    ("```\nкод", 1, "note"),
  ])
  func readsAnyText(markdown: String, passages: Int, title: String) {
    let document = KnowledgeDocument(path: "a/note.md", markdown: markdown)
    #expect(document.passages.count == passages && document.title == title, "\(document)")
  }

  @Test func cutsALongSectionBetweenParagraphs() {
    let paragraph = String(repeating: "слово ", count: 80)
    let text = "# Т\n" + (0..<10).map { _ in paragraph }.joined(separator: "\n\n")
    let passages = KnowledgeDocument(path: "t.md", markdown: text).passages
    #expect(passages.count == 5 && passages.map(\.anchor) == ["т", "т~2", "т~3", "т~4", "т~5"])
    #expect(passages.allSatisfy { $0.text.utf8.count <= KnowledgeDocument.passageBytes })
    #expect(passages.map(\.line) == [2, 6, 10, 14, 18])
  }

  @Test func givesEachPassageANameOfItsOwn() {
    let text = ["a", "a", "a-2", "a", "a-2", "!", "?"].map { "# \($0)\nтекст\n" }.joined()
    let anchors = KnowledgeDocument(path: "t.md", markdown: text).passages.map(\.anchor)
    #expect(Set(anchors).count == 7, "\(anchors)")
  }

  @Test(arguments: ["[", "*", "<", "#", "> ", "- ", "<!--", "![", "|"])
  func readsLongRunsOfMarksInGoodTime(mark: String) {
    let document = KnowledgeDocument(path: "t.md", markdown: String(repeating: mark, count: 2_000))
    #expect(document.passages.count <= 1)
  }
}

@Suite struct CorpusReaderTests {
  @Test func readsALineWithAllMembers() throws {
    let line = #"""
      {"sku":"A-1","title":"Чайник","brand":"Tefal","category":"Чайники","price":25980.0,"specs":[{"name":"Объём","value":"1.7 л"},{"name":"Мощность","value":2200},{"name":"Цвета","value":["белый","чёрный"]},{"name":"Пусто","value":null}],"description":"Кипятит.","extra":{"a":1}}
      """#
    var documents: [SearchDocument] = []
    let reader = CorpusReader.read(Array(line.utf8), source: "c.jsonl") { documents.append($0) }
    #expect(reader.findings.isEmpty && reader.documentCount == 1 && reader.lineCount == 1)
    #expect(
      documents == [
        SearchDocument(
          sku: "A-1", title: "Чайник", brand: "Tefal", category: "Чайники", price: 25_980,
          characteristics: [
            SearchDocument.Property(name: "Объём", value: "1.7 л"),
            SearchDocument.Property(name: "Мощность", value: "2200"),
            SearchDocument.Property(name: "Цвета", value: "белый, чёрный"),
            SearchDocument.Property(name: "Пусто", value: ""),
          ], description: "Кипятит.")
      ])
  }

  @Test(arguments: [
    ("12990", 12_990), ("\"12990\"", 12_990), ("\"12 990\"", 12_990), ("\"12990,50\"", 12_991), ("12.4", 12),
    ("-1", nil), ("\"по запросу\"", nil), ("null", nil), ("\"\"", nil), ("\"nan\"", nil),
  ])
  func readsPricesAlsoAsTexts(written: String, price: Int?) {
    let line = Array("{\"sku\":\"1\",\"price\":\(written)}".utf8)
    _ = CorpusReader.read(line, source: "c") { #expect($0.price == price) }
  }

  @Test func takesPiecesOfAnySize() {
    let file = Array(
      "\u{FEFF}{\"sku\":\"1\"}\r\n\n{\"sku\":2,\"title\":\"ё\",\"stock\":0}\n{\"sku\":\"3\"}".utf8)
    for size in 1...file.count {
      var reader = CorpusReader(source: "c")
      var documents: [SearchDocument] = []
      for start in stride(from: 0, to: file.count, by: size) {
        reader.read(Array(file[start..<min(start + size, file.count)])) { documents.append($0) }
      }
      reader.finish { documents.append($0) }
      #expect(
        documents.map(\.sku) == ["1", "2", "3"] && documents.map(\.isAvailable) == [true, false, true])
      #expect(reader.lineCount == 4 && reader.refusedCount == 0)
    }
  }

  @Test func namesTheLineThatCannotBeRead() {
    let file = "{\"sku\":\"1\"}\n{\"sku\":}\n[1]\n{\"title\":\"x\"}\n{\"sku\":\"\"}\n{\"sku\":\"2\"}\n"
    var skus: [String] = []
    let reader = CorpusReader.read(Array(file.utf8), source: "c.jsonl") { skus.append($0.sku) }
    #expect(skus == ["1", "2"] && reader.refusedCount == 4)
    #expect(reader.findings.map(\.place.line) == [2, 3, 4, 5])
    #expect(reader.findings.allSatisfy { $0.severity == .error && $0.place.source == "c.jsonl" })
  }

  @Test func passesOverALineWithoutEnd() {
    var reader = CorpusReader(source: "c")
    var skus: [String] = []
    let piece = [UInt8](repeating: 0x20, count: 1 << 20)
    for _ in 0..<17 { reader.read(piece) { skus.append($0.sku) } }
    reader.read(Array("\n{\"sku\":\"1\"}\n".utf8)) { skus.append($0.sku) }
    #expect(skus == ["1"] && reader.refusedCount == 1)
  }
}

@Suite struct BatchTests {
  @Test func readsIdsAndQueries() throws {
    let file = Array("\u{FEFF}q1\tнаушники\r\n\nq2\t\nq3\ta\tb\n".utf8)
    #expect(
      try BatchQuery.read(file, source: "q.tsv") == [
        BatchQuery(id: "q1", text: "наушники"), BatchQuery(id: "q2", text: ""),
        BatchQuery(id: "q3", text: "a\tb"),
      ])
  }

  @Test(arguments: ["q1\ta\nнет табуляции\n", "q1\ta\n\tбез имени\n"])
  func namesTheLineWithoutQuery(file: String) {
    let error = #expect(throws: IndexError.self) { try BatchQuery.read(Array(file.utf8), source: "q.tsv") }
    #expect(error?.path == "q.tsv:2" && error?.code == .input)
  }

  @Test func writesTheLinesOfARun() throws {
    let documents = [
      SearchDocument(sku: "a b", title: "чайник чайник"), SearchDocument(sku: "c", title: "чайник белый"),
    ]
    let finder = try Finder(Segment(opening: IndexBuilder.build(documents: documents, synonyms: .none)))
    var run: [UInt8] = []
    try BatchRunner(finder, top: 50, tag: "t").run([
      BatchQuery(id: "q1", text: "Чайники"), BatchQuery(id: "q2", text: "нет"),
      BatchQuery(id: "q3", text: "белая"),
    ]) { run += $0 }
    let lines = String(decoding: run, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.map { $0.count } == [6, 6, 6])
    #expect(
      lines.map { [$0[0], $0[1], $0[2], $0[3], $0[5]] } == [
        ["q1", "Q0", "a%20b", "1", "t"], ["q1", "Q0", "c", "2", "t"], ["q3", "Q0", "c", "1", "t"],
      ])
    var analyzer = try Analyzer()
    let hits = try finder.find(SearchRequest(plain: "Чайники"), analyzer: &analyzer).hits
    let hit = try #require(hits.first)
    let written = try #require(Double(lines[0][4]))
    #expect(abs(written - hit.score) <= 0.000_000_5)
  }
}
