/// Texts of a shop in about one byte a letter.
///
/// ASCII stays; Russian letters are the bytes from C0, in the order of Unicode; the bytes between are Kazakh letters
/// and signs that titles have. Any other scalar is an escape byte and a varint.
enum ShortText {
  private static let escape: UInt8 = 0x9F
  /// The bytes 80 to BF, without the escape.
  private static let table: [UInt8: UInt32] = {
    let low = "ӘәҒғҚқҢңӨөҰұҮүҺһІі«»–—“”„’…№×°±".unicodeScalars.map(\.value)
    let high = "²³½¼·•′″®™€₸₽µ→≥≤éöüäóáèçñ\u{A0}Ёё".unicodeScalars.map(\.value)
    var table: [UInt8: UInt32] = [:]
    for (index, scalar) in low.prefix(31).enumerated() { table[0x80 + UInt8(index)] = scalar }
    for (index, scalar) in high.prefix(32).enumerated() { table[0xA0 + UInt8(index)] = scalar }
    return table
  }()
  private static let scalars: [UInt32] = (UInt8.min...UInt8.max).map { byte in
    switch byte {
    case 0..<0x80: UInt32(byte)
    case 0xC0...: UInt32(byte) + 0x350
    default: table[byte] ?? 0
    }
  }
  private static let bytes: [UInt32: UInt8] = Dictionary(
    table.map { ($1, $0) }, uniquingKeysWith: { one, other in min(one, other) })

  /// Appends a text in short form.
  static func append(_ text: String, to output: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x80: output.append(UInt8(truncatingIfNeeded: scalar.value))
      case 0x410...0x44F: output.append(UInt8(truncatingIfNeeded: scalar.value - 0x410 + 0xC0))
      default:
        if let byte = bytes[scalar.value] {
          output.append(byte)
        } else {
          output.append(escape)
          output.appendVarint(UInt64(scalar.value))
        }
      }
    }
  }

  /// The text of short bytes.
  ///
  /// - Parameter span: All of them.
  /// - Returns: The text.
  /// - Throws: ``Damage`` for a byte that stands for nothing.
  static func read(_ span: Span<UInt8>) throws(Damage) -> String {
    var utf8: [UInt8] = []
    try append(span, to: &utf8)
    return String(decoding: utf8, as: UTF8.self)
  }

  /// Appends the text of short bytes as UTF-8.
  ///
  /// - Parameters:
  ///   - span: All of them.
  ///   - utf8: What the text is appended to.
  /// - Throws: ``Damage`` for a byte that stands for nothing.
  static func append(_ span: Span<UInt8>, to utf8: inout [UInt8]) throws(Damage) {
    utf8.reserveCapacity(utf8.count + span.count * 2)
    let scalars = Self.scalars
    var place = 0
    while place < span.count {
      let byte = span[place]
      place += 1
      if byte < 0x80 {
        utf8.append(byte)
        continue
      }
      if byte >= 0xC0 {
        // А to п, then р to я.
        utf8.append(byte < 0xF0 ? 0xD0 : 0xD1)
        utf8.append(byte < 0xF0 ? byte - 0x30 : byte - 0x70)
        continue
      }
      var value = scalars[Int(byte)]
      if byte == escape {
        let number = try span.varint(&place)
        guard number <= 0x10FFFF else { throw Damage("a text with a letter that does not exist") }
        value = UInt32(number)
      }
      guard value >= 0x80, let scalar = Unicode.Scalar(value) else {
        throw Damage("a text with a letter that does not exist")
      }
      if value < 0x800 {
        utf8.append(UInt8(truncatingIfNeeded: 0xC0 | value >> 6))
        utf8.append(UInt8(truncatingIfNeeded: 0x80 | value & 0x3F))
      } else {
        for byte in String(scalar).utf8 { utf8.append(byte) }
      }
    }
  }
}
