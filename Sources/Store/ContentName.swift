/// The name of kept bytes in 16 bytes: the first half of their SHA-256.
///
/// Whoever reads under it compares the whole digest, so two contents that share a half would cost a reading and never
/// stand for each other.
public struct ContentName: Sendable, Hashable {
  private let parts: SIMD2<UInt64>

  /// Reads a name; gives `nil` for anything but 64 hexadecimal digits in small letters.
  public init?(_ digits: some Sequence<UInt8>) {
    var parts = SIMD4<UInt64>()
    var count = 0
    for digit in digits {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x61...0x66: value = digit - 0x57
      default: return nil
      }
      guard count < 64 else { return nil }
      parts[count / 16] = parts[count / 16] << 4 | UInt64(value)
      count += 1
    }
    guard count == 64 else { return nil }
    self.parts = parts.lowHalf
  }
}
