import FoundationEssentials
import Store
import SystemPackage
import TestKit
import Testing

@testable import Search

/// A base with changes beside it answers what one segment of the same documents answers.
@Suite struct ChangesTests {
  private static let limits = IndexChanges.Limits(minimumDocuments: 0, share: 1)

  /// Some documents go, some come, some are others under the same SKU.
  private func changed(
    _ documents: [SearchDocument], _ random: inout SeededGenerator
  ) -> [SearchDocument] {
    var changed: [SearchDocument] = []
    let fresh = Samples.products(documents.count, seed: random.next())
    for (number, document) in documents.enumerated() {
      switch Int.random(in: 0..<12, using: &random) {
      case 0: continue
      case 1:
        var other = fresh[number]
        other.sku = document.sku
        changed.append(other)
      case 2:
        var other = document
        other.price = (other.price ?? 0) + 1
        changed.append(other)
      case 3:
        var other = fresh[number]
        other.sku = "\(Int.random(in: 0...99_999, using: &random))x"
        changed += [other, document]
      default: changed.append(document)
      }
    }
    return changed
  }

  private func together(
    _ base: Segment, _ documents: [SearchDocument], synonyms: Synonyms = .none
  ) async throws -> SearchIndex {
    let changes = try #require(
      try await IndexChanges.find(in: documents, against: base, synonyms: synonyms, limits: Self.limits))
    let second = try Segment(opening: changes.segment, name: "changes")
    return try SearchIndex(base, changes: second, try removed(changes.removed, base, second))
  }

  private func removed(_ bytes: [UInt8], _ base: Segment, _ changes: Segment) throws -> RemovedDocuments {
    do throws(Damage) {
      return try RemovedDocuments(bytes.span, base: base, changes: changes)
    } catch {
      throw error.error(in: "removed.ksr")
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func answersAsAWholeIndexOfTheSameDocuments(seed: UInt64) async throws {
    var random = SeededGenerator(seed)
    let old = Samples.products(700, seed: seed) + Samples.small
    let base = try Segment(opening: IndexBuilder.build(documents: old))
    let new = changed(old, &random)
    let index = try await together(base, new, synonyms: .starter)
    let whole = try SearchIndex(Segment(opening: IndexBuilder.build(documents: new)))
    #expect(index.documentCount == whole.documentCount && index.removedCount > 0)
    for number in 0..<whole.documentCount {
      let (one, other) = (try index.document(number), try whole.document(number))
      #expect(one == other, "document \(number)")
      let sku = try #require(other?.sku)
      let kind = try #require(other?.kind)
      #expect(try index.number(ofSKU: sku, kind: kind) == number)
    }
    for document in old where !new.contains(where: { $0.sku == document.sku && $0.kind == document.kind }) {
      #expect(try index.number(ofSKU: document.sku, kind: document.kind) == nil)
    }
    let (finder, other) = (try Finder(index), try Finder(whole))
    var analyzer = try Analyzer()
    for _ in 0..<150 {
      var text = Samples.text(Int.random(in: 1...4, using: &random), &random)
      if Int.random(in: 0...3, using: &random) == 0 { text += " -чехол" }
      if Int.random(in: 0...3, using: &random) == 0 { text = String(text.dropLast()) }
      let request = SearchRequest(text)
      let (one, two) = (
        try finder.find(request, analyzer: &analyzer), try other.find(request, analyzer: &analyzer)
      )
      #expect(one.hits == two.hits, "seed \(seed): \(text)")
      #expect(one.suggestion == two.suggestion)
      let query = try Query(text, analyzer: &analyzer)
      let best = try finder.searcher.search(query, top: 10)
      #expect(try best == other.searcher.search(query, top: 10), "seed \(seed): \(text)")
      for hit in best.prefix(2) {
        let explanation = try finder.searcher.explain(query, hit.number)
        #expect(try explanation == other.searcher.explain(query, hit.number))
        #expect(explanation?.score == hit.score)
      }
    }
  }

  @Test func breaksTiesBySKUWhereverTheDocumentsLie() async throws {
    let old = ["b", "d", "f", "h"].map { SearchDocument(sku: $0, title: "чайник") }
    let base = try Segment(opening: IndexBuilder.build(documents: old, synonyms: .none))
    var new = ["a", "c", "g", "z"].map { SearchDocument(sku: $0, title: "чайник") } + old
    new.removeAll { $0.sku == "d" }
    let searcher = Searcher(try await together(base, new))
    #expect(
      try searcher.search(Query("чайник"), top: 9).map(\.sku) == ["a", "b", "c", "f", "g", "h", "z"])
    #expect(try searcher.search(Query("чайник"), top: 3).map(\.sku) == ["a", "b", "c"])
  }

  @Test func forgetsWordsThatLeft() async throws {
    let old = [
      SearchDocument(sku: "1", title: "сковорода чугунная"), SearchDocument(sku: "2", title: "чайник"),
    ]
    let base = try Segment(opening: IndexBuilder.build(documents: old, synonyms: .none))
    let index = try await together(base, [old[1], SearchDocument(sku: "3", title: "термокружка")])
    let finder = try Finder(index)
    var analyzer = try Analyzer()
    for text in ["сковорода", "сковоррода", "skovoroda", "чугун"] {
      #expect(try finder.find(SearchRequest(text), analyzer: &analyzer).hits.isEmpty, "\(text)")
    }
    #expect(try finder.find(SearchRequest("термокрушка"), analyzer: &analyzer).hits.first?.sku == "3")
    #expect(try finder.find(SearchRequest("xfqybr"), analyzer: &analyzer).hits.first?.sku == "2")
  }

  @Test func theSameBaseAndDocumentsGiveTheSameBytes() async throws {
    var random = SeededGenerator(9)
    let old = Samples.products(300, seed: 6)
    let base = try Segment(opening: IndexBuilder.build(documents: old, synonyms: .none))
    let new = changed(old, &random)
    func changes(_ documents: [SearchDocument]) async throws -> IndexChanges {
      try #require(
        try await IndexChanges.find(in: documents, against: base, synonyms: .none, limits: Self.limits))
    }
    let first = try await changes(new)
    let again = try await changes(new.shuffled(using: &random))
    #expect(first.segment == again.segment && first.removed == again.removed)
    #expect(first.documentCount == new.count)
    let none = try await changes(old.shuffled(using: &random))
    #expect(none.isEmpty && none.documentCount == old.count)
  }

  @Test func everythingIsMadeAnewWhenMuchHasChanged() async throws {
    let old = Samples.products(200, seed: 6)
    let base = try Segment(opening: IndexBuilder.build(documents: old, synonyms: .none))
    let limits = IndexChanges.Limits(minimumDocuments: 100, share: 0.1)
    func find(_ documents: [SearchDocument], _ limits: IndexChanges.Limits) async throws -> IndexChanges? {
      try await IndexChanges.find(in: documents, against: base, synonyms: .none, limits: limits)
    }
    #expect(try await find(Array(old.dropFirst(20)), limits) != nil)
    #expect(try await find(Array(old.dropFirst(21)), limits) == nil)
    let more = (0..<21).map { SearchDocument(sku: "new\($0)", title: "чайник") }
    #expect(try await find(old + more.dropLast(), limits) != nil)
    #expect(try await find(old + more, limits) == nil)
    #expect(try await find(old, IndexChanges.Limits(minimumDocuments: 201, share: 0.1)) == nil)
  }

  /// What became of a base when five of its documents left and others came.
  private func changed(_ old: [SearchDocument], _ base: Segment) async throws -> (IndexChanges, Segment) {
    let changes = try #require(
      try await IndexChanges.find(
        in: Array(old.dropFirst(5)) + Samples.small, against: base, synonyms: .none, limits: Self.limits))
    return (changes, try Segment(opening: changes.segment))
  }

  @Test func noDamageToRemovedDocumentsIsTaken() async throws {
    let old = Samples.products(60, seed: 6)
    let base = try Segment(opening: IndexBuilder.build(documents: old, synonyms: .none))
    let (changes, second) = try await changed(old, base)
    let bytes = changes.removed
    _ = try removed(bytes, base, second)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= [0x01, 0x80, 0xFF][place % 3]
      #expect(throws: IndexError.self, "byte \(place)") { try removed(damaged, base, second) }
      #expect(throws: IndexError.self, "cut at \(place)") {
        try removed(Array(bytes[..<place]), base, second)
      }
    }
    #expect(throws: IndexError.self) { try removed(bytes + [0], base, second) }
    let other = try Segment(opening: IndexBuilder.build(documents: Array(old.dropLast()), synonyms: .none))
    #expect(throws: IndexError.self, "of another base") { try removed(bytes, other, second) }
    #expect(throws: IndexError.self, "with other changes") { try removed(bytes, base, other) }
  }

  /// With a checksum that fits again, numbers may be anything: an error or an answer, never a crash.
  @Test func noNumberOfRemovedDocumentsLeadsOutOfTheFiles() async throws {
    let old = Samples.products(60, seed: 6)
    let base = try Segment(opening: IndexBuilder.build(documents: old, synonyms: .none))
    let (changes, second) = try await changed(old, base)
    var analyzer = try Analyzer()
    for place in 8..<changes.removed.count - 4 {
      var damaged = changes.removed
      damaged[place] ^= [0x01, 0x80, 0xFF][place % 3]
      damaged.removeLast(4)
      damaged.append32(checksum(damaged))
      do {
        let index = try SearchIndex(base, changes: second, try removed(damaged, base, second))
        _ = try Finder(index).find(SearchRequest("наушники чехол pro"), top: 100, analyzer: &analyzer)
        for number in 0..<index.documentCount { _ = try index.document(number) }
      } catch let error as IndexError {
        #expect(!error.detail.isEmpty)
      }
    }
  }
}

