import FoundationEssentials
import Model
import TestKit
import Testing
import XML

@testable import CatalogFormat

@Suite struct CatalogRoundTripTests {
  @Test(arguments: 0..<40)
  func jsonAndXMLHoldTheSameFacts(seed: UInt64) throws {
    let catalog = try GeneratedCatalog.make(seed: seed, offers: Int(seed) * 2)
    let json = CatalogJSON.encode(catalog)
    let fromJSON = try CatalogJSON.decode(json)
    #expect(fromJSON == catalog)
    let xml = try CatalogXML.encode(fromJSON)
    let fromXML = try CatalogXML.decode(xml)
    #expect(fromXML == catalog)
    #expect(CatalogJSON.encode(fromXML) == json)
    #expect(try CatalogXML.encode(fromXML) == xml)
    #expect(try CatalogSchema.violations(in: xml) == [])
  }

  @Test func onePriceIsOneLine() throws {
    let catalog = try GeneratedCatalog.make(seed: 7, offers: 300)
    var entries = catalog.entries
    entries[150].offer.pricing = .everywhere(try #require(Tenge(123_456)))
    entries[150].product = nil
    var before = entries
    before[150].offer.pricing = .everywhere(try #require(Tenge(123_457)))
    func lines(_ entries: [CatalogEntry]) throws -> [Substring] {
      let catalog = try #require(Catalog(company: "c", merchant: catalog.merchant, entries: entries))
      return String(decoding: CatalogJSON.encode(catalog), as: UTF8.self).split(separator: "\n")
    }
    let (old, new) = (try lines(before), try lines(entries))
    #expect(old.count == new.count)
    #expect(zip(old, new).count { $0 != $1 } == 1)
  }

  @Test func theSchemaFileIsTheSchema() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "Sources/CatalogFormat/Documentation.docc/Formats/catalog.xsd")
    #expect(String(decoding: try Data(contentsOf: file), as: UTF8.self) == CatalogSchema.text)
  }

  @Test(arguments: [
    (#"{"format":2,"company":"c","merchant":"1","offers":[]}"#, "/format"),
    (#"{"company":"c","merchant":"1","offers":[]}"#, "/format"),
    (#"{"format":1,"company":"c","merchant":"1","offers":[],"extra":1}"#, "/extra"),
    (
      #"{"format":1,"company":"c","merchant":"1","offers":[{"sku":"1","model":"m","prices":{"*":0}}]}"#,
      "/offers/0/prices"
    ),
    (
      #"{"format":1,"company":"c","merchant":"1","offers":[{"sku":"","model":"m","prices":{"*":1}}]}"#,
      "/offers/0/sku"
    ),
    (
      #"{"format":1,"company":"c","merchant":"1","offers":[{"sku":"1","model":"m","prices":{"*":1},"prise":1}]}"#,
      "/offers/0/prise"
    ),
    (#"{"format":1,"company":"c","merchant":"1","#, "line 1, column 42"),
  ])
  func refusesWhatItDoesNotKnow(text: String, place: String) {
    let error = #expect(throws: CatalogFormatError.self) { try CatalogJSON.decode(Array(text.utf8)) }
    #expect(error?.place == place)
  }

  @Test(arguments: [
    ("<catalog/>", "format"), ("<catalog xmlns='urn:kaspi-catalog:2'/>", "format"),
    (
      "<catalog xmlns='urn:kaspi-catalog:1'><company>c</company><merchant>1</merchant><offers><x/></offers></catalog>",
      "'x'"
    ),
    ("<catalog xmlns='urn:kaspi-catalog:1'><company>c</company>", ""),
  ])
  func refusesOtherMarkup(text: String, part: String) {
    let error = #expect(throws: CatalogFormatError.self) { try CatalogXML.decode(Array(text.utf8)) }
    #expect(error?.message.contains(part) == true)
  }

  /// The first sample of format 1; it must be readable for ever.
  @Test func readsTheOldSample() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let json = [UInt8](try Data(contentsOf: folder.appending(path: "catalog-1.json")))
    let xml = [UInt8](try Data(contentsOf: folder.appending(path: "catalog-1.xml")))
    let catalog = try CatalogJSON.decode(json)
    #expect(catalog == (try CatalogXML.decode(xml)))
    #expect(CatalogJSON.encode(catalog) == json)
    #expect(try CatalogXML.encode(catalog) == xml)
    let sku = try #require(SKU("112066821_000573024"))
    let kettle = try #require(catalog.entry(sku))
    #expect(kettle.product?.characteristics.first?.characteristics.last?.values == ["стекло", "пластик"])
    #expect(catalog.entries.contains { $0.standing != .offered })
  }
}

@Suite struct CrawlResultTests {
  @Test(arguments: 0..<20)
  func comesBackAsItWas(seed: UInt64) throws {
    let catalog = try GeneratedCatalog.make(seed: seed, offers: 20)
    let instant = Instant(milliseconds: 1_795_449_600_000)
    let result = CrawlRecord(
      taken: instant,
      shop: CrawledShop(
        company: seed % 2 == 0 ? "Demo" : nil, merchant: catalog.merchant,
        offers: catalog.entries.map {
          CrawledOffer(
            offer: $0.offer, productID: $0.productID, product: $0.product,
            provenance: [Provenance(source: "a", fetched: instant, digest: "00", parser: 1)])
        },
        heldBack: [HeldBackOffer(sku: "", rule: "empty-sku", place: Place("f", line: 3), message: "no SKU")],
        gaps: [Gap(kind: .page, source: "http://x", reason: "404")],
        sources: [SourceSummary(kind: "feed", source: "f", digest: nil, offers: 20)],
        findings: [
          Finding(rule: "r", severity: .warning, place: Place("f"), sku: "1", message: "m", hint: "h")
        ]))
    #expect(try CrawlRecordJSON.decode(CrawlRecordJSON.encode(result)) == result)
  }
}
