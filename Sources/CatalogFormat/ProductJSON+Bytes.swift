package import Model
package import Store

/// A card straight to bytes and back: the members that ``ProductJSON`` has, without a value in between.
package enum CardJSON {
  /// Writes a card; what is unknown is left out.
  ///
  /// - Parameters:
  ///   - product: The card.
  ///   - writer: Where it goes.
  package static func write(_ product: Product, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("brand", product.brand)
    list("categories", product.categories, &writer) { category, writer in
      writer.beginObject()
      writer.member("code", category.code)
      writer.member("title", category.title)
      writer.endObject()
    }
    list("characteristics", product.characteristics, &writer) { group, writer in
      writer.beginObject()
      writer.member("group", group.name)
      writer.name("items")
      writer.beginArray()
      for one in group.characteristics { write(one, to: &writer) }
      writer.endArray()
      writer.endObject()
    }
    writer.member("description", product.description)
    writer.member("id", product.id.text)
    if !product.images.isEmpty {
      writer.name("images")
      writer.strings(product.images)
    }
    if let rating = product.rating {
      writer.name("rating")
      writer.beginObject()
      writer.member("count", rating.count)
      writer.member("hundredths", rating.hundredths)
      writer.endObject()
    }
    if !product.sales.isEmpty {
      writer.name("sales")
      writer.beginObject()
      for (city, sale) in product.sales.sorted(by: { $0.key < $1.key }) {
        switch sale {
        case .price(let price):
          writer.name(text: city.code)
          writer.integer(price.amount)
        case .soldOut:
          writer.name(text: city.code)
          writer.string("sold out")
        }
      }
      writer.endObject()
    }
    writer.member("title", product.title)
    list("variants", product.variants, &writer) { variant, writer in write(variant, to: &writer) }
    writer.endObject()
  }

  private static func list<Element>(
    _ name: JSONName, _ elements: [Element], _ writer: inout JSONWriter,
    _ write: (Element, inout JSONWriter) -> Void
  ) {
    guard !elements.isEmpty else { return }
    writer.name(name)
    writer.beginArray()
    for index in elements.indices { write(elements[index], &writer) }
    writer.endArray()
  }

  private static func write(_ one: Characteristic, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("code", one.code)
    writer.member("name", one.name)
    writer.member("unit", one.unit)
    writer.name("values")
    writer.strings(one.values)
    writer.endObject()
  }

  private static func write(_ variant: Variant, to writer: inout JSONWriter) {
    writer.beginObject()
    if let isAvailable = variant.isAvailable {
      writer.name("available")
      writer.bool(isAvailable)
    }
    list("choices", variant.choices, &writer) { choice, writer in
      writer.beginObject()
      writer.member("name", choice.name)
      writer.member("value", choice.value)
      writer.endObject()
    }
    writer.member("product", variant.product.text)
    writer.endObject()
  }

  /// Reads a card that was written here; a member that is not known is passed over.
  ///
  /// - Parameter card: An object.
  /// - Returns: `nil` when a fact in it is missing or impossible.
  package static func product(_ card: JSONNode) -> Product? {
    guard let id = card["id"]?.string.flatMap({ ProductID($0) }), let title = card["title"]?.string else {
      return nil
    }
    var product = Product(id: id, title: title)
    product.brand = card["brand"]?.string
    product.description = card["description"]?.string
    for category in card["categories"]?.array ?? [] {
      guard let title = category["title"]?.string else { return nil }
      product.categories.append(Category(code: category["code"]?.string, title: title))
    }
    for group in card["characteristics"]?.array ?? [] {
      guard let name = group["group"]?.string, let items = group["items"]?.array else { return nil }
      var read = CharacteristicGroup(name: name, characteristics: [])
      for item in items {
        guard let name = item["name"]?.string, let values = item["values"]?.array else { return nil }
        read.characteristics.append(
          Characteristic(
            code: item["code"]?.string, name: name, values: values.compactMap(\.string),
            unit: item["unit"]?.string))
      }
      product.characteristics.append(read)
    }
    product.images = (card["images"]?.array ?? []).compactMap(\.string)
    for variant in card["variants"]?.array ?? [] {
      guard let id = variant["product"]?.string.flatMap({ ProductID($0) }) else { return nil }
      let choices = (variant["choices"]?.array ?? []).compactMap { choice -> Variant.Choice? in
        guard let name = choice["name"]?.string, let value = choice["value"]?.string else { return nil }
        return Variant.Choice(name: name, value: value)
      }
      product.variants.append(
        Variant(product: id, isAvailable: variant["available"]?.bool, choices: choices))
    }
    if let rating = card["rating"], let stars = rating["hundredths"]?.int {
      product.rating = Rating(hundredths: stars, count: rating["count"]?.int)
    }
    for (code, sale) in card["sales"]?.members ?? [] {
      guard let city = CityID(code) else { return nil }
      if let price = sale.int {
        guard let price = Tenge(price) else { return nil }
        product.sales[city] = .price(price)
      } else {
        product.sales[city] = .soldOut
      }
    }
    return product
  }
}

extension JSONWriter {
  /// Writes a list of texts.
  ///
  /// - Parameter texts: In their order.
  package mutating func strings(_ texts: [String]) {
    beginArray()
    for index in texts.indices { string(texts[index]) }
    endArray()
  }
}
