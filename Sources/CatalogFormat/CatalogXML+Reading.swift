public import Model
import XML

extension CatalogXML {
  /// Reads a catalog.
  ///
  /// - Parameter bytes: A whole file.
  /// - Returns: The catalog, equal to the one that was written.
  /// - Throws: ``CatalogFormatError`` for another format, an unknown element, a missing or impossible fact.
  public static func decode(_ bytes: [UInt8]) throws(CatalogFormatError) -> Catalog {
    var reader = try CatalogXMLReader(bytes)
    return try reader.catalog()
  }
}

/// Reads `catalog.xml` element by element, in the order that the writer keeps.
private struct CatalogXMLReader: ~Copyable {
  var reader: XMLReader
  private var peeked: XMLEvent?

  init(_ bytes: [UInt8]) throws(CatalogFormatError) {
    do throws(XMLError) { reader = try XMLReader(bytes) } catch {
      throw CatalogFormatError("catalog.xml", error.message)
    }
  }

  // MARK: Elements

  mutating func catalog() throws(CatalogFormatError) -> Catalog {
    guard let root = try open("catalog") else { throw wrong("the root must be 'catalog'") }
    guard root.namespace == CatalogXML.namespace else {
      throw wrong(
        "the format '\(root.namespace ?? "")' is not known to this version; it reads \(CatalogXML.namespace)")
    }
    let company = try required("company")
    guard let merchant = MerchantID(try required("merchant")) else { throw wrong("'merchant' is empty") }
    guard try open("offers") != nil else { throw wrong("'offers' is missing") }
    var entries: [CatalogEntry] = []
    while let offer = try open("offer") { entries.append(try entry(offer)) }
    try close()
    try close()
    guard let catalog = Catalog(company: company, merchant: merchant, entries: entries) else {
      throw wrong("a SKU occurs twice")
    }
    return catalog
  }

  private mutating func entry(_ element: XMLElement) throws(CatalogFormatError) -> CatalogEntry {
    let sku = try value(element, "sku") { SKU($0) }
    let since = try optional(element, "withdrawn") { Day($0) }
    let productID = try optional(element, "product") { ProductID($0) }
    let model = try required("model")
    let brand = try text("brand")
    let pricing = try pricing()
    var availabilities: [Availability] = []
    if try open("stock") != nil {
      while let store = try open("store") {
        availabilities.append(
          Availability(
            store: try value(store, "id") { StoreID($0) },
            isAvailable: try value(store, "available", parse: Self.flag),
            stock: try optional(store, "count") { Int($0) },
            preorderDays: try optional(store, "preorder") { Int($0) }))
        try close()
      }
      try close()
    }
    var product: Product?
    if let card = try open("product") { product = try self.product(card) }
    try close()
    let offer = Offer(sku: sku, model: model, brand: brand, availabilities: availabilities, pricing: pricing)
    return CatalogEntry(
      offer: offer, product: product, productID: productID,
      standing: since.map { .withdrawn(since: $0) } ?? .offered)
  }

  private mutating func pricing() throws(CatalogFormatError) -> Pricing {
    guard try open("prices") != nil else { throw wrong("'prices' is missing") }
    var everywhere: Tenge?
    var byCity: [CityID: Tenge] = [:]
    while let element = try open("price") {
      let text = try content()
      guard let price = Int(text).flatMap({ Tenge($0) }) else { throw wrong("'\(text)' is no price") }
      if let city = try optional(element, "city", parse: { CityID($0) }) {
        byCity[city] = price
      } else {
        everywhere = price
      }
    }
    try close()
    if let everywhere, byCity.isEmpty { return .everywhere(everywhere) }
    guard everywhere == nil, !byCity.isEmpty else {
      throw wrong("prices must be one for all cities or one a city")
    }
    return .byCity(byCity)
  }

