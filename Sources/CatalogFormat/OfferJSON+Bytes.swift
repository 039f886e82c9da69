import Model
import Store

/// An offer straight to bytes and back: the members that ``OfferJSON`` has, without a value in between.
extension OfferJSON {
  /// Writes the members that stand before `product`.
  static func writeHead(_ offer: Offer, to writer: inout JSONWriter) {
    writer.member("brand", offer.brand)
    writer.member("model", offer.model)
    writer.name("prices")
    writer.beginObject()
    switch offer.pricing {
    case .everywhere(let price): writer.member("*", price.amount)
    case .byCity:
      for (city, price) in offer.pricing.cities {
        writer.name(text: city.code)
        writer.integer(price.amount)
      }
    }
    writer.endObject()
  }

  /// Writes the members that stand behind it.
  static func writeTail(_ offer: Offer, to writer: inout JSONWriter) {
    writer.member("sku", offer.sku.text)
    guard !offer.availabilities.isEmpty else { return }
    writer.name("stock")
    writer.beginObject()
    // Offers keep their stores sorted.
    for one in offer.availabilities {
      writer.name(text: one.store.text)
      writer.beginObject()
      writer.name("available")
      writer.bool(one.isAvailable)
      writer.member("count", one.stock)
      writer.member("preorder", one.preorderDays)
      writer.endObject()
    }
    writer.endObject()
  }

  /// Reads an offer that was written here; members that are not known are passed over.
  ///
  /// - Returns: `nil` when a fact is missing or impossible.
  static func offer(_ node: JSONNode) -> Offer? {
    var sku: SKU?
    var model: String?
    var brand: String?
    var pricing: Pricing?
    var availabilities: [Availability] = []
    for (name, value) in node.members {
      switch name {
      case "sku": sku = value.string.flatMap { SKU($0) }
      case "model": model = value.string
      case "brand": brand = value.string
      case "prices": pricing = self.pricing(value)
      case "stock":
        for (name, value) in value.members {
          guard let store = StoreID(name), let isAvailable = value["available"]?.bool else { return nil }
          availabilities.append(
            Availability(
              store: store, isAvailable: isAvailable, stock: value["count"]?.int,
              preorderDays: value["preorder"]?.int))
        }
      default: break
      }
    }
    guard let sku, let model, let pricing else { return nil }
    return Offer(sku: sku, model: model, brand: brand, availabilities: availabilities, pricing: pricing)
  }

  private static func pricing(_ node: JSONNode) -> Pricing? {
    var byCity: [CityID: Tenge] = [:]
    for (key, value) in node.members {
      guard let price = value.int.flatMap({ Tenge($0) }) else { return nil }
      if key == "*" { return .everywhere(price) }
      guard let city = CityID(key) else { return nil }
      byCity[city] = price
    }
    return byCity.isEmpty ? nil : .byCity(byCity)
  }
}
