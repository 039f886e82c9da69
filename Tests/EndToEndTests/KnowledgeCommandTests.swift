import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// The knowledge base from the command line: what a shop knows after a night, and indexes of other people's products.
@Suite struct KnowledgeCommandTests {
  /// Runs the program and kills it in the middle of its work.
  private func kill(_ arguments: [String], after delay: Duration, in folder: FilePath) async throws {
    _ = try await Subprocess.run(
      .path(BuiltProgram.path("kaspi-catalog")), arguments: Arguments(arguments),
      environment: ProgramRun.surroundings([:]), workingDirectory: folder, input: .none, output: .discarded,
      error: .discarded
    ) { execution in
      // The moment of a kill is the one thing here that has to be left to the clock.
      try await Task.sleep(for: delay)
      // It may have ended before.
      try? execution.send(signal: .kill)
    }
  }

  @Test func aShopAnswersAfterANight() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      try bench.folder.write(
        "catalog/demo/knowledge/returns.md",
        Array("# Возврат\n\nВернуть товар можно за четырнадцать дней.\n\n# Пусто\n".utf8))
      let night = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(night.exit == 0, "\(night.out)\(night.err)")

      let stats = try await bench.catalog("stats", "--json").json()
      let products = try #require(stats["products"]?.int)
      #expect(products > 290 && stats["passages"]?.int ?? 0 >= 1)
      let tree = try await bench.catalog("categories", "--json").json()["tree"]
      #expect(tree?["products"]?.int == products)

      let answer = try await bench.catalog("search", "возврат за четырнадцать дней", "--json").json()
      #expect(answer["hits"]?.array?.first?["kind"]?.string == "knowledge")
      let layout = try await bench.catalog("search", "xfqybr", "--json").json()
      let hit = try #require(layout["hits"]?.array?.first)
      #expect(hit["title"]?.string?.lowercased().contains("чайник") == true)

