import FoundationEssentials
import Store
import Testing

@testable import Search

@Suite struct SegmentTests {
  @Test func givesTheSameBytesAgainAndInAnyOrder() throws {
    let documents = Samples.products(400, seed: 5) + Samples.small
    let expected = try IndexBuilder.build(documents: documents, synonyms: .none)
    #expect(try IndexBuilder.build(documents: documents, synonyms: .none) == expected)
    var random = SeededGenerator(17)
    for _ in 0..<3 {
      #expect(
        try IndexBuilder.build(documents: documents.shuffled(using: &random), synonyms: .none) == expected)
    }
  }

  /// Written once and looked at: another hash seed, machine or build must give these bytes too.
  @Test func givesTheBytesThatWereWrittenDown() throws {
    let bytes = try IndexBuilder.build(documents: Samples.small, synonyms: .none)
    #expect(Array(bytes[..<8]) == SegmentLayout.magic)
    #expect(bytes.count == 2_993)
    #expect(checksum(bytes) == 745_131_958)
  }

  @Test func keepsTheFirstOfEqualSKUs() throws {
    var builder = try IndexBuilder(synonyms: .none)
    let isTaken = [
      try builder.add(SearchDocument(sku: "1", title: "первый")),
      try builder.add(SearchDocument(sku: "1", title: "второй")),
      try builder.add(SearchDocument(kind: .knowledge, sku: "1", title: "третий")),
    ]
    let bytes = try builder.finish()
    #expect(isTaken == [true, false, true])
    let segment = try Segment(opening: bytes)
    #expect(segment.documentCount == 2)
    #expect(try segment.document(0)?.title == "первый")
    #expect(try Searcher(segment).search(Query("второй")).isEmpty)
  }

  @Test func refusesADocumentWithoutASKU() throws {
    let error = #expect(throws: IndexError.self) {
      try IndexBuilder.build(documents: [SearchDocument(sku: "", title: "чайник")])
    }
    #expect(error?.code == .input)
  }

  @Test func findsEveryDocumentByItsSKU() throws {
    let documents = Samples.products(300, seed: 8) + Samples.small
    let segment = try Segment(opening: IndexBuilder.build(documents: documents, synonyms: .none))
    for document in documents {
      let number = try #require(try segment.number(ofSKU: document.sku, kind: document.kind))
      let stored = try #require(try segment.document(number))
      #expect(stored.sku == document.sku && stored.title == document.title && stored.kind == document.kind)
      #expect(stored.price == document.price && stored.stock == document.stock)
      #expect(stored.brand == document.brand && stored.category == document.category)
      #expect(stored.isAvailable == document.isAvailable && stored.text == document.text)
    }
    #expect(try segment.number(ofSKU: "none") == nil)
    #expect(try segment.number(ofSKU: "100", kind: .knowledge) == nil)
    #expect(try segment.document(segment.documentCount) == nil)
    #expect(try segment.document(-1) == nil)
  }

  @Test func countsBeyondEveryShapeOfAPosting() throws {
    // Once, up to sixteen, more, in several fields.
    let documents = [1, 2, 16, 17, 300].enumerated().flatMap { index, count in
      let text = String(repeating: "кружка ", count: count)
      return [
        SearchDocument(sku: "t\(index)", title: text),
        SearchDocument(sku: "d\(index)", title: "", description: text),
        SearchDocument(sku: "b\(index)", title: "", brand: text),
        SearchDocument(sku: "m\(index)", title: text, brand: text, category: text, text: text),
      ]
    }
    let searcher = try Searcher(Segment(opening: IndexBuilder.build(documents: documents, synonyms: .none)))
    var query = try Query("кружка")
    query.slots[0].ways.removeAll { $0.reading != .typed }
    for hit in try searcher.search(query, top: 100) {
      let fields = try #require(try searcher.explain(query, hit.number)?.words.first?.terms.first?.fields)
      let index = try #require(Int(hit.sku.dropFirst()))
      let count = [1, 2, 16, 17, 300][index]
      #expect(fields.allSatisfy { $0.count == count && $0.length == count }, "\(hit.sku)")
      #expect(fields.count == (hit.sku.hasPrefix("m") ? 4 : 1))
    }
  }

  @Test func stopsCountingAtSixteenBits() throws {
    let text = String(repeating: "я ", count: 66_000)
    let documents = [
      SearchDocument(sku: "1", title: "", description: text), SearchDocument(sku: "2", title: "я"),
    ]
    let searcher = try Searcher(Segment(opening: IndexBuilder.build(documents: documents, synonyms: .none)))
    let field = try searcher.explain(Query("я"), 0)?.words.first?.terms.first?.fields.first
    #expect(field?.count == 65_535 && field?.length == 65_535)
  }

  @Test(arguments: [
    ([], IndexError.Code.damaged), ([0x8B, 0x4B], .damaged), (Array("{\"format\": 1}\n".utf8), .foreign),
    ([UInt8](repeating: 0, count: 500), .foreign), (Array("PK".utf8), .foreign),
  ])
  func refusesWhatIsNoSegmentByName(bytes: [UInt8], code: IndexError.Code) throws {
    let error = #expect(throws: IndexError.self) {
      try Segment(opening: bytes, name: "index/000001/segment.ksg")
    }
    #expect(error?.code == code && error?.path == "index/000001/segment.ksg")
  }

  @Test(arguments: [UInt8(1), 2, 3, 5])
  func refusesAFormatOfYesterdayAndTomorrow(format: UInt8) throws {
    var bytes = try IndexBuilder.build(documents: Samples.small, synonyms: .none)
    bytes[8] = format
    let error = #expect(throws: IndexError.self) { try Segment(opening: bytes, name: "old.ksg") }
    #expect(error?.code == .version && error?.path == "old.ksg")
    #expect(error?.detail.contains("format \(format)") == true)
  }

  /// Every byte that has a letter of its own, and letters that have none.
  @Test(arguments: [
    "", "Чайник Ёж ёлка Қазан шойын 6 л №3 «Дом» ½″", "abc\u{0}\u{7F}", "日本語 \u{1F600} e\u{301}", "ҐґЇї²³",
  ])
  func keepsTextsAsTheyAre(text: String) throws {
    let document = SearchDocument(sku: "1" + text, title: text, brand: text, category: text, text: text)
    let segment = try Segment(opening: IndexBuilder.build(documents: [document], synonyms: .none))
    let stored = try segment.document(0)
    #expect(stored?.title.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    #expect(stored?.brand == text && stored?.category == text && stored?.text == text)
    #expect(stored?.sku == "1" + text)
  }

  /// Several full blocks and a rest, with gaps of every width and more shapes than one.
  @Test func findsEveryPostingOfLongLists() throws {
    var random = SeededGenerator(3)
    let documents = (0..<3_000).map { index in
      SearchDocument(
        sku: String(100_000 + index), title: index % 3 == 0 || index > 2_900 ? "чайник" : "другое",
        description: String(
          repeating: index % 2 == 0 ? "чайник " : "стол ", count: Int.random(in: 0...5, using: &random)))
    }
    let segment = try Segment(opening: IndexBuilder.build(documents: documents, synonyms: .none))
    var query = try Query("чайник")
    query.slots[0].ways.removeAll { $0.reading != .typed }
    let found = Set(try Searcher(segment).search(query, top: 3_000).map(\.sku))
    let expected = documents.filter { ($0.title + " " + ($0.description ?? "")).contains("чайник") }.map(
      \.sku)
    #expect(found == Set(expected))
  }

  @Test func refusesTermsMadeByOtherRules() throws {
    let bytes = try IndexBuilder.build(documents: Samples.small, synonyms: .none)
    let start = try Segment(opening: bytes).range(.collection).lowerBound
    var other = bytes
    other[start] = 9
    let error = #expect(throws: IndexError.self) { try Segment(opening: other, verification: .structure) }
    #expect(error?.code == .version)
  }
}

