/// What an index is made of: one product or one passage of a knowledge text, whatever it came from.
public struct SearchDocument: Sendable, Hashable {
  /// What it is.
  public var kind: Kind
  /// The product's SKU, or the passage's place, like `delivery.md#сроки`.
  ///
  /// Unique within a kind; not empty.
  public var sku: String
  /// The title; of a passage: the title of the text and the heading.
  public var title: String
  /// The brand, or `nil`.
  public var brand: String?
  /// The category, from broad to narrow in one line, or `nil`.
  public var category: String?
  /// The price in whole tenge, or `nil` when none is known.
  public var price: Int?
  /// Pieces in all stores, or `nil` when no count is kept.
  public var stock: Int?
  /// Hundredths of a star, 0 to 500, and how many buyers gave them; `nil` when nobody rated.
  public var rating: Rating?
  /// Whether a buyer can order it now; a passage is always available.
  public var isAvailable: Bool
  /// Names and values, in the card's order.
  public var characteristics: [Property]
  /// Running text, or `nil`; of a product, it is searched but not kept.
  public var description: String?
  /// The text of a passage, kept with the index so that it can be shown; `nil` for a product.
  public var text: String?

  /// Makes a document.
  ///
  /// - Parameters:
  ///   - kind: What it is.
  ///   - sku: The SKU or the place.
  ///   - title: The title.
  ///   - brand: The brand.
  ///   - category: The category.
  ///   - price: Whole tenge.
  ///   - stock: Pieces in all stores.
  ///   - rating: What buyers gave it.
  ///   - isAvailable: Whether it can be ordered.
  ///   - characteristics: Names and values.
  ///   - description: Running text.
  ///   - text: The text of a passage.
  public init(
    kind: Kind = .product, sku: String, title: String, brand: String? = nil, category: String? = nil,
    price: Int? = nil, stock: Int? = nil, rating: Rating? = nil, isAvailable: Bool = true,
    characteristics: [Property] = [],
    description: String? = nil, text: String? = nil
  ) {
    self.kind = kind
    self.sku = sku
    self.title = title
    self.brand = brand
    self.category = category
    self.price = price
    self.stock = stock
    self.rating = rating
    self.isAvailable = isAvailable
    self.characteristics = characteristics
    self.description = description
    self.text = text
  }

  /// What buyers gave a product.
  public struct Rating: Sendable, Hashable {
    /// Hundredths of a star, 0 to 500.
    public var hundredths: Int
    /// How many buyers rated; 1 when that is not known.
    public var count: Int

    /// Makes a rating.
    ///
    /// - Parameters:
    ///   - hundredths: Hundredths of a star; cut to 0 to 500.
    ///   - count: Raters; 1 or more.
    public init(hundredths: Int, count: Int) {
      self.hundredths = min(500, max(0, hundredths))
      self.count = min(1_000_000, max(1, count))
    }

    /// Hundredths of a star, as if ten more buyers had given four stars: few ratings say little.
    public var settled: Int { (hundredths * count + 400 * 10 + (count + 10) / 2) / (count + 10) }
  }

  /// The kinds of documents.
  public enum Kind: String, Sendable, CaseIterable {
    /// Something for sale.
    case product
    /// A passage of the seller's own answers and policies.
    case knowledge
  }

  /// One characteristic: "Цвет", "чёрный".
  public struct Property: Sendable, Hashable {
    /// What is described.
    public var name: String
    /// The value, with its unit.
    public var value: String

    /// Makes a characteristic.
    ///
    /// - Parameters:
    ///   - name: What is described.
    ///   - value: The value, with its unit.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }
}

extension SearchDocument {
  /// Gives every searched text with its field, in the order of ``Field``'s numbers.
  ///
  /// - Parameter body: Called once a text.
  /// - Throws: What `body` throws.
  func forEachText<Failure: Error>(_ body: (Field, String) throws(Failure) -> Void) throws(Failure) {
    try body(.title, title)
    if let brand { try body(.brand, brand) }
    if let category { try body(.category, category) }
    for property in characteristics {
      try body(.characteristics, property.name)
      try body(.characteristics, property.value)
    }
    if let description { try body(.description, description) }
    if kind == .product { try body(.code, sku) }
    if let text { try body(.text, text) }
  }
}
