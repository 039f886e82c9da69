import FoundationEssentials
import PriceList
import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// Trouble in one place that must not become trouble in another.
@Suite struct TroubleTests {
  private static func feed(_ count: Int) -> [UInt8] {
    let offers = (0..<count).map {
      """
      <offer sku="\($0)"><model>Чайник \($0)</model><availabilities><availability available="yes" storeId="PP1"/>\
      </availabilities><price>\(1000 + $0)</price></offer>
      """
    }
    return Array(
      """
      <kaspi_catalog date="2026-01-01" xmlns="kaspiShopping"><company>Demo</company><merchantid>14000001</merchantid>\
      <offers>\(offers.joined())</offers></kaspi_catalog>
      """.utf8)
  }

  private static func shop(_ name: String, _ source: String) -> String {
    """
      \(name):
        merchant: "14000001"
        company: "Demo Home"
        city: "750000000"
        sources: [\(source)]
        enrich: {pages: false, reviews: false}

    """
  }

  private func bench() throws -> Workbench {
    let bench = try Workbench("shops:\n" + Self.shop("demo", "{kind: feed, url: feed.xml}"))
    try bench.folder.write("feed.xml", Self.feed(30))
    return bench
  }

  @Test(arguments: ["crawl", "nightly", "index", "export", "plan"])
  func oneShopsTroubleIsItsOwn(command: String) async throws {
    let bench = try Workbench(
      "shops:\n" + Self.shop("another", "{kind: feed, url: nowhere.xml}")
        + Self.shop("demo", "{kind: feed, url: feed.xml}"))
    try bench.folder.write("feed.xml", Self.feed(30))
    if command != "crawl" { _ = try await bench.catalog("nightly", "--shop", "demo") }
    let run = try await bench.catalog(command, "--json")
    #expect(run.exit == 3, "\(run.out)\(run.err)")
    let shops = try #require(try (run.json()["shops"] ?? run.json()["plans"])?.array)
    #expect(shops.count == 2 && shops[0]["shop"] == "another" && shops[0]["error"] != nil, "\(run.out)")
    #expect(shops[1]["error"] == nil && run.err.contains("\"do\""), "\(run.out)\(run.err)")
  }

  /// A stock column that cannot be read any more is no stock of yesterday for ever.
  @Test func aColumnThatBrokeIsToldAndRefused() async throws {
    let bench = try Workbench("shops:\n" + Self.shop("demo", "{kind: sheet, url: stock.csv}"))
    func sheet(_ stock: String) -> [UInt8] {
      Array(("SKU,title,price,PP1\n" + (0..<40).map { "A\($0),Чайник,1000,\(stock)\n" }.joined()).utf8)
    }
    try bench.folder.write("stock.csv", sheet("5"))
    #expect(try await bench.catalog("nightly").exit == 0)
    try bench.folder.write("stock.csv", sheet("#REF!"))
    let night = try await bench.catalog("nightly")
    #expect(night.exit == 4 && night.out.contains("[coverage]"), "\(night.out)\(night.err)")
    #expect(night.err.contains("sheet-value × 40"), "\(night.err)")
    let report = String(
      decoding: try AtomicFile.read(bench.shop.reports.appending("crawl.txt")), as: UTF8.self)
    #expect(report.contains("stock.csv:2 A0: the column PP1 holds “#REF!”"), "\(report)")
  }

  /// A file is judged by what is in it, and not by what of it may be kept.
  @Test func aSheetThatIsNoneIsNamedAsItIs() async throws {
    let bench = try Workbench("shops:\n" + Self.shop("demo", "{kind: sheet, url: stock.csv}"))
    try bench.folder.write("stock.csv", Array("SKU,title,price,PP1\nA1,\"Чайник,1000,5\n".utf8))
    let broken = try await bench.catalog("nightly")
    #expect(broken.exit == 65 && broken.err.contains("quote"), "\(broken.err)")
    try bench.folder.write("stock.csv", Array("SKU,title,price,PP1\nA1,Чайник,1000,5,6\n".utf8))
    let wide = try await bench.catalog("nightly")
    #expect(wide.exit == 0 && wide.err.contains("sheet-row × 1"), "\(wide.out)\(wide.err)")
  }

