internal import CBytes

/// The Castagnoli checksum, polynomial 0x1EDC6F41, reflected; as in iSCSI (RFC 3720, appendix B.4).
///
/// Eight bytes a step, because a segment of an index has tens of megabytes and is checked before it is changed, and
/// every line of a crawl has one: by the processor's own instruction where there is one, else by tables.
package enum CRC32C {
  /// The checksum of some bytes.
  ///
  /// - Parameter bytes: The bytes.
  /// - Returns: The checksum.
  package static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
    guard hasInstruction else { return byTables(bytes) }
    // Lent to C for the call alone.
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      return unsafe ~kb_crc32c(.max, base, bytes.count)
    }
  }

  /// The checksum of some bytes as eight hexadecimal digits in small letters.
  static func text(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let sum = checksum(bytes.span)
    let parts = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    return Array(Digest.hexadecimal(parts).utf8)
  }

  private static let hasInstruction = kb_has_crc32c() != 0

  /// The same without the instruction.
  static func byTables(_ bytes: Span<UInt8>) -> UInt32 {
    let tables = Self.tables
    var rest: UInt32 = .max
    var index = 0
    while index + 8 <= bytes.count {
      let low =
        rest ^ UInt32(bytes[index]) ^ UInt32(bytes[index + 1]) << 8 ^ UInt32(bytes[index + 2]) << 16
        ^ UInt32(bytes[index + 3]) << 24
      var next = tables[1792 + Int(low & 0xFF)] ^ tables[1536 + Int(low >> 8 & 0xFF)]
      next ^= tables[1280 + Int(low >> 16 & 0xFF)] ^ tables[1024 + Int(low >> 24)]
      next ^= tables[768 + Int(bytes[index + 4])] ^ tables[512 + Int(bytes[index + 5])]
      next ^= tables[256 + Int(bytes[index + 6])] ^ tables[Int(bytes[index + 7])]
      rest = next
      index += 8
    }
    while index < bytes.count {
      rest = rest >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: rest) ^ bytes[index])]
      index += 1
    }
    return ~rest
  }

  /// Eight tables of 256 entries: entry `i` of table `t` is byte `i` followed by `t` bytes of zero.
  private static let tables: [UInt32] = {
    var tables = (0..<256).map { index in
      var rest = UInt32(index)
      for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
      return rest
    }
    for entry in 256..<2048 {
      let before = tables[entry - 256]
      tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
    }
    return tables
  }()
}
