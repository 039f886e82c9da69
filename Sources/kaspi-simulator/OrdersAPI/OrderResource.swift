import Store

/// Orders and their entries as JSON:API resources.
struct OrderResource {
  /// The order on a night.
  let order: SampleOrder
  /// By number.
  let articles: [Article]

  private var id: String { ResourceID.of(order.code) }
  private var path: String { "/v2/orders/\(id)" }
  private var customerID: String { ResourceID.of(order.buyer.number) }

  /// The order; without a waybill, which ``waybill(_:for:)`` adds.
  var json: JSONValue {
    let point = "\(World.merchant)_\(order.store)"
    let store = World.stores.first { $0.name == order.store } ?? World.stores[0]
    let storeCity = World.cities.first { $0.id == store.city } ?? World.cities[0]
    var attributes: [String: JSONValue] = [
      "code": .string(order.code), "totalPrice": .tenge(order.total),
      "paymentMode": .string(order.creditTerm == nil ? "PREPAID" : "PAY_WITH_CREDIT"),
      "plannedDeliveryDate": .moment(order.planned), "creationDate": .moment(order.created),
      "approvedByBankDate": .moment(order.created + 40_000), "deliveryCostForSeller": .tenge(0),
      "deliveryCost": .tenge(0), "isKaspiDelivery": .bool(order.isKaspiDelivery),
      "deliveryMode": .string(order.deliveryMode), "signatureRequired": .bool(order.state == "SIGN_REQUIRED"),
      "preOrder": .bool(order.isPreorder), "pickupPointId": .string(point),
      "assembled": .bool(order.isAssembled),
      "state": .string(order.state), "status": .string(order.status),
      "customer": .object([
        "id": .string(customerID), "name": .null, "cellPhone": .string(order.buyer.phone),
        "firstName": .text(order.buyer.firstName), "lastName": .text(order.buyer.lastName),
      ]),
      "originAddress": .object([
        "id": .string(point), "displayName": .string(order.store),
        "address": address(store.street, "1", town: storeCity.name, apartment: nil),
        "city": .object([
          "id": .string(ResourceID.of(storeCity.id)), "code": .string(storeCity.id),
          "name": .string(storeCity.name),
        ]),
      ]),
    ]
    if let term = order.creditTerm { attributes["creditTerm"] = .integer(term) }
    if order.deliveryMode != "DELIVERY_PICKUP" {
      let house = Int(order.code.suffix(2)) ?? 1
      attributes["deliveryAddress"] = address(
        "улица Примерная", "\(house + 1)", town: order.town, apartment: "\(house % 60 + 1)")
    }
    if let reason = order.cancellationReason { attributes["cancellationReason"] = .string(reason) }
    if order.isKaspiDelivery {
      attributes["kaspiDelivery"] = .object([
        "waybill": .null, "waybillNumber": .text(order.isAssembled ? "KD\(order.code)" : nil),
        "courierTransmissionDate": .moment(order.handedOver),
        "courierTransmissionPlanningDate": .moment(order.created + World.day), "express": .bool(false),
        "returnedToWarehouse": .bool(false), "firstMileCourier": .null,
      ])
    }
    return [
      "type": .string("orders"), "id": .string(id), "attributes": .object(attributes),
      "relationships": .object(["user": user, "entries": entriesLink]),
      "links": .object(["self": .string(path)]),
    ]
  }

  /// A signed link that is another one each time it is read.
  static func waybill(_ read: Int, for resource: JSONValue) -> JSONValue {
    guard var fields = resource.object, var attributes = fields["attributes"]?.object,
      var delivery = attributes["kaspiDelivery"]?.object, let number = delivery["waybillNumber"]?.string
    else { return resource }
    var source = SplitMix(read, "waybill")
    delivery["waybill"] = .string("https://kaspi.kz/shop/waybill/\(number).pdf?sign=\(source.hex(40))")
    attributes["kaspiDelivery"] = .object(delivery)
    fields["attributes"] = .object(attributes)
    return .object(fields)
  }

  private var user: JSONValue {
    [
      "links": .object(["self": .string(path + "/relationships/user"), "related": .string(path + "/user")]),
      "data": order.hidesUser
        ? .null : .object(["type": .string("customers"), "id": .string(customerID)]),
    ]
  }

