import Store
import SystemPackage
import TestKit
import Testing

/// Whatever changes something can be rehearsed, and the rehearsal changes nothing.
@Suite struct DryRunTests {
  /// The commands, by program; those that only look are not among them.
  private static let commands: [(program: String, arguments: [String])] = [
    ("kaspi-catalog", ["init", "--shop", "new"]), ("kaspi-catalog", ["nightly"]),
    ("kaspi-catalog", ["crawl"]),
    ("kaspi-catalog", ["crawl", "--changed", "--budget", "3"]), ("kaspi-catalog", ["reparse"]),
    ("kaspi-catalog", ["publish"]), ("kaspi-catalog", ["index"]), ("kaspi-catalog", ["export"]),
    ("kaspi-catalog", ["restore", "1"]), ("kaspi-catalog", ["pin", "1"]),
    ("kaspi-catalog", ["gc", "--keep-last", "1"]), ("kaspi-catalog", ["synonyms", "--write"]),
    ("kaspi-catalog", ["index", "--corpus", "corpus.jsonl", "--out", "made"]),
    ("kaspi-notifier", ["snapshot"]), ("kaspi-notifier", ["scan"]), ("kaspi-notifier", ["send"]),
    ("kaspi-notifier", ["run"]), ("kaspi-notifier", ["inbox"]),
    ("kaspi-notifier", ["purge", "--older-than", "0"]),
    ("kaspi-notifier", ["session", "stop"]), ("kaspi-notifier", ["session", "start"]),
    ("kaspi-notifier", ["session", "restart"]), ("kaspi-notifier", ["session", "logout"]),
    ("kaspi-notifier", ["session", "link", "--phone", "77010000001"]),
    ("kaspi-notifier", ["outbox", "release"]), ("kaspi-notifier", ["outbox", "compact"]),
    ("kaspi-notifier", ["contact", "stop", "77011234567"]),
    ("kaspi-notifier", ["contact", "forget", "77011234567"]),
  ]

  @Test func aRehearsalChangesNothing() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, _) = try await Workbench.small(simulator, offers: 4)
      #expect(try await bench.catalog("nightly", "--now", Workbench.midnight).exit == 0)
      #expect(try await bench.notifier("run", "--now", "2026-11-23T05:00:00Z").exit == 0)
      try bench.folder.write(
        "corpus.jsonl", Array(#"{"sku":"1","title":"Чайник"}"#.utf8) + [0x0A] + Array("no\n".utf8))
      // Looking up numbers and versions is reading; whatever else is no GET.
      func changes() async throws -> Int {
        try await simulator.requests("waha").count { $0["method"]?.string != "GET" }
      }
      let changed = try await changes()
      // A rehearsed night still reads, and leaves what it has read for the next one.
      func state() throws -> [String: String] {
        try bench.state(of: bench.root).filter { path, _ in
          !["/crawl/", "/plan/", "/reports/crawl.", "/seal.jsonl"].contains {
            path.contains($0)
          }
        }
      }
      let before = try state()
      for (program, arguments) in Self.commands {
        let whole = ["crawl", "index", "init"].contains(arguments[0]) ? try bench.state(of: bench.root) : nil
        let run = try await ProgramRun.of(program, arguments + ["--dry-run"], in: bench.root)
        #expect(run.exit != 64, "\(arguments): \(run.err)")
        #expect(try state() == before, "\(program) \(arguments)")
        if let whole { #expect(try bench.state(of: bench.root) == whole, "\(program) \(arguments)") }
      }
      #expect(try await changes() == changed, "WAHA was only asked")
    }
  }

  @Test func aForecastNamesSourcesAndCounts() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, cards) = try await Workbench.small(simulator, offers: 6)
      let first = try await bench.catalog("crawl", "--dry-run")
      #expect(
        first.exit == 0 && first.out.contains("the first crawl counts them"), "\(first.out)\(first.err)")
      #expect(try await simulator.requests("pages").isEmpty)
      #expect(try await bench.catalog("crawl", "--now", Workbench.midnight).exit == 0)
      let second = try await bench.catalog("crawl", "--dry-run", "--json")
      #expect(try second.json()["shops"]?[0]?["requests"]?["page"]?.int == Set(cards).count, "\(second.out)")
      let few = try await bench.catalog("crawl", "--dry-run", "--changed", "--json")
      #expect(try few.json()["shops"]?[0]?["requests"]?["page"]?.int == 1, "\(few.out)")
    }
  }
}
