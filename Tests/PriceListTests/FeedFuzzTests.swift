import FoundationEssentials
import Model
import PriceList
import TestKit
import Testing

/// Damaged price lists of every kind: the reader and the linter refuse or forgive, and nothing else.
///
/// `KASPI_FUZZ_FEEDS` sets how many damaged files there are in all; `make fuzz` asks for 100,000 under the address
/// sanitizer. The seed of a failure is in its message.
@Suite struct FeedFuzzTests {
  static let rounds =
    ProcessInfo.processInfo.environment["KASPI_FUZZ_FEEDS"].flatMap { Int($0) } ?? 1200

  /// Files to damage, all written by us: what our writer makes, and what shops write.
  static let bases: [String] = [
    """
    <?xml version="1.0" encoding="utf-8"?>
    <kaspi_catalog xmlns="kaspiShopping" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="kaspiShopping http://kaspi.kz/kaspishopping.xsd">
      <company>Demo &amp; Co</company>
      <merchantid>14000001</merchantid>
      <offers>
        <offer sku="112066821">
          <model>Чайник &lt;Пример&gt; 1.7 л</model>
          <brand>Пример</brand>
          <availabilities>
            <availability available="yes" storeId="PP1" preOrder="3" stockCount="12"/>
            <availability available="no" storeId="PP2" stockCount="0"/>
          </availabilities>
          <price>12990</price>
        </offer>
        <offer sku="121934427_000573024">
          <model/>
          <cityprices>
            <cityprice cityId="710000000">2590</cityprice>
            <cityprice cityId="750000000">2490</cityprice>
          </cityprices>
        </offer>
      </offers>
    </kaspi_catalog>

    """,
    "<kaspi_catalog date=\"string\" xmlns='kaspiShopping'><company>C</company><merchantid>M</merchantid><offers>"
      + "<offer sku='a-1'><model><![CDATA[A & B]]></model><brand>b</brand><availabilities><availability "
      + "available='yes' storeId='PP1' preOrder='0' stockCount='>100'/></availabilities><price> 25 000.00 </price>"
      + "</offer><!-- c --><offer sku='a-1'><model>&#x41;</model><price>1</price></offer></offers></kaspi_catalog>",
    "<ns0:kaspi_catalog xmlns:ns0=\"kaspiShopping\"><ns0:offers><ns0:offer sku=\"1\"><ns0:model>x</ns0:model>"
      + "<ns0:price>5</ns0:price></ns0:offer></ns0:offers></ns0:kaspi_catalog>",
    "<?xml version=\"1.0\"?><yml_catalog date=\"2026-01-01\"><shop><offers><offer id=\"1\"><price>5</price></offer>"
      + "</offers></shop></yml_catalog>",
  ]

  /// Bytes that mean something to a parser or to a rule.
  static let spice: [[UInt8]] = [
    [0], [0xFF], [0xC3], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xEF, 0xBF, 0xBE], Array("&".utf8),
    Array("&#0;".utf8),
    Array("&#xD800;".utf8), Array("&lol;".utf8), Array("]]>".utf8), Array("<![CDATA[".utf8),
    Array("<!--".utf8),
    Array("-->".utf8), Array("<?php ?>".utf8), Array("<!DOCTYPE a [<!ENTITY b \"c\">]>".utf8),
    Array("<".utf8),
    Array(">".utf8), Array("\"".utf8), Array("'".utf8), Array("“".utf8), Array("<<<<<<< HEAD\n".utf8),
    Array("</offer>".utf8), Array("<offers>".utf8), Array("<offer sku=\"\">".utf8), Array(" sku=\"x\"".utf8),
    Array("xmlns=\"\" ".utf8), Array("-5".utf8), Array("99999999999999999999".utf8), Array("0".utf8),
    Array("\r\n".utf8),
    Array("\u{A0}".utf8), Array("e\u{301}".utf8), [UInt8](repeating: 0x3C, count: 300),
    Array(String(repeating: "<a>", count: 300).utf8), [UInt8](repeating: 0x20, count: 2000),
  ]

  static func damaged(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !result.isEmpty {
      let place = Int.random(in: 0..<result.count, using: &generator)
      let end = min(result.count, place + Int.random(in: 1...120, using: &generator))
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: result[place] = UInt8.random(in: 0...255, using: &generator)
      case 1, 2: result.insert(contentsOf: spice.randomElement(using: &generator) ?? [0], at: place)
      case 3: result.removeSubrange(place..<end)
      case 4:
        result.insert(
          contentsOf: result[place..<end], at: Int.random(in: 0...result.count, using: &generator))
      case 5: result[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &generator))
      default: result = Array(result[..<place])
      }
    }
    return result
  }

  /// What holds of every file whatever is in it.
  private func judge(_ bytes: [UInt8], _ name: String) throws {
    let report = Linter.lint(bytes, source: "fuzz")
    #expect(report.errors == report.findings.count { $0.severity == .error }, "\(name)")
    for finding in report.findings {
      #expect((finding.place.line ?? 1) >= 1 && (finding.place.column ?? 1) >= 1, "\(name): \(finding)")
    }
    if report.isClean {
      #expect(try PriceListSchema.validate(bytes).isEmpty, "\(name) is clean but not valid")
    }
    let reading: PriceListReading
    do throws(PriceListError) { reading = try PriceListReader.read(bytes, source: "fuzz") } catch {
      #expect(error.reason.severity == .error && !report.isClean, "\(name)")
      return
    }
    #expect(Set(reading.offers.map(\.sku)).count == reading.offers.count, "\(name)")
    guard !reading.offers.isEmpty else { return }
    // What was read can be written, is valid, and reads back as itself.
    let merchant = try #require(MerchantID("1"))
    let written = try PriceListWriter.write(company: "c", merchant: merchant, offers: reading.offers)
    #expect(try PriceListSchema.validate(written).isEmpty, "\(name)")
    let again = try PriceListReader.read(written, source: "fuzz")
    #expect(again.offers == reading.offers.sorted { $0.sku < $1.sku }, "\(name)")
    #expect(again.heldBack.isEmpty && !again.findings.contains { $0.severity == .error }, "\(name)")
  }

  private func run(_ bases: [[UInt8]], rounds: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let clock = ContinuousClock()
    for round in 0..<rounds {
      let bytes = Self.damaged(bases[round % bases.count], &generator)
      let time = clock.measure {
        do { try judge(bytes, "round \(round) of seed \(seed)") } catch {
          Issue.record("round \(round) of seed \(seed): \(error)")
        }
      }
      #expect(time < .seconds(10), "round \(round) of seed \(seed) took \(time)")
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func aDamagedListIsReadOrRefused(seed: UInt64) {
    run(Self.bases.map { Array($0.utf8) }, rounds: Self.rounds / 5, seed: seed)
  }

  @Test(.needsSampleData) func aDamagedRecordedFeedIsReadOrRefused() throws {
    let names = (SampleData.files(in: "pricelist") + SampleData.files(in: "pricelist-dirty")).filter {
      $0.hasSuffix(".xml")
    }
    // Large feeds would take all the time and say nothing more.
    let feeds = try names.map { try SampleData.bytes($0) }.filter { $0.count < 5000 }
    #expect(feeds.count > 8)
    run(feeds, rounds: Self.rounds - Self.rounds / 5 * 4, seed: 5)
  }
}
