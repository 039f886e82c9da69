internal import Store

/// The tags in a page's head that name the product.
///
/// Read by byte search, because the head comes before everything that could be cut or broken.
struct MetaTags {
  /// Text of `<title>`, decoded.
  private(set) var title: String?
  /// Content by `property`, decoded, of the tags that are wanted; the first of equal names.
  private(set) var properties: [String: String] = [:]

  private static let tag = BytePattern("<meta")
  private static let titleStart = BytePattern("<title")
  private static let property = BytePattern("property=\"")
  private static let content = BytePattern("content=\"")
  private static let bodyStart = BytePattern("<body")
  private static let wanted: Set<String> = [
    "og:url", "og:image", "product:price:amount", "product:availability", "product:retailer_item_id",
  ]

  /// Reads a page's head.
  ///
  /// - Parameter page: The page's bytes.
  init(_ page: [UInt8]) {
    let headEnd = Self.bodyStart.first(in: page, 0..<page.count) ?? page.count
    let head = 0..<headEnd
    if let start = Self.titleStart.first(in: page, head),
      let open = ByteSearch.first(0x3E, in: page, start..<headEnd),
      let end = ByteSearch.first(0x3C, in: page, open..<headEnd)
    {
      title = MarkupText.decoded(String(decoding: page[(open + 1)..<end], as: UTF8.self))
    }
    var position = 0
    while let start = Self.tag.first(in: page, position..<head.upperBound) {
      guard let end = ByteSearch.first(0x3E, in: page, start..<headEnd) else { break }
      position = end
      if let name = Self.value(Self.property, page, start..<end), Self.wanted.contains(name),
        let content = Self.value(Self.content, page, start..<end), properties[name] == nil
      {
        properties[name] = MarkupText.decoded(content)
      }
    }
  }

  private static func value(_ attribute: BytePattern, _ page: [UInt8], _ tag: Range<Int>) -> String? {
    guard let start = attribute.first(in: page, tag) else { return nil }
    let first = start + attribute.bytes.count
    guard let end = ByteSearch.first(0x22, in: page, first..<tag.upperBound) else { return nil }
    return String(decoding: page[first..<end], as: UTF8.self)
  }
}