@Suite struct DamageTests {
  private let queries = ["наушники чехол", "доставка кейс", "наушнеки ytnf naushniki", "rtx40 доставк"]

  private func segment() throws -> [UInt8] {
    try IndexBuilder.build(
      documents: Samples.small,
      synonyms: Synonyms(reading: "чехол, кейс\nбадс => galaxy buds", source: "test"))
  }

  /// Asks everything that can be asked; an error is an answer, a crash is not.
  private func answers(_ bytes: [UInt8], _ queries: [String]) throws(IndexError) -> Int {
    let finder = try Finder(try Segment(opening: bytes, verification: .structure))
    var count = 0
    for text in queries {
      var analyzer = try Analyzer()
      let answer = try finder.find(SearchRequest(text + " -нет"), top: 50, analyzer: &analyzer)
      count += answer.hits.count
      for hit in answer.hits.prefix(3) {
        let explanation = try finder.searcher.explain(answer.query, hit.number)
        count += explanation?.words.count ?? 0
      }
    }
    let segment = finder.searcher.index
    for number in 0..<min(segment.documentCount, 20) {
      let document = try segment.document(number)
      count += document?.title.count ?? 0
    }
    return count + (try segment.number(ofSKU: "200") ?? 0)
  }

  private func interrogate(_ bytes: [UInt8], _ queries: [String]) -> Int? {
    do {
      return try answers(bytes, queries)
    } catch {
      #expect(!error.detail.isEmpty && error.path == "segment" && error.code != .failed)
      return nil
    }
  }

