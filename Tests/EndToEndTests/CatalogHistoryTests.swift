import Store
import SystemPackage
import TestKit
import Testing

/// History, guards and channels through the built program.
@Suite struct CatalogHistoryTests {
  private static let configuration = """
    language: ru
    shops:
      demo:
        merchant: "14000001"
        company: Demo
        city: "750000000"
        sources: [{kind: feed, url: list.xml}]
        enrich: {pages: false}
        prices: [{where: {sku: "2"}, markup: 10%, round: 10}]
        channels: [csv, {kind: jsonl, where: {min_price: 1500}}]

    """

  private static func list(date: String, _ offers: [(sku: String, price: Int)], city: String? = nil)
    -> [UInt8]
  {
    let lines = offers.map { offer in
      let price =
        city.map { "<cityprices><cityprice cityId=\"\($0)\">\(offer.price)</cityprice></cityprices>" }
        ?? "<price>\(offer.price)</price>"
      return "<offer sku=\"\(offer.sku)\"><model>Чайник \(offer.sku)</model><availabilities>"
        + "<availability available=\"yes\" storeId=\"PP1\" stockCount=\"3\"/></availabilities>\(price)</offer>"
    }
    return Array(
      ("<kaspi_catalog date=\"\(date)\" xmlns=\"kaspiShopping\"><company>Demo</company>"
        + "<merchantid>14000001</merchantid><offers>\(lines.joined())</offers></kaspi_catalog>").utf8)
  }

  private func bench() throws -> Workbench {
    let bench = try Workbench(Self.configuration)
    try bench.folder.write("1.xml", Self.list(date: "2026-01-01", [("1", 1000), ("2", 2000)]))
    try bench.folder.write("2.xml", Self.list(date: "2026-01-02", [("1", 1000), ("2", 2000)]))
    try bench.folder.write("3.xml", Self.list(date: "2026-01-03", [("1", 1100), ("3", 3000)]))
    return bench
  }

  /// A typo in a rule moves prices as a broken crawl does, and is stopped like one.
  @Test(arguments: [
    ("markup: -90%", 4), ("set: 1", 4), ("max: 10", 4), ("markup: 300%", 4), ("markup: 5%", 0),
  ])
  func newRulesArePutBesideThePricesThatWerePublished(rule: String, exit: Int) async throws {
    let bench = try Workbench(Self.configuration)
    let offers = (1...20).map { (sku: "\($0)", price: 1000 + $0) }
    try bench.folder.write("list.xml", Self.list(date: "2026-01-01", offers))
    #expect(try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z").exit == 0)
    let feed = try AtomicFile.read(bench.shop.feeds.appending("kaspi.xml"))
    let changed = Self.configuration.replacing(
      "{where: {sku: \"2\"}, markup: 10%, round: 10}", with: "{\(rule)}")
    try #require(changed != Self.configuration)
    try bench.folder.write("kaspi.yaml", Array(changed.utf8))
    let night = try await bench.catalog("nightly", "--now", "2026-11-24T21:00:00Z")
    #expect(night.exit == exit, "\(night.out)\(night.err)")
    let isSame = try AtomicFile.read(bench.shop.feeds.appending("kaspi.xml")) == feed
    #expect(isSame == (exit == 4))
    guard exit == 0 else { return }
    // Buyers see other prices: the report says so, and the search answers with them.
    #expect(night.out.contains("; 20 prices by other rules"), "\(night.out)")
    let changes = String(
      decoding: try AtomicFile.read(bench.shop.catalog.appending("CHANGES.md")), as: UTF8.self)
    #expect(changes.contains("| `1` | Чайник 1 | 1\u{A0}001 | 1\u{A0}051 |"), "\(changes)")
    let found = try await bench.catalog("search", "Чайник 1", "--json")
    #expect(try found.json()["hits"]?[0]?["price"]?.int == 1051, "\(found.out)")
    // Once published, the rule is not judged again.
    #expect(try await bench.catalog("nightly", "--now", "2026-11-25T21:00:00Z").exit == 0)
  }