  private var entriesLink: JSONValue {
    var fields: [String: JSONValue] = [
      "links": .object([
        "self": .string(path + "/relationships/entries"), "related": .string(path + "/entries"),
      ])
    ]
    if !order.hidesEntries {
      fields["data"] = .array(
        order.lines.indices.map { .object(["type": .string("orderentries"), "id": .string(entryID($0))]) })
    }
    return .object(fields)
  }

  /// The buyer as an included resource.
  var customer: JSONValue {
    [
      "type": .string("customers"), "id": .string(customerID),
      "attributes": .object([
        "cellPhone": .string(order.buyer.phone), "firstName": .text(order.buyer.firstName),
        "lastName": .text(order.buyer.lastName), "name": .null,
      ]),
    ]
  }

  private func entryID(_ number: Int) -> String { ResourceID.of("\(order.code)##\(number)") }

  /// All entries, in order.
  var entries: [JSONValue] { order.lines.indices.map { entry($0) } }

  /// One entry; the offer is missing from a few, as in the guide's samples.
  func entry(_ number: Int) -> JSONValue {
    let line = order.lines[number]
    let article = articles[line.article]
    let path = "/v2/orderentries/\(entryID(number))"
    var attributes: [String: JSONValue] = [
      "quantity": .integer(line.quantity), "totalPrice": .tenge(line.quantity * line.price),
      "basePrice": .tenge(line.price), "entryNumber": .integer(number), "deliveryCost": .tenge(0),
      "weight": .tenge(0),
      "unitType": .string("PIECES"), "minAllowedWeight": .null, "isImeiRequired": .bool(false),
      "category": .object([
        "code": .string(article.category.master), "title": .string(article.category.title),
      ]),
    ]
    if line.article % 29 != 6 {
      attributes["offer"] = .object(["code": .string(article.sku), "name": .string(article.title)])
    }
    return [
      "type": .string("orderentries"), "id": .string(entryID(number)), "attributes": .object(attributes),
      "relationships": .object([
        "product": .object([
          "links": .object([
            "self": .string(path + "/relationships/product"), "related": .string(path + "/product"),
          ]),
          "data": .object(["type": .string("masterproducts"), "id": .string(ResourceID.of(article.card))]),
        ]),
        "deliveryPointOfService": .object([
          "links": .object(["related": .string(path + "/deliveryPointOfService")]),
          "data": .object([
            "type": .string("pointofservices"),
            "id": .string(ResourceID.of("\(World.merchant)_\(order.store)")),
          ]),
        ]),
      ]),
      "links": .object(["self": .string(path)]),
    ]
  }

  /// The card of an article.
  static func masterProduct(_ article: Article) -> JSONValue {
    let path = "/v2/masterproducts/\(ResourceID.of(article.card))"
    return [
      "type": .string("masterproducts"), "id": .string(ResourceID.of(article.card)),
      "attributes": .object([
        "code": .string(article.card), "name": .string(article.title), "manufacturer": .text(article.brand),
        "category": .string(article.category.title),
      ]),
      "relationships": .object([
        "merchantProduct": .object([
          "links": .object([
            "self": .string(path + "/relationships/merchantProduct"),
            "related": .string(path + "/merchantProduct"),
          ]), "data": .null,
        ])
      ]),
    ]
  }

  /// The seller's own line for an article.
  static func merchantProduct(_ article: Article) -> JSONValue {
    [
      "type": .string("merchantproducts"), "id": .string(ResourceID.of(article.sku)),
      "attributes": .object([
        "code": .string(article.sku), "name": .string(article.title), "manufacturer": .text(article.brand),
      ]),
    ]
  }

  private func address(_ street: String, _ number: String, town: String, apartment: String?) -> JSONValue {
    let tail = apartment.map { ", \($0)" } ?? ""
    return [
      "streetName": .string(street), "streetNumber": .string(number), "town": .string(town),
      "district": .null,
      "building": .null, "apartment": .text(apartment),
      "formattedAddress": .string("г. \(town), \(street), \(number)\(tail)"), "latitude": .decimal(43.2),
      "longitude": .decimal(76.9),
    ]
  }
}
