import Store
import SystemPackage
import TestKit
import Testing

/// Whole nights of the sample shop: the built programs against the built simulator.
@Suite struct NightTests {
  @Test func threeNightsPublishOnlyWhatChanged() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      let first = try await bench.catalog("nightly", "--now", Workbench.midnight, "--json")
      #expect(first.exit == 0, "\(first.err)")
      #expect(try first.json()["format"]?.int == 1)
      #expect(try bench.head() == 1)
      let verdict = try await simulator.pull(bench.feed)
      #expect(verdict["status"]?.string == "accepted", "\(verdict)")
      let offers = try #require(verdict["offers"]?.int)
      #expect(offers > 290)
      let before = try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions)

      let second = try await bench.catalog("nightly", "--now", "2026-11-22T22:00:00Z")
      #expect(second.exit == 0 && second.out.contains("nothing changed"), "\(second.out)\(second.err)")
      #expect(try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions) == before)

      try await simulator.nextNight()
      let third = try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z")
      #expect(third.exit == 0 && third.out.contains("version 2 is out"), "\(third.out)\(third.err)")
      let pulled = try await simulator.pull(bench.feed)
      #expect(pulled["status"]?.string == "accepted" && pulled["offers"]?.int == offers + 1)
      let verified = try await bench.catalog("verify")
      #expect(verified.exit == 0, "\(verified.out)\(verified.err)")
      let lint = try await bench.catalog("lint", bench.feed.string, "--quiet")
      #expect(lint.exit == 0 && lint.out.isEmpty, "\(lint.out)")
    }
  }

  @Test func aFullNightReadsPagesAndReviewsAndAnswersQuestions() async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let bench = try Workbench(
        simulator,
        sources: ["{kind: feed, url: \"\(base)/feeds/demo.xml\"}", "{kind: listing, url: \"\(base)\"}"],
        enrich: "pages: true, reviews: true")
      let night = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(night.exit == 0, "\(night.out)\(night.err)")
      let catalog = try JSONValue(
        parsing: AtomicFile.read(bench.shop.catalog.appending("catalog.json")))
      let entries = try #require(catalog["offers"]?.array ?? catalog["entries"]?.array)
      let described = entries.count { ($0["product"]?["characteristics"]?.array ?? []).isEmpty == false }
      #expect(described * 5 >= entries.count * 4, "\(described) of \(entries.count) have characteristics")

      let search = try await bench.catalog("search", "стеклянный чайник", "--json")
      let hits = try #require(try search.json()["hits"]?.array)
      #expect(search.exit == 0 && !hits.isEmpty)
      for member in ["sku", "title", "price", "stock", "score"] {
        #expect(hits[0][member] != nil, "a hit says its \(member)")
      }
      let page = try await bench.catalog("status", "--json")
      #expect(page.exit == 0)
      #expect(try page.json()["format"]?.int == 1)
    }
  }

  @Test func initMakesAWorkspaceThatWorksAgainstTheSimulator() async throws {
    try await SimulatorProcess.with(["--shop", "home"]) { simulator in
      let folder = try TemporaryFolder()
      let made = try await ProgramRun.of(
        "kaspi-catalog", ["init", "--workspace", "w", "--shop", "home"], in: folder.path)
      #expect(made.exit == 0, "\(made.err)")
      let again = try await ProgramRun.of(
        "kaspi-catalog", ["init", "--workspace", "w", "--shop", "home"], in: folder.path)
      #expect(again.exit == 1 && again.complaint.count == 3)
      let base = try simulator.base("base")
      let text = String(decoding: try folder.read("w/kaspi.yaml"), as: UTF8.self)
        .replacing("http://127.0.0.1:4010", with: base)
        .replacing("{rate: 1, in_flight: 2}", with: "{rate: 0, in_flight: 8}")
      try folder.write("w/kaspi.yaml", Array(text.utf8))
      let night = try await ProgramRun.of(
        "kaspi-catalog", ["nightly", "--workspace", "w", "--shop", "home", "--now", Workbench.midnight],
        in: folder.path)
      #expect(night.exit == 0, "\(night.out)\(night.err)")
      let texts = try await ProgramRun.of(
        "kaspi-notifier", ["templates", "check", "--workspace", "w"], in: folder.path)
      #expect(texts.exit == 0, "\(texts.out)\(texts.err)")
    }
  }
}
