public import Model

/// What a saved or fetched product page holds.
public struct ExtractedPage: Sendable, Hashable {
  /// The card.
  public var product: Product
  /// The city that the page was made for, or `nil` when it does not say.
  ///
  /// The price on the page holds in this city only.
  public var city: CityID?
  /// Which part of the page gave which field; a field that no part gave is missing here.
  public var fields: [PageField: PageOrigin]
  /// Numbers of the group cards that the card belongs to, like `12699729b`: a page asked for under one of them may
  /// answer with one of its forms.
  public var groupCards: [ProductID]
  /// Where parts of the page disagree, and what could not be read; sorted by rule.
  public var findings: [Finding]
  /// Parts of the card that the page does not speak of: empty here, and for no other reason.
  public var unseen: CardParts = []
  /// The looks of the embedded card and of the page.
  var shape = Shape()

  /// Makes a result.
  ///
  /// - Parameters:
  ///   - product: The card.
  ///   - city: The page's city.
  ///   - fields: Which part gave which field.
  ///   - groupCards: Numbers of its group cards.
  ///   - findings: What to know.
  public init(
    product: Product, city: CityID? = nil, fields: [PageField: PageOrigin] = [:],
    groupCards: [ProductID] = [], findings: [Finding] = []
  ) {
    self.product = product
    self.city = city
    self.fields = fields
    self.groupCards = groupCards
    self.findings = findings
  }
}

/// A fact that a product page may hold.
public enum PageField: String, Sendable, CaseIterable, Comparable {
  /// The card's number.
  case id
  /// The title.
  case title
  /// The brand.
  case brand
  /// The path of categories.
  case categories
  /// Running text.
  case description
  /// Properties.
  case characteristics
  /// Pictures.
  case images
  /// Other forms of the card.
  case variants
  /// Stars.
  case rating
  /// Price or sold out.
  case sale
  /// The city of the page.
  case city

  /// Order of declaration.
  public static func < (left: PageField, right: PageField) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A part of a product page.
public enum PageOrigin: String, Sendable, CaseIterable {
  /// `BACKEND.components.item`.
  case item
  /// `BACKEND.components.configurator`.
  case configurator
  /// `digitalData` and `digitalData.product`.
  case digitalData = "digital-data"
  /// The `Product` block of JSON-LD.
  case linkedData = "json-ld"
  /// Meta tags.
  case meta
  /// Visible markup.
  case markup
}
