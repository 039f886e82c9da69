/// A product card: what the public shop says about a thing, whoever sells it.
public struct Product: Sendable, Hashable {
  /// The card's number.
  public var id: ProductID
  /// The title on the card.
  public var title: String
  /// The brand; `nil` when the card says that there is none.
  public var brand: String?
  /// Categories from the broadest to the narrowest; empty when unknown.
  public var categories: [Category]
  /// Running text without markup, or `nil`.
  public var description: String?
  /// Characteristics by group, in the card's order.
  public var characteristics: [CharacteristicGroup]
  /// Image addresses without a format parameter, in the card's order.
  public var images: [String]
  /// The other forms of the same card (colours, sizes), in the card's order; empty when there are none.
  public var variants: [Variant]
  /// Stars and their number; volatile.
  ///
  /// `nil` when nobody rated yet.
  public var rating: Rating?
  /// What the public page said about buying it, city by city; volatile.
  public var sales: [CityID: Sale]

  /// Makes a card.
  ///
  /// - Parameters:
  ///   - id: The card's number.
  ///   - title: The title.
  ///   - brand: The brand, or `nil`.
  ///   - categories: From broad to narrow.
  ///   - description: Text without markup, or `nil`.
  ///   - characteristics: By group.
  ///   - images: Addresses.
  ///   - variants: Other forms.
  ///   - rating: Stars, or `nil`.
  ///   - sales: Price or sold out, by city.
  public init(
    id: ProductID, title: String, brand: String? = nil, categories: [Category] = [],
    description: String? = nil, characteristics: [CharacteristicGroup] = [], images: [String] = [],
    variants: [Variant] = [], rating: Rating? = nil, sales: [CityID: Sale] = [:]
  ) {
    self.id = id
    self.title = title
    self.brand = brand
    self.categories = categories
    self.description = description
    self.characteristics = characteristics
    self.images = images
    self.variants = variants
    self.rating = rating
    self.sales = sales
  }

  /// Whether a buyer can get it in a city, and for how much.
  public enum Sale: Sendable, Hashable {
    /// On sale at this price.
    case price(Tenge)
    /// The page says sold out.
    ///
    /// That is not a price of zero.
    case soldOut
  }
}

/// One step of the path to a product.
public struct Category: Sendable, Hashable {
  /// Kaspi's code, or `nil` when the source gives only the title.
  public var code: String?
  /// The title as shown.
  public var title: String

  /// Makes a step.
  ///
  /// - Parameters:
  ///   - code: Kaspi's code, or `nil`.
  ///   - title: The title as shown.
  public init(code: String? = nil, title: String) {
    self.code = code
    self.title = title
  }
}

/// Characteristics under one heading.
public struct CharacteristicGroup: Sendable, Hashable {
  /// The heading; empty when the card shows none.
  public var name: String
  /// In the card's order.
  public var characteristics: [Characteristic]

  /// Makes a group.
  ///
  /// - Parameters:
  ///   - name: The heading, possibly empty.
  ///   - characteristics: In the card's order.
  public init(name: String, characteristics: [Characteristic]) {
    self.name = name
    self.characteristics = characteristics
  }
}

/// One property of a product.
public struct Characteristic: Sendable, Hashable {
  /// Kaspi's code, like `thermal underwear*fabric`; `nil` when the source gives only the name.
  public var code: String?
  /// The name as shown.
  public var name: String
  /// One value or several, in the card's order; never empty.
  public var values: [String]
  /// The unit of all values, or `nil`.
  public var unit: String?

  /// Makes a property.
  ///
  /// - Parameters:
  ///   - code: Kaspi's code, or `nil`.
  ///   - name: The name as shown.
  ///   - values: At least one.
  ///   - unit: The unit, or `nil`.
  public init(code: String? = nil, name: String, values: [String], unit: String? = nil) {
    self.code = code
    self.name = name
    self.values = values
    self.unit = unit
  }
}

/// Another form of the same card.
public struct Variant: Sendable, Hashable {
  /// The card that shows this form.
  public var product: ProductID
  /// Whether some seller has it.
  ///
  /// `nil` when the page does not say.
  public var isAvailable: Bool?
  /// What sets it apart, from the first choice to the last: colour, then size.
  public var choices: [Choice]

  /// Makes a form.
  ///
  /// - Parameters:
  ///   - product: The card that shows it.
  ///   - isAvailable: Whether some seller has it.
  ///   - choices: From the first choice to the last.
  public init(product: ProductID, isAvailable: Bool?, choices: [Choice]) {
    self.product = product
    self.isAvailable = isAvailable
    self.choices = choices
  }

  /// One choice of a variant.
  public struct Choice: Sendable, Hashable {
    /// What is chosen: "Цвет".
    public var name: String
    /// The choice: "чёрный".
    public var value: String

    /// Makes a choice.
    ///
    /// - Parameters:
    ///   - name: What is chosen.
    ///   - value: The choice.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }
}

/// Stars of a product.
public struct Rating: Sendable, Hashable {
  /// Hundredths of a star, 0 to 500.
  ///
  /// An integer, so that it is written the same everywhere.
  public var hundredths: Int
  /// How many buyers rated, or `nil` when only the stars are known.
  public var count: Int?

  /// Makes a rating.
  ///
  /// - Parameters:
  ///   - hundredths: 0 to 500.
  ///   - count: Raters, or `nil`.
  public init(hundredths: Int, count: Int?) {
    self.hundredths = hundredths
    self.count = count
  }

  /// The stars as people read them: `4.88`, `5`.
  public var stars: String {
    let (whole, rest) = (hundredths / 100, hundredths % 100)
    if rest == 0 { return "\(whole)" }
    return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole)." + (rest < 10 ? "0" : "") + "\(rest)"
  }
}
