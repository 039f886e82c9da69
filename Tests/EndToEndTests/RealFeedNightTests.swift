import FoundationEssentials
import Store
import SystemPackage
import TestKit
import Testing

/// Real feeds and pages of real shops, served by the simulator, through the built program.
@Suite(.needsSampleData) struct RealFeedNightTests {
  private static func data() throws -> [String] { ["--data", try #require(SampleData.root)] }

  private static func counted(_ name: String) throws -> JSONValue {
    try #require(try JSONValue(parsing: SampleData.bytes("INDEX.json"))["feeds"]?[name])
  }

  @Test func everyFeedIsPublishedAsItIs() async throws {
    try await SimulatorProcess.with(try Self.data()) { simulator in
      let base = try simulator.base("base")
      for name in SampleData.files(in: "pricelist") {
        let counted = try Self.counted(name)
        let bench = try Workbench(
          simulator,
          sources: ["{kind: feed, url: \"\(base)/feeds/\(name.split(separator: "/").last ?? "")\"}"])
        let night = try await bench.catalog("nightly", "--now", Workbench.midnight, "--json")
        #expect(night.exit == 0, "\(name): \(night.err)")
        let verdict = try await simulator.pull(bench.feed)
        #expect(verdict["status"]?.string == "accepted", "\(name): \(verdict)")
        let plan = try JSONValue(parsing: AtomicFile.read(bench.shop.plan.appending("plan.json")))
        let held = Set((plan["held_back"]?.array ?? []).compactMap { $0["sku"]?.string }).subtracting([""])
        #expect((verdict["offers"]?.int ?? 0) + held.count == counted["uniqueSkus"]?.int, "\(name)")
        // What is held back has no price that could count: zero, or two prices for one SKU.
        if counted["duplicateSkus"]?.array?.isEmpty == true {
          #expect(verdict["priceSum"]?.int == counted["integerPriceSum"]?.int, "\(name)")
        }
        let lint = try await bench.catalog("lint", bench.feed.string, "--quiet")
        #expect(lint.exit == 0, "\(name): \(lint.out)")
        #expect(try await bench.catalog("verify").exit == 0, "\(name)")
      }
    }
  }

  @Test func everyDirtyFileIsNamedAndPublishesNothing() async throws {
    try await SimulatorProcess.with(try Self.data()) { simulator in
      let base = try simulator.base("base")
      func source(_ file: some StringProtocol) -> [String] {
        ["{kind: feed, url: \"\(base)/feeds/\(file)\"}"]
      }
      let bench = try Workbench(simulator, sources: source("tiny-chairs.xml"))
      #expect(try await bench.catalog("nightly", "--now", Workbench.midnight).exit == 0)
      let good = try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions)
      for name in SampleData.files(in: "pricelist-dirty") {
        let file = name.split(separator: "/").last ?? ""
        let text = String(decoding: try bench.folder.read("kaspi.yaml"), as: UTF8.self)
        let changed = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
          line.contains("kind: feed") ? "      - " + source(file)[0] : String(line)
        }
        try bench.folder.write("kaspi.yaml", Array(changed.joined(separator: "\n").utf8))
        let night = try await bench.catalog("nightly", "--now", "2026-11-23T21:00:00Z")
        #expect(night.exit == 65, "\(name): \(night.exit ?? -1) \(night.err)")
        #expect(
          night.complaint.count == 3 && night.err.wholeMatch(of: /(?s).*:\d+:\d+\n.*/) != nil, "\(night.err)")
        let lint = try await bench.catalog("lint", try #require(SampleData.root) + "/" + name)
        #expect(lint.exit == 65 && lint.out.contains("["), "\(name): \(lint.out)")
        #expect(
          try bench.state(of: bench.shop.catalog, bench.shop.feeds, bench.shop.versions) == good, "\(name)")
      }
    }
  }

  @Test func savedPagesAndReviewsEndInTheCatalog() async throws {
    try await SimulatorProcess.with(try Self.data()) { simulator in
      let numbers = SampleData.files(in: "product-json").compactMap {
        $0.split(separator: "/").last?.split(separator: ".").first.map(String.init)
      }
      let offers = numbers.map { number in
        """
        <offer sku="\(number)_100500"><model>Товар \(number)</model><availabilities>\
        <availability available="yes" storeId="PP1" stockCount="3"/></availabilities><price>9990</price></offer>
        """
      }
      let bench = try Workbench(
        simulator, sources: ["{kind: feed, url: feed.xml}"], enrich: "pages: true, reviews: false")
      try bench.folder.write(
        "feed.xml",
        Array(
          """
          <?xml version="1.0" encoding="utf-8"?>
          <kaspi_catalog date="string" xmlns="kaspiShopping"><company>Demo</company>
          <merchantid>14000001</merchantid><offers>\(offers.joined(separator: "\n"))</offers></kaspi_catalog>
          """.utf8))
      let yaml = String(decoding: try bench.folder.read("kaspi.yaml"), as: UTF8.self)
      try bench.folder.write(
        "kaspi.yaml", Array(yaml.replacing("city: \"750000000\"", with: "city: \"710000000\"").utf8))
      let night = try await bench.catalog("nightly", "--now", Workbench.midnight)
      #expect(night.exit == 0, "\(night.out)\(night.err)")
      let catalog = String(
        decoding: try AtomicFile.read(bench.shop.catalog.appending("catalog.json")), as: UTF8.self)
      for number in numbers {
        let truth = try JSONValue(parsing: SampleData.bytes("product-json/\(number).json"))
        let title = try #require(truth["item"]?["card"]?["title"]?.string)
        let quoted = String(decoding: CanonicalJSON.line(.string(title)), as: UTF8.self)
        #expect(catalog.contains(quoted), "\(number): \(title)")
        let extracted = try await bench.catalog(
          "extract", try #require(SampleData.root) + "/product-pages/\(number).html", "--json")
        #expect(extracted.exit == 0, "\(extracted.err)")
        #expect(extracted.out.contains(quoted))
      }
      #expect(!catalog.contains("undefined"))
    }
  }
}
