internal import Model

/// What a crawl takes from the price list's own reader.
enum FeedReading {
  /// The number of the reading, written into provenance.
  static let parserVersion = 1

  /// Refuses what is plainly no price list, before any parser sees it.
  ///
  /// - Parameters:
  ///   - bytes: The body.
  ///   - source: Where it comes from, without secrets.
  /// - Throws: ``PageError``: `empty`, or `notHTML` turned around: `damaged` for a page or JSON in place of the file.
  static func checkKind(_ bytes: [UInt8], source: String) throws(PageError) {
    let start = bytes.skippingBlanks(from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    guard start < bytes.count else {
      throw PageError(code: .empty, source: source, detail: "the price list is empty")
    }
    let head = String(decoding: bytes[start...].prefix(256), as: UTF8.self).lowercased()
    if head.hasPrefix("<!doctype html") || head.hasPrefix("<html") {
      throw PageError(code: .damaged, source: source, detail: "a web page came where a price list was expected")
    }
    if head.hasPrefix("{") || head.hasPrefix("[") {
      throw PageError(code: .damaged, source: source, detail: "JSON came where a price list was expected")
    }
  }

  static func yield(of bytes: [UInt8], source: String) -> FeedSource.Yield { FeedSource.Yield() }
}
