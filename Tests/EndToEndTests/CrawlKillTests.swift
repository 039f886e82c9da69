import FoundationEssentials
import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// A night that is killed with signal 9 at any point: the next one asks for nothing that was answered, and publishes
/// the same bytes as an undisturbed one.
///
/// What was answered is what the journal holds when the process is gone; what was asked is what the simulator saw. A
/// request whose answer had not reached the journal was answered to nobody, and is the only thing that may be asked
/// again.
///
/// `KASPI_KILLS` sets how many kills there are; the default keeps the suite quick.
@Suite struct CrawlKillTests {
  static let kills = ProcessInfo.processInfo.environment["KASPI_KILLS"].flatMap { Int($0) } ?? 3

  /// When a night is killed.
  enum Moment: Sendable {
    /// The shop has seen so many requests.
    case asked(Int)
    /// Everything was asked, and this file is there.
    case wrote(String)
  }

  /// What a night writes behind the crawl, in the order of writing.
  static let files = [
    "reports/crawl.json", "crawl/result.json", "plan/plan.json", "versions/HEAD", "feeds/kaspi.xml",
    "index/HEAD",
  ]

  @Test func losesNothingAndAsksNothingTwice() async throws {
    try await SimulatorProcess.with { simulator in
      func workbench() async throws -> Workbench {
        let bench = try await Workbench.small(
          simulator, offers: 8, sources: [Workbench.cabinet(simulator)],
          enrich: "pages: true, reviews: true, offers: true"
        ).bench
        try bench.writeCookies()
        try await simulator.control("DELETE", "/requests")
        return bench
      }
      let undisturbed = try await workbench()
      #expect(try await undisturbed.catalog("nightly", "--now", Workbench.midnight).exit == 0)
      let whole = try await Self.asked(simulator)
      let questions = Set(whole.map(Self.question))
      #expect(questions.count == whole.count, "an undisturbed night asks everything once")
      let expected = try Self.catalog(undisturbed)
      var generator = SeededGenerator(seed: 4)
      var (kill, unanswered) = (0, 0)
      for _ in 0..<Self.kills * 4 where kill < Self.kills {
        let bench = try await workbench()
        // Every third dies behind the crawl.
        let moment: Moment =
          kill % 3 == 2
          ? .wrote(try #require(Self.files.randomElement(using: &generator)))
          : .asked(Int.random(in: 1...whole.count, using: &generator))
        // On a busy machine the night may be over before the signal comes; the next one is then a new night.
        guard try await Self.killed(bench, moment, whole.count, simulator) else { continue }
        let noted = try Self.noted(bench)
        guard !noted.isEnd else { continue }
        kill += 1
        let again = try await bench.catalog("nightly", "--now", Workbench.midnight)
        #expect(again.exit == 0, "kill \(kill) at \(moment): \(again.out)\(again.err)")
        #expect(try Self.catalog(bench) == expected, "kill \(kill) at \(moment)")
        let asked = try await Self.asked(simulator)
        let times = Dictionary(asked.map { (Self.question($0), 1) }, uniquingKeysWith: +)
        #expect(Set(times.keys) == questions, "kill \(kill) at \(moment)")
        #expect(noted.questions.isSubset(of: questions), "the two lists speak of the same questions")
        for (question, count) in times {
          let isAnswered = noted.questions.contains(question)
          #expect(count <= (isAnswered ? 1 : 2), "kill \(kill) at \(moment): \(question)")
          if count > 1 { unanswered += 1 }
        }
        if case .wrote = moment { #expect(noted.questions == questions && asked.count == whole.count) }
        // Under way were at most as many as may be.
        let repeated = Set(times.filter { $0.value > 1 }.keys)
        let surfaces = asked.filter { repeated.contains(Self.question($0)) }.map {
          $0["surface"]?.string ?? ""
        }
        for (surface, count) in Dictionary(surfaces.map { ($0, 1) }, uniquingKeysWith: +) {
          #expect(count <= 2 * 8, "kill \(kill) at \(moment): \(surface)")
        }
      }
      #expect(kill == Self.kills, "the signal came too late too often")
      print("\(kill) kills; \(unanswered) requests had been answered to nobody and were asked again")
    }
  }

  /// What the shop was asked; our own looking is no part of it.
  private static func asked(_ simulator: SimulatorProcess) async throws -> [JSONValue] {
    try await simulator.requests().filter { $0["surface"]?.string != "control" }
  }

  /// A request as the simulator saw it: path, query, and the digest of its body.
  private static func question(_ request: JSONValue) -> String {
    let query = request["query"]?.string ?? ""
    let body = request["bodyDigest"]?.string
    return (request["path"]?.string ?? "") + (query.isEmpty ? "" : "?" + query)
      + (body.map { "#" + $0 } ?? "")
  }

  /// The questions whose answers are in the journal, in the same words, and whether the crawl had ended.
  private static func noted(_ bench: Workbench) throws -> (questions: Set<String>, isEnd: Bool) {
    var (questions, isEnd): (Set<String>, Bool) = ([], false)
    let path = bench.shop.crawl.appending("journal.jsonl")
    guard try Folder.exists(path) else { return ([], false) }
    for record in try Journal.read(path) {
      if record["record"]?.string == "end" { isEnd = true }
      guard record["record"]?.string == "answer", let name = record["url"]?.string,
        let start = name.firstRange(of: "://")
      else { continue }
      // As the simulator shows it: without the host, and the query in plain letters.
      let rest = name[start.upperBound...]
      let address = rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...]
      let halves = address.split(separator: "?", maxSplits: 1)
      let query = halves.count > 1 ? "?" + plain(halves[1]) : ""
      questions.insert(String(halves[0]) + query)
    }
    return (questions, isEnd)
  }

  /// A query without its percent signs.
  private static func plain(_ query: Substring) -> String {
    var bytes: [UInt8] = []
    for (index, piece) in query.split(separator: "%", omittingEmptySubsequences: false).enumerated() {
      guard index > 0, let byte = UInt8(piece.prefix(2), radix: 16) else {
        bytes += Array(piece.utf8)
        continue
      }
      bytes.append(byte)
      bytes += Array(piece.dropFirst(2).utf8)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A signal ends the night at once, the monitor reads how, and the next night goes on from there.
  @Test func aSignalIsToldToTheMonitorAndTheNightGoesOn() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, cards) = try await Workbench.small(simulator, offers: 6)
      try await simulator.fault([
        "surface": "pages", "kind": "hang", "seconds": 60, "path": .string("/shop/p/-\(cards[3])/"),
        "times": 1,
      ])
      let outcome = try await run(
        .path(try BuiltProgram.path("kaspi-catalog")), arguments: ["nightly", "--now", Workbench.midnight],
        environment: ProgramRun.surroundings([:]), workingDirectory: bench.root, input: .none,
        output: .sequence, error: .discarded
      ) { execution in
        while try await simulator.requests("pages").count < 4 {}
        try execution.send(signal: .terminate)
        for try await _ in execution.standardOutput.strings() {}
      }
      #expect(outcome.terminationStatus == .exited(143))
      let status = try JSONValue(parsing: try AtomicFile.read(bench.shop.statusFile))
      #expect(status["exit"]?.int == 143)
      let next = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(next.exit == 0, "\(next.out)\(next.err)")
    }
  }

