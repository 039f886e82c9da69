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
    /// A finding of the crawl's result, where there is one.
    var rule: String?
  }

  /// What a night may have of memory, and of time, whatever it is answered.
  static let megabytes = 512
  static let patience = Duration.seconds(120)

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
      name: "a NUL in the card",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "rewrite", "find": "\"title\":\"",
        "withHex": "227469746c65223a2200", "times": "always",
      ], exit: 3, says: "embedded card is damaged", rule: "page-state-damaged"),
    Scenario(
      name: "a page of nothing but NUL",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "status", "status": 200, "body": .string(zeros),
        "times": "always",
      ],
      exit: 3, says: "no HTML", rule: "page-notHTML"),
    Scenario(
      name: "entities that name each other in a page",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "status", "status": 200, "html": true,
        "body": .string("<!DOCTYPE html [\(laughs)]><html><body><h1>&lol9;</h1></body></html>"),
        "times": "always",
      ], exit: 3, says: "no product", rule: "page-notAProduct"),
    Scenario(
      name: "nested deeper than any card",
      fault: [
        "surface": "pages", "path": "PAGE", "kind": "rewrite", "find": "BACKEND.components.item = {",
        "with": .string("BACKEND.components.item = " + deep), "times": "always",
      ], exit: 3, says: "embedded card is damaged", rule: "page-state-damaged"),
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
    Scenario(
      name: "a listing with a NUL",
      fault: [
        "surface": "listing", "kind": "status", "status": 200, "body": "{\"data\":[{\"id\":\"1\u{0}\"}]}",
        "times": "always",
      ],
      exit: 3, says: "listing", rule: "source-failed"),
    Scenario(
      name: "a price list of a gigabyte",
      fault: ["surface": "feeds", "kind": "flood", "bytes": 1_073_741_824, "times": "always"],
      exit: 65, says: "larger than allowed"),
    Scenario(
      name: "a price list of a gigabyte without a length",
      fault: [
        "surface": "feeds", "kind": "flood", "bytes": 1_073_741_824, "announced": false, "times": "always",
      ],
      exit: 65, says: "larger than allowed"),
    Scenario(
      name: "a price list that unpacks to a gigabyte",
      fault: ["surface": "feeds", "kind": "bomb", "bytes": 1_073_741_824, "times": "always"],
      exit: 65, says: "larger than allowed"),
    Scenario(
      name: "a price list whose entities name each other",
      fault: [
        "surface": "feeds", "kind": "status", "status": 200, "times": "always",
        "body": .string(
          "<?xml version=\"1.0\"?><!DOCTYPE k [\(laughs)]><kaspi_catalog xmlns=\"kaspiShopping\"><company>&lol9;</company></kaspi_catalog>"
        ),
      ], exit: 65, says: "it can declare entities"),
    Scenario(
      name: "a price list that asks for a file of ours",
      fault: [
        "surface": "feeds", "kind": "status", "status": 200, "times": "always",
        "body":
          "<?xml version=\"1.0\"?><!DOCTYPE k [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><kaspi_catalog xmlns=\"kaspiShopping\"><company>&f;</company></kaspi_catalog>",
      ], exit: 65, says: "a DOCTYPE is not allowed"),
    Scenario(
      name: "a price list nested without end",
      fault: [
        "surface": "feeds", "kind": "status", "status": 200, "times": "always",
        "body": .string("<kaspi_catalog>" + String(repeating: "<offers>", count: 20_000)),
      ], exit: 65, says: "nested deeper than 256"),
    Scenario(
      name: "a price list with a NUL",
      fault: [
        "surface": "feeds", "kind": "rewrite", "find": "<company>", "withHex": "3c636f6d70616e793e00",
        "times": "always",
      ],
      exit: 65, says: "Char 0x0 out of allowed range"),
    Scenario(
      name: "a price list that is no UTF-8",
      fault: [
        "surface": "feeds", "kind": "rewrite", "find": "<company>", "withHex": "3c636f6d70616e793eff",
        "times": "always",
      ],
      exit: 65, says: "not proper UTF-8"),
    Scenario(
      name: "a price list that is not there for now",
      fault: ["surface": "feeds", "kind": "status", "status": 503, "times": "always"], exit: 75, says: "503"),
    Scenario(
      name: "a price list that leads away",
      fault: [
        "surface": "feeds", "kind": "redirect", "to": "http://example.invalid/feed.xml", "times": "always",
      ],
      exit: 65, says: "another host"),
  ]

  static let zeros = String(repeating: "\u{0}", count: 100_000)

  /// Ten entities, each of them ten times the one before.
  static let laughs: String =
    "<!ENTITY lol0 \"lol\">"
    + (1...9).map { level in
      "<!ENTITY lol\(level) \"" + String(repeating: "&lol\(level - 1);", count: 10) + "\">"
    }.joined()

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
      let feed = String(decoding: plain, as: UTF8.self).replacing(
        "{kind: feed, url: \"feed.xml\"}", with: "{kind: feed, url: \"\(base)/feeds/demo.xml\"}")
      for scenario in Self.scenarios {
        let configuration =
          switch scenario.fault["surface"]?.string {
          case "listing": Array(listing.utf8)
          case "feeds": Array(feed.utf8)
          default: plain
          }
        try bench.folder.write("kaspi.yaml", configuration)
        // What the scenario before was answered is not to help this one.
        try Folder.remove(bench.shop.crawl.appending("journal.jsonl"))
        var fault = try #require(scenario.fault.object)
        if fault["path"] == "PAGE" { fault["path"] = .string("/shop/p/-\(cards[1])/") }
        try await simulator.control("DELETE", "/faults")
        try await simulator.fault(.object(fault))
        let start = ContinuousClock.now
        let night = try await ProgramRun.of(
          "kaspi-catalog", ["nightly", "--now", "2026-11-23T21:00:00Z"], megabytes: Self.megabytes,
          in: bench.root)
        #expect(ContinuousClock.now - start < Self.patience, "\(scenario.name)")
        #expect(night.exit == scenario.exit, "\(scenario.name): \(night.out)\(night.err)")
        if let rule = scenario.rule {
          #expect(try CrawlSourceTests.rules(bench.lastCrawl().result).contains(rule), "\(scenario.name)")
        }
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

  @Test func referencesInATitleAreReadOnce() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, cards) = try await Workbench.small(
        simulator, offers: 2, enrich: "pages: true, reviews: false")
      try await simulator.fault([
        "surface": "pages", "path": .string("/shop/p/-\(cards[0])/"), "kind": "rewrite",
        "find": "\"title\":\"", "with": "\"title\":\"15.6&#34; A&amp;amp;B ", "times": "always",
      ])
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let offers = try #require(try bench.lastCrawl().result["offers"]?.array)
      let titles = offers.compactMap { $0["product"]?["title"]?.string }.filter { $0.contains("15.6") }
      #expect(titles.count == 1 && titles[0].hasPrefix("15.6\" A&amp;B "), "\(titles)")
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

  @Test func saysWhenTheLibraryThatAsksIsNotThere() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      let folder = bench.root.appending("libraries")
      try AtomicFile.write(Array("no library".utf8), to: folder.appending("libcurl.so.4"))
      let without = ["LD_LIBRARY_PATH": folder.string as String?]
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight, environment: without)
      #expect(run.exit == 65 && run.err.contains("libcurl.so.4 is missing"), "\(run.out)\(run.err)")
      #expect(try await bench.catalog("status", environment: without).exit == 0)
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
