import FoundationEssentials
import Model
import Store
import TestKit
import Testing

@testable import CatalogFormat

/// `catalog.schema.json` says of `catalog.json` what our reader says of it.
@Suite struct CatalogSchemaTests {
  static func schema() throws -> SchemaCheck {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "Sources/CatalogFormat/Documentation.docc/Formats/catalog.schema.json")
    return try SchemaCheck(Array(Data(contentsOf: file)))
  }

  @Test(arguments: 0..<10)
  func whatWeWriteIsValid(seed: UInt64) throws {
    let json = CatalogJSON.encode(try GeneratedCatalog.make(seed: seed, offers: 40))
    #expect(try Self.schema().violations(in: JSONValue(parsing: json)) == [])
  }

  /// An offer that is right, with one member changed.
  @Test(arguments: [
    (#""sku":"1""#, #""sku":"""#), (#""sku":"1""#, #""sku":"\u0007""#), (#""sku":"1""#, #""skew":"1""#),
    (#"{"*":5}"#, #"{"*":0}"#), (#"{"*":5}"#, #"{}"#), (#"{"*":5}"#, #"{"*":1000000000}"#),
    (#"{"*":5}"#, #"{"*":5,"750000000":5}"#), (#"{"*":5}"#, #"{"7500":5}"#), (#"{"*":5}"#, #"{"*":"5"}"#),
    (#""available":true"#, #""available":1"#), (#""count":3"#, #""count":3,"colour":1"#),
    (#""withdrawn":"2026-01-31""#, #""withdrawn":"yesterday""#), (#""values":["a"]"#, #""values":[]"#),
    (#""PP1""#, #""""#), (#""id":"7""#, #""id":"7-1""#), (#""id":"7""#, #""ids":"7""#),
    (#""sold out""#, #""cheap""#), (#""format":1"#, #""format":2"#),
    (#""title":"t""#, #""title":null"#), (#""brand":"b""#, #""brand":7"#),
  ])
  func refusesWhatTheReaderRefuses(part: String, wrong: String) throws {
    let right =
      #"{"format":1,"company":"c","merchant":"1","offers":[{"sku":"1","model":"m","brand":"b","prices":{"*":5},"#
      + #""stock":{"PP1":{"available":true,"count":3,"preorder":2}},"withdrawn":"2026-01-31","#
      + #""product":{"id":"7","title":"t","characteristics":[{"group":"g","items":[{"name":"n","values":["a"]}]}],"#
      + #""sales":{"750000000":"sold out"},"rating":{"hundredths":480}}}]}"#
    let schema = try Self.schema()
    #expect(try schema.violations(in: JSONValue(parsing: Array(right.utf8))) == [])
    _ = try CatalogJSON.decode(Array(right.utf8))
    try #require(right.contains(part))
    let bytes = Array(right.replacing(part, with: wrong).utf8)
    #expect(try !schema.violations(in: JSONValue(parsing: bytes)).isEmpty)
    #expect(throws: CatalogFormatError.self) { try CatalogJSON.decode(bytes) }
  }
}