  @Test func anotherSellersListIsTold() async throws {
    let bench = try bench()
    let list = String(decoding: Self.feed(30), as: UTF8.self).replacing("14000001", with: "999")
    try bench.folder.write("feed.xml", Array(list.utf8))
    let night = try await bench.catalog("nightly")
    #expect(night.exit == 0 && night.err.contains("other-merchant × 1"), "\(night.out)\(night.err)")
    // What is so every night is told once, and stands in the report.
    #expect(!(try await bench.catalog("nightly")).err.contains("other-merchant"))
    let report = String(
      decoding: try AtomicFile.read(bench.shop.reports.appending("crawl.txt")), as: UTF8.self)
    #expect(report.contains("other-merchant"))
  }

  @Test func addressesAreShownWithoutTheirSecrets() async throws {
    let bench = try Workbench(
      "shops:\n"
        + Self.shop(
          "demo", "{kind: feed, url: \"http://me:word@shop.example/f.xml?token=word2&format=csv\"}"))
    let shown = try await bench.catalog("config", "show")
    #expect(!shown.out.contains("word"), "\(shown.out)")
    #expect(shown.out.contains("http://•••@shop.example/f.xml?token=•••&format=csv"), "\(shown.out)")
  }

  @Test func aCatalogThatWasRemovedIsWrittenAgain() async throws {
    let bench = try bench()
    #expect(try await bench.catalog("nightly").exit == 0)
    #expect(try await bench.catalog("nightly").exit == 0)
    let good = try bench.state(of: bench.shop.catalog)
    try FileManager.default.removeItem(atPath: bench.shop.catalog.string)
    let night = try await bench.catalog("nightly")
    #expect(night.exit == 0 && night.out.contains("nothing changed"), "\(night.out)\(night.err)")
    #expect(try bench.state(of: bench.shop.catalog) == good)
  }