  /// Runs a night until a moment, and kills it; says whether the signal ended it.
  private static func killed(
    _ bench: Workbench, _ moment: Moment, _ whole: Int, _ simulator: SimulatorProcess
  ) async throws -> Bool {
    let outcome = try await run(
      .path(try BuiltProgram.path("kaspi-catalog")), arguments: ["nightly", "--now", Workbench.midnight],
      environment: ProgramRun.surroundings([:]), workingDirectory: bench.root, input: .none,
      output: .sequence, error: .discarded
    ) { execution in
      switch moment {
      case .asked(let count): while try await asked(simulator).count < count {}
      case .wrote(let name):
        let status = bench.shop.statusFile
        let file = bench.shop.output.pushing(FilePath(name))
        // The last thing that a night writes: behind it there is nothing to wait for.
        while try !Folder.exists(file), try !Folder.exists(status) {}
      }
      try execution.send(signal: .kill)
      for try await _ in execution.standardOutput.strings() {}
    }
    return outcome.terminationStatus == .signaled(9)
  }

  /// What the world sees of a workspace: the catalog, and the price list; without the version's own moment.
  private static func catalog(_ bench: Workbench) throws -> [String: String] {
    var files: [String: String] = [:]
    for name in ["catalog.json", "catalog.xml", "pricelist.xml"] {
      files[name] = Digest.sha256(try AtomicFile.read(bench.shop.catalog.appending(name)))
    }
    files["feed"] = Digest.sha256(try AtomicFile.read(bench.feed))
    return files
  }
}
