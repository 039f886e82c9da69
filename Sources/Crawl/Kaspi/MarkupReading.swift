internal import Model
internal import Store
internal import XML

/// One reading of a page's visible markup: the rating of every page, and everything of a page without a card.
struct MarkupReading {
  /// The class of the product's heading: a page without it and without a card shows no product.
  static let heading = BytePattern("item__heading")

  private let bytes: [UInt8]
  private let state: EmbeddedState
  private let meta: MetaTags
  private let source: String

  /// Prepares a reading.
  ///
  /// - Parameters:
  ///   - page: The page.
  ///   - state: What the scripts still carry.
  ///   - meta: The tags of the head.
  ///   - source: For findings.
  init(page: [UInt8], state: EmbeddedState, meta: MetaTags, source: String) {
    bytes = page
    self.state = state
    self.meta = meta
    self.source = source
  }

  /// Reads everything that the markup and the lesser scripts hold.
  ///
  /// - Returns: The card; several values of one property stay one text, because a comma may belong to a value.
  /// - Throws: ``PageError`` with code `damaged` when there is no number or no title.
  func extracted() throws(PageError) -> ExtractedPage {
    let visible: Visible
    do {
      visible = Visible(
        try HTMLPage.matches(in: PageExcerpt.of(bytes), classes: Visible.classes))
    } catch {
      throw PageError(code: .damaged, source: source, detail: "the markup cannot be read: \(error)")
    }
    var fields: [PageField: PageOrigin] = [:]
    let digital = state.digitalProduct.value
    let linked = state.linkedProduct

    // Asked in turn until one knows: the further witnesses of a field cost as much as the first.
    func pick<Value>(_ field: PageField, _ candidates: (PageOrigin, () -> Value?)...) -> Value? {
      for (origin, candidate) in candidates {
        guard let value = candidate() else { continue }
        fields[field] = origin
        return value
      }
      return nil
    }
    let properties = meta.properties
    let id = pick(
      .id,
      (.markup, { visible.number.flatMap { ProductID($0) } }),
      (.digitalData, { (state.productID ?? CardFields.text(digital?["id"])).flatMap { ProductID($0) } }),
      (.linkedData, { CardFields.text(linked?["productID"]).flatMap { ProductID($0) } }),
      (.meta, { properties["product:retailer_item_id"].flatMap { ProductID($0) } }),
      (.meta, { properties["og:url"].flatMap { ProductLink($0)?.id } }))
    let title = pick(
      .title,
      (.markup, { visible.title }), (.digitalData, { CardFields.title(digital?["name"]) }),
      (.linkedData, { CardFields.title(linked?["name"]) }))
    guard let id, let title else {
      let missing = id == nil ? "number" : "title"
      throw PageError(code: .damaged, source: source, detail: "the page shows no \(missing) of its product")
    }
    var product = Product(id: id, title: title)
    product.brand = pick(
      .brand,
      (.digitalData, { CardFields.title(digital?["brand"]) }),
      (.linkedData, { CardFields.title(linked?["brand"]) })
    ).flatMap(CardFields.brand)
    product.categories =
      pick(
        .categories,
        (.markup, { visible.path.isEmpty ? nil : visible.path }),
        (
          .digitalData,
          {
            let path = (digital?["category"]?.array ?? []).compactMap { CardFields.title($0) }
            return path.isEmpty ? nil : path
          }
        )
      )?.map { Category(title: $0) } ?? []
    product.characteristics =
      pick(.characteristics, (.markup, { visible.groups.isEmpty ? nil : visible.groups })) ?? []
    product.images =
      pick(
        .images,
        (.markup, { visible.images.isEmpty ? nil : visible.images }),
        (
          .digitalData,
          {
            let images = CardFields.images([digital?["primaryImage"]].compactMap(\.self))
            return images.isEmpty ? nil : images
          }
        ),
        (.meta, { properties["og:image"].map { [CardFields.plainImage($0)] } })) ?? []
    product.variants =
      pick(.variants, (.configurator, { state.configurator.value.map(CardFields.variants) })) ?? []
    if product.variants.isEmpty { fields[.variants] = nil }
    product.rating = pick(.rating, (.markup, { Self.rating(bytes) }))
    let city = pick(.city, (.digitalData, { state.region.flatMap { CityID($0) } }))
    if let city, let sale = pick(.sale, (.markup, { visible.sale }), (.meta, { metaSale })) {
      product.sales[city] = sale
    }
    var page = ExtractedPage(product: product, city: city, fields: fields)
    // The markup has no place for a description, and a list that it does not show may be one under another name.
    page.unseen = product.emptyParts
    return page
  }

  private var metaSale: Product.Sale? {
    if let text = meta.properties["product:price:amount"], let price = Int(text).flatMap(Tenge.init) {
      return .price(price)
    }
    return meta.properties["product:availability"] == "out of stock" ? .soldOut : nil
  }
}

/// The parts of a product page that a buyer sees.
private struct Visible {
  var number: String?
  var title: String?
  var sale: Product.Sale?
  var path: [String]
  var images: [String]
  var groups: [CharacteristicGroup]

  /// The classes that are read.
  private enum Class: Int, CaseIterable {
    case number, heading, price, outOfStock, step, picture, group, header, term, definition

    var name: String {
      switch self {
      case .number: "item__sku"
      case .heading: "item__heading"
      case .price: "item__price-once"
      case .outOfStock: "item__out-of-stock"
      case .step: "breadcrumbs__item"
      case .picture: "item__slider-pic"
      case .group: "specifications-list__el"
      case .header: "specifications-list__header"
      case .term: "specifications-list__spec-term-text"
      case .definition: "specifications-list__spec-definition"
      }
    }
  }

