/// The Castagnoli checksum, polynomial 0x1EDC6F41, reflected; as in iSCSI (RFC 3720, appendix B.4).
enum CRC32C {
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var rest: UInt32 = .max
    for byte in bytes { rest = rest >> 8 ^ table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] }
    return ~rest
  }

  /// Eight hexadecimal digits in small letters.
  static func text(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let sum = checksum(bytes)
    let parts = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    return Array(Digest.hexadecimal(parts).utf8)
  }

  private static let table: [UInt32] = (0..<256).map { index in
    var rest = UInt32(index)
    for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
    return rest
  }
}
