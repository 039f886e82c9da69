import FoundationEssentials
import Model
import Store
import SystemPackage
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

  @Test func theQuickWayReadsOurOwnFilesAndNoOthers() throws {
    let catalog = try GeneratedCatalog.make(seed: 3, offers: 60)
    let json = CatalogJSON.encode(catalog)
    #expect(CatalogJSON.ours(json) == catalog)
    let text = String(decoding: json, as: UTF8.self)
    // The same facts in another form, and facts that are not ours, go the other way.
    let others = [
      text.replacing("  \"company\"", with: " \"company\""), text + "\n",
      text.replacing("\"format\": 1", with: "\"colour\": 1,\n  \"format\": 1"),
      text.replacing("\"available\"", with: "\"availabel\""),
    ]
    for other in others {
      #expect(other != text)
      #expect(CatalogJSON.ours(Array(other.utf8)) == nil)
    }
    #expect(try CatalogJSON.decode(Array(others[0].utf8)) == catalog)
    #expect(throws: CatalogFormatError.self) { try CatalogJSON.decode(Array(others[2].utf8)) }
    #expect(throws: CatalogFormatError.self) { try CatalogJSON.decode(Array(others[3].utf8)) }
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
  private func record(_ seed: UInt64) throws -> CrawlRecord {
    let catalog = try GeneratedCatalog.make(seed: seed, offers: 20)
    let instant = Instant(milliseconds: 1_795_449_600_000)
    return CrawlRecord(
      taken: instant,
      shop: CrawledShop(
        company: seed % 2 == 0 ? "Demo" : nil, merchant: catalog.merchant,
        offers: catalog.entries.enumerated().map { index, entry in
          var offer = CrawledOffer(
            offer: entry.offer, productID: entry.productID, product: entry.product,
            provenance: [Provenance(source: "a", fetched: instant, digest: "00", parser: 1)])
          if index % 3 == 1 { offer.unseen = [.description, .brand, .variants] }
          if index % 4 == 2 { offer.unseenStores = entry.offer.availabilities.map(\.store) }
          return offer
        },
        heldBack: [HeldBackOffer(sku: "", rule: "empty-sku", place: Place("f", line: 3), message: "no SKU")],
        gaps: [Gap(kind: .page, source: "http://x", reason: "404")],
        sources: [SourceSummary(kind: "feed", source: "f", digest: nil, offers: 20)],
        findings: [
          Finding(rule: "r", severity: .warning, place: Place("f"), sku: "1", message: "m", hint: "h")
        ]))
  }

  @Test(arguments: 0..<20)
  func comesBackAsItWas(seed: UInt64) throws {
    let result = try record(seed)
    let bytes = CrawlRecordJSON.encode(result)
    #expect(try CrawlRecordJSON.decode(bytes) == result)
    #expect(CanonicalJSON.document(try JSONValue(parsing: bytes)) == bytes)
  }

  /// Written piece by piece, in another order and with offers that come twice: not one byte is different.
  @Test(arguments: 0..<20)
  func isTheSameInPieces(seed: UInt64) throws {
    var result = try record(seed)
    switch seed % 3 {
    case 0: (result.shop.offers, result.shop.gaps, result.shop.heldBack) = ([], [], [])
    case 1: result.shop.findings = []
    default: result.shop.findings += result.shop.findings
    }
    let folder = try TemporaryFolder()
    let path = folder.path.appending("result.json")
    let writer = try CrawlRecordWriter(path)
    var random = SeededGenerator(seed: seed)
    for offer in result.shop.offers.shuffled(using: &random) { try writer.add(offer) }
    for var offer in result.shop.offers.prefix(5) {
      offer.offer.model = "a second offer of this SKU"
      try writer.add(offer)
    }
    for finding in result.shop.findings { try writer.add(finding) }
    #expect(try !Folder.exists(path))
    try writer.finish(result.shop, taken: result.taken)
    #expect(try AtomicFile.read(path) == CrawlRecordJSON.encode(result))
    #expect(try Folder.list(folder.path).map(\.name) == ["result.json"])
  }
}
