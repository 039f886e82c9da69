internal import Model
internal import Store

/// How Kaspi writes the fields of a card, wherever a card stands: page, listing, markup.
enum CardFields {
  /// The code of the root of all categories, which no buyer sees as one.
  static let rootCategory = "Categories"

  /// A title or name: decoded once, trimmed, blanks and controls collapsed.
  ///
  /// - Parameter value: A string; anything else gives `nil`.
  /// - Returns: The text, or `nil` when nothing is left.
  static func title(_ value: JSONNode?) -> String? {
    value?.string.flatMap(title)
  }

  static func title(_ text: String) -> String? {
    if isPlain(text) { return text }
    let words = MarkupText.decoded(text).split {
      $0 == " " || $0.isNewline || $0 == "\t" || $0.unicodeScalars.allSatisfy { $0.value < 0x20 }
    }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// Whether a text is already as a title should be; most are, and looking at bytes is much cheaper than at letters.
  private static func isPlain(_ text: String) -> Bool {
    let bytes = text.utf8.span
    var before: UInt8 = 0x20
    for index in bytes.indices {
      let byte = bytes[index]
      switch byte {
      // A reference, a control, or two blanks.
      case 0x26, 0..<0x20: return false
      case 0x20 where before == 0x20: return false
      // The last byte of a line end beyond ASCII: U+0085, U+2028, U+2029.
      case 0x85 where before == 0xC2: return false
      case 0xA8...0xA9 where before == 0x80 && index > 1 && bytes[index - 2] == 0xE2: return false
      default: before = byte
      }
    }
    return before != 0x20
  }

  /// A string or a number as text.
  static func text(_ value: JSONNode?) -> String? {
    guard let value else { return nil }
    if let text = value.string { return text }
    if let number = value.int { return String(number) }
    if let number = value.double { return "\(number)" }
    return value.bool.map { $0 ? "да" : "нет" }
  }

  /// A brand; "Без бренда" is how a card says that there is none.
  static func brand(_ text: String) -> String? {
    // Only texts of these lengths can be one of the words for "none"; most brands need no second look.
    switch text.utf8.count {
    case 0, 8, 19: break
    default: return text
    }
    let lower = text.lowercased()
    return lower == "без бренда" || lower == "нет бренда" || lower == "no brand" || lower.isEmpty ? nil : text
  }

  /// The path of categories, broad to narrow, without the root.
  static func breadcrumbs(_ value: JSONNode?) -> [Category] {
    guard let value else { return [] }
    var path: [Category] = []
    for crumb in value.elements {
      let id = crumb["id"]?.string
      guard let words = title(crumb["title"]), id != rootCategory else { continue }
      path.append(Category(code: id.flatMap { $0.isEmpty ? nil : $0 }, title: words))
    }
    return path
  }

  /// Categories whose titles run from broad to narrow and whose codes run the other way, root last.
  ///
  /// The lists are matched from the narrow end; a title without a partner has no code.
  static func categories(titles: [String], narrowToBroad codes: [String]) -> [Category] {
    let codes = codes.filter { $0 != rootCategory }
    return titles.enumerated().map { index, title in
      let position = titles.count - 1 - index
      return Category(code: position < codes.count ? codes[position] : nil, title: title)
    }
  }

  /// Characteristics by group, in the card's order; a property without a value is left out.
  static func characteristics(_ value: JSONNode?) -> [CharacteristicGroup] {
    guard let value else { return [] }
    return value.elements.compactMap { group in
      guard let features = group["features"] else { return nil }
      let characteristics = features.elements.compactMap(characteristic)
      guard !characteristics.isEmpty else { return nil }
      return CharacteristicGroup(name: title(group["name"]) ?? "", characteristics: characteristics)
    }
  }

  private enum FeatureKey: Int, CaseIterable { case name, code, featureUnit, featureValues }
  private static let featureKeys = JSONKeys<FeatureKey>()

  private static func characteristic(_ feature: JSONNode) -> Characteristic? {
    let members = feature.members(featureKeys)
    guard let name = title(members[.name]), let written = members[.featureValues] else { return nil }
    let values = written.elements.compactMap { value in text(value["value"] ?? value).flatMap(title) }
    guard !values.isEmpty else { return nil }
    return Characteristic(
      code: members[.code]?.string.flatMap { $0.isEmpty ? nil : $0 }, name: name, values: values,
      unit: unit(members[.featureUnit]))
  }

  /// A unit stands as plain text or as an object that names itself.
  private static func unit(_ value: JSONNode?) -> String? {
    guard let value, !value.isNull else { return nil }
    if let text = title(value) { return text }
    for key in ["symbol", "name", "measurementLiteral", "code"] {
      if let text = title(value[key]) { return text }
    }
    return nil
  }

  /// Picture addresses, largest form, without the format parameter; each once.
  static func images(_ value: JSONNode?) -> [String] {
    guard let value else { return [] }
    return images(value.elements)
  }

  static func images(_ images: some Sequence<JSONNode>) -> [String] {
    var addresses: [String] = []
    var seen: Set<String> = []
    for image in images {
      guard let address = plainImage(image) else { continue }
      // Ten pictures are quickly compared with each other; a card may have any number.
      if addresses.count < 16 {
        guard !addresses.contains(address) else { continue }
      } else {
        if seen.isEmpty { seen.formUnion(addresses) }
        guard seen.insert(address).inserted else { continue }
      }
      addresses.append(address)
    }
    return addresses
  }

  private enum ImageKey: Int, CaseIterable { case large, medium, small, location }
  private static let imageKeys = JSONKeys<ImageKey>()

  private static func plainImage(_ image: JSONNode) -> String? {
    let members = image.members(imageKeys)
    if let large = members[.large].flatMap(scaled) { return large }
    if let medium = members[.medium].flatMap(scaled) { return medium }
    if let small = members[.small].flatMap(scaled) { return small }
    guard let location = members[.location]?.string, !location.isEmpty else { return nil }
    return "https://resources.cdn-kaspi.kz/img/m/p/" + location
  }

  /// A size of a picture, which is an address or an object with one.
  private static func scaled(_ size: JSONNode) -> String? {
    let address = size.isObject ? size["src"] : size
    return address.flatMap { $0.isFilled ? $0.string(before: 0x3F) : nil }
  }

  /// A picture's address without its query: the original instead of a scaled form.
  static func plainImage(_ address: String) -> String {
    address.utf8.firstIndex(of: 0x3F).map { String(address[..<$0]) } ?? address
  }

  /// The forms of a card: leaves of a matrix nested by characteristic, each once.
  static func variants(_ value: JSONNode?) -> [Variant] {
    var variants: [Variant] = []
    var seen: Set<ProductID> = []
    func collect(_ node: JSONNode, _ choices: [Variant.Choice]) {
      let members = node.members(variantKeys)
      var choices = choices
      if let step = choice(members[.characteristic]) { choices.append(step) }
      if let code = text(members[.productCode]), let id = ProductID(code), seen.insert(id).inserted {
        variants.append(Variant(product: id, isAvailable: members[.available]?.bool, choices: choices))
      }
      // The parser has already refused what is nested beyond its limit.
      if let matrix = members[.matrix] { for child in matrix.elements { collect(child, choices) } }
    }
    if let value { collect(value, []) }
    return variants
  }

  private enum VariantKey: Int, CaseIterable { case characteristic, matrix, productCode, available }
  private static let variantKeys = JSONKeys<VariantKey>()
  private enum ChoiceKey: Int, CaseIterable { case id, title, values }
  private static let choiceKeys = JSONKeys<ChoiceKey>()
  private enum PartKey: Int, CaseIterable { case value, dimension }
  private static let partKeys = JSONKeys<PartKey>()

  /// A choice as a buyer reads it, the size system included: "46/M RUS".
  private static func choice(_ value: JSONNode?) -> Variant.Choice? {
    guard let value else { return nil }
    let members = value.members(choiceKeys)
    guard let name = title(members[.title]) else { return nil }
    var words: String?
    if let values = members[.values] {
      for part in values.elements {
        let members = part.members(partKeys)
        if let text = text(members[.value]).flatMap(title) { words = words.map { $0 + " " + text } ?? text }
        if let text = text(members[.dimension]).flatMap(title) {
          words = words.map { $0 + " " + text } ?? text
        }
      }
    }
    return (words ?? title(members[.id])).map { Variant.Choice(name: name, value: $0) }
  }

  /// Stars from a number such as 4.88; `nil` for 0, which means that nobody rated.
  static func rating(stars: Double?, count: Int?) -> Rating? {
    guard let stars, stars > 0, stars <= 5 else { return nil }
    return Rating(hundredths: Int((stars * 100).rounded()), count: count.flatMap { $0 >= 0 ? $0 : nil })
  }
}
