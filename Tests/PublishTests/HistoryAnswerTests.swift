import CatalogFormat
import FoundationEssentials
import Model
@testable import Publish
import Store
import SystemPackage
import TestKit
import Testing

/// Questions about many versions are answered as if every version had been read.
@Suite struct HistoryAnswerTests {
  /// A shop whose offers come, go, change price, stock and characteristics at random.
  struct RandomShop {
    let shop: Shop
    var catalogs: [Catalog] = []

    init(versions: Int, offers: Int, seed: UInt64) throws {
      var random = SeededGenerator(seed: seed)
      shop = try Shop()
      var entries: [Int: CatalogEntry] = [:]
      let store = VersionStore(shop.folders.versions)
      var parent: Plan.Base?
      for version in 1...versions {
        for _ in 0..<(version == 1 ? offers : Int.random(in: 1...6, using: &random)) {
          let number = Int.random(in: 0..<offers, using: &random)
          if version > 1, Int.random(in: 0..<6, using: &random) == 0, entries.count > 2 {
            entries[number] = nil
          } else {
            entries[number] = try Self.entry(number, &random)
          }
        }
        if entries.isEmpty { entries[0] = try Self.entry(0, &random) }
        let catalog = try #require(
          Catalog(company: "Demo", merchant: Shops.merchant(), entries: Array(entries.values)))
        catalogs.append(catalog)
        let json = CatalogJSON.encode(catalog)
        let manifest = Manifest(
          version: version, parent: parent,
          created: Shops.now.advanced(by: .seconds(version * 86_400)),
          files: [.init(name: "catalog.json", size: json.count, digest: Digest.sha256(json))],
          counts: .init(offered: catalog.entries.count, withdrawn: 0, heldBack: 0), sources: [], approved: [])
        try store.publish(
          version, files: [("catalog.json", json), ("manifest.json", manifest.document)])
        parent = Plan.Base(version: version, manifest: Digest.sha256(manifest.document))
      }
    }

