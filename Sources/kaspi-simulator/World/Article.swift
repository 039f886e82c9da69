/// One thing that the sample shop sells: the public card and the seller's line for it, without what a night changes.
struct Article {
  /// Number within the world; arrivals follow the first stock.
  var index: Int
  /// The card's number, some with a letter behind it.
  var card: String
  /// The seller's code.
  var sku: String
  /// As shown.
  var title: String
  /// `nil` when the card says "Без бренда".
  var brand: String?
  /// Where it is filed.
  var category: ShopCategory
  /// Running text, or `nil`.
  var text: String?
  /// Characteristics by group; size and colour stand in the first.
  var groups: [(name: String, features: [GoodsFamily.Feature])]
  /// Paths below the image host.
  var images: [String]
  /// Number of the family; cards of one family are variants of one another.
  var family: Int
  /// What sets it apart: colour, then size.
  var choices: [(name: String, value: String, unit: String?)]
  /// Tenge on night 0.
  var price: Int
  /// Price in the other cities in thousandths of the base city's; empty for one price everywhere.
  var cityFactors: [(city: String, thousandths: Int)]
  /// Stores that carry it, with the first night's stock.
  var stock: [(store: String, count: Int)]
  /// What a delivery brings.
  var usualStock: ClosedRange<Int>
  /// Days, or `nil` when it is no preorder.
  var preorder: Int?
  /// Hundredths of a star on night 0; 0 when nobody rated.
  var rating: Int
  /// How many rated on night 0.
  var ratings: Int

  /// `elektricheskii-chainik-…`, as Kaspi's links have it.
  var slug: String { title.slug }
  /// Path of the public page.
  var shopLink: String { "/p/\(slug)-\(card)/" }
}

extension String {
  /// Latin small letters, digits and dashes, spelled as Kaspi's links are.
  var slug: String {
    var result = ""
    for scalar in lowercased().unicodeScalars {
      let piece: String
      switch scalar {
      case "a"..."z", "0"..."9": piece = String(scalar)
      default: piece = Self.latin[scalar] ?? "-"
      }
      if piece == "-", result.isEmpty || result.hasSuffix("-") { continue }
      result += piece
    }
    while result.hasSuffix("-") { result.removeLast() }
    return result
  }

  private static let latin: [Unicode.Scalar: String] = [
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f",
    "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "ju",
    "я": "ja", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
    "«": "", "»": "", "·": "",
  ]
}
