import Crawl
import Model
import Store

/// `reports/market.json`: where our offers stand among all sellers.
enum MarketDocument {
  /// The number of the format.
  static let format = 1

  /// The document, sorted by card and city.
  static func value(of market: [MarketPosition], taken: Instant) -> JSONValue {
    [
      "format": .integer(format), "taken": .string(taken.description),
      "cards": .array(
        market.map { position in
          var members: [String: JSONValue] = [
            "card": .string(position.product.text), "city": .string(position.city.code),
            "sellers": .integer(position.sellers), "min": .integer(position.lowest.amount),
            "median": .integer(position.median.amount), "seen": .string(position.seen.description),
          ]
          members["own"] = position.own.map { .integer($0.amount) }
          members["rank"] = position.rank.map { .integer($0) }
          return .object(members)
        }),
    ]
  }
}

/// The values of a cookie file in Netscape format: secrets, to be looked for and never printed.
enum CookieValues {
  /// Every value, in the file's order.
  static func values(in file: [UInt8]) -> [String] {
    file.split(separator: 0x0A).compactMap { line in
      let fields = line.split(separator: 0x09, omittingEmptySubsequences: false)
      guard fields.count == 7, let last = fields.last else { return nil }
      let value = String(decoding: last, as: UTF8.self).filter { !$0.isWhitespace }
      return value.isEmpty ? nil : value
    }
  }
}
