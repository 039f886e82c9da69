/// Blanks: those of XML, and those that only look like them.
enum Blank {
  /// Blank, tab and line breaks: what XML itself skips.
  static func isXML(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  /// No-break and other blanks between digits.
  static func isAny(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x2000...0x200B, 0x202F, 0x205F, 0x3000, 0xFEFF: true
    default: false
    }
  }

  /// Whether a text is nothing but what XML skips.
  static func isNothing(_ text: String) -> Bool { text.utf8.allSatisfy(isXML) }

  /// A text without the blanks that XML skips at both ends.
  static func trimmed(_ text: String) -> String {
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isXML($0) }),
      let last = bytes.lastIndex(where: { !isXML($0) })
    else { return "" }
    return String(text[first...last])
  }
}
