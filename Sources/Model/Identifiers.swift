/// A city as Kaspi numbers it: nine digits, like `750000000` for Almaty.
///
/// The same code stands in the price list, the cabinet, the public pages and the orders API.
/// No city is ever assumed: a fact without its city has none.
public struct CityID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Nine decimal digits.
  public let code: String

  /// Accepts a code, or returns `nil` unless it is nine decimal digits.
  ///
  /// - Parameter code: The code as written on the wire.
  public init?(_ code: String) {
    guard code.utf8.count == 9, code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    self.code = code
  }

  /// Order of the digits.
  public static func < (left: CityID, right: CityID) -> Bool { left.code < right.code }

  /// The nine digits.
  public var description: String { code }
}

/// A store or pickup point as the price list names it: `PP1`, `14000001_PP1`, or the seller's own text.
public struct StoreID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The code, unchanged.
  public let text: String

  /// Accepts a code, or returns `nil` for an empty one.
  ///
  /// - Parameter text: The code exactly as written.
  public init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    self.text = text
  }

  /// Byte order of the UTF-8 form.
  public static func < (left: StoreID, right: StoreID) -> Bool {
    left.text.precedesInBytes(right.text)
  }

  /// The code, unchanged.
  public var description: String { text }
}

/// A seller as Kaspi names it (`merchantUid`): mostly seven or eight digits, sometimes a slug.
public struct MerchantID: Sendable, Hashable, CustomStringConvertible {
  /// The identifier, unchanged.
  public let text: String

  /// Accepts an identifier, or returns `nil` for an empty one.
  ///
  /// - Parameter text: The identifier exactly as written.
  public init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    self.text = text
  }

  /// The identifier, unchanged.
  public var description: String { text }
}

/// A product card of the public shop (`masterSku`): digits with an optional small letter, like `11636226b`.
public struct ProductID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The identifier, unchanged.
  public let text: String

  /// Accepts an identifier, or returns `nil` unless it is digits with at most one letter behind them.
  ///
  /// - Parameter text: The identifier as it stands in links and answers.
  public init?(_ text: String) {
    var digits = text.utf8[...]
    if let last = digits.last, (0x61...0x7A).contains(last) || (0x41...0x5A).contains(last) {
      digits = digits.dropLast()
    }
    guard !digits.isEmpty, text.utf8.count <= 32, digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    self.text = text
  }

  /// The card that a new-style seller SKU belongs to: `112066821` for `112066821_000573024`.
  ///
  /// Gives The part before the underscore when the rest is digits; `nil` for any other SKU.
  ///
  /// - Parameter sku: Any seller SKU.
  public init?(ofOffer sku: SKU) {
    let parts = sku.text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    self.init(String(parts[0]))
  }

  /// Byte order of the text.
  public static func < (left: ProductID, right: ProductID) -> Bool {
    left.text.precedesInBytes(right.text)
  }

  /// The identifier, unchanged.
  public var description: String { text }
}
