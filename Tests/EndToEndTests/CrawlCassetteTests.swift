import FoundationEssentials
import Store
import SystemPackage
import TestKit
import Testing

/// Recording and replaying, reading anew, refreshing, explaining.
@Suite struct CrawlCassetteTests {
  @Test func aRecordedNightRunsAgainWithoutANetwork() async throws {
    let recorded = try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let (bench, _) = try await Workbench.small(
        simulator, offers: 6,
        sources: [
          "{kind: listing, url: \"\(base)\"}", Workbench.cabinet(simulator),
          "{kind: sheet, url: \"\(base)/sheets/demo.csv?key=planted-key-secret\"}",
        ], enrich: "pages: true, reviews: true, offers: true")
      try bench.writeCookies()
      // People and secrets where nobody expects them: in a page, in the sheet, in the cabinet.
      for (surface, find) in [("pages", "</body>"), ("cabinet", "\"total\":")] {
        try await simulator.fault([
          "surface": .string(surface), "kind": "rewrite", "find": .string(find), "times": "always",
          "with": .string(
            surface == "pages"
              ? "<p>planted.person@example.kz +7 (701) 765-43-21 planted-sid-secret</p></body>"
              : "\"manager\":\"Планетова Планета\",\"total\":"),
        ])
      }
      let night = try await bench.catalog("nightly", "--now", Workbench.midnight, "--record", "tape")
      #expect(night.exit == 0, "\(night.out)\(night.err)")
      let tape = try bench.everything(below: bench.root.appending("tape"))
      #expect(
        tape.contains("offer-view/list") && tape.contains("BACKEND.components.item"),
        "the check looks at something")
      for secret in [
        "demo-session", "planted-sid-secret", "planted-key-secret", "planted.person", "765-43-21",
        "Планетова",
        "seller@example.kz", "7000000000", "orderNumber", "Учебный продавец", "701 000 00 01",
      ] {
        #expect(!tape.contains(secret), "\(secret)")
      }
      return bench
    }
    // The simulator is gone; the folder stands in for it.
    let other = try Workbench(String(decoding: recorded.folder.read("kaspi.yaml"), as: UTF8.self))
    for name in ["feed.xml", "secrets/cabinet.txt"] {
      if name != "feed.xml" { try other.writeCookies() }
    }
    let replayed = try await other.catalog(
      "nightly", "--replay", recorded.root.appending("tape").string, "--now", Workbench.midnight)
    #expect(replayed.exit == 0, "\(replayed.out)\(replayed.err)")
    for name in ["catalog.json", "catalog.xml", "pricelist.xml", "manifest.json", "CHANGES.md"] {
      #expect(
        try AtomicFile.read(other.shop.catalog.appending(name))
          == AtomicFile.read(recorded.shop.catalog.appending(name)), "\(name)")
    }
    for name in ["crawl.json", "market.json"] {
      let (left, right) = (
        try AtomicFile.read(other.shop.reports.appending(name)),
        try AtomicFile.read(recorded.shop.reports.appending(name))
      )
      let moved = String(decoding: left, as: UTF8.self).replacing(
        other.root.string, with: recorded.root.string)
      #expect(moved == String(decoding: right, as: UTF8.self), "\(name)")
    }
  }

  @Test func readingAnewSaysWhatChangedAndAsksNobody() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, _) = try await Workbench.small(simulator, offers: 4)
      #expect(try await bench.catalog("crawl", "--now", Workbench.midnight).exit == 0)
      let asked = try await simulator.requests("pages").count
      let same = try await bench.catalog("reparse", "--json")
      #expect(same.exit == 0, "\(same.err)")
      #expect(try same.json()["shops"]?[0]?["differences"]?.array?.isEmpty == true, "\(same.out)")
      // An older parser had missed a brand: the file says so, the kept page knows better.
      let path = bench.shop.crawl.appending("result.json")
      let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
      let value = try JSONValue(parsing: Array(text.utf8))
      let product = try #require(value["offers"]?[0]?["product"]?["title"]?.string)
      let changed = text.replacing("\"title\": \"\(product)\"", with: "\"title\": \"Old words\"")
      try AtomicFile.write(Array(changed.utf8), to: path)
      let dry = try await bench.catalog("reparse", "--dry-run")
      #expect(
        dry.out.contains("“Old words” → “\(product)”") && dry.out.contains("parser"), "\(dry.out)\(dry.err)")
      #expect(try AtomicFile.read(path) == Array(changed.utf8))
      #expect(try await bench.catalog("reparse").exit == 0)
      #expect(try AtomicFile.read(path) == Array(text.utf8))
      #expect(try await simulator.requests("pages").count == asked, "no request")
    }
  }

  @Test func refreshesOnlyWhatMovedAndEveryPageInTime() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, cards) = try await Workbench.small(
        simulator, enrich: "pages: true, reviews: true, refresh: 4d")
      #expect(try await bench.catalog("crawl", "--now", "2026-11-22T21:00:00Z").exit == 0)
      var seen: [String: Int] = [:]
      for day in 23...30 {
        try await simulator.control("DELETE", "/requests")
        let feed = String(decoding: try bench.folder.read("feed.xml"), as: UTF8.self)
        // On one day the price of one offer moves.
        if day == 24, let price = feed.firstMatch(of: /<price>(\d+)<\/price>/) {
          try bench.folder.write(
            "feed.xml",
            Array(
              feed.replacing(price.0, with: "<price>\((Int(price.1) ?? 0) + 10)</price>", maxReplacements: 1)
                .utf8))
        }
        let run = try await bench.catalog("crawl", "--changed", "--now", "2026-11-\(day)T21:00:00Z")
        #expect(run.exit == 0, "\(run.out)\(run.err)")
        let offers = try #require(try bench.lastCrawl().result["offers"]?.array)
        #expect(
          offers.allSatisfy { $0["product"]?["characteristics"] != nil }, "nothing is lost by not asking")
        let pages = try await simulator.requests("pages").compactMap { $0["path"]?.string }
        #expect(pages.count < cards.count, "day \(day)")
        for page in pages { seen[page] = day }
        if day >= 26 {
          for card in cards {
            let last = seen.first { $0.key.hasSuffix("-\(card)/") }?.value ?? 0
            #expect(day - last <= 4, "\(card) on day \(day)")
          }
        }
      }
    }
  }

  @Test func explainsOnePageAndItsShortLink() async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let (bench, cards) = try await Workbench.small(simulator, offers: 2)
      let page = try await bench.catalog("crawl", "--explain", "\(base)/shop/p/-\(cards[0])/")
      #expect(page.exit == 0 && page.out.contains("title            item"), "\(page.out)\(page.err)")
      #expect(page.out.contains(cards[0]))
      let short = try await bench.catalog("crawl", "--explain", "\(base)/l/shp/\(cards[1])", "--json")
      #expect(short.exit == 0, "\(short.err)")
      #expect(try short.json()["fields"]?["sale"]?.string == "item")
      #expect(try short.json()["product"]?["id"]?.string == cards[1])
      let foreign = try await bench.catalog("crawl", "--explain", "http://example.invalid/shop/p/-1000001/")
      #expect(foreign.exit == 75 && foreign.err.contains("allowed hosts"), "\(foreign.err)")
    }
  }

  @Test func picturesAreFetchedOnce() async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let (bench, _) = try await Workbench.small(
        simulator, offers: 3, enrich: "pages: true, reviews: false, images: true")
      let yaml = String(decoding: try bench.folder.read("kaspi.yaml"), as: UTF8.self)
      try bench.folder.write(
        "kaspi.yaml",
        Array(yaml.replacing("endpoints: {", with: "endpoints: {images: \"\(base)/img/m/p\", ").utf8))
      #expect(try await bench.catalog("crawl", "--now", Workbench.midnight).exit == 0)
      let fetched = try await simulator.requests("images").count
      let index = try JSONValue(parsing: AtomicFile.read(bench.shop.crawl.appending("images.json")))
      let images = try #require(index["images"]?.object)
      #expect(fetched == images.count && fetched > 3)
      for name in images.values.compactMap(\.string) {
        let file = bench.shop.crawl.appending("images").appending(String(name.prefix(2)))
          .appending(name)
        #expect(Digest.sha256(try AtomicFile.read(file)) == name)
      }
      #expect(try await bench.catalog("crawl", "--now", "2026-11-23T21:00:00Z").exit == 0)
      #expect(try await simulator.requests("images").count == fetched)
    }
  }

  /// Milliseconds between two questions, and how many may be under way, at four public pages a second.
  private static let pace: [(surface: String, gap: Int, together: Int, atLeast: Int)] = [
    ("pages", 250, 2, 6), ("reviews", 250, 2, 6), ("offers", 125, 2, 6), ("listing", 250, 2, 2),
    ("cabinet", 1000, 1, 3),
  ]

  @Test func asksEverySurfaceAtItsAgreedPace() async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let (bench, _) = try await Workbench.small(
        simulator, offers: 6,
        sources: [Workbench.cabinet(simulator), "{kind: listing, url: \"\(base)\"}"],
        enrich: "pages: true, reviews: true, offers: true, details: false")
      try bench.writeCookies()
      let yaml = String(decoding: try bench.folder.read("kaspi.yaml"), as: UTF8.self)
      try bench.folder.write(
        "kaspi.yaml",
        Array(yaml.replacing("pace: {rate: 0, in_flight: 8}", with: "pace: {rate: 4, in_flight: 2}").utf8))
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      for (surface, gap, together, atLeast) in Self.pace {
        let asked = try await simulator.requests(surface)
        let times = asked.compactMap { $0["at"]?.int }
        #expect(times.count >= atLeast, "\(surface): \(times.count)")
        // On a busy machine a question may arrive late, and the next in time: what holds is the time of all of them.
        let span = (times.last ?? 0) - (times.first ?? 0)
        #expect(span >= (times.count - 1) * gap * 6 / 10, "\(surface): \(times.count) in \(span) ms")
        #expect(asked.allSatisfy { $0["together"]?.int ?? 9 <= together }, "\(surface)")
        #expect(asked.allSatisfy { $0["userAgent"]?.string?.hasPrefix("Mozilla/5.0") == true }, "\(surface)")
      }
      #expect(Set(try await simulator.requests().compactMap { $0["host"]?.string }).count == 1)
    }
  }
}