  @Test func aPriceListIsOutThoughTheIndexCannotBeMade() async throws {
    let bench = try bench()
    try bench.folder.write("output/demo/index", [0x78])
    let night = try await bench.catalog("nightly", "--json")
    #expect(night.exit == 3, "\(night.out)\(night.err)")
    let shop = try #require(try night.json()["shops"]?[0])
    #expect(shop["outcome"] == "published" && shop["troubles"]?[0]?["do"] != nil, "\(night.out)")
    #expect(
      try PriceListReader.read(try AtomicFile.read(bench.shop.kaspiFeed), source: "feed").offers.count == 30)
    let status = try JSONValue(parsing: try AtomicFile.read(bench.shop.statusFile))
    #expect(status["exit"]?.int == 3)
  }

  @Test func aQuietNightIsHeardOnlyWhenAPersonIsNeeded() async throws {
    let bench = try bench()
    let good = try await bench.catalog("nightly", "--quiet")
    #expect(good.exit == 0 && good.out.isEmpty && good.err.isEmpty, "\(good.out)\(good.err)")
    try bench.folder.write("feed.xml", Self.feed(5))
    let refused = try await bench.catalog("nightly", "--quiet")
    #expect(refused.exit == 4 && refused.out.contains("publish --shop demo --approve"), "\(refused.out)")
  }

  @Test func verifyingBesideARunIsNoAlarm() async throws {
    let bench = try bench()
    #expect(try await bench.catalog("nightly").exit == 0)
    // As a run leaves it while it writes: the plan is newer than the seal.
    try AtomicFile.write([0x78], to: bench.shop.plan.appending("plan.txt"))
    #expect(try await bench.catalog("verify").exit == 1)
    let lock = try FileLock(at: bench.shop.lockFile)
    let beside = try await bench.catalog("verify")
    #expect(beside.exit == 0 && beside.err.contains("a run is under way"), "\(beside.out)\(beside.err)")
    lock.release()
    #expect(try await bench.catalog("verify").exit == 1)
  }

  @Test func aVersionThatWasThinnedOutIsNamed() async throws {
    let bench = try bench()
    for price in [1, 2] {
      let feed = String(decoding: Self.feed(30), as: UTF8.self).replacing(
        "<price>1000", with: "<price>100\(price)")
      try bench.folder.write("feed.xml", Array(feed.utf8))
      #expect(try await bench.catalog("nightly").exit == 0)
    }
    #expect(try await bench.catalog("gc", "--keep-last", "1").exit == 0)
    let diff = try await bench.catalog("diff", "1", "2")
    #expect(diff.exit == 1 && diff.err.contains("there is no version 1"), "\(diff.err)")
  }

  @Test func aMonitorReadsHowTheNightWent() async throws {
    let bench = try bench()
    let other = "# TYPE kaspi_notifier_orders gauge\nkaspi_notifier_orders{shop=\"demo\"} 7\n"
    try bench.folder.write("output/demo/metrics.prom", Array(other.utf8))
    func metrics() throws -> String {
      String(decoding: try AtomicFile.read(bench.shop.metricsFile), as: UTF8.self)
    }
    #expect(try await bench.catalog("nightly").exit == 0)
    let good = try metrics()
    for line in [
      "night_exit{shop=\"demo\"} 0", "version{shop=\"demo\"} 1", "offers{shop=\"demo\"} 30",
      "changes{shop=\"demo\",kind=\"added\"} 30", "indexed{shop=\"demo\"} 30",
    ] {
      #expect(good.contains("\nkaspi_catalog_\(line)\n"), "\(good)")
    }
    #expect(good.contains(other), "another program's numbers stay")
    try bench.folder.write("feed.xml", Self.feed(5))
    #expect(try await bench.catalog("nightly").exit == 4)
    #expect(try metrics().contains("kaspi_catalog_night_exit{shop=\"demo\"} 4\n"))
    try bench.folder.write("feed.xml", Array("<html/>".utf8))
    #expect(try await bench.catalog("nightly").exit == 65)
    #expect(try metrics().contains("kaspi_catalog_night_exit{shop=\"demo\"} 65\n"))
  }

  @Test func keptAnswersThatAreGoneAreNamed() async throws {
    let bench = try bench()
    #expect(try await bench.catalog("nightly").exit == 0)
    try Folder.remove(bench.shop.crawl.appending("pages.pack"))
    let found = try await bench.catalog("verify")
    #expect(found.exit == 1 && found.out.contains("1 answers of the last crawl"), "\(found.out)")
    #expect(try await bench.catalog("nightly").exit == 0)
    #expect(try await bench.catalog("verify").exit == 0)
  }

  @Test func anIndexIsNotReplacedByNothing() async throws {
    let folder = try TemporaryFolder()
    func run(_ arguments: String...) async throws -> ProgramRun {
      try await ProgramRun.of("kaspi-catalog", arguments, in: folder.path)
    }
    try folder.write(
      "good.jsonl", Array("{\"sku\":12345678901234567890,\"title\":\"Чайник\"}\n".utf8))
    #expect(try await run("index", "--corpus", "good.jsonl", "--out", "made").exit == 0)
    for text in ["", "rubbish\n", "{\"title\":\"no code\"}\n"] {
      try folder.write("bad.jsonl", Array(text.utf8))
      let bad = try await run("index", "--corpus", "bad.jsonl", "--out", "made")
      #expect(bad.exit == 65 && bad.err.contains("stays as it was"), "\(bad.out)\(bad.err)")
    }
    // A damaged HEAD is mended by making the index anew; letters that command a terminal are printed as blanks.
    try folder.write("made/HEAD", Array("rubbish".utf8))
    try folder.write(
      "good.jsonl", Array("{\"sku\":12345678901234567890,\"title\":\"Чайник \\u001b[2J\"}\n".utf8))
    #expect(try await run("index", "--corpus", "good.jsonl", "--out", "made").exit == 0)
    let shown = try await run("search", "--index", "made", "чайник")
    #expect(shown.exit == 0 && shown.out.contains("Чайник  [2J"), "\(shown.out)\(shown.err)")
    let device = try await run("index", "--corpus", "/dev/null", "--out", "made")
    #expect(device.exit == 65 && device.err.contains("plain file"), "\(device.err)")
    let hit = try await run("search", "--index", "made", "чайник", "--json")
    #expect(try hit.json()["hits"]?[0]?["sku"] == "12345678901234567890", "\(hit.out)")
    // Any damage in a small index is named.
    let segment = folder.path.pushing("made/000001/segment.ksg")
    var bytes = try AtomicFile.read(segment)
    bytes[bytes.count / 2] ^= 0x20
    try AtomicFile.write(bytes, to: segment)
    let damaged = try await run("search", "--index", "made", "чайник")
    #expect(damaged.exit == 1 && damaged.err.contains("segment.ksg"), "\(damaged.out)\(damaged.err)")
  }

  @Test func aSectionThatIsNotUsedIsTold() async throws {
    let bench = try bench()
    let notifier =
      "notifier:\n  waha: {url: \"http://127.0.0.1:1\", key: {env: WAHA_API_KEY}, session: default}\n"
    try bench.folder.write("kaspi.yaml", bench.folder.read("kaspi.yaml") + Array(notifier.utf8))
    let without = try await bench.notifier("status")
    #expect(without.exit == 0 && without.err.isEmpty, "\(without.err)")
    try bench.folder.write(
      "kaspi.yaml",
      bench.folder.read("kaspi.yaml") + Array("assistant: {triggers: {order_created: true}}\n".utf8))
    let with = try await bench.notifier("status")
    #expect(with.exit == 0 && with.err.contains("'assistant' is not used"), "\(with.err)")
  }

  @Test func aConfigurationMayBeginWithAByteOrderMark() async throws {
    let bench = try bench()
    try bench.folder.write("kaspi.yaml", [0xEF, 0xBB, 0xBF] + bench.folder.read("kaspi.yaml"))
    let run = try await bench.catalog("config", "show")
    #expect(run.exit == 0, "\(run.out)\(run.err)")
  }

  /// A file that a person names and that is not there is a bad input, whatever is done with it.
  @Test(arguments: [
    ["lint", "no.xml"], ["extract", "no.html"], ["import-history", "--shop", "demo", "no.xml"],
    ["index", "--corpus", "no.jsonl", "--out", "made"], ["crawl", "--explain", "no.html"],
  ])
  func aNamedFileThatIsNotThereIsBadInput(arguments: [String]) async throws {
    let bench = try bench()
    let run = try await ProgramRun.of("kaspi-catalog", arguments, in: bench.root)
    #expect(run.exit == 65 && run.complaint.count == 3, "\(arguments): \(run.err)")
  }

  @Test(arguments: ["kaspi-catalog", "kaspi-notifier"])
  func aSlipOfTheCommandLineIsADocumentToo(program: String) async throws {
    let folder = try TemporaryFolder()
    let run = try await ProgramRun.of(program, ["status", "--nonsense", "--json"], in: folder.path)
    #expect(run.exit == 64)
    let document = try JSONValue(parsing: Array(run.err.utf8))
    #expect(document["exit"]?.int == 64 && document["error"]?.string?.contains("--nonsense") == true)
    let plain = try await ProgramRun.of(program, ["status", "--nonsense"], in: folder.path)
    #expect(plain.exit == 64 && plain.err.contains("Usage:"), "\(plain.err)")
    let version = try await ProgramRun.of(program, ["--version"], in: folder.path)
    #expect(version.exit == 0 && !version.out.isEmpty)
  }

  @Test func aResultThatCannotBeWrittenIsAFailure() async throws {
    let bench = try bench()
    let program = try BuiltProgram.path("kaspi-catalog").string
    let result = try await run(
      .path("/bin/sh"),
      arguments: Arguments(["-c", "exec \"$0\" lint feed.xml --json > /dev/full", program]),
      environment: ProgramRun.surroundings([:]), workingDirectory: bench.root, input: .none,
      output: .bytes(limit: 1 << 16), error: .bytes(limit: 1 << 16))
    let ended = ProgramRun(
      result.terminationStatus, out: result.standardOutput, err: result.standardError)
    #expect(ended.exit == 1 && ended.err.contains("could not be written"), "\(ended)")
  }
}
