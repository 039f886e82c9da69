/// The Castagnoli checksum, polynomial 0x1EDC6F41, reflected; as in iSCSI (RFC 3720, appendix B.4).
enum CRC32C {
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let whole = bytes.withContiguousStorageIfAvailable { unsafe checksum(of: Span(_unsafeElements: $0)) }
    if let whole { return whole }
    var rest: UInt32 = .max
    for byte in bytes { rest = step(rest, byte) }
    return ~rest
  }

  /// Eight bytes a step, with a table for each place among the eight.
  private static func checksum(of bytes: Span<UInt8>) -> UInt32 {
    var rest: UInt32 = .max
    var index = 0
    let tables = wide.span
    while index + 8 <= bytes.count {
      rest ^= UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
      rest ^= UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
      var next = tables[1792 + Int(rest & 0xFF)] ^ tables[1536 + Int(rest >> 8 & 0xFF)]
      next ^= tables[1280 + Int(rest >> 16 & 0xFF)] ^ tables[1024 + Int(rest >> 24)]
      next ^= tables[768 + Int(bytes[index + 4])] ^ tables[512 + Int(bytes[index + 5])]
      next ^= tables[256 + Int(bytes[index + 6])] ^ tables[Int(bytes[index + 7])]
      rest = next
      index += 8
    }
    while index < bytes.count {
      rest = step(rest, bytes[index])
      index += 1
    }
    return ~rest
  }

  private static func step(_ rest: UInt32, _ byte: UInt8) -> UInt32 {
    rest >> 8 ^ wide[Int(UInt8(truncatingIfNeeded: rest) ^ byte)]
  }

  /// Eight hexadecimal digits in small letters.
  static func text(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let sum = checksum(bytes)
    let parts = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    return Array(Digest.hexadecimal(parts).utf8)
  }

  /// Eight tables of 256: the first for the last byte of a step, the last for its first byte.
  private static let wide: [UInt32] = {
    var tables = (0..<256).map { index in
      var rest = UInt32(index)
      for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
      return rest
    }
    for index in 256..<2048 {
      let before = tables[index - 256]
      tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
    }
    return tables
  }()
}
