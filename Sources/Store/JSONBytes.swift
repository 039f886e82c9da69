internal import CBytes

/// What readers in place ask of bytes: where a text stops, whether it is UTF-8, where an escape ends.
enum JSONBytes {
  /// Finds the end of an escape; both halves of a surrogate pair are one.
  ///
  /// - Parameters:
  ///   - base: The bytes.
  ///   - start: Where the backslash stands.
  ///   - end: Behind the last byte.
  /// - Returns: The index behind it, or `nil` for an escape that JSON does not have.
  static func escapeEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard start + 1 < end else { return nil }
    switch unsafe base[start + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return start + 2
    case 0x75: break
    default: return nil
    }
    guard let first = unsafe fourDigits(base, start + 2, end) else { return nil }
    guard (0xD800...0xDFFF).contains(first) else { return start + 6 }
    guard first < 0xDC00, start + 8 <= end, unsafe base[start + 6] == 0x5C, unsafe base[start + 7] == 0x75,
      let second = unsafe fourDigits(base, start + 8, end), (0xDC00...0xDFFF).contains(second)
    else { return nil }
    return start + 12
  }

  private static func fourDigits(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> UInt32? {
    guard start + 4 <= end else { return nil }
    var value: UInt32 = 0
    for index in start..<(start + 4) {
      let digit: UInt8
      switch unsafe base[index] {
      case let byte where byte &- 0x30 < 10: digit = byte - 0x30
      case let byte where (byte | 0x20) &- 0x61 < 6: digit = (byte | 0x20) - 0x57
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Whether bytes are UTF-8, after the table of well-formed sequences (Unicode 16, table 3-7).
  ///
  /// Letters of two bytes, which is what our texts are made of, come first.
  ///
  /// - Parameter bytes: Any.
  /// - Returns: What `String(validating:as:)` would say, without making a text.
  static func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    let end = bytes.count
    var index = 0
    func follows(_ place: Int, _ lowest: UInt8 = 0x80, _ highest: UInt8 = 0xBF) -> Bool {
      unsafe base[place] >= lowest && base[place] <= highest
    }
    while index < end {
      let byte = unsafe base[index]
      if byte < 0x80 {
        index += 1
      } else if byte >= 0xC2, byte < 0xE0 {
        guard index + 1 < end, follows(index + 1) else { return false }
        index += 2
      } else if byte >= 0xE0, byte < 0xF0 {
        // No longer form of a shorter letter, no half of a surrogate pair.
        guard index + 2 < end, follows(index + 1, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF),
          follows(index + 2)
        else { return false }
        index += 3
      } else if byte >= 0xF0, byte < 0xF5 {
        guard index + 3 < end, follows(index + 1, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF),
          follows(index + 2), follows(index + 3)
        else { return false }
        index += 4
      } else {
        return false
      }
    }
    return true
  }

  /// Whether a text can stand between quotes as it is.
  ///
  /// - Parameter bytes: UTF-8.
  /// - Returns: `false` when there is a quote, a backslash or a control character in it.
  static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var isWide: Int32 = 0
    return unsafe kb_text_end(base, bytes.count, &isWide) == bytes.count
  }
}
