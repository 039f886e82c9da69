import Model
import PriceList
import TestKit
import Testing

/// Both ways of reading agree: what the byte scanner takes, libxml2 reads as the same, place by place.
///
/// `KASPI_FUZZ_FEEDS` sets how many damaged files there are in all, as in `FeedFuzzTests`.
@Suite struct PlainReadingFuzzTests {
  /// Plain files in every layout that shops use.
  static let bases: [String] =
    FeedFuzzTests.bases + [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<kaspi_catalog date='1' xmlns=\"kaspiShopping\">\r\n"
        + "<company>Ә</company>\r\n<merchantid>1</merchantid>\r\n<offers>\r\n<offer sku=\"b\">\r\n<model>Чай «№ 1» –"
        + " 5 &#x20B8;</model>\r\n<availabilities>\r\n<availability storeId=\"PP1\" available=\"yes\"/>\r\n"
        + "</availabilities>\r\n<price>5</price>\r\n</offer>\r\n<offer sku=\"a\">\r\n<model>\r\n</model>\r\n"
        + "<price>6</price></offer></offers>\r\n</kaspi_catalog>\r\n",
      "<kaspi_catalog xmlns='kaspiShopping'><company>C</company><merchantid>M</merchantid><offers><offer sku='A1'>"
        + "<model>Рабочая Станция С Р С Р</model><brand>Очень Длинная Марка</brand><availabilities><availability "
        + "available='no' storeId='Длинное Имя Склада' preOrder='0' stockCount='7'></availability></availabilities>"
        + "<cityprices><cityprice cityId='750000000'>5</cityprice><cityprice cityId='710000000'>6</cityprice>"
        + "</cityprices></offer><offer sku='A1'><model>two</model><price>7</price></offer><offer sku='A0'>"
        + "<model>ÐÐ°Ð¹Ð</model><brand> </brand><price>08</price></offer></offers></kaspi_catalog>",
      """
      <kaspi_catalog
          xmlns="kaspiShopping"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
          xsi:schemaLocation="kaspiShopping x">
        <offers
          >
          <offer
            sku="Ж 1"
          >
            <model
            >Title</model >
            <brand/>
            <availabilities>
              <availability
                 stockCount="5" available = 'yes'
                 storeId = "PP1"
              />
              <availability storeId="PP1" available="yes" stockCount="5"/>
            </availabilities><price>5</price>
          </offer><offer sku="Ж 1"><model>Title</model><brand/><availabilities><availability storeId="PP1"
            available="yes" stockCount="5"/></availabilities><price>5</price></offer>
        </offers>
      </kaspi_catalog>
      """,
    ]

  /// Whether the scanner took a file; it may take only what both read alike.
  private func isTaken(_ bytes: [UInt8], _ name: String) -> Bool {
    let plain = PriceListReader.plainReading(bytes, source: "f", maximumOffers: 100)
    guard let plain else { return false }
    do {
      let lenient = try PriceListReader.lenientReading(
        bytes, source: "f", maximumBytes: 1 << 20, maximumOffers: 100)
      if lenient != plain { Issue.record("\(name): \(difference(plain, lenient))") }
      checkStream(bytes, lenient, name)
    } catch {
      Issue.record("\(name): libxml2 refuses it: \(error)")
    }
    return true
  }

  /// The third way of reading, piece by piece, takes what there is nothing to be said about, and takes it alike.
  private func checkStream(_ bytes: [UInt8], _ lenient: PriceListReading, _ name: String) {
    let piece = 1 + bytes.count / (1 + bytes.count % 7)
    var (place, offers): (Int, [Offer]) = (0, [])
    do {
      let frame = try PriceListReader.stream(
        maximumOffers: 1_000_000,
        {
          defer { place += piece }
          return Array(bytes[min(place, bytes.count)..<min(place + piece, bytes.count)])
        }, { offers.append($0) })
      // An offer without any stock is rare enough to be left to the other ways.
      let isSpoken = !lenient.findings.isEmpty || lenient.offers.contains { $0.availabilities.isEmpty }
      guard let frame else {
        if !isSpoken { Issue.record("\(name): the stream refused it") }
        return
      }
      if offers != lenient.offers || !lenient.findings.isEmpty || frame.company != lenient.company
        || frame.merchant != lenient.merchant || frame.date != lenient.date
        || frame.offers != lenient.counts.offerElements
        || frame.priceSum != lenient.counts.integerPriceSum
      {
        Issue.record("\(name): the stream read \(frame) for \(lenient)")
      }
      // The linter does not ask the schema about what streams.
      let violations = try PriceListSchema.validate(bytes)
      if !violations.isEmpty { Issue.record("\(name): streams, but \(violations)") }
    } catch {
      Issue.record("\(name): \(error)")
    }
  }

  private func difference(_ plain: PriceListReading, _ lenient: PriceListReading) -> String {
    if plain.findings != lenient.findings { return "\(plain.findings) for \(lenient.findings)" }
    if plain.places != lenient.places { return "\(plain.places) for \(lenient.places)" }
    return "\(plain) for \(lenient)"
  }

  @Test(arguments: [11, 12, 13, 14] as [UInt64]) func bothWaysAgree(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var taken = 0
    let bases = Self.bases.enumerated().filter { ![1, 2, 3].contains($0.offset) }.map {
      Array($0.element.utf8)
    }
    let rounds = FeedFuzzTests.rounds
    for round in 0..<rounds {
      let base = bases[round % bases.count]
      // Small damage leaves more files readable.
      var bytes = round % 7 == 0 ? FeedFuzzTests.damaged(base, &generator) : base
      for _ in 0..<Int.random(in: 1...2, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let letters = Array(" \t\n\r<>&;'\"=/x0:-]\u{A0}РЁ 0123456789abcdefghijklmnop".utf8)
        let letter = letters.randomElement(using: &generator) ?? 0
        switch round % 5 {
        case 0: bytes[place] = letter
        case 1: bytes.insert(letter, at: place)
        case 2: bytes.remove(at: place)
        default:
          let spot = Int.random(in: 0..<bytes.count, using: &generator)
          bytes.swapAt(place, spot)
        }
      }
      if isTaken(bytes, "round \(round) of seed \(seed)") { taken += 1 }
    }
    #expect(taken > rounds / 20, "only \(taken) of \(rounds) were plain")
  }

  @Test func allPlainLayoutsAreTaken() {
    for (number, base) in Self.bases.enumerated() where ![1, 2, 3].contains(number) {
      #expect(isTaken(Array(base.utf8), "base \(number)"), "base \(number)")
    }
  }

  @Test(.needsSampleData) func recordedFeedsReadAlike() throws {
    var taken = 0
    let names = SampleData.files(in: "pricelist").filter { $0.hasSuffix(".xml") }
    for name in names {
      let bytes = try SampleData.bytes(name)
      let plain = PriceListReader.plainReading(bytes, source: name, maximumOffers: 1_000_000)
      guard let plain else { continue }
      taken += 1
      let lenient = try PriceListReader.lenientReading(
        bytes, source: name, maximumBytes: 1 << 30, maximumOffers: 1_000_000)
      #expect(plain == lenient, "\(name)")
      checkStream(bytes, lenient, name)
    }
    #expect(taken * 2 > names.count, "\(taken) of \(names.count) feeds are plain")
  }
}
