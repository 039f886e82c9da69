/// One record of the tables of goods: things that differ in size and colour only.
struct GoodsFamily {
  /// With `{B}`, `{S}` and `{C}` for brand, size and colour.
  var title = ""
  /// A key of ``CategoryTable``.
  var category = ""
  /// `nil` where the table says `-`.
  var brand: String?
  /// What the sizes measure: "Объем".
  var sizeName = ""
  /// "л", or `nil`.
  var sizeUnit: String?
  /// Sizes with their prices in tenge; at least one.
  var sizes: [(value: String, price: Int)] = []
  /// Empty for things of one colour.
  var colours: [String] = []
  /// Usual stock.
  var stock = 0...0
  /// Running text.
  var text = ""
  /// Characteristics apart from size and colour.
  var groups: [(name: String, features: [Feature])] = []

  /// One characteristic.
  struct Feature {
    /// As shown.
    var name: String
    /// "мм", or `nil`.
    var unit: String?
    /// At least one.
    var values: [String]
  }

  /// Whether size and colour are called by Kazakh words.
  var isKazakh: Bool { groups.first?.name == "Негізгі сипаттамалары" }

  /// Reads a table; a record ends with a blank line.
  ///
  /// A line that does not fit is our own mistake and stops the program.
  static func all(in table: String) -> [GoodsFamily] {
    var families: [GoodsFamily] = []
    var current = GoodsFamily()
    for line in (table + "\n").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.trimmed.isEmpty {
        if !current.title.isEmpty { families.append(current) }
        current = GoodsFamily()
      } else {
        current.take(line.trimmed)
      }
    }
    return families
  }

  private mutating func take(_ line: String) {
    let halves = line.split(separator: ":", maxSplits: 1).map { $0.trimmed }
    precondition(halves.count == 2, "a line of the table of goods has no colon: \(line)")
    let value = halves[1]
    switch halves[0] {
    case "title": title = value
    case "cat": category = value
    case "brand": brand = value == "-" ? nil : value
    case "text": text = value
    case "colour": colours = value.split(separator: ",").map { $0.trimmed }
    case "stock":
      let ends = value.split(separator: "-").compactMap { Int($0) }
      stock = ends[0]...ends[1]
    case "size":
      // The last colon, since a size may hold one ("1:16").
      let parts = value.split(separator: ":", maxSplits: 1).map { $0.trimmed }
      (sizeName, sizeUnit) = Self.nameAndUnit(parts[0])
      sizes = parts[1].split(separator: ",").map { entry in
        let pair = entry.split(separator: "=").map { $0.trimmed }
        return (value: pair[0], price: Int(pair[1]) ?? 0)
      }
    case let key where key.hasPrefix("spec "):
      let features = value.split(separator: ";").map { entry -> Feature in
        let pair = entry.split(separator: "=", maxSplits: 1).map { $0.trimmed }
        let (name, unit) = Self.nameAndUnit(pair[0])
        return Feature(name: name, unit: unit, values: pair[1].split(separator: "|").map { $0.trimmed })
      }
      groups.append((name: String(key.dropFirst(5)), features: features))
    default: preconditionFailure("unknown key in the table of goods: \(halves[0])")
    }
  }

  private static func nameAndUnit(_ text: String) -> (String, String?) {
    let parts = text.split(separator: "[", maxSplits: 1)
    guard parts.count == 2 else { return (text, nil) }
    return (parts[0].trimmed, String(parts[1].dropLast()))
  }
}
