/// Parts of a card that a reading may have or not have seen.
///
/// A part that was not seen is not empty: a catalog keeps what it knew of it.
public struct CardParts: OptionSet, Sendable, Hashable {
  /// One bit a part.
  public let rawValue: UInt8

  /// Makes a set from its bits.
  ///
  /// - Parameter rawValue: One bit a part.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The brand.
  public static let brand = CardParts(rawValue: 1)
  /// The path of categories.
  public static let categories = CardParts(rawValue: 2)
  /// Properties.
  public static let characteristics = CardParts(rawValue: 4)
  /// Running text.
  public static let description = CardParts(rawValue: 8)
  /// Pictures.
  public static let images = CardParts(rawValue: 16)
  /// Other forms.
  public static let variants = CardParts(rawValue: 32)

  /// What a list shows nothing of, or only a little: two steps of the path, a few of the pictures.
  public static let beyondLists: CardParts = [
    .categories, .characteristics, .description, .images, .variants,
  ]

  private static let named: [(name: String, part: CardParts)] = [
    ("brand", .brand), ("categories", .categories), ("characteristics", .characteristics),
    ("description", .description), ("images", .images), ("variants", .variants),
  ]

  /// Names of the parts, sorted.
  public var names: [String] { Self.named.compactMap { contains($0.part) ? $0.name : nil } }

  /// Makes a set from names of parts; gives `nil` when one of them is no part.
  ///
  /// - Parameter names: In any order.
  public init?(names: [String]) {
    var parts: CardParts = []
    for name in names {
      guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
      parts.insert(found.part)
    }
    self = parts
  }
}

extension Product {
  /// Parts that have nothing in them.
  public var emptyParts: CardParts {
    var parts: CardParts = []
    if brand == nil { parts.insert(.brand) }
    if categories.isEmpty { parts.insert(.categories) }
    if characteristics.isEmpty { parts.insert(.characteristics) }
    if description == nil { parts.insert(.description) }
    if images.isEmpty { parts.insert(.images) }
    if variants.isEmpty { parts.insert(.variants) }
    return parts
  }

  /// The card with parts that were not seen taken from an earlier one.
  ///
  /// - Parameters:
  ///   - known: The same card as it was known.
  ///   - unseen: What this reading did not see, or not all of: what was known of it stands, where anything was.
  /// - Returns: The card in full.
  public func completed(from known: Product, unseen: CardParts) -> Product {
    let parts = unseen.subtracting(known.emptyParts)
    var product = self
    if parts.contains(.brand) { product.brand = known.brand }
    if parts.contains(.categories) { product.categories = known.categories }
    if parts.contains(.characteristics) { product.characteristics = known.characteristics }
    if parts.contains(.description) { product.description = known.description }
    if parts.contains(.images) { product.images = known.images }
    if parts.contains(.variants) { product.variants = known.variants }
    return product
  }
}
