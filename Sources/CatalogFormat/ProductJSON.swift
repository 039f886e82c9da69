import Model
import Store

/// A product card as a JSON object; what is unknown is left out.
enum ProductJSON {
  static func value(of product: Product) -> JSONValue {
    var members: [String: JSONValue] = ["id": .string(product.id.text), "title": .string(product.title)]
    if let brand = product.brand { members["brand"] = .string(brand) }
    if let description = product.description { members["description"] = .string(description) }
    func set(_ key: String, _ list: [JSONValue]) { if !list.isEmpty { members[key] = .array(list) } }
    set("categories", product.categories.map { texts(["code": $0.code, "title": $0.title]) })
    set(
      "characteristics",
      product.characteristics.map { group in
        ["group": .string(group.name), "items": .array(group.characteristics.map(value(of:)))]
      })
    set("images", product.images.map { .string($0) })
    set("variants", product.variants.map(value(of:)))
    if let rating = product.rating {
      var figures: [String: JSONValue] = ["hundredths": .integer(rating.hundredths)]
      if let count = rating.count { figures["count"] = .integer(count) }
      members["rating"] = .object(figures)
    }
    if !product.sales.isEmpty {
      members["sales"] = .object(
        Dictionary(
          uniqueKeysWithValues: product.sales.map { city, sale in
            switch sale {
            case .price(let price): (city.code, .integer(price.amount))
            case .soldOut: (city.code, .string("sold out"))
            }
          }))
    }
    return .object(members)
  }

  static func product(from fields: JSONFields) throws(CatalogFormatError) -> Product {
    var fields = fields
    var product = Product(id: try fields.value("id") { ProductID($0) }, title: try fields.text("title"))
    product.brand = try fields.optionalText("brand")
    product.description = try fields.optionalText("description")
    for var category in try fields.list("categories") {
      product.categories.append(
        Category(code: try category.optionalText("code"), title: try category.text("title")))
      try category.end()
    }
    for var group in try fields.list("characteristics") {
      var items: [Characteristic] = []
      for item in try group.list("items") { items.append(try characteristic(from: item)) }
      product.characteristics.append(
        CharacteristicGroup(name: try group.text("group"), characteristics: items))
      try group.end()
    }
    product.images = try fields.texts("images")
    for variant in try fields.list("variants") { product.variants.append(try self.variant(from: variant)) }
    if var rating = try fields.optionalObject("rating") {
      product.rating = Rating(
        hundredths: try rating.integer("hundredths"), count: try rating.optionalInteger("count"))
      try rating.end()
    }
    for (key, value) in try fields.map("sales") {
      guard let city = CityID(key) else { throw fields.wrong("sales", "keyed by city") }
      if let price = value.int.flatMap({ Tenge($0) }) {
        product.sales[city] = .price(price)
      } else if value.string == "sold out" {
        product.sales[city] = .soldOut
      } else {
        throw fields.wrong("sales", "a price or \"sold out\"")
      }
    }
    try fields.end()
    return product
  }

  private static func value(of one: Characteristic) -> JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(one.name), "values": .array(one.values.map { .string($0) }),
    ]
    if let code = one.code { members["code"] = .string(code) }
    if let unit = one.unit { members["unit"] = .string(unit) }
    return .object(members)
  }

  private static func characteristic(from fields: JSONFields) throws(CatalogFormatError) -> Characteristic {
    var fields = fields
    let one = Characteristic(
      code: try fields.optionalText("code"), name: try fields.text("name"),
      values: try fields.texts("values"),
      unit: try fields.optionalText("unit"))
    guard !one.values.isEmpty else { throw fields.wrong("values", "a list of at least one value") }
    try fields.end()
    return one
  }

  private static func value(of variant: Variant) -> JSONValue {
    var members: [String: JSONValue] = ["product": .string(variant.product.text)]
    if let isAvailable = variant.isAvailable { members["available"] = .bool(isAvailable) }
    if !variant.choices.isEmpty {
      members["choices"] = .array(variant.choices.map { texts(["name": $0.name, "value": $0.value]) })
    }
    return .object(members)
  }

  private static func variant(from fields: JSONFields) throws(CatalogFormatError) -> Variant {
    var fields = fields
    let product = try fields.value("product") { ProductID($0) }
    let isAvailable = try fields.optionalFlag("available")
    var choices: [Variant.Choice] = []
    for var choice in try fields.list("choices") {
      choices.append(Variant.Choice(name: try choice.text("name"), value: try choice.text("value")))
      try choice.end()
    }
    try fields.end()
    return Variant(product: product, isAvailable: isAvailable, choices: choices)
  }

  private static func texts(_ pairs: [String: String?]) -> JSONValue {
    .object(pairs.compactMapValues { $0.map { .string($0) } })
  }
}
