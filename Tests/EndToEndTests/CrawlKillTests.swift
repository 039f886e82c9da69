import FoundationEssentials
import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// A crawl that is killed with signal 9 at any point: the next one asks for nothing that was answered, and publishes
/// the same bytes as an undisturbed one.
///
/// `KASPI_KILLS` sets how many kills there are; the default keeps the suite quick.
@Suite struct CrawlKillTests {
  static let kills = ProcessInfo.processInfo.environment["KASPI_KILLS"].flatMap { Int($0) } ?? 2

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
      let expected = try Self.catalog(undisturbed)
      var generator = SeededGenerator(seed: 4)
      var kill = 0
      for _ in 0..<Self.kills * 4 where kill < Self.kills {
        let bench = try await workbench()
        let after = Int.random(in: 1...whole.count, using: &generator)
        // On a busy machine the crawl may be over before the signal comes; the next one is then a new crawl.
        guard try await Self.killed(bench, after: after, simulator) else { continue }
        kill += 1
        let again = try await bench.catalog("nightly", "--now", Workbench.midnight)
        #expect(again.exit == 0, "kill \(kill) after \(after): \(again.out)\(again.err)")
        #expect(try Self.catalog(bench) == expected, "kill \(kill) after \(after)")
        var seen: [String: Int] = [:]
        var surfaces: [String: String] = [:]
        for request in try await Self.asked(simulator) {
          let body = request["bodyDigest"]?.string ?? ""
          let question = "\(request["path"]?.string ?? "") \(request["query"]?.string ?? "") \(body)"
          seen[question, default: 0] += 1
          surfaces[question] = request["surface"]?.string
        }
        let repeated = seen.filter { $0.value > 1 }
        // What was under way when the power went was answered to nobody: at most the eight that may be, a surface.
        let bySurface = Dictionary(grouping: repeated.keys) { surfaces[$0] ?? "" }
        #expect(bySurface.values.allSatisfy { $0.count <= 8 }, "kill \(kill) after \(after): \(repeated)")
        #expect(repeated.values.allSatisfy { $0 == 2 })
        #expect(seen.count == whole.count, "kill \(kill) after \(after)")
      }
      #expect(kill == Self.kills, "the signal came too late too often")
    }
  }

  /// What the shop was asked; our own looking is no part of it.
  private static func asked(_ simulator: SimulatorProcess) async throws -> [JSONValue] {
    try await simulator.requests().filter { $0["surface"]?.string != "control" }
  }

  /// Runs a crawl until the shop has seen so many requests, and kills it; says whether the signal ended it.
  private static func killed(
    _ bench: Workbench, after count: Int, _ simulator: SimulatorProcess
  ) async throws -> Bool {
    let outcome = try await run(
      .path(try BuiltProgram.path("kaspi-catalog")), arguments: ["crawl", "--now", Workbench.midnight],
      environment: ProgramRun.surroundings([:]), workingDirectory: bench.root, input: .none,
      output: .sequence,
      error: .discarded
    ) { execution in
      while try await asked(simulator).count < count {}
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