  private mutating func product(_ element: XMLElement) throws(CatalogFormatError) -> Product {
    var product = Product(id: try value(element, "id") { ProductID($0) }, title: try required("title"))
    product.brand = try text("brand")
    while let category = try open("category") {
      product.categories.append(Category(code: category["code"], title: try content()))
    }
    product.description = try text("description")
    while let group = try open("group") {
      var items: [Characteristic] = []
      while let one = try open("characteristic") {
        var values: [String] = []
        while let value = try text("value") { values.append(value) }
        guard !values.isEmpty else { throw wrong("a characteristic without a value") }
        items.append(
          Characteristic(
            code: one["code"], name: try value(one, "name") { $0 }, values: values, unit: one["unit"]))
        try close()
      }
      product.characteristics.append(
        CharacteristicGroup(name: try value(group, "name") { $0 }, characteristics: items))
      try close()
    }
    while let image = try text("image") { product.images.append(image) }
    while let variant = try open("variant") {
      var choices: [Variant.Choice] = []
      while let choice = try open("choice") {
        choices.append(Variant.Choice(name: try value(choice, "name") { $0 }, value: try content()))
      }
      product.variants.append(
        Variant(
          product: try value(variant, "product") { ProductID($0) },
          isAvailable: try optional(variant, "available", parse: Self.flag), choices: choices))
      try close()
    }
    if let rating = try open("rating") {
      product.rating = Rating(
        hundredths: try value(rating, "hundredths") { Int($0) },
        count: try optional(rating, "count") { Int($0) })
      try close()
    }
    while let sale = try open("sale") {
      let city = try value(sale, "city") { CityID($0) }
      let text = try content()
      if text == "sold out" {
        product.sales[city] = .soldOut
      } else if let price = Int(text).flatMap({ Tenge($0) }) {
        product.sales[city] = .price(price)
      } else {
        throw wrong("'\(text)' is no sale")
      }
    }
    try close()
    return product
  }

  // MARK: Steps

  /// The next event that is not blank text between elements.
  private mutating func next() throws(CatalogFormatError) -> XMLEvent? {
    if let event = peeked {
      peeked = nil
      return event
    }
    do throws(XMLError) { return try reader.next() } catch {
      throw CatalogFormatError("line \(error.line ?? 0), column \(error.column ?? 0)", error.message)
    }
  }

  /// Goes into the element of a name if it is next.
  private mutating func open(_ name: String) throws(CatalogFormatError) -> XMLElement? {
    while let event = try next() {
      switch event {
      case .text(let text) where text.allSatisfy(\.isWhitespace): continue
      case .start(let element) where element.name == name: return element
      default:
        peeked = event
        return nil
      }
    }
    return nil
  }

  /// Leaves the current element, which must have no more children.
  private mutating func close() throws(CatalogFormatError) {
    while let event = try next() {
      switch event {
      case .text(let text) where text.allSatisfy(\.isWhitespace): continue
      case .end: return
      case .start(let element): throw wrong("'\(element.name)' is not known here to this version")
      case .text: throw wrong("text is not expected here")
      }
    }
    throw wrong("the file ends too early")
  }

  /// Text of the current element, and leaves it.
  private mutating func content() throws(CatalogFormatError) -> String {
    switch try next() {
    case .text(let text):
      guard case .end = try next() else { throw wrong("an element is not expected in a text") }
      return text
    case .end: return ""
    default: throw wrong("an element is not expected in a text")
    }
  }

  private mutating func text(_ name: String) throws(CatalogFormatError) -> String? {
    try open(name) == nil ? nil : try content()
  }

  private mutating func required(_ name: String) throws(CatalogFormatError) -> String {
    guard let text = try text(name) else { throw wrong("'\(name)' is missing") }
    return text
  }

  private func value<Value>(
    _ element: XMLElement, _ name: String, parse: (String) -> Value?
  ) throws(CatalogFormatError) -> Value {
    guard let value = element[name].flatMap(parse) else {
      throw wrong("'\(name)' of '\(element.name)' is not valid")
    }
    return value
  }

  private func optional<Value>(
    _ element: XMLElement, _ name: String, parse: (String) -> Value?
  ) throws(CatalogFormatError) -> Value? {
    element[name] == nil ? nil : try value(element, name, parse: parse)
  }

  private static func flag(_ text: String) -> Bool? { text == "true" ? true : text == "false" ? false : nil }

  private func wrong(_ message: String) -> CatalogFormatError {
    CatalogFormatError("line \(reader.line), column \(reader.column)", message)
  }
}
