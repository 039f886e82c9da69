/// The name of kept bytes in 16 bytes: the first half of their SHA-256.
///
/// Whoever reads under it compares the whole digest, so two contents that share a half would cost a reading and never
/// stand for each other.
public struct ContentName: Sendable, Hashable {
  private let parts: SIMD2<UInt64>

  /// Reads a name; gives `nil` for anything but 64 hexadecimal digits in small letters.
  public init?(_ digits: some Sequence<UInt8>) {
    let inPlace = digits.withContiguousStorageIfAvailable { unsafe Self.half(Span(_unsafeElements: $0)) }
    guard let parts = inPlace ?? Self.half(Array(digits).span) else { return nil }
    self.parts = parts
  }

  /// The first half of 64 digits; the second half only has to be digits.
  private static func half(_ digits: Span<UInt8>) -> SIMD2<UInt64>? {
    guard digits.count == 64 else { return nil }
    var parts = SIMD4<UInt64>()
    for part in 0..<4 {
      var number = UInt64(0)
      for index in (part * 16)..<(part * 16 + 16) {
        let digit = digits[index]
        let value = digit &- 0x30 < 10 ? digit &- 0x30 : digit &- 0x57
        guard value < 10 ? digit < 0x3A : value < 16 else { return nil }
        number = number << 4 | UInt64(value)
      }
      parts[part] = number
    }
    return parts.lowHalf
  }
}