    static func entry(_ number: Int, _ random: inout SeededGenerator) throws -> CatalogEntry {
      var offer = try Shops.offer(
        "\(1000 + number)", price: Int.random(in: 1...5, using: &random) * 100,
        stock: Int.random(in: 0...3, using: &random)
      ).offer
      if Int.random(in: 0..<3, using: &random) == 0 {
        offer.pricing = .byCity([
          try #require(CityID("750000000")): try #require(Tenge(Int.random(in: 1...4, using: &random))),
          try #require(CityID("710000000")): try #require(Tenge(7)),
        ])
      }
      var card: Product?
      if Int.random(in: 0..<2, using: &random) == 0 {
        let values = ["красный", "синий"].map { "\($0) \(Int.random(in: 0...1, using: &random))" }
        card = Product(
          id: try #require(ProductID("\(number)")), title: "t",
          characteristics: [
            CharacteristicGroup(
              name: "Основные", characteristics: [Characteristic(name: "Цвет", values: values, unit: nil)])
          ])
      }
      let isWithdrawn = Int.random(in: 0..<8, using: &random) == 0
      return CatalogEntry(
        offer: offer, product: card,
        standing: isWithdrawn ? .withdrawn(since: Day(of: Shops.now)) : .offered)
    }
  }

  /// How many versions; a large count is run by hand.
  static let versions = Int(ProcessInfo.processInfo.environment["KASPI_TEST_VERSIONS"] ?? "") ?? 40

  @Test func everyAnswerEqualsBruteForce() throws {
    let random = try RandomShop(versions: Self.versions, offers: 25, seed: 7)
    let index = HistoryIndex(random.shop.folders)
    let history = History(random.shop.folders)
    let clock = ContinuousClock()
    _ = try index.series()
    let skus = Set(random.catalogs.flatMap { $0.entries.map(\.offer.sku) }).sorted()
    for sku in skus {
      var events: [OfferEvent] = []
      let took = try clock.measure { events = try index.events(of: sku) }
      if Self.versions >= 1000, sku == skus[0] {
        print("log of one offer over \(Self.versions) versions: \(took)")
      }
      var expected: [(version: Int, kind: OfferEvent.Kind)] = []
      var before: CatalogEntry?
      for (number, catalog) in random.catalogs.enumerated() {
        let now = catalog.entry(sku)
        let kind: OfferEvent.Kind? =
          switch (before, now) {
          case (nil, nil): nil
          case (nil, .some): .added
          case (.some, nil): .removed
          case (.some(let old), .some(let new)):
            if old == new {
              nil
            } else if old.standing == .offered, new.standing != .offered {
              .withdrawn
            } else if old.standing != .offered, new.standing == .offered {
              .returned
            } else {
              .changed
            }
          }
        if let kind { expected.append((number + 1, kind)) }
        before = now
      }
      #expect(events.map(\.version) == expected.map(\.version), "\(sku)")
      #expect(events.map(\.kind) == expected.map(\.kind), "\(sku)")
      try checkBlame(of: sku, in: random, history)
      try checkPrices(of: sku, in: random, history)
    }
  }

  private func checkBlame(of sku: SKU, in random: RandomShop, _ history: History) throws {
    let blame = try #require(try history.blame(sku))
    let catalogs = random.catalogs
    let last = try #require(catalogs.lastIndex { $0.entry(sku) != nil })
    #expect(blame.version == last + 1)
    let facts = try #require(catalogs[last].entry(sku)).facts
    #expect(blame.lines.map(\.value) == facts.map(\.value))
    for (line, fact) in zip(blame.lines, facts) {
      // The first of the unbroken run of versions, back from the last, that say the same.
      var first = last
      while first > 0, let earlier = catalogs[first - 1].entry(sku),
        earlier.facts.contains(where: {
          $0.field == fact.field && $0.key == fact.key && $0.value == fact.value
        })
      { first -= 1 }
      #expect(line.version == first + 1, "\(sku) \(fact)")
    }
  }

  private func checkPrices(of sku: SKU, in random: RandomShop, _ history: History) throws {
    let points = try history.prices(sku)
    for (number, catalog) in random.catalogs.enumerated() {
      guard let point = points.last(where: { $0.version <= number + 1 }) else {
        #expect(catalog.entry(sku) == nil)
        continue
      }
      let entry = catalog.entry(sku)
      let prices = entry.map { entry in
        switch entry.offer.pricing {
        case .everywhere(let price): ["": price.amount]
        case .byCity(let cities):
          Dictionary(uniqueKeysWithValues: cities.map { ($0.key.code, $0.value.amount) })
        }
      }
      #expect(point.prices == prices ?? [:], "\(sku) in version \(number + 1)")
      #expect(point.isAvailable == entry?.offer.isAvailable ?? false)
    }
  }

  @Test func aDamagedOrMissingIndexIsMadeAnewWithTheSameAnswers() throws {
    let random = try RandomShop(versions: 12, offers: 8, seed: 3)
    let index = HistoryIndex(random.shop.folders)
    let whole = try index.events()
    for name in try Folder.files(in: random.shop.folders.history) {
      let path = random.shop.folders.history.appending(name)
      let good = try AtomicFile.read(path)
      var bad = good
      bad[good.count / 2] ^= 1
      try AtomicFile.write(bad, to: path)
      #expect(try History(random.shop.folders).verify().contains { $0.rule == "history-index" }, "\(name)")
      #expect(try index.events() == whole)
      #expect(try AtomicFile.read(path) == good)
    }
    try Folder.remove(random.shop.folders.history)
    #expect(try index.events() == whole)
  }

  @Test func tablesCannotBeBrokenByWhatTheyHold() {
    let nasty = "a|b\n<script>alert(1)</script> & \"q\""
    let table = ReportTable(title: nasty, note: nasty, columns: ["x", "y"], rows: [[nasty, nasty]])
    #expect(table.markdown.split(separator: "\n").count == 5)
    #expect(!table.markdown.contains("<script"))
    let page = table.html(language: "ru")
    #expect(!page.contains("<script") && page.contains("&lt;script&gt;") && page.hasSuffix("</html>\n"))
    #expect(!page.contains("http"))
    #expect(table.text.split(separator: "\n").count == 4 + 2)
  }
}
