import Model
import Store

/// An offer as members of a JSON object.
///
/// A price that holds everywhere stands under `*`; stock is keyed by store.
enum OfferJSON {
  static func members(of offer: Offer) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "sku": .string(offer.sku.text), "model": .string(offer.model), "prices": prices(offer.pricing),
    ]
    if let brand = offer.brand { members["brand"] = .string(brand) }
    if !offer.availabilities.isEmpty {
      members["stock"] = .object(
        Dictionary(uniqueKeysWithValues: offer.availabilities.map { ($0.store.text, stock($0)) }))
    }
    return members
  }

  static func offer(from fields: inout JSONFields) throws(CatalogFormatError) -> Offer {
    let sku = try fields.value("sku") { SKU($0) }
    let model = try fields.text("model")
    let brand = try fields.optionalText("brand")
    var availabilities: [Availability] = []
    for (name, value) in try fields.map("stock") {
      guard let store = StoreID(name) else { throw fields.wrong("stock", "keyed by store") }
      var entry = try JSONFields(value, at: "\(fields.path)/stock/\(name)")
      availabilities.append(
        Availability(
          store: store, isAvailable: try entry.flag("available"), stock: try entry.optionalInteger("count"),
          preorderDays: try entry.optionalInteger("preorder")))
      try entry.end()
    }
    return Offer(
      sku: sku, model: model, brand: brand, availabilities: availabilities,
      pricing: try pricing(from: &fields))
  }

  private static func prices(_ pricing: Pricing) -> JSONValue {
    switch pricing {
    case .everywhere(let price): ["*": .integer(price.amount)]
    case .byCity(let prices):
      .object(Dictionary(uniqueKeysWithValues: prices.map { ($0.key.code, .integer($0.value.amount)) }))
    }
  }

  private static func pricing(from fields: inout JSONFields) throws(CatalogFormatError) -> Pricing {
    let members = try fields.map("prices")
    var byCity: [CityID: Tenge] = [:]
    for (key, value) in members {
      guard let price = value.int.flatMap({ Tenge($0) }) else {
        throw fields.wrong("prices", "in whole tenge")
      }
      if key == "*", members.count == 1 { return .everywhere(price) }
      guard let city = CityID(key) else { throw fields.wrong("prices", "keyed by city, or by * alone") }
      byCity[city] = price
    }
    guard !byCity.isEmpty else { throw fields.wrong("prices", "an object with a price") }
    return .byCity(byCity)
  }

  private static func stock(_ availability: Availability) -> JSONValue {
    var members: [String: JSONValue] = ["available": .bool(availability.isAvailable)]
    if let count = availability.stock { members["count"] = .integer(count) }
    if let days = availability.preorderDays { members["preorder"] = .integer(days) }
    return .object(members)
  }
}
