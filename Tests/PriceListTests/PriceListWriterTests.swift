import Model
import PriceList
import SystemPackage
import TestKit
import Testing
import XML

@Suite struct PriceListWriterTests {
  private func offer(
    _ sku: String, _ model: String = "m", brand: String? = nil,
    _ stocks: [(String, Bool, Int?, Int?)] = [("PP1", true, 4, nil)], price: Int = 5
  ) throws -> Offer {
    try Offer(
      sku: #require(SKU(sku)), model: model, brand: brand,
      availabilities: stocks.map {
        try Availability(
          store: #require(StoreID($0.0)), isAvailable: $0.1, stock: $0.2, preorderDays: $0.3)
      }, pricing: .everywhere(#require(Tenge(price))))
  }

  private func write(_ offers: [Offer], company: String = "Demo & Co", date: String? = nil) throws -> [UInt8]
  {
    try PriceListWriter.write(
      company: company, merchant: #require(MerchantID("14000001")), offers: offers, date: date)
  }

  @Test func writesTheOneForm() throws {
    var cities = try offer("121934427", "Кружка & блюдце", [])
    cities.pricing = .byCity([
      try #require(CityID("750000000")): try #require(Tenge(2490)),
      try #require(CityID("710000000")): try #require(Tenge(2590)),
    ])
    let bytes = try write(
      [
        cities,
        try offer("112066821", "Чайник", brand: "Пример", [("PP2", false, 0, nil), ("PP1", true, 12, 3)]),
      ])
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        <?xml version="1.0" encoding="utf-8"?>
        <kaspi_catalog xmlns="kaspiShopping" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
        xsi:schemaLocation="kaspiShopping http://kaspi.kz/kaspishopping.xsd">
          <company>Demo &amp; Co</company>
          <merchantid>14000001</merchantid>
          <offers>
            <offer sku="112066821">
              <model>Чайник</model>
              <brand>Пример</brand>
              <availabilities>
                <availability available="yes" storeId="PP1" preOrder="3" stockCount="12"/>
                <availability available="no" storeId="PP2" stockCount="0"/>
              </availabilities>
              <price>5</price>
            </offer>
            <offer sku="121934427">
              <model>Кружка &amp; блюдце</model>
              <cityprices>
                <cityprice cityId="710000000">2590</cityprice>
                <cityprice cityId="750000000">2490</cityprice>
              </cityprices>
            </offer>
          </offers>
        </kaspi_catalog>

        """)
  }

  @Test func writesTheDateOnlyWhenGiven() throws {
    let dated = String(decoding: try write([offer("1")], date: "2026-04-13T20:14:12+05:00"), as: UTF8.self)
    #expect(dated.contains(#"<kaspi_catalog date="2026-04-13T20:14:12+05:00" xmlns="kaspiShopping""#))
    #expect(try !String(decoding: write([offer("1")]), as: UTF8.self).contains("date"))
  }

  @Test func sameOffersGiveSameBytesInAnyOrder() throws {
    let offers = try (1...50).map { try offer("\($0 * 7919 % 1000)") }
    #expect(try write(offers) == write(offers.reversed()))
  }

  /// Odd but legal values: what is written validates, reads back equal and lints without an error.
  @Test func readsBackEqualWhateverATextHolds() throws {
    let texts = [
      "", " ", "  a ", "\"'<>&]]>", "\n\t\r", "\u{A0}", "😀ә", "\u{85}\u{2028}\u{FEFF}", "&amp;", "-->",
      "<![CDATA[",
    ]
    var offers: [Offer] = []
    for (index, text) in texts.enumerated() {
      var odd = try offer("\(index)", text, brand: text, [("S\(text)", index % 2 == 0, index, index)])
      if let sku = SKU("k\(text)") { odd.sku = sku }
      offers.append(odd)
    }
    let bytes = try write(offers)
    let reading = try read(bytes)
    #expect(reading.offers == offers.sorted { $0.sku < $1.sku })
    #expect(try PriceListSchema.validate(bytes).isEmpty)
    #expect(Linter.lint(bytes, source: "w").isClean)
  }

  @Test func readsBackEqualForManyInventedOffers() throws {
    var generator = SplitMix(state: 42)
    var offers: [Offer] = []
    for number in 0..<500 {
      let stores = (0..<Int.random(in: 0...3, using: &generator)).map {
        (
          "PP\($0)", Bool.random(using: &generator), Bool.random(using: &generator) ? number : nil,
          number % 31
        )
      }
      var made = try offer(
        "\(number)", "Товар \(number)", stores, price: Int.random(in: 1...999_999_999, using: &generator))
      if number % 3 == 0 {
        let city = try #require(CityID("\(100_000_000 + number)"))
        made.pricing = .byCity([city: try #require(made.pricing.lowest)])
      }
      offers.append(made)
    }
    let bytes = try write(offers)
    #expect(try read(bytes).offers == offers.sorted { $0.sku < $1.sku })
    #expect(Linter.lint(bytes, source: "w").findings.allSatisfy { $0.severity != .error })
  }

  @Test func piecesAreTheWhole() throws {
    let offers = try (1000..<3000).map { try offer("\($0)", "Чайник & «\($0)»", brand: "Дала") }
    var bytes: [UInt8] = []
    var most = 0
    var pieces = try PriceListPieces(company: "Demo & Co", merchant: #require(MerchantID("14000001"))) {
      unsafe $0.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
      most = max(most, $0.byteCount)
    }
    for offer in offers { try pieces.add(offer) }
    try pieces.finish()
    #expect(try bytes == write(offers))
    #expect(most < bytes.count / 4)
    // What was written in pieces is read in pieces.
    var (place, back): (Int, [Offer]) = (0, [])
    let frame = try PriceListReader.stream(
      {
        defer { place += 1000 }
        return Array(bytes[min(place, bytes.count)..<min(place + 1000, bytes.count)])
      }, { back.append($0) })
    #expect(back == offers)
    #expect(frame?.company == "Demo & Co")
    #expect(frame?.offers == 2000)
  }

  @Test func aStreamRefusesWhatStandsTwice() throws {
    func stream(_ text: String) throws -> PriceListReader.Frame? {
      var rest = Array(text.utf8)
      return try PriceListReader.stream(
        {
          defer { rest = [] }
          return rest
        }, { _ in })
    }
    let text = String(decoding: try write([offer("1"), offer("2"), offer("3")]), as: UTF8.self)
    #expect(try stream(text)?.offers == 3)
    let unsorted = text.replacing("sku=\"1\"", with: "sku=\"9\"")
    #expect(try stream(unsorted)?.offers == 3)
    #expect(try stream(text.replacing("sku=\"1\"", with: "sku=\"3\"")) == nil)
    #expect(try stream(String(text.dropLast(5))) == nil)
    #expect(try stream(text + "<!-- -->") == nil)
    #expect(try stream("") == nil)
  }

  @Test func piecesAreRefusedOutOfOrder() throws {
    var pieces = try PriceListPieces(company: "C", merchant: #require(MerchantID("1"))) { _ in }
    try pieces.add(offer("2"))
    let error = #expect(throws: PriceListError.self) { try pieces.add(offer("1")) }
    #expect(error?.reason.rule == "duplicate-sku")
  }

  @Test func refusesWhatTheFileCannotCarry() throws {
    let good = try offer("1")
    func refused(_ offers: [Offer], company: String = "D") -> String? {
      let error = #expect(throws: PriceListError.self) { try write(offers, company: company) }
      return error?.reason.rule
    }
    #expect(refused([]) == "no-offers")
    #expect(refused([good], company: " ") == "empty-company")
    #expect(refused([good, good]) == "duplicate-sku")
    #expect(refused([try offer("1", "a\u{1}")]) == "control-character")
    #expect(refused([try offer("1", "a", brand: "\u{FFFF}")]) == "control-character")
    #expect(refused([good], company: "\u{8}") == "control-character")
    #expect(refused([try offer("1", "m", [("P", true, -1, nil)])]) == "bad-stock")
    #expect(refused([try offer("1", "m", [("P", true, 1, 31)])]) == "bad-preorder")
    #expect(refused([try offer("1", "m", [("P", true, 1, -1)])]) == "bad-preorder")
    #expect(
      refused([try offer("1", "m", [("P", true, 1, nil), ("P", true, 2, nil)])]) == "conflicting-store")
    var cityless = good
    cityless.pricing = .byCity([:])
    #expect(refused([cityless]) == "no-price")
    let named = #expect(throws: PriceListError.self) { try write([offer("S7", "a\u{1}")]) }
    #expect(named?.reason.sku == "S7")
  }

  /// Judged from a file, without libxml2's memory of SKUs, the verdict is the same.
  @Test func theSchemaJudgesFilesAlike() throws {
    let folder = try TemporaryFolder()
    let good = try write([offer("1"), offer("2")])
    let text = String(decoding: good, as: UTF8.self)
    for (list, count) in [
      (text, 0), (text.replacing("sku=\"2\"", with: "sku=\"1\""), 1),
      (text.replacing("<brand>", with: "<b>"), 0), (text.replacing("<price>5", with: "<price>x"), 2),
      (text.replacing("<offers>", with: "<!-- --><offers>"), 0),
    ] {
      let path = try folder.write("list.xml", Array(list.utf8))
      let violations = try PriceListSchema.validate(file: path.string)
      #expect(violations.count >= count)
      #expect(try violations == PriceListSchema.validate(Array(list.utf8)))
    }
  }

  @Test func theSchemaHasTeeth() throws {
    #expect(try PriceListSchema.validate(one()).isEmpty)
    let found = try PriceListSchema.validate(one("<price>5</price><model>m</model>"))
    #expect(found.count == 1)
    #expect(found.first?.line == 5)
  }
}

/// A small generator, so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
