import Store
import SystemPackage
import TestKit
import Testing

/// Every fault of the simulator's shop: the exit code, the line that says it, and the last good feed untouched.
@Suite struct CrawlFaultTests {
  /// What goes wrong, how the night ends, and what the report says.
  struct Scenario: Sendable {
    var name: String
    var fault: JSONValue
    var exit: Int
    var says: String
    /// Whether the bytes of the catalog must stay as they were.
  }

  static let deep = "{\"a\":" + String(repeating: "[", count: 300)

  /// `PAGE` in a path stands for the page of one of the shop's cards.
  static let scenarios: [Scenario] = [
    Scenario(
      name: "block page", fault: ["surface": "pages", "kind": "block", "times": "always"], exit: 3,
      says: "blocked"),
    Scenario(
      name: "block page with status 200",
      fault: ["surface": "pages", "kind": "block", "status": 200, "times": "always"],
      exit: 3, says: "blocked"),
    Scenario(
      name: "too many, with a word when", exit429: ["retryAfter": 0], exit: 0, says: "asked"),
    Scenario(name: "too many, without a word", exit429: [:], exit: 0, says: "asked"),
    Scenario(
      name: "bad gateway in HTML",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "status", "status": 502, "html": true, "times": "always",
      ],
      exit: 3, says: "status 502"),
    Scenario(
      name: "cut page",
      fault: ["surface": "pages", "path": "PAGE", "kind": "cutBody", "bytes": 3000, "times": "always"],
      exit: 3, says: "connection was lost"),
    Scenario(
      name: "closed without a byte",
      fault: ["surface": "pages", "path": "PAGE", "kind": "close", "times": "always"],
      exit: 3, says: "connection was lost"),
    Scenario(
      name: "page that is gone",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "status", "status": 404, "html": true, "times": "always",
      ],
      exit: 0, says: "asked"),
    Scenario(
      name: "endless redirects",
      fault: ["surface": "pages", "path": "PAGE", "kind": "redirect", "times": "always"],
      exit: 3, says: "too often"),
    Scenario(
      name: "redirect to a foreign host",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "redirect", "to": "http://example.invalid/",
        "times": "always",
      ], exit: 3, says: "another host"),
    Scenario(
      name: "a gigabyte",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "flood", "bytes": 1_073_741_824, "times": "always",
      ],
      exit: 3, says: "larger than allowed"),
    Scenario(
      name: "a gigabyte without a length",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "flood", "bytes": 1_073_741_824, "announced": false,
        "times": "always",
      ], exit: 3, says: "larger than allowed"),
    Scenario(
      name: "gzip bomb",
      fault: ["surface": "pages", "path": "PAGE", "kind": "bomb", "bytes": 200_000_000, "times": "always"],
      exit: 3, says: "larger than allowed"),
    Scenario(
      name: "length too large",
      fault: ["surface": "pages", "path": "PAGE", "kind": "wrongLength", "by": 500, "times": "always"],
      exit: 3, says: "connection was lost"),
    Scenario(
      name: "length too small",
      fault: ["surface": "pages", "path": "PAGE", "kind": "wrongLength", "by": -500, "times": "always"],
      exit: 3,
      says: "the page has no end"),
    Scenario(
      name: "invalid UTF-8",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "rewrite", "find": "\"title\":\"",
        "withHex": "227469746c65223a22ff",
        "times": "always",
      ], exit: 3, says: "not UTF-8"),
    Scenario(
      name: "nested deeper than any card",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "rewrite", "find": "BACKEND.components.item = {",
        "with": .string("BACKEND.components.item = " + deep), "times": "always",
      ], exit: 4, says: "asked"),
    Scenario(
      name: "ratings that do not come",
      fault: [
        "surface": "reviews", "kind": "status", "status": 200, "body": "{\"data\":[]}", "times": "always",
      ],
      exit: 3, says: "no summary"),
    Scenario(
      name: "a listing in HTML",
      fault: ["surface": "listing", "kind": "block", "status": 200, "times": "always"], exit: 3,
      says: "listing"),
    Scenario(
      name: "a listing of deep lists",
      fault: [
        "surface": "listing", "kind": "status", "status": 200, "body": .string(deep), "times": "always",
      ],
      exit: 3, says: "listing"),
  ]

  @Test func keepsTheLastGoodFeed() async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let (bench, cards) = try await Workbench.small(simulator, offers: 5)
      let plain = try bench.folder.read("kaspi.yaml")
      // The listing of a category that nobody sells is empty: only its faults are of interest.
      let listing = String(decoding: plain, as: UTF8.self).replacing(
        "{kind: feed, url: \"feed.xml\"}",
        with:
          "{kind: feed, url: \"feed.xml\"}\n      - {kind: listing, url: \"\(base)/shop/search/?q=%3Acategory%3ANobody\"}"
      )
      let first = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(first.exit == 0, "\(first.out)\(first.err)")
      let before = try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions)
      for scenario in Self.scenarios {
        let isListing = scenario.fault["surface"]?.string == "listing"
        try bench.folder.write("kaspi.yaml", isListing ? Array(listing.utf8) : plain)
        // What the scenario before was answered is not to help this one.
        try Folder.remove(bench.shop.crawl.appending("journal.jsonl"))
        var fault = try #require(scenario.fault.object)
        if fault["path"] == "PAGE" { fault["path"] = .string("/shop/p/-\(cards[1])/") }
        try await simulator.control("DELETE", "/faults")
        try await simulator.fault(.object(fault))
        let night = try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z")
        #expect(night.exit == scenario.exit, "\(scenario.name): \(night.out)\(night.err)")
        let report = String(
          decoding: try AtomicFile.read(bench.shop.reports.appending("crawl.txt")), as: UTF8.self)
        #expect(report.contains(scenario.says), "\(scenario.name): \(report)")
        let after = try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions)
        #expect(after == before, "\(scenario.name)")
      }
    }
  }

  /// What changes in kind: key renamed, emptied, another language, another city.
  static let drifts: [(rule: String, find: String, with: String)] = [
    ("drift-key", "\"specifications\":[", "\"properties\":["),
    ("drift-null", "\"specifications\":[", "\"specifications\":null,\"old\":["),
    ("drift-language", "lang=\"ru-RU\"", "lang=\"kk-KZ\""),
    ("drift-city", "\"regionId\":\"750000000\"", "\"regionId\":\"710000000\""),
  ]

  @Test(arguments: drifts) func namesWhatChangedInKind(drift: (rule: String, find: String, with: String))
    async throws
  {
    try await SimulatorProcess.with { simulator in
      let (bench, _) = try await Workbench.small(simulator, enrich: "pages: true, reviews: false")
      let first = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(first.exit == 0 && !first.out.contains("drift-"), "\(first.out)\(first.err)")
      let again = try await bench.catalog("crawl", "--now", "2026-11-23T21:00:00Z")
      #expect(again.exit == 0 && !again.out.contains("drift-"), "nothing drifts by itself")
      try await simulator.fault([
        "surface": "pages", "kind": "rewrite", "find": .string(drift.find), "with": .string(drift.with),
        "times": "always",
      ])
      let run = try await bench.catalog("crawl", "--now", "2026-11-24T21:00:00Z")
      #expect(run.exit == 0 && run.out.contains(drift.rule), "\(run.out)\(run.err)")
      #expect(
        try bench.lastCrawl().report["alerts"]?.array?.contains { $0["rule"]?.string == drift.rule } == true)
      if drift.rule == "drift-key" { #expect(run.out.contains("properties"), "the new name is guessed") }
    }
  }

  @Test func aListingThatRepeatsItselfEnds() async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let (bench, _) = try await Workbench.small(
        simulator, sources: ["{kind: listing, url: \"\(base)\"}"], enrich: "pages: false, reviews: false")
      try await simulator.control("POST", "/listing", ["repeats": true])
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let asked = try await simulator.requests("listing").count
      let shown = try #require(try bench.lastCrawl().result["sources"]?[1]?["offers"]?.int)
      #expect(asked == shown / 12 + (shown % 12 == 0 ? 1 : 2))
    }
  }

  @Test func robotsAreObeyed() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, cards) = try await Workbench.small(
        simulator, offers: 3, enrich: "pages: true, reviews: false")
      try await simulator.control(
        "POST", "/robots", ["text": .string("User-agent: *\nDisallow: /shop/p/-\(cards[0])\n")])
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(run.exit == 3 && run.out.contains("robots.txt"), "\(run.out)\(run.err)")
      #expect(try await simulator.requests("pages").count == 2)
    }
  }

  @Test func aFeedThatDidNotChangeIsNotSentAgain() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      #expect(try await bench.catalog("crawl", "--now", Workbench.midnight).exit == 0)
      let first = try AtomicFile.read(bench.shop.crawl.appending("result.json"))
      #expect(try await bench.catalog("crawl", "--now", Workbench.midnight).exit == 0)
      #expect(try AtomicFile.read(bench.shop.crawl.appending("result.json")) == first)
      let asked = try await simulator.requests("feeds")
      #expect(asked.compactMap { $0["status"]?.int } == [200, 304])
    }
  }
}

extension CrawlFaultTests.Scenario {
  init(name: String, exit429 more: [String: JSONValue], exit: Int, says: String) {
    let fault: [String: JSONValue] = ["surface": "pages", "kind": "status", "status": 429, "times": 2]
    self.init(name: name, fault: .object(fault.merging(more) { $1 }), exit: exit, says: says)
  }
}
