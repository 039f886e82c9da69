/// A buyer's telephone number, which prints itself masked.
///
/// - Invariant: `digits` is 11 decimal digits starting with the country code 7.
public struct PhoneNumber: Sendable, Hashable {
  /// All digits, country code first: `77011234567`.
  ///
  /// Personal data: for `orders/`, `outbox/` and WAHA only.
  public let digits: String

  /// Brings the spellings in use to one form.
  ///
  /// Gives `nil` for a masked number (all zeros behind the country code) or one of another form.
  ///
  /// Ten digits from 7 get the country code; a leading 8 of eleven digits is the trunk prefix and becomes 7.
  ///
  /// - Parameter text: Any spelling, like `+7 (701) 123-45-67`, `8 701 123 45 67` or `7011234567`.
  public init?(_ text: String) {
    var digits = text.utf8.filter { (0x30...0x39).contains($0) }
    switch (digits.count, digits.first) {
    case (11, 0x38): digits[0] = 0x37
    case (11, 0x37): break
    case (10, 0x37): digits.insert(0x37, at: 0)
    default: return nil
    }
    guard digits.dropFirst().contains(where: { $0 != 0x30 }) else { return nil }
    self.digits = String(decoding: digits, as: UTF8.self)
  }

  /// Whether it is a mobile number of Kazakhstan, by the numbering plan of 2026.
  ///
  /// Operator prefixes 700–702, 705–708, 747, 760–764, 771, 775–778 and 785.
  public var isKazakhstanMobile: Bool {
    guard digits.hasPrefix("77"), let prefix = Int(digits.dropFirst().prefix(3)) else { return false }
    return switch prefix {
    case 700...702, 705...708, 747, 760...764, 771, 775...778, 785: true
    default: false
    }
  }
}

extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Masked for people: `+7 701 ***-**-67`.
  public var description: String {
    "+7 \(digits.dropFirst().prefix(3)) ***-**-\(digits.suffix(2))"
  }

  /// Masked as well.
  public var debugDescription: String { description }

  /// Nothing to look into, so that `dump` and test output stay masked.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
