/// A price in whole tenge.
///
/// - Invariant: `amount` is in `1...999_999_999`. Zero is no price: what Kaspi does with it is unknown.
public struct Tenge: Sendable, Hashable, Comparable {
  /// Whole tenge; a price list has no tiyn.
  public let amount: Int

  /// The amounts that a price list can carry.
  public static let bounds = 1...999_999_999

  /// Accepts an amount, or returns `nil` for one that no price list can carry.
  ///
  /// - Parameter amount: Whole tenge.
  public init?(_ amount: Int) {
    guard Self.bounds.contains(amount) else { return nil }
    self.amount = amount
  }

  /// Cheaper first.
  public static func < (left: Tenge, right: Tenge) -> Bool { left.amount < right.amount }
}

extension Tenge: CustomStringConvertible {
  /// The amount as a price list writes it: digits only.
  public var description: String { String(amount) }

  /// The amount as people read it, groups set apart by a no-break space, with the currency sign.
  public var grouped: String { amount.grouped + "\u{A0}₸" }
}

extension Int {
  /// The number with its digits in groups of three, set apart by a no-break space.
  public var grouped: String {
    var digits = Array(String(magnitude))
    var position = digits.count - 3
    while position > 0 {
      digits.insert("\u{A0}", at: position)
      position -= 3
    }
    return (self < 0 ? "-" : "") + String(digits)
  }
}