  @Test func everyFlippedByteIsFoundWhenChecksumsAreCompared() throws {
    let bytes = try segment()
    for position in bytes.indices {
      var damaged = bytes
      let flip = [UInt8(0x01), 0x80, 0xFF][position % 3]
      damaged[position] ^= flip
      #expect(throws: IndexError.self, "byte \(position) ^ \(flip)") { try Segment(opening: damaged) }
    }
  }

  /// One flip and one query a byte, so that all bytes are flipped within seconds; `SEARCH_DAMAGE_ROUNDS` asks for
  /// further rounds with other flips and queries.
  @Test func noFlippedByteCrashesWithoutChecksums() throws {
    let bytes = try segment()
    #expect(interrogate(bytes, queries) != nil)
    let rounds = ProcessInfo.processInfo.environment["SEARCH_DAMAGE_ROUNDS"].flatMap { Int($0) } ?? 1
    for round in 0..<rounds {
      for position in bytes.indices {
        var damaged = bytes
        damaged[position] ^= [0x01, 0x80, 0xFF, 0x10][(position + round) % 4]
        _ = interrogate(damaged, [queries[(position / 4 + round) % queries.count]])
      }
    }
  }

  /// Lengths of texts stand at the very end of the file, where one too many leads out of it.
  @Test func noFlippedBitInDocumentsCrashes() throws {
    let bytes = try self.segment()
    let segment = try Segment(opening: bytes)
    let places = [SegmentLayout.Section.documentStarts, .documents].flatMap { Array(segment.range($0)) }
    for place in places {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        let opened = try Segment(opening: damaged, verification: .structure)
        for number in 0..<opened.documentCount {
          do {
            _ = try opened.document(number)
          } catch {
            #expect(error.code == .damaged)
          }
        }
      }
    }
  }

  /// Lists of several blocks have heads, which the small segment has not.
  @Test func noFlippedByteInBlocksCrashes() throws {
    let documents = Samples.products(700, seed: 4)
    let bytes = try IndexBuilder.build(documents: documents, synonyms: .none)
    let segment = try Segment(opening: bytes)
    let places = [SegmentLayout.Section.terms, .postings].flatMap { Array(segment.range($0)) }
    var random = SeededGenerator(31)
    for _ in 0..<100 {
      var damaged = bytes
      for _ in 0..<20 {
        let place = try #require(places.randomElement(using: &random))
        damaged[place] = UInt8.random(in: 0...255, using: &random)
      }
      _ = interrogate(damaged, queries)
    }
  }

  @Test func everyCutIsFound() throws {
    let bytes = try segment()
    for count in bytes.indices {
      for verification in Segment.Verification.allCases {
        #expect(throws: IndexError.self, "cut at \(count)") {
          try Segment(opening: Array(bytes[..<count]), verification: verification)
        }
      }
    }
    #expect(throws: IndexError.self) { try Segment(opening: bytes + [0]) }
  }

  @Test func checksumsAreThoseOfTheStandard() {
    // RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
    #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
  }
}

/// Apart from the expectations, whose expansion the compiler cannot bring together with a span.
private func checksum(_ bytes: [UInt8]) -> UInt32 { CRC32C.checksum(bytes.span) }
