import FoundationEssentials
import Store
import SystemPackage
import TestKit
import Testing

/// The four sources of offers, through the built program.
@Suite struct CrawlSourceTests {
  /// A night in which no page comes knows only what the listing shows; the cards stay as they were known.
  @Test func aNightWithoutPagesTakesNothingOffTheCards() async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let (bench, cards) = try await Workbench.small(
        simulator, offers: 2, sources: ["{kind: listing, url: \"\(base)\"}"],
        enrich: "pages: true, reviews: false")
      #expect(try await bench.catalog("nightly", "--now", Workbench.midnight).exit == 0)
      let good = try bench.state(of: bench.shop.catalog, bench.shop.feeds)
      let text = String(
        decoding: try AtomicFile.read(bench.shop.catalog.appending("catalog.json")), as: UTF8.self)
      #expect(text.contains("\"characteristics\""), "there is something to lose")
      try await simulator.fault(["surface": "pages", "kind": "status", "status": 404, "times": "always"])
      let gone = try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z")
      #expect(gone.exit == 0, "\(gone.out)\(gone.err)")
      #expect(try bench.state(of: bench.shop.catalog, bench.shop.feeds) == good)
      try await simulator.control("DELETE", "/faults")
      try await simulator.fault([
        "surface": "pages", "kind": "rewrite", "find": "BACKEND.components.item = {", "times": "always",
        "with": "BACKEND.components.item = {,", "path": .string("/shop/p/-\(cards[0])/"),
      ])
      let busy = try await bench.catalog("nightly", "--now", "2026-11-24T21:00:00Z")
      #expect(busy.exit == 3, "\(busy.out)\(busy.err)")
      #expect(try bench.state(of: bench.shop.catalog, bench.shop.feeds) == good)
    }
  }

  @Test func theCabinetIsATruthOfItsOwn() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(
        simulator, sources: [Workbench.cabinet(simulator)], enrich: "pages: false, details: false")
      try bench.writeCookies()
      // The announced total lies a little; the list is read to its end.
      try await simulator.control("POST", "/cabinet", ["totalDrift": 5])
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let (result, report) = try bench.lastCrawl()
      let offers = try #require(result["offers"]?.array)
      let state = try await simulator.control("GET", "/state")
      #expect(offers.count == state["offers"]?.int)
      // To an empty page, because more was announced; and once for what is off sale.
      #expect(
        report["requests"]?["cabinet"]?["asked"]?.int == offers.count / 100
          + (offers.count % 100 == 0 ? 1 : 2) + 1)
      #expect(try Self.rules(result).contains("cabinet-total"))
      let asked = try await simulator.requests("cabinet")
      #expect(asked.allSatisfy { $0["method"]?.string == "GET" }, "never a write")
      #expect(asked.allSatisfy { $0["userAgent"]?.string?.hasPrefix("Mozilla/5.0") == true })
      let disk = try bench.everything(below: bench.root.appending("output"))
      for secret in ["seller@example.kz", "demo-session", "planted-sid-secret", "uploadedBy", "7000000000"] {
        #expect(!disk.contains(secret), "\(secret)")
      }
      let night = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(night.exit == 0, "\(night.out)\(night.err)")
      let verdict = try await simulator.pull(bench.feed)
      #expect(verdict["status"]?.string == "accepted" && verdict["offers"]?.int == offers.count, "\(verdict)")
    }
  }

  @Test func cabinetDetailsStandInForPages() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, cards) = try await Workbench.small(
        simulator, sources: [Workbench.cabinet(simulator)], enrich: "pages: false, reviews: false")
      try bench.writeCookies()
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let offers = try #require(try bench.lastCrawl().result["offers"]?.array)
      #expect(offers.count == cards.count)
      #expect(offers.allSatisfy { ($0["product"]?["characteristics"]?.array ?? []).isEmpty == false })
      let disk = try bench.everything(below: bench.root.appending("output"))
      for secret in ["7000000000", "улица Складская", "streetName", "Точка", "seller@example.kz"] {
        #expect(!disk.contains(secret), "\(secret)")
      }
    }
  }

  @Test func aSessionThatIsOverIsAClearStop() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(
        simulator, sources: [Workbench.cabinet(simulator)], enrich: "pages: false, details: false")
      try bench.writeCookies()
      #expect(try await bench.catalog("nightly", "--now", Workbench.midnight).exit == 0)
      let before = try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions)
      try bench.writeCookies(session: "old")
      let night = try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z")
      #expect(
        night.exit == 1 && night.err.contains("the cabinet session is over"),
        "\(night.exit ?? -1) \(night.err)")
      #expect(try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions) == before)
      let asked = try await simulator.requests("cabinet")
      #expect(asked.last?["status"]?.int == 302)
      #expect(asked.count { $0["status"]?.int == 302 } == 1, "asked once, and never at the login")

      // As a further source it leaves a gap, and the night goes on.
      let (other, _) = try await Workbench.small(
        simulator, sources: [Workbench.cabinet(simulator)], enrich: "pages: false, reviews: false")
      try other.writeCookies(session: "old")
      let partly = try await other.catalog("nightly", "--now", Workbench.midnight)
      #expect(partly.exit == 3, "\(partly.out)\(partly.err)")
      #expect(try Self.rules(other.lastCrawl().result).contains("session-expired"))
      #expect(try other.head() == 1)
    }
  }

  @Test func aCookieFileThatOthersMayReadIsRefused() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator, sources: [Workbench.cabinet(simulator)])
      let missing = try await bench.catalog("crawl")
      #expect(missing.exit == 78 && missing.err.contains("cookie file"), "\(missing.err)")
      try bench.writeCookies(mode: 0o644)
      let refused = try await bench.catalog("crawl")
      #expect(refused.exit == 78 && refused.err.contains("chmod 600"), "\(refused.err)")
      #expect(try await simulator.requests("cabinet").isEmpty)
    }
  }

  @Test func aSheetFillsAndContradicts() async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let (bench, cards) = try await Workbench.small(simulator, enrich: "pages: false, reviews: false")
      let card = cards[0]
      let feed = String(decoding: try bench.folder.read("feed.xml"), as: UTF8.self)
      let sku = try #require(
        feed.components(separatedBy: "sku=\"").dropFirst().first?.components(separatedBy: "\"").first)
      #expect(sku.hasPrefix(card))
      // The seed's variable names the sheet where the configuration has none.
      try await simulator.fault([
        "surface": "feeds", "path": "/sheets", "kind": "rewrite", "find": .string("\(sku),"),
        "with": .string("\(sku),X"), "times": "always",
      ])
      let run = try await bench.catalog(
        "crawl", "--now", Workbench.midnight, environment: ["GOOGLE_SHEET_URL": "\(base)/sheets/demo.csv"])
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let (result, report) = try bench.lastCrawl()
      #expect(result["sources"]?[1]?["kind"]?.string == "sheet")
      let conflict = try #require(
        report["conflicts"]?["examples"]?.array?.first { $0["field"]?.string == "title" })
      #expect(conflict["sku"]?.string == sku)
      #expect(conflict["kept"]?["source"]?.string?.contains("feed.xml") == true)
      #expect(conflict["other"]?["source"]?.string?.contains("demo.csv") == true)
      #expect(conflict["other"]?["value"]?.string?.hasPrefix("X") == true)
      #expect(run.out.contains("sources disagree") && run.out.contains(sku))
      let disk = try bench.everything(below: bench.root.appending("output"))
      #expect(!disk.contains("701 000 00 01"), "a column that is nobody's business")
    }
  }

  @Test func anOfferTakenOffSaleStaysInTheListAsSuch() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(
        simulator, sources: [Workbench.cabinet(simulator)], enrich: "pages: false, details: false")
      try bench.writeCookies()
      #expect(try await bench.catalog("nightly", "--now", Workbench.midnight).exit == 0)
      try await simulator.nextNight()
      let run = try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z")
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let state = try await simulator.control("GET", "/state")
      let withdrawn = try #require(state["withdrawn"]?.int)
      let offers = try #require(try bench.lastCrawl().result["offers"]?.array)
      #expect(withdrawn > 0 && offers.count == (state["offers"]?.int ?? 0) + withdrawn)
      let off = offers.filter { offer in
        offer["stock"]?.object?.values.allSatisfy { $0["available"]?.bool == false && $0["count"]?.int == 0 }
          ?? false
      }
      #expect(off.count >= withdrawn)
      let feed = String(decoding: try AtomicFile.read(bench.feed), as: UTF8.self)
      for sku in off.compactMap({ $0["sku"]?.string }) { #expect(feed.contains("sku=\"\(sku)\"")) }
      #expect(
        try await simulator.requests("cabinet").contains { $0["query"]?.string?.contains("a=false") == true })
    }
  }

  @Test(arguments: [true, false]) func aSheetLeadsOnOnlyWhereItIsAllowedTo(isNamed: Bool) async throws {
    try await SimulatorProcess.with { simulator in
      let base = try simulator.base("base")
      let elsewhere = base.replacing("127.0.0.1", with: "localhost")
      let (bench, _) = try await Workbench.small(
        simulator,
        sources: [
          "{kind: sheet, url: \"\(base)/sheets/demo.csv\"\(isNamed ? ", redirects: [localhost]" : "")}"
        ], enrich: "pages: false, reviews: false")
      // As a published sheet does: its address leads to the host that serves the export.
      try await simulator.fault([
        "surface": "feeds", "path": "/sheets", "kind": "redirect", "status": 307,
        "to": .string("\(elsewhere)/sheets/demo.csv"), "times": 1,
      ])
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(run.exit == (isNamed ? 0 : 3), "\(run.out)\(run.err)")
      let asked = try await simulator.requests("feeds").filter { $0["path"]?.string == "/sheets/demo.csv" }
      #expect(asked.count == (isNamed ? 2 : 1))
      let hosts = Set(asked.compactMap { $0["host"]?.string?.split(separator: ":").first.map(String.init) })
      #expect(hosts == (isNamed ? ["127.0.0.1", "localhost"] : ["127.0.0.1"]))
      #expect(isNamed || run.out.contains("another host"), "\(run.out)")
    }
  }

  @Test func sellersPricesBecomeAPriceReport() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, cards) = try await Workbench.small(
        simulator, enrich: "pages: false, reviews: false, offers: true")
      let run = try await bench.catalog("crawl", "--now", Workbench.midnight)
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let market = try JSONValue(parsing: AtomicFile.read(bench.shop.reports.appending("market.json")))
      let positions = try #require(market["cards"]?.array)
      #expect(Set(positions.compactMap { $0["card"]?.string }) == Set(cards))
      for position in positions {
        let (low, middle) = (try #require(position["min"]?.int), try #require(position["median"]?.int))
        #expect(low <= middle && position["city"]?.string == "750000000")
        #expect((position["rank"]?.int ?? 0) >= 1 && position["own"]?.int ?? 0 >= low)
      }
      #expect(try await simulator.requests("offers").allSatisfy { $0["method"]?.string == "POST" })
      let catalog = try bench.everything(below: bench.shop.crawl)
      #expect(!catalog.contains("Учебный продавец"), "names of other sellers are not kept")
    }
  }

  static func rules(_ result: JSONValue) throws -> Set<String> {
    Set(try #require(result["findings"]?.array).compactMap { $0["rule"]?.string })
  }
}
