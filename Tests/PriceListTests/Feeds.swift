import FoundationEssentials
import Model
import PriceList
import TestKit
import Testing

/// What INDEX.json says about one recorded feed; a missing number means that the file is not well-formed.
struct IndexedFeed: Decodable, Sendable, CustomTestStringConvertible {
  var name = ""
  var offers: Int?
  var uniqueSkus: Int?
  var integerPriceSum: Int?
  var duplicateSkus: [String]?
  var company: String?
  var merchantid: String?
  var date: String?
  var emptyModels: Int?
  var offersWithoutAvailability: Int?
  var storeIds: [String: Int]?
  var available: [String: Int]?
  var cityIds: [String: Int]?
  var wellFormed: Bool
  var validAgainstReconstructedSchema: Bool

  enum CodingKeys: String, CodingKey {
    case offers, uniqueSkus, integerPriceSum, duplicateSkus, company, merchantid, date, emptyModels
    case offersWithoutAvailability, storeIds, available, cityIds, wellFormed, validAgainstReconstructedSchema
  }
  var testDescription: String { name }

  /// The feeds below a folder, sorted; empty where recorded data is absent.
  static func all(_ folder: String = "pricelist") -> [IndexedFeed] {
    struct Index: Decodable { var feeds: [String: IndexedFeed] }
    guard let bytes = try? SampleData.bytes("INDEX.json"),
      let index = try? JSONDecoder().decode(Index.self, from: Data(bytes))
    else { return [] }
    return index.feeds.filter { $0.key.hasPrefix(folder) }.sorted { $0.key < $1.key }.map {
      var feed = $0.value
      feed.name = $0.key
      return feed
    }
  }
}

/// A whole file around some lines.
func feed(_ offers: String, head: String = "<company>D</company><merchantid>1</merchantid>") -> [UInt8] {
  Array(
    """
    <?xml version="1.0" encoding="utf-8"?>
    <kaspi_catalog xmlns="kaspiShopping" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    \(head)
    <offers>
    \(offers)
    </offers>
    </kaspi_catalog>
    """.utf8)
}

/// A file with one offer.
func one(
  _ inside: String = "<model>m</model>\(stock())<price>5</price>", sku: String = "A1"
) -> [UInt8] {
  feed("<offer sku=\"\(sku)\">\(inside)</offer>")
}

func stock(_ attributes: String = #"available="yes" storeId="PP1" stockCount="4""#) -> String {
  "<availabilities><availability \(attributes)/></availabilities>"
}

func read(_ bytes: [UInt8]) throws -> PriceListReading { try PriceListReader.read(bytes, source: "t.xml") }

func refusal(_ bytes: [UInt8]) -> PriceListError? {
  do throws(PriceListError) {
    _ = try PriceListReader.read(bytes, source: "t.xml")
    return nil
  } catch {
    return error
  }
}