  @Test func whatAPersonHasPublishedIsFoundAtOnce() async throws {
    let bench = try Workbench(Self.configuration)
    func price() async throws -> Int? {
      try await bench.catalog("search", "Чайник 1", "--json").json()["hits"]?[0]?["price"]?.int
    }
    func list(_ factor: Int) -> [UInt8] {
      Self.list(date: "2026-01-01", (1...20).map { (sku: "\($0)", price: 1000 * factor + $0) })
    }
    try bench.folder.write("list.xml", list(1))
    #expect(try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z").exit == 0)
    try bench.folder.write("list.xml", list(3))
    let night = try await bench.catalog("nightly", "--now", "2026-11-24T21:00:00Z", "--json")
    let digest = try #require(try night.json()["shops"]?[0]?["approve"]?.string, "\(night.out)")
    #expect(try await price() == 1001)
    #expect(
      try await bench.catalog("publish", "--approve", digest, "--now", "2026-11-25T05:00:00Z").exit == 0)
    #expect(try await price() == 3001)
    #expect(try await bench.catalog("restore", "1", "--now", "2026-11-25T06:00:00Z").exit == 0)
    #expect(try await price() == 1001)
  }

  @Test func theFileOfAChannelThatIsGoneIsTold() async throws {
    let bench = try Workbench(Self.configuration)
    try bench.folder.write("list.xml", Self.list(date: "2026-01-01", [("1", 2000), ("2", 2000)]))
    let first = try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z")
    #expect(first.exit == 0 && !first.err.contains("no channel"), "\(first.err)")
    let fewer = Self.configuration.replacing("channels: [csv, {", with: "channels: [{")
    try #require(fewer != Self.configuration)
    try bench.folder.write("kaspi.yaml", Array(fewer.utf8))
    let night = try await bench.catalog("nightly", "--now", "2026-11-24T21:00:00Z")
    #expect(night.exit == 0 && night.err.contains("offers.csv belongs to no channel"), "\(night.err)")
  }

  @Test func aSeriesInTheWrongOrderIsTold() async throws {
    let bench = try bench()
    let told = try await bench.catalog("import-history", "1.xml", "3.xml", "2.xml", "--dry-run")
    #expect(told.exit == 0 && told.err.contains("2.xml is dated"), "\(told.out)\(told.err)")
    #expect(told.out.contains("would be out"))
    #expect(!(try await bench.catalog("import-history", "1.xml", "2.xml", "3.xml")).err.contains("is dated"))
  }

  @Test func aDryNightCountsNothingAsMissed() async throws {
    let bench = try Workbench(Self.configuration)
    let offers = (1...20).map { (sku: "\($0)", price: 1000) }
    try bench.folder.write("list.xml", Self.list(date: "2026-01-01", offers))
    #expect(try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z").exit == 0)
    try bench.folder.write("list.xml", Self.list(date: "2026-01-01", Array(offers.dropLast())))
    #expect(try await bench.catalog("nightly", "--dry-run", "--now", "2026-11-24T20:00:00Z").exit == 0)
    #expect(try await bench.catalog("nightly", "--now", "2026-11-24T21:00:00Z").exit == 0)
    let feed = String(decoding: try AtomicFile.read(bench.shop.feeds.appending("kaspi.xml")), as: UTF8.self)
    #expect(!feed.contains("available=\"no\""), "missed once, not twice")
    #expect(try await bench.catalog("nightly", "--now", "2026-11-25T21:00:00Z").exit == 0)
    let next = String(decoding: try AtomicFile.read(bench.shop.feeds.appending("kaspi.xml")), as: UTF8.self)
    #expect(next.contains("available=\"no\""))
  }

  @Test func aHistoryIsImportedAskedThinnedAndRestored() async throws {
    let bench = try bench()
    let dry = try await bench.catalog("import-history", "1.xml", "2.xml", "3.xml", "--dry-run", "--json")
    #expect(try dry.exit == 0 && dry.json()["versions"]?.int == 2)
    #expect(try !Folder.exists(bench.shop.versions))
    let bad = try await bench.catalog("import-history", "--shop", "demo", "1.xml", "absent.xml")
    #expect(bad.exit == 65 && bad.complaint.count == 3)
    #expect(try !Folder.exists(bench.shop.versions), "nothing is half imported")
    let done = try await bench.catalog(
      "import-history", "--shop", "demo", "1.xml", "2.xml", "3.xml", "--json")
    #expect(done.exit == 0, "\(done.err)")
    let report = try done.json()
    #expect(report["versions"]?.int == 2 && report["unchanged"]?.int == 1 && report["head"]?.int == 2)
    let again = try await bench.catalog(
      "import-history", "--shop", "demo", "1.xml", "2.xml", "3.xml", "--json")
    #expect(try again.json()["versions"]?.int == 0)

    let log = try await bench.catalog("log", "2", "--json")
    #expect(try log.json()["events"]?.array?.map { $0["event"]?.string } == ["added", "removed"])
    let blame = try await bench.catalog("blame", "1", "price", "--json")
    #expect(try blame.json()["facts"]?[0]?["version"]?.int == 2)
    let page = try await bench.catalog("prices", "1", "--format", "html")
    #expect(page.out.hasPrefix("<!doctype html>") && page.out.contains("1\u{A0}100"))
    let shown = try await bench.catalog("show", "1", "2", "--json")
    #expect(try shown.json()["offer"]?["prices"]?["*"]?.int == 2000)
    let unknown = try await bench.catalog("log", "99")
    #expect(unknown.exit == 1 && unknown.complaint.count == 3)

    for (arguments, word) in [
      (["diff", "1", "2"], "1\u{A0}100"), (["versions"], "2 offered"), (["verify"], "as its manifests say"),
      (["prices"], "sum of prices"),
    ] as [([String], String)] {
      for format in ["text", "json", "markdown", "html"] {
        let run = try await ProgramRun.of("kaspi-catalog", arguments + ["--format", format], in: bench.root)
        #expect(run.exit == 0 && !run.out.isEmpty, "\(arguments) \(format): \(run.err)")
        switch format {
        case "json": #expect(try run.json()["format"]?.int == 1)
        case "html": #expect(run.out.hasPrefix("<!doctype html>") && !run.out.contains("http"))
        case "markdown": #expect(run.out.hasPrefix("# "), "\(run.out)")
        default: #expect(run.out.contains(word) || arguments[0] == "versions", "\(run.out)")
        }
      }
    }
    let series = try JSONValue(parsing: AtomicFile.read(bench.shop.reports.appending("series.json")))
    #expect(series["points"]?.array?.compactMap { $0["version"]?.int } == [1, 2])

    let restored = try await bench.catalog("restore", "1", "--json")
    #expect(try restored.exit == 0 && restored.json()["version"]?.int == 3)
    let store = VersionStore(bench.shop.versions)
    #expect(try store.read(3, "catalog.json") == store.read(1, "catalog.json"))
    let pin = try await bench.catalog("pin", "1", "--note", "first")
    #expect(pin.exit == 0)
    let careless = try await bench.catalog("gc")
    #expect(careless.exit == 64)
    let thinned = try await bench.catalog("gc", "--keep-last", "1", "--json")
    #expect(try thinned.json()["shops"]?[0]?["removed"]?.array?.compactMap(\.int) == [2])
    let verified = try await bench.catalog("verify")
    #expect(verified.exit == 0, "\(verified.out)")
  }

  @Test func eachLimitKeepsTheLastGoodBytesAndSaysItsName() async throws {
    let nights: [(rule: String, list: [UInt8])] = [
      ("wrong-city", Self.list(date: "d", (0..<30).map { ("\($0)", 1000) }, city: "710000000")),
      ("price-level-drop", Self.list(date: "d", (0..<30).map { ("\($0)", 100) }, city: "750000000")),
      ("missing", Self.list(date: "d", (0..<15).map { ("\($0)", 1000) }, city: "750000000")),
      (
        "duplicates",
        Self.list(
          date: "d", (0..<30).flatMap { [("\($0)", 1000), ("\($0)", 1000 + $0 % 2)] }, city: "750000000")
      ),
      ("zero-price", Self.list(date: "d", (0..<30).map { ("\($0)", $0 < 10 ? 0 : 1000) }, city: "750000000")),
    ]
    let bench = try Workbench(Self.configuration)
    try bench.folder.write(
      "list.xml", Self.list(date: "d", (0..<30).map { ("\($0)", 1000) }, city: "750000000"))
    let first = try await bench.catalog("nightly", "--now", Workbench.midnight)
    #expect(first.exit == 0, "\(first.out)\(first.err)")
    let good = try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions)
    for (number, night) in nights.enumerated() {
      try bench.folder.write("list.xml", night.list)
      let run = try await bench.catalog("nightly", "--now", "2026-11-2\(3 + number)T21:00:00Z", "--json")
      #expect(run.exit == 4, "\(night.rule): \(run.out)\(run.err)")
      let named = try run.json()["shops"]?[0]?["objections"]?.array?.compactMap(\.string) ?? []
      #expect(named.contains(night.rule), "\(named)")
      #expect(try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions) == good)
    }
  }

  @Test func channelsAreWrittenExplainedAndCompared() async throws {
    let bench = try Workbench(Self.configuration)
    try bench.folder.write("list.xml", Self.list(date: "d", [("1", 1000), ("2", 2004)]))
    let night = try await bench.catalog("nightly", "--now", Workbench.midnight, "--json")
    #expect(night.exit == 0, "\(night.out)\(night.err)")
    let kaspi = String(decoding: try AtomicFile.read(bench.feed), as: UTF8.self)
    #expect(kaspi.contains("<price>2200</price>") && kaspi.contains("<price>1000</price>"))
    let table = try AtomicFile.read(bench.shop.feeds.appending("offers.csv"))
    #expect(String(decoding: table, as: UTF8.self).contains("2,Чайник 2,,,2200,true,3,,,"))
    let why = try await bench.catalog("why", "1", "jsonl", "--json")
    let channel = try why.json()["channels"]?[0]
    #expect(channel?["included"]?.bool == false && channel?["reason"]?.string == "filter")
    let price = try await bench.catalog("why", "2")
    #expect(price.out.contains("markup 10%: 2204") && price.out.contains("round 10: 2200"))
    #expect(try await bench.catalog("verify").exit == 0)
    try AtomicFile.write([0x41], to: bench.shop.feeds.appending("offers.jsonl"))
    let found = try await bench.catalog("verify", "--json")
    #expect(try found.exit == 1 && found.json()["findings"]?[0]?["rule"]?.string == "channel")
    #expect(try await bench.catalog("export").exit == 0)
    #expect(try await bench.catalog("verify").exit == 0)
    let twice = try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z")
    #expect(
      twice.exit == 0 && twice.out.contains("nothing changed"), "rules alone make no version every night")
  }

  @Test func whatIsServedIsComparedWithWhatWasBuilt() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      _ = try await bench.catalog("nightly", "--now", Workbench.midnight)
      let address = try simulator.base("base") + "/feeds/demo.xml"
      let other = try await bench.catalog("verify", "--served", address)
      #expect(other.exit == 1 && other.out.contains("[served]"), "\(other.out)\(other.err)")
    }
  }
}
