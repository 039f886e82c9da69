/// Appends the number forms of the segment format: little-endian integers and varints.
extension [UInt8] {
  mutating func append16(_ value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  mutating func append32(_ value: UInt32) {
    append16(UInt16(truncatingIfNeeded: value))
    append16(UInt16(truncatingIfNeeded: value >> 16))
  }

  mutating func append64(_ value: UInt64) {
    append32(UInt32(truncatingIfNeeded: value))
    append32(UInt32(truncatingIfNeeded: value >> 32))
  }

  /// Seven bits a byte, the lowest first; the high bit says that more follow.
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Its length as a varint, then its UTF-8.
  mutating func appendText(_ text: String) {
    appendVarint(UInt64(text.utf8.count))
    append(contentsOf: text.utf8)
  }
}

/// Reads the number forms of the segment format; what does not fit is ``Damage``, never a trap.
extension Span<UInt8> {
  /// A part of the span.
  @inline(__always)
  func byte(_ position: Int) throws(Damage) -> UInt8 {
    guard position >= 0, position < count else { throw Damage("a place outside the section") }
    return self[position]
  }

  func little16(_ position: Int) throws(Damage) -> UInt16 {
    guard position >= 0, position <= count - 2 else { throw Damage("a place outside the section") }
    return UInt16(self[position]) | UInt16(self[position + 1]) << 8
  }

  func little32(_ position: Int) throws(Damage) -> UInt32 {
    guard position >= 0, position <= count - 4 else { throw Damage("a place outside the section") }
    return UInt32(self[position]) | UInt32(self[position + 1]) << 8 | UInt32(self[position + 2]) << 16
      | UInt32(self[position + 3]) << 24
  }

  func little64(_ position: Int) throws(Damage) -> UInt64 {
    UInt64(try little32(position)) | UInt64(try little32(position + 4)) << 32
  }

  /// Reads a varint and moves behind it.
  @inline(__always)
  func varint(_ position: inout Int) throws(Damage) -> UInt64 {
    let first = try byte(position)
    position += 1
    if first < 0x80 { return UInt64(first) }
    return try longVarint(UInt64(first & 0x7F), &position)
  }

  private func longVarint(_ start: UInt64, _ position: inout Int) throws(Damage) -> UInt64 {
    var (value, shift) = (start, UInt64(7))
    while shift < 63 {
      let byte = try byte(position)
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw Damage("a number of too many bytes")
  }

  /// A length that was written as 64 bits, if it can be one.
  func length(_ position: Int) throws(Damage) -> Int {
    guard let value = Int(exactly: try little64(position)) else { throw Damage("a length beyond any file") }
    return value
  }
}
