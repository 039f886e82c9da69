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
    let words = MarkupText.decoded(text).split {
      $0 == " " || $0.isNewline || $0 == "\t" || $0.unicodeScalars.allSatisfy { $0.value < 0x20 }
    }
    return words.isEmpty ? nil : words.joined(separator: " ")
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
    let lower = text.lowercased()
    return lower == "без бренда" || lower == "нет бренда" || lower == "no brand" || lower.isEmpty ? nil : text
  }

  /// The path of categories, broad to narrow, without the root.
  static func breadcrumbs(_ value: JSONNode?) -> [Category] {
    (value?.array ?? []).compactMap { crumb in
      guard let words = title(crumb["title"]), crumb["id"]?.string != rootCategory else { return nil }
      return Category(code: crumb["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }, title: words)
    }
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
    (value?.array ?? []).compactMap { group in
      let characteristics = (group["features"]?.array ?? []).compactMap(characteristic)
      guard !characteristics.isEmpty else { return nil }
      return CharacteristicGroup(name: title(group["name"]) ?? "", characteristics: characteristics)
    }
  }

  private static func characteristic(_ feature: JSONNode) -> Characteristic? {
    guard let name = title(feature["name"]) else { return nil }
    let values = (feature["featureValues"]?.array ?? []).compactMap { value in
      text(value["value"] ?? value).flatMap(title)
    }
    guard !values.isEmpty else { return nil }
    return Characteristic(
      code: feature["code"]?.string.flatMap { $0.isEmpty ? nil : $0 }, name: name, values: values,
      unit: unit(feature["featureUnit"]))
  }

  /// A unit stands as plain text or as an object that names itself.
  private static func unit(_ value: JSONNode?) -> String? {
    if let text = title(value) { return text }
    for key in ["symbol", "name", "measurementLiteral", "code"] {
      if let text = title(value?[key]) { return text }
    }
    return nil
  }

  /// Picture addresses, largest form, without the format parameter; each once.
  static func images(_ value: JSONNode?) -> [String] { images(value?.array ?? []) }

  static func images(_ images: [JSONNode]) -> [String] {
    var seen: Set<String> = []
    return images.compactMap { image -> String? in
      let sizes = ["large", "medium", "small"].compactMap { image[$0]?.string ?? image[$0]?["src"]?.string }
      if let address = sizes.first(where: { !$0.isEmpty }) { return plainImage(address) }
      guard let location = image["location"]?.string, !location.isEmpty else { return nil }
      return "https://resources.cdn-kaspi.kz/img/m/p/" + location
    }
    .filter { seen.insert($0).inserted }
  }

  /// A picture's address without its query: the original instead of a scaled form.
  static func plainImage(_ address: String) -> String {
    String(address.prefix { $0 != "?" })
  }

  /// The forms of a card: leaves of a matrix nested by characteristic, each once.
  static func variants(_ value: JSONNode?) -> [Variant] {
    var variants: [Variant] = []
    var seen: Set<ProductID> = []
    func collect(_ node: JSONNode, _ choices: [Variant.Choice]) {
      var choices = choices
      if let step = choice(node["characteristic"]) { choices.append(step) }
      if let code = text(node["productCode"]), let id = ProductID(code), seen.insert(id).inserted {
        variants.append(Variant(product: id, isAvailable: node["available"]?.bool, choices: choices))
      }
      // The parser has already refused what is nested beyond its limit.
      for child in node["matrix"]?.array ?? [] { collect(child, choices) }
    }
    if let value { collect(value, []) }
    return variants
  }

  /// A choice as a buyer reads it, the size system included: "46/M RUS".
  private static func choice(_ value: JSONNode?) -> Variant.Choice? {
    guard let value, let name = title(value["title"]) else { return nil }
    let parts = (value["values"]?.array ?? []).flatMap { part in
      [part["value"], part["dimension"]].compactMap { text($0).flatMap(title) }
    }
    let words = parts.isEmpty ? title(value["id"]) : parts.joined(separator: " ")
    return words.map { Variant.Choice(name: name, value: $0) }
  }

  /// Stars from a number such as 4.88; `nil` for 0, which means that nobody rated.
  static func rating(stars: Double?, count: Int?) -> Rating? {
    guard let stars, stars > 0, stars <= 5 else { return nil }
    return Rating(hundredths: Int((stars * 100).rounded()), count: count.flatMap { $0 >= 0 ? $0 : nil })
  }
}