/// Changes on disk.
@Suite struct StoredChangesTests {
  private func documents(_ count: Int) -> [SearchDocument] { Samples.products(count, seed: 12) }

  private func publish(
    _ documents: [SearchDocument], _ store: IndexStore
  ) async throws -> IndexStore.Publication {
    let limits = IndexChanges.Limits(minimumDocuments: 10, share: 0.2)
    if let base = store.base(ranking: .standard, synonyms: .starter, limits: limits),
      let changes = try await IndexChanges.find(in: documents, against: base, limits: limits)
    {
      return try store.publish(.changes(changes))
    }
    return try store.publish(try IndexBuilder.build(documents: documents))
  }

  @Test func keepsTheBaseAndGoesBackToIt() async throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path)
    let all = documents(100)
    #expect(try await publish(all, store).version == 1)
    let less = Array(all.dropFirst(3))
    #expect(try await publish(less, store) == IndexStore.Publication(version: 2, isNew: true))
    #expect(try await publish(less, store) == IndexStore.Publication(version: 2, isNew: false))
    #expect(try folder.read("000001/segment.ksg") == folder.read("000002/segment.ksg"))
    let index = try store.open()
    #expect(index.documentCount == 97 && index.removedCount == 3 && index.changes?.documentCount == 0)
    #expect(try await publish(all, store).version == 3)
    #expect(try store.open().changes == nil)
    #expect(try store.open().documentCount == 100)
    // The first version is gone; its segment lives on in the others.
    #expect(throws: (any Error).self) { try folder.read("000001/segment.ksg") }
    #expect(try await publish(Array(all.dropFirst(40)), store).version == 4)
    #expect(try store.open().changes == nil, "much has changed: everything is new")
    #expect(try store.open().documentCount == 60)
  }

  @Test(arguments: ["changes.ksg", "removed.ksr", "segment.ksg"])
  func refusesADamagedFileByNameAndMendsIt(name: String) async throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path)
    let all = documents(100)
    let new = Array(all.dropFirst(3)) + Samples.small
    _ = try await publish(all, store)
    _ = try await publish(new, store)
    let bytes = try folder.read("000002/\(name)")
    for cut in [bytes.count - 1, bytes.count] {
      var damaged = Array(bytes[..<cut])
      damaged[damaged.count / 2] ^= 0x10
      try folder.write("000002/\(name)", damaged)
      let error = #expect(throws: IndexError.self) { try store.open(.full) }
      #expect(error?.code == .damaged && error?.path.hasSuffix("000002/\(name)") == true)
    }
    _ = try await publish(new, store)
    #expect(try store.open(.full).documentCount == new.count)
  }

  @Test func otherSynonymsOrRankingsNeedAWholeIndex() async throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path)
    _ = try await publish(documents(100), store)
    let limits = IndexChanges.Limits(minimumDocuments: 10, share: 0.2)
    var ranking = Ranking.standard
    #expect(store.base(ranking: ranking, synonyms: .starter, limits: limits) != nil)
    #expect(store.base(ranking: ranking, synonyms: .none, limits: limits) == nil)
    ranking.coverage = 0.4
    #expect(store.base(ranking: ranking, synonyms: .starter, limits: limits) == nil)
    #expect(store.base(ranking: .standard, synonyms: .starter) == nil, "too small to be worth it")
  }

  /// A corpus whose lines moved, changed, came, went and stand twice.
  @Test(arguments: [1, 2, 5])
  func readsOnlyLinesThatAreOthers(threads: Int) async throws {
    let folder = try TemporaryFolder()
    let limits = IndexChanges.Limits(minimumDocuments: 10, share: 0.2)
    func line(_ sku: Int, _ title: String) -> String { "{\"sku\":\"\(sku)\",\"title\":\"\(title)\"}\n" }
    let words = ["чайник", "кружка", "одеяло", "лампа"]
    var lines = (0..<100).map { line($0, "\(words[$0 % 4]) \($0)") }
    lines.insert(line(7, "второй с тем же номером"), at: 50)
    try folder.write("old.jsonl", Array(lines.joined().utf8))
    lines.swapAt(3, 90)
    lines[20] = line(20, "совсем другое")
    lines[21] = "не строка\n"
    lines.insert(line(500, "новое"), at: 0)
    // Stands before the line that counted until now.
    lines.insert(line(60, "первый с тем же номером"), at: 5)
    lines.remove(at: 40)
    // New as well, and read in another thread than the first of its number.
    lines.append(line(500, "второе новое"))
    try folder.write("new.jsonl", Array(lines.joined().utf8))
    let store = IndexStore(folder.path.appending("index"))
    let old = try await CorpusIndexer(folder.path.appending("old.jsonl"), threads: threads)
    try store.publish(old.content)
    let path = folder.path.appending("new.jsonl")
    let base = try #require(store.base(ranking: .standard, synonyms: .starter, limits: limits))
    let made = try await CorpusIndexer(path, threads: threads, base: base, limits: limits)
    let whole = try await CorpusIndexer(path, threads: threads)
    guard case .changes(let changes) = made.content, case .whole(let segment) = whole.content else {
      Issue.record("little has changed")
      return
    }
    #expect(changes.changedCount == 3, "20, 60 and 500")
    #expect(made.documentCount == whole.documentCount && made.refusedCount == 1)
    #expect(made.findings == whole.findings)
    #expect(made.repeatedCount == 3 && whole.repeatedCount == 3, "7, 60 and 500")
    try store.publish(made.content)
    let (index, other) = (try store.open(), try SearchIndex(Segment(opening: segment)))
    for number in 0..<other.documentCount {
      #expect(try index.document(number) == other.document(number))
    }
    for text in words + ["новое", "первый", "другое", "чайник 4", "второй"] {
      #expect(try Searcher(index).search(Query(text)) == Searcher(other).search(Query(text)), "\(text)")
    }
  }
}

private func checksum(_ bytes: [UInt8]) -> UInt32 { CRC32C.checksum(bytes.span) }
