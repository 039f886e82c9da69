/// The parts of a document that are searched and weighed apart.
///
/// The numbers are those of the segment format: never reused, at most eight.
public enum Field: UInt8, Sendable, Hashable, CaseIterable {
  /// The title.
  case title = 0
  /// The brand.
  case brand = 1
  /// The category.
  case category = 2
  /// Names and values of characteristics.
  case characteristics = 3
  /// Running text of a product.
  case description = 4
  /// The SKU.
  case code = 5
  /// The text of a knowledge passage.
  case text = 6

  /// The name in explanations.
  public var name: String {
    switch self {
    case .title: "title"
    case .brand: "brand"
    case .category: "category"
    case .characteristics: "characteristics"
    case .description: "description"
    case .code: "code"
    case .text: "text"
    }
  }
}
