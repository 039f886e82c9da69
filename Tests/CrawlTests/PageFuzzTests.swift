import FoundationEssentials
import Model
import Store
import TestKit
import Testing

@testable import Crawl

/// Damaged answers of every kind: a parser may refuse, and nothing else.
///
/// `KASPI_FUZZ` sets how many there are of each kind; the seed of a failure is in its message.
@Suite struct PageFuzzTests {
  static let rounds = ProcessInfo.processInfo.environment["KASPI_FUZZ"].flatMap { Int($0) } ?? 150

  /// Bytes that mean something to a parser.
  static let spice: [[UInt8]] = [
    [0], [0xFF], [0x22], [0x5C], [0x7B], [0x7D], [0x5B], [0x3C], Array("</script>".utf8),
    Array("<script>".utf8),
    Array("BACKEND.components.item = {".utf8), Array("\\ud800".utf8), Array("&#1114112;".utf8),
    Array("1e999".utf8),
    [UInt8](repeating: 0x5B, count: 300), Array("\"price\":-1".utf8), Array("<!ENTITY a \"&a;&a;\">".utf8),
  ]

  private func damaged(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !result.isEmpty {
      let place = Int.random(in: 0..<result.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: result[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: result.insert(contentsOf: Self.spice.randomElement(using: &generator) ?? [0], at: place)
      case 2:
        result.removeSubrange(place..<min(result.count, place + Int.random(in: 1...200, using: &generator)))
      default: result = Array(result[..<place])
      }
    }
    return result
  }

  private func every(_ base: [UInt8], seed: UInt64, _ read: ([UInt8]) throws -> Void) {
    var generator = SeededGenerator(seed: seed)
    let clock = ContinuousClock()
    for round in 0..<Self.rounds {
      let bytes = damaged(base, &generator)
      let time = clock.measure {
        do { try read(bytes) } catch {
          #expect(
            error is PageError || error is CSVReader.Problem, "round \(round) of seed \(seed): \(error)")
        }
      }
      #expect(time < .seconds(5), "round \(round) of seed \(seed) took \(time)")
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func aDamagedPageIsReadOrRefused(seed: UInt64) {
    let page = Array(Fixtures.page(id: "100000001").utf8)
    every(page, seed: seed) { bytes in
      let kept = PageRedaction.withoutPeople(bytes)
      let product = try ProductPage.extract(html: bytes).product
      #expect(!product.title.isEmpty)
      for case .price(let price) in product.sales.values { #expect(price.amount > 0) }
      // What is kept of a page that could be read can be read again.
      _ = try ProductPage.extract(html: kept)
    }
  }

  @Test func damagedAnswersAreReadOrRefused() {
    let listing = Array(
      Fixtures.filters([Fixtures.card("100000001"), Fixtures.card("100000002")], total: 2).utf8)
    every(listing, seed: 4) { _ = try ListingPage($0, source: "fuzz") }
    every(Array(Fixtures.reviews().utf8), seed: 5) { _ = try ReviewSummary($0, source: "fuzz") }
    every(Array(CabinetFixtures.list.utf8), seed: 6) { bytes in
      _ = try CabinetList(bytes, source: "fuzz")
      let kept = String(decoding: CabinetRedaction.list(bytes), as: UTF8.self)
      #expect(!kept.contains("seller@example.kz"))
    }
    every(Array("SKU,price,PP1\n\"A,1\",\"12 990\",3\nB,5,нет\n".utf8), seed: 7) { bytes in
      _ = StockSheet.withoutOtherColumns(bytes)
      _ = try StockSheet(bytes, source: "fuzz")
    }
    every(Array("User-agent: *\nDisallow: /shop/*?q=$\nAllow: /\n".utf8), seed: 8) { bytes in
      _ = RobotsRules(bytes).allows("/shop/p/-1/?c=750000000")
    }
  }
}
