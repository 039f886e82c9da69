import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// The knowledge base from the command line: what a shop knows after a night, and indexes of other people's products.
@Suite struct KnowledgeCommandTests {
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
    try folder.write("queries.tsv", Array("a\tчайник 7\nb\tщщщщщщщ ъъъъъъ\nc\t\n".utf8))
    let run = try await ProgramRun.of(
      "kaspi-catalog",
      ["search", "--index", "index", "--batch", "queries.tsv", "--top", "5", "--run", "out.trec", "--json"],
      in: folder.path)
    #expect(run.exit == 0, "\(run.err)")
    #expect(try run.json()["without_hits"]?.array?.compactMap { $0["id"]?.string } == ["b", "c"])
    let lines = String(decoding: try folder.read("out.trec"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 5 && lines.allSatisfy { $0.hasPrefix("a Q0 ") })
  }

  /// A killed run leaves the old index or the new one, and the next run makes the new one.
  @Test func aKilledIndexIsTheOldOrTheNewOne() async throws {
    let folder = try TemporaryFolder()
    try folder.write("old.jsonl", Self.corpus(40))
    try folder.write("new.jsonl", Self.corpus(1_500))
    let arguments = ["index", "--out", "index", "--corpus"]
    _ = try await ProgramRun.of("kaspi-catalog", arguments + ["old.jsonl"], in: folder.path)
    let program = try BuiltProgram.path("kaspi-catalog")
    for milliseconds in stride(from: 10, through: 600, by: 70) {
      _ = try await Subprocess.run(
        .path(program), arguments: Arguments(arguments + ["new.jsonl"]),
        environment: ProgramRun.surroundings([:]), workingDirectory: folder.path, input: .none,
        output: .discarded, error: .discarded
      ) { execution in
        // The moment of a kill is the one thing here that has to be left to the clock.
        try await Task.sleep(for: .milliseconds(milliseconds))
        try? execution.send(signal: .kill)
      }
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

  /// Products; line 351 is none.
  private static func corpus(_ count: Int) -> [UInt8] {
    let words = ["чайник", "кружка", "наушники", "чехол для телефона", "Қазан", "RTX4060", "1.7 л"]
    return Array(
      (0..<count).map { number in
        guard number != 350 else { return "{\"title\": \"без номера\"}\n" }
        return
          "{\"sku\":\"\(number * 7919 % 10_007)\",\"title\":\"\(words[number % 7]) \(number)\",\"price\":\(number),"
          + "\"brand\":\"\(["Дала", "Nomad"][number % 2])\",\"description\":\"\(words[number / 7 % 7]) в наборе\"}\n"
      }.joined().utf8)
  }
}
