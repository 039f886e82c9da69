/// Resource ids of the orders API: base64 of a readable code, without padding.
enum ResourceID {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The id of a code.
  static func of(_ code: String) -> String {
    var result: [UInt8] = []
    let bytes = Array(code.utf8)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var word = 0
      for place in 0..<3 { word = word << 8 | (place < part.count ? Int(part[start + place]) : 0) }
      for place in 0...part.count { result.append(alphabet[word >> (18 - 6 * place) & 63]) }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The code of an id; `nil` for what is no base64 without padding.
  static func code(_ id: String) -> String? {
    var word = 0
    var bits = 0
    var bytes: [UInt8] = []
    for character in id.utf8 {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      word = (word << 6 | value) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: word >> bits))
      }
    }
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self), of(text) == id else {
      return nil
    }
    return text
  }
}
