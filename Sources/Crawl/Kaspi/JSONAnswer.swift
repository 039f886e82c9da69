internal import Store

/// An answer that should be JSON.
enum JSONAnswer {
  /// Decodes an answer of one of the shop's interfaces.
  ///
  /// - Parameters:
  ///   - bytes: The body.
  ///   - source: Where it comes from, without secrets.
  /// - Returns: The value; always an object.
  /// - Throws: ``PageError``: `blocked` for markup, `cut` for JSON that ends early, `notJSON` for the rest.
  static func object(_ bytes: [UInt8], source: String) throws(PageError) -> JSONNode {
    let start = bytes.skippingBlanks(from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    guard start < bytes.count else {
      throw PageError(code: .empty, source: source, detail: "the answer is empty")
    }
    if bytes[start] == 0x3C {
      throw PageError(code: .blocked, source: source, detail: "markup came where JSON was expected")
    }
    guard bytes[start] == 0x7B else {
      throw PageError(code: .notJSON, source: source, detail: "the answer is no JSON object")
    }
    let value: JSONNode
    do {
      value = try JSONTape(
        parsing: bytes, in: start..<bytes.count, maximumDepth: EmbeddedState.maximumDepth
      ).root
    } catch {
      let isCut = bytes.last { !$0.isMarkupBlank } != 0x7D
      throw PageError(
        code: isCut ? .cut : .notJSON, source: source,
        detail: "line \(error.line), column \(error.column): \(error.message)")
    }
    return value
  }
}
