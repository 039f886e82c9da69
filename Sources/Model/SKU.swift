/// The seller's own code of an offer, as the seller writes it.
///
/// A SKU is text, never a number: leading zeros, blanks, `+`, `()` and Cyrillic look-alikes are part of it.
/// Two SKUs are equal when their UTF-8 bytes are; Unicode's idea of equal spellings does not count.
///
/// - Invariant: 1 to 64 Unicode scalars, none of them a control character, and not all of them blanks.
public struct SKU: Sendable {
  /// The code, unchanged.
  public let text: String

  /// Longest SKU that any Kaspi surface is known to take, in Unicode scalars.
  public static let maximumLength = 64

  /// Accepts a code, or returns `nil` for one that no price list can carry.
  ///
  /// - Parameter text: The code exactly as written, blanks included.
  public init?(_ text: String) {
    if (1...Self.maximumLength).contains(text.utf8.count), Self.isPrintable(text), text.utf8.first != 0x20 {
      self.text = text
      return
    }
    let scalars = text.unicodeScalars
    guard !scalars.isEmpty, scalars.count <= Self.maximumLength,
      !scalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }),
      !scalars.allSatisfy({ $0.properties.isWhitespace })
    else { return nil }
    self.text = text
  }

  /// Whether a text holds nothing but what ASCII can print.
  private static func isPrintable(_ text: String) -> Bool {
    let utf8 = text.utf8
    let bytes = utf8.span
    for index in bytes.indices where bytes[index] < 0x20 || bytes[index] > 0x7E { return false }
    return true
  }

  /// Whether the code keeps to what the partner guide names: up to 20 Latin letters, digits, `_` or `-`.
  ///
  /// Live shops go beyond it, so a `false` is worth a warning and nothing more.
  public var isPlain: Bool {
    text.utf8.count <= 20
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
      }
  }
}

extension SKU: Hashable, Comparable, CustomStringConvertible {
  /// Byte equality.
  public static func == (left: SKU, right: SKU) -> Bool { left.text.hasBytes(of: right.text) }

  /// Byte order of the UTF-8 form, which is also the order of Unicode scalars.
  public static func < (left: SKU, right: SKU) -> Bool {
    left.text.precedesInBytes(right.text)
  }

  /// Hashes the bytes, in step with `==`.
  public func hash(into hasher: inout Hasher) { text.combineBytes(into: &hasher) }

  /// The code, unchanged.
  public var description: String { text }
}