      let sku = try #require(hit["sku"]?.string)
      let advice = try await bench.catalog("recommend", sku, "--json").json()
      for list in ["similar", "cheaper", "goes_with"] {
        for one in try #require(advice[list]?.array) {
          #expect(one["sku"]?.string != sku && one["reason"]?.string?.isEmpty == false)
          #expect(one["stock"]?.int != 0, "never what is out of stock")
        }
      }
      let context = try await bench.catalog("context", "чайник и возврат", "--tokens", "300", "--json")
      #expect(context.exit == 0 && context.out.contains("@1"), "\(context.out)\(context.err)")
      let check = try await bench.catalog("knowledge", "check")
      #expect(check.out.contains("returns.md"), "an empty answer is found: \(check.out)")

      try bench.folder.write("queries.tsv", Array("1\tчайник\tclean\n2\tячсмить\tlayout\n".utf8))
      try bench.folder.write("ratings.tsv", Array("1 0 \(sku) 3\n2 0 \(sku) 1\n".utf8))
      let eval = try await bench.catalog("eval", "queries.tsv", "ratings.tsv", "--json").json()
      #expect(eval["rows"]?.array?.contains { $0["class"]?.string == "layout" } == true)
    }
  }

  @Test func aShopsOwnRankingAndSynonymsCount() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      try bench.folder.write("catalog/demo/knowledge/synonyms.txt", Array("кипелка => чайник\n".utf8))
      try bench.folder.write(
        "catalog/demo/knowledge/ranking.json", Array("{\"fields\": {\"titel\": {\"weight\": 2}}}\n".utf8))
      let night = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(night.exit != 0 && night.err.contains("ranking.json"), "\(night.out)\(night.err)")
      try bench.folder.write(
        "catalog/demo/knowledge/ranking.json", Array("{\"fields\": {\"title\": {\"weight\": 2}}}\n".utf8))
      let index = try await bench.catalog("index")
      #expect(index.exit == 0, "\(index.out)\(index.err)")
      let found = try await bench.catalog("search", "кипелка", "--json").json()
      #expect(found["hits"]?.array?.first?["title"]?.string?.lowercased().contains("чайник") == true)
      let listed = try await bench.catalog("synonyms", "--json").json()
      #expect(listed["rules"]?.array?.count == 1)
    }
  }

  @Test func aCorpusGivesTheSameBytesForAnyThreadsAndHashSeed() async throws {
    let folder = try TemporaryFolder()
    try folder.write("corpus.jsonl", Self.corpus(700))
    var first: [UInt8]?
    for (threads, seed) in [("1", "1"), ("2", "0"), ("2", "1"), ("5", "0"), ("64", "0")] {
      let out = "index-\(threads)-\(seed)"
      let made = try await ProgramRun.of(
        "kaspi-catalog", ["index", "--corpus", "corpus.jsonl", "--out", out, "--threads", threads],
        environment: ["SWIFT_DETERMINISTIC_HASHING": seed == "1" ? "1" : nil], in: folder.path)
      #expect(made.exit == 3, "one line is refused: \(made.out)\(made.err)")
      #expect(made.err.contains("corpus.jsonl:351"), "\(made.err)")
      let bytes = try folder.read("\(out)/000001/segment.ksg")
      if let first { #expect(bytes == first, "threads \(threads), seed \(seed)") } else { first = bytes }
    }
  }

  @Test func aBatchSaysWhatFoundNothing() async throws {
    let folder = try TemporaryFolder()
    try folder.write("corpus.jsonl", Self.corpus(50))
    _ = try await ProgramRun.of(
      "kaspi-catalog", ["index", "--corpus", "corpus.jsonl", "--out", "index"], in: folder.path)
    try folder.write("queries.tsv", Array("a\tчайник 7\nb\tщщщщщщщ ъъъъъъ\nc\t\na\tчайник 8\n".utf8))
    let run = try await ProgramRun.of(
      "kaspi-catalog",
      ["search", "--index", "index", "--batch", "queries.tsv", "--top", "5", "--run", "out.trec", "--json"],
      in: folder.path)
    #expect(run.exit == 0 && run.err.contains("1 queries are left out"), "\(run.err)")
    #expect(try run.json()["without_hits"]?.array?.compactMap { $0["id"]?.string } == ["b", "c"])
    let lines = String(decoding: try folder.read("out.trec"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 5 && lines.allSatisfy { $0.hasPrefix("a Q0 ") })
  }

  @Test func aSKUThatStandsTwiceIsTold() async throws {
    let folder = try TemporaryFolder()
    let line = "{\"sku\":\"1\",\"title\":\"Чайник\"}\n"
    try folder.write("corpus.jsonl", Array((line + line).utf8))
    let made = try await ProgramRun.of(
      "kaspi-catalog", ["index", "--corpus", "corpus.jsonl", "--out", "index"], in: folder.path)
    #expect(made.exit == 0 && made.out.contains("1 documents in index, 1 left out"), "\(made.out)\(made.err)")
  }

  /// A killed run leaves the old index or the new one, and the next run makes the new one.
  @Test func aKilledIndexIsTheOldOrTheNewOne() async throws {
    let folder = try TemporaryFolder()
    try folder.write("old.jsonl", Self.corpus(40))
    try folder.write("new.jsonl", Self.corpus(1_500))
    let arguments = ["index", "--out", "index", "--corpus"]
    _ = try await ProgramRun.of("kaspi-catalog", arguments + ["old.jsonl"], in: folder.path)
    for milliseconds in stride(from: 10, through: 600, by: 70) {
      try await kill(arguments + ["new.jsonl"], after: .milliseconds(milliseconds), in: folder.path)
      let stats = try await ProgramRun.of(
        "kaspi-catalog", ["stats", "--index", "index", "--json"], in: folder.path)
      let documents = try stats.json()["documents"]?.int
      #expect(documents == 40 || documents == 1_499, "after \(milliseconds) ms: \(stats.out)\(stats.err)")
    }
    let last = try await ProgramRun.of("kaspi-catalog", arguments + ["new.jsonl"], in: folder.path)
    #expect(last.exit == 3)
    let stats = try await ProgramRun.of(
      "kaspi-catalog", ["stats", "--index", "index", "--json"], in: folder.path)
    #expect(try stats.json()["documents"]?.int == 1_499)
  }

  /// What was bought together teaches until it is cancelled.
  @Test func cancelledOrdersTeachNothing() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      let night = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(night.exit == 0, "\(night.out)\(night.err)")
      let found = try await bench.catalog("search", "instock чайник", "--json").json()
      let skus = (found["hits"]?.array ?? []).compactMap { $0["sku"]?.string }
      try #require(skus.count >= 3)
      func goesWith() async throws -> [String] {
        let advice = try await bench.catalog("recommend", skus[0], "--json").json()
        return (advice["goes_with"]?.array ?? []).compactMap { $0["sku"]?.string }
      }
      func snapshot(_ status: String, _ now: String) async throws {
        let (orders, entries) = Self.orders(skus, secondStatus: status)
        try bench.folder.write("orders.json", CanonicalJSON.line(orders))
        try bench.folder.write("entries.json", CanonicalJSON.line(entries))
        let made = try await bench.notifier(
          "snapshot", "--shop", "demo", "--from", "orders.json", "--entries", "entries.json", "--now", now)
        #expect(made.exit == 0, "\(made.out)\(made.err)")
      }
      try await snapshot("ACCEPTED_BY_MERCHANT", "2026-11-23T05:00:00Z")
      #expect(try await Set(goesWith()) == Set(skus[1...2]))
      try await snapshot("CANCELLED", "2026-11-23T06:00:00Z")
      #expect(try await goesWith() == [skus[1]])
    }
  }

  /// Three orders of the first and the second SKU, and three of the first and the third with a status of their own.
  private static func orders(_ skus: [String], secondStatus: String) -> (
    orders: JSONValue, entries: JSONValue
  ) {
    var (orders, entries) = ([JSONValue](), [String: JSONValue]())
    for number in 0..<6 {
      let id = "o\(number)"
      orders.append([
        "type": "orders", "id": .string(id), "relationships": .null,
        "attributes": [
          "code": .string("\(900_000_000 + number)"), "totalPrice": 9_990.0,
          "creationDate": .integer(1_795_490_000_000 + number),
          "state": number < 3 ? "ARCHIVE" : "KASPI_DELIVERY",
          "status": number < 3 ? "COMPLETED" : .string(secondStatus), "deliveryMode": "DELIVERY_LOCAL",
          "isKaspiDelivery": true, "plannedDeliveryDate": .null, "deliveryAddress": .null,
          "customer": [
            "firstName": "Алия", "lastName": "Пробная", "cellPhone": .string("701\(1_000_000 + number)"),
          ],
        ],
      ])
      let basket = [skus[0], number < 3 ? skus[1] : skus[2]]
      entries[id] = [
        "data": .array(
          basket.enumerated().map { place, sku in
            [
              "type": "orderentries", "id": .string("\(id)-\(place)"), "relationships": .null,
              "attributes": [
                "quantity": 1, "totalPrice": 4_995.0, "basePrice": 4_995.0, "entryNumber": .integer(place),
                "offer": ["code": .string(sku), "name": "Товар"],
              ],
            ]
          }), "included": [],
      ]
    }
    let page: JSONValue = [
      "data": .array(orders), "included": [], "meta": ["pageCount": 1, "totalCount": .integer(orders.count)],
    ]
    return (page, .object(entries))
  }

  /// Little that changed is put beside the base; a kill leaves the old index or the new one, and `stats` says which.
  @Test func littleThatChangedIsPutBesideTheBase() async throws {
    let folder = try TemporaryFolder()
    let old = Self.corpus(2_500)
    var lines = String(decoding: old, as: UTF8.self).split(separator: "\n").map { $0 + "\n" }
    lines.removeSubrange(1_000..<1_020)
    lines.append("{\"sku\":\"new\",\"title\":\"Самовар угольный\",\"price\":1}\n")
    try folder.write("old.jsonl", old)
    try folder.write("new.jsonl", Array(lines.joined().utf8))
    let arguments = ["index", "--out", "index", "--corpus"]
    _ = try await ProgramRun.of("kaspi-catalog", arguments + ["old.jsonl"], in: folder.path)
    func stats() async throws -> JSONValue {
      try await ProgramRun.of("kaspi-catalog", ["stats", "--index", "index", "--json"], in: folder.path)
        .json()
    }
    for milliseconds in stride(from: 5, through: 300, by: 35) {
      try await kill(arguments + ["new.jsonl"], after: .milliseconds(milliseconds), in: folder.path)
      let documents = try await stats()["documents"]?.int
      #expect(documents == 2_499 || documents == 2_480, "after \(milliseconds) ms")
    }
    let made = try await ProgramRun.of("kaspi-catalog", arguments + ["new.jsonl"], in: folder.path)
    #expect(made.exit == 3 && made.err.contains("new.jsonl:351"), "\(made.out)\(made.err)")
    let after = try await stats()
    #expect(after["documents"]?.int == 2_480 && after["removed"]?.int == 20 && after["changed"]?.int == 1)
    let whole = try await ProgramRun.of(
      "kaspi-catalog", ["index", "--corpus", "new.jsonl", "--out", "whole"], in: folder.path)
    #expect(whole.exit == 3)
    try folder.write("queries.tsv", Array("a\tсамовар\nb\tчайник 7\nc\tyfeiybrb\nd\tkruzhka\n".utf8))
    for (name, run) in [("index", "one.trec"), ("whole", "two.trec")] {
      _ = try await ProgramRun.of(
        "kaspi-catalog", ["search", "--index", name, "--batch", "queries.tsv", "--top", "50", "--run", run],
        in: folder.path)
    }
    #expect(try folder.read("one.trec") == folder.read("two.trec"))
    let anew = try await ProgramRun.of(
      "kaspi-catalog", arguments + ["new.jsonl", "--whole"], in: folder.path)
    #expect(anew.exit == 3)
    #expect(try await stats()["removed"]?.int == 0)
  }

  /// Products; line 351 is none.
  private static func corpus(_ count: Int) -> [UInt8] {
    let words = ["чайник", "кружка", "наушники", "чехол для телефона", "Қазан", "RTX4060", "1.7 л"]
    // SKUs repeat beyond 10,007 products.
    return Array(
      (0..<count).map { number in
        guard number != 350 else { return "{\"title\": \"без номера\"}\n" }
        return
          "{\"sku\":\"\(number * 7919 % 10_007)\",\"title\":\"\(words[number % 7]) \(number)\",\"price\":\(number),"
          + "\"brand\":\"\(["Дала", "Nomad"][number % 2])\",\"description\":\"\(words[number / 7 % 7]) в наборе\"}\n"
      }.joined().utf8)
  }
}
