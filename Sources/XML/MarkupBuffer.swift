/// Bytes of markup that are being written, in memory that is set aside ahead of them.
///
/// What a piece can grow to is made room for once, and then every byte of it is written without looking again.
@safe package struct MarkupBuffer: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Bytes written and not yet taken.
  package private(set) var count = 0

  package init(capacity: Int = 4096) {
    self.capacity = max(64, capacity)
    unsafe start = UnsafeMutablePointer<UInt8>.allocate(capacity: self.capacity)
  }

  deinit { unsafe start.deallocate() }

  @inline(__always) private mutating func makeRoom(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never) private mutating func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    unsafe room.update(from: start, count: count)
    unsafe start.deallocate()
    unsafe start = unsafe room
    capacity = larger
  }

  // MARK: Writing

  @inline(__always) package mutating func append(_ byte: UInt8) {
    makeRoom(1)
    unsafe start[count] = byte
    count += 1
  }

  /// Appends text of our own, as it is.
  @inline(__always) package mutating func append(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    makeRoom(length)
    unsafe (start + count).update(from: text.utf8Start, count: length)
    count += length
  }

  /// Appends text that is known to need no escape.
  package mutating func append(raw text: String) {
    var text = text
    text.withUTF8 { utf8 in
      guard let source = utf8.baseAddress else { return }
      makeRoom(utf8.count)
      unsafe (start + count).update(from: source, count: utf8.count)
      count += utf8.count
    }
  }

  /// Appends a number in digits.
  package mutating func append(number: Int) {
    makeRoom(20)
    var magnitude = number.magnitude
    if number < 0 {
      unsafe start[count] = 0x2D
      count += 1
    }
    var digits = 1
    var bound: UInt = 10
    while magnitude >= bound, digits < 20 {
      digits += 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    var place = count + digits
    count = place
    repeat {
      place -= 1
      unsafe start[place] = 0x30 + UInt8(truncatingIfNeeded: magnitude % 10)
      magnitude /= 10
    } while magnitude > 0
  }

  /// Appends blanks.
  package mutating func append(blanks: Int) {
    guard blanks > 0 else { return }
    makeRoom(blanks)
    unsafe (start + count).update(repeating: 0x20, count: blanks)
    count += blanks
  }

  /// Appends text, escaped; nothing of it when it holds a character that XML 1.0 forbids.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - inAttribute: Whether it stands between quotes; tabs and line breaks survive there as references.
  /// - Throws: ``XMLError`` with code `forbiddenCharacter`.
  package mutating func append(escaped text: String, inAttribute: Bool) throws(XMLError) {
    var text = text
    let forbidden: UInt32? = text.withUTF8 { utf8 in
      guard let source = utf8.baseAddress else { return nil }
      // No byte becomes longer than `&quot;`.
      makeRoom(utf8.count * 6 + 16)
      return unsafe escape(source, utf8.count, inAttribute)
    }
    guard let forbidden else { return }
    let number = String(forbidden, radix: 16, uppercase: true)
    throw XMLError(
      code: .forbiddenCharacter,
      message: "XML cannot carry the character U+\(String(repeating: "0", count: 4 - number.count))\(number)")
  }

  /// Whether none of eight bytes needs a look: neither control, nor mark, nor the lead of U+FFFE.
  ///
  /// Where it says so, it is so; a byte above one that needs a look may count as one, too.
  @inline(__always) private static func isPlain(_ bytes: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
    let controls = (bytes &- ones &* 0x20) & ~bytes
    // `"` and `&` differ in one bit, `<` and `>` in another.
    let quotes = zeros((bytes | ones &* 0x04) ^ ones &* 0x26)
    let angles = zeros((bytes | ones &* 0x02) ^ ones &* 0x3E)
    let leads = zeros(bytes ^ ones &* 0xEF)
    return (controls | quotes | angles | leads) & (ones &* 0x80) == 0
  }

  private mutating func escape(_ source: UnsafePointer<UInt8>, _ length: Int, _ inAttribute: Bool) -> UInt32?
  {
    let before = count
    var place = 0
    while place < length {
      while place + 8 <= length {
        let bytes = unsafe UnsafeRawPointer(source + place).loadUnaligned(as: UInt64.self)
        guard Self.isPlain(bytes) else { break }
        unsafe UnsafeMutableRawPointer(start + count).storeBytes(of: bytes, as: UInt64.self)
        count += 8
        place += 8
      }
      // The rest, or what holds the mark that was seen, byte by byte.
      let end = min(length, place + 8)
      while place < end {
        let byte = unsafe source[place]
        if byte > 0x3E, byte != 0xEF {
          unsafe start[count] = byte
          count += 1
          place += 1
          continue
        }
        if let forbidden = unsafe escape(byte, source, &place, inAttribute) {
          count = before
          return forbidden
        }
      }
    }
    return nil
  }

  /// Appends one byte that may need more than itself, and what belongs to it.
  @inline(__always) private mutating func escape(
    _ byte: UInt8, _ source: UnsafePointer<UInt8>, _ place: inout Int, _ inAttribute: Bool
  ) -> UInt32? {
    switch byte {
    case 0x26: append("&amp;")
    case 0x3C: append("&lt;")
    case 0x3E: append("&gt;")
    case 0x22 where inAttribute: append("&quot;")
    case 0x09 where inAttribute: append("&#9;")
    case 0x0A where inAttribute: append("&#10;")
    case 0x0D: append("&#13;")
    case 0x09, 0x0A, 0x20...0x3E: append(byte)
    case 0xEF:
      // Only U+FFFE and U+FFFF, EF BF BE and EF BF BF, are forbidden here.
      let (second, third) = unsafe (source[place + 1], source[place + 2])
      if second == 0xBF, third >= 0xBE { return 0xFF40 + UInt32(third) }
      append(byte)
      append(second)
      append(third)
      place += 2
    default: return UInt32(byte)
    }
    place += 1
    return nil
  }

  // MARK: Taking

  /// Hands the bytes to `body` and forgets them.
  package mutating func take(_ body: (RawSpan) throws -> Void) rethrows {
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    try body(unsafe bytes.bytes)
    count = 0
  }

  /// Hands the bytes out and forgets them.
  package mutating func takeBytes() -> [UInt8] {
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    count = 0
    return bytes
  }

  /// Forgets what stands behind a place.
  package mutating func rewind(to place: Int) { count = min(count, place) }
}

extension [UInt8] {
  /// Appends bytes that are looked at in place.
  package mutating func append(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