  /// The classes to look for, in the order of their numbers.
  static let classes = Class.allCases.map(\.name)

  init(_ matches: [HTMLMatch]) {
    func all(_ kind: Class) -> [HTMLElement] {
      matches.compactMap { $0.name == kind.rawValue ? $0.element : nil }
    }
    number = all(.number).first.map { element in
      String(element.text.split { $0 == ":" || $0.isWhitespace }.last ?? "")
    }
    title = all(.heading).first.flatMap { Self.tidy($0.text) }
    let amount = all(.price).first.map { String($0.text.filter(\.isASCIIDigit)) }.flatMap { Int($0) }
    if let tenge = amount.flatMap(Tenge.init) {
      sale = .price(tenge)
    } else if !all(.outOfStock).isEmpty {
      sale = .soldOut
    }
    path = all(.step).compactMap { step in
      step["href"].map { Self.allCategories.first(in: Array($0.utf8), 0..<$0.utf8.count) != nil } == true
        ? nil : Self.tidy(step.text)
    }
    var seen: Set<String> = []
    images = all(.picture)
      .compactMap { ($0["src"] ?? $0["data-src"]).map(CardFields.plainImage) }
      .filter { $0.hasPrefix("http") && seen.insert($0).inserted }
    var rows: [(place: Int, cells: [Class: [String]])] = []
    for (place, match) in matches.enumerated() {
      guard let kind = Class(rawValue: match.name) else { continue }
      switch kind {
      case .group: rows.append((place, [:]))
      case .header, .term, .definition:
        var outer = match.outer
        while let place = outer, matches[place].name != Class.group.rawValue { outer = matches[place].outer }
        guard let outer, let row = rows.lastIndex(where: { $0.place == outer }) else { continue }
        rows[row].cells[kind, default: []].append(match.element.text)
      case .number, .heading, .price, .outOfStock, .step, .picture: continue
      }
    }
    groups = rows.compactMap { row in
      let (terms, definitions) = (row.cells[.term] ?? [], row.cells[.definition] ?? [])
      // Names and values are matched by position; a list with a hole cannot be matched and is left out.
      guard terms.count == definitions.count else { return nil }
      let pairs = zip(terms, definitions).compactMap { term, definition -> Characteristic? in
        guard let name = Self.tidy(term), let value = Self.tidy(definition), !name.hasPrefix("Код товара")
        else { return nil }
        return Characteristic(name: name, values: [value])
      }
      guard !pairs.isEmpty else { return nil }
      return CharacteristicGroup(
        name: row.cells[.header]?.first.flatMap { Self.tidy($0) } ?? "", characteristics: pairs)
    }
  }

  private static let allCategories = BytePattern("/c/categories")

  /// The document has decoded its references already.
  private static func tidy(_ text: String) -> String? {
    if isTidy(text) { return text }
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// Whether a text is plainly its words with one blank between them; letters beyond Latin and Cyrillic are not looked at.
  private static func isTidy(_ text: String) -> Bool {
    var last: UInt8 = 0x20
    for byte in text.utf8 {
      switch byte {
      case 0..<0x20, 0x7F, 0xC0..<0xD0, 0xD4...0xFF: return false
      case 0x20 where last == 0x20: return false
      default: last = byte
      }
    }
    return last != 0x20
  }
}

extension Character {
  var isASCIIDigit: Bool { isASCII && isNumber }
}

extension MarkupReading {
  private static let ratingBlock = BytePattern("item__rating")
  private static let ratingWord = BytePattern("rating")

  /// Stars and number of reviews beside the product's heading: `rating _49` and `(85 отзывов)`.
  ///
  /// Found by byte search, because every page needs it and a tree costs a hundred times as much.
  ///
  /// - Parameter page: The page.
  /// - Returns: The rating, or `nil` when the page shows none.
  static func rating(_ page: [UInt8]) -> Rating? {
    guard let block = ratingBlock.first(in: page, 0..<page.count) else { return nil }
    let start = block + ratingBlock.bytes.count
    let window = start..<min(page.count, start + 512)
    guard let (tenths, end) = tenths(page, window), tenths > 0, tenths <= 50 else { return nil }
    return Rating(hundredths: tenths * 10, count: count(page, end..<window.upperBound))
  }

  private static func tenths(_ page: [UInt8], _ window: Range<Int>) -> (Int, Int)? {
    var position = window.lowerBound
    while let start = ratingWord.first(in: page, position..<window.upperBound) {
      position = start + ratingWord.bytes.count
      var index = page.skippingBlanks(from: position)
      guard index > position, index < window.upperBound, page[index] == 0x5F else { continue }
      index += 1
      let digits = page[index..<window.upperBound].prefix(3).prefix(while: \.isDigit)
      if let value = Int(String(decoding: digits, as: UTF8.self)) { return (value, digits.endIndex) }
    }
    return nil
  }

  /// The number in the first pair of round brackets, if that pair comes before the price.
  private static func count(_ page: [UInt8], _ window: Range<Int>) -> Int? {
    guard let open = page[window].firstIndex(of: 0x28),
      let close = page[open..<window.upperBound].prefix(48).firstIndex(of: 0x29)
    else { return nil }
    let text = MarkupText.decoded(String(decoding: page[(open + 1)..<close], as: UTF8.self))
    let digits = text.prefix { $0.isASCIIDigit || $0 == " " || $0 == "\u{A0}" || $0 == "\u{202F}" }
    return Int(String(digits.filter(\.isASCIIDigit)))
  }
}
