internal import Store

/// What of a price list may leave the machine in a cassette.
enum FeedRedaction {
  private static let codes: [(start: BytePattern, end: BytePattern)] = [
    (BytePattern("sku=\""), BytePattern("\"")), (BytePattern("sku='"), BytePattern("'")),
    (BytePattern("<model>"), BytePattern("</model")), (BytePattern("<brand>"), BytePattern("</brand")),
  ]

  /// The price list without contacts and secrets, but with every SKU, title and brand as it is: these are published,
  /// and one of them that looks like a telephone is none.
  ///
  /// - Parameters:
  ///   - body: A price list as it came.
  ///   - secrets: What must not be kept.
  /// - Returns: As many bytes.
  static func kept(of body: [UInt8], _ secrets: Secrets) -> [UInt8] {
    var result = secrets.blanked(Redaction.withoutContacts(body))
    for (start, end) in codes {
      var position = 0
      while let open = start.first(in: body, position..<body.count) {
        let inside = open + start.bytes.count
        let close = end.first(in: body, inside..<body.count) ?? inside
        for index in inside..<close { result[index] = body[index] }
        position = max(close, inside)
      }
    }
    return result
  }
}
