import Store

/// An offer as the seller's cabinet shows it.
enum CabinetOffer {
  /// A row of the list.
  static func json(_ offering: Offering) -> JSONValue {
    let article = offering.article
    let prices = cityPrices(offering)
    var source = SplitMix(article.index, "cabinet")
    let isActive = offering.state.withdrawn == nil
    let stocks = zip(article.stock.map(\.store), offering.state.stock)
    // The cabinet leaves the list away for some offers though they have stock.
    let availabilities: JSONValue =
      article.index % 23 == 3
      ? .null
      : .array(
        stocks.map { store, count in
          .object([
            "available": .string(count > 0 && isActive ? "yes" : "no"),
            "storeId": .string("\(World.merchant)_\(store)"), "stockCount": .integer(count),
            "stockSpecified": .bool(true), "preOrder": .number(article.preorder),
          ])
        })
    var offer: [String: JSONValue] = [
      "masterSku": .string(article.card), "sku": .string(article.sku), "title": .string(article.title),
      "masterTitle": .string(article.title), "model": article.index % 7 == 0 ? .null : .string(article.title),
      "brand": .text(article.brand), "brandCode": .null, "images": .texts(article.images),
      "shopLink": .string(article.shopLink), "offerId": .string(source.hex(24)),
      "fileId": .string("MANUAL_CHANGES"),
      "merchantUid": .string(World.merchant),
      // The plain price is a trap: it is 0 for every offer that has city prices.
      "price": .integer(article.cityFactors.isEmpty ? offering.state.price : 0), "oldprice": .integer(0),
      "availabilities": availabilities, "cityPrices": .null, "deliveryOptions": .null, "_version": .null,
      "_distinctVersion": .integer(4), "offerSource": .string("MANUAL_OFFER"), "reindexReason": .null,
      "matchesLastBatch": .bool(false), "skipDistinctCheck": .bool(false), "priority": .integer(0),
    ]
    offer["rangePrice"] = .object([
      "MAX": .number(prices.map(\.price).max()), "MIN": .number(prices.map(\.price).min()),
    ])
    offer["minPrice"] = .number(prices.map(\.price).min())
    offer["maxPrice"] = .number(prices.map(\.price).max())
    offer["allCityPrices"] = .object(
      Dictionary(
        prices.map { ($0.city, .object(["price": .integer($0.price), "oldPrice": .null])) },
        uniquingKeysWith: { first, _ in first }))
    offer["updates"] = .array([
      .object([
        "operationType": .string(isActive ? "PRICE_CHANGE" : "REMOVE"),
        "uploadedBy": .string("seller@example.kz"),
        "uploadedDate": .string(stamp(offering) + ".834"),
      ])
    ])
    offer["archivedAt"] = isActive ? .null : .string(stamp(offering) + ".668")
    offer["updatedAt"] = .string(stamp(offering) + ".697589Z")
    offer["editionDeadline"] = .string(Moment.almaty(World.now(offering.night)))
    offer["modification"] = .bool(false)
    offer["colourCode"] = .null
    offer["attributes"] = .array([])
    offer["verticalCategory"] = .text(article.category.path.first?.code)
    offer["masterCategory"] = .string(article.category.master)
    offer["available"] = .bool(offering.state.isOnSale)
    offer["points"] = .texts(article.stock.map(\.store))
    for flag in ["anyPickup", "anyKaspiDelivery"] { offer[flag] = .bool(true) }
    for flag in ["anyKaspiDeliveryLocal", "anyKaspiDeliveryExpress", "anyMerchantDelivery"] {
      offer[flag] = .bool(false)
    }
    offer["selectedCity"] = .null
    offer["offerError"] = error(offering)
    return .object(offer)
  }

  /// The page of one offer, which holds the whole card and things that no catalog may keep.
  static func details(_ offering: Offering, siblings: [Offering]) -> JSONValue {
    let article = offering.article
    let card = ProductCard(offering: offering, siblings: siblings, city: World.baseCity)
    let prices = cityPrices(offering)
    func price(_ entry: (city: String, price: Int)) -> JSONValue {
      ["cityId": .string(entry.city), "price": .integer(entry.price), "oldPrice": .null, "points": .null]
    }
    let points = article.stock.compactMap { stock in World.stores.first { $0.name == stock.store } }
    return [
      "sku": .string(article.sku), "title": .string(article.title), "masterName": .string(article.title),
      "masterSku": .string(article.card), "masterCategory": .string(article.category.master),
      "cities": .array(prices.map(price)), "updatedAt": .string(stamp(offering) + ".697589Z"),
      "available": .bool(offering.state.isOnSale),
      "editionDeadline": .string(Moment.almaty(World.now(offering.night))),
      "masterProduct": .object([
        "card": .object([
          "id": .string(article.card), "name": .string(article.title), "title": .string(article.title),
          "createdTime": .string("2025-03-10T05:14:03.571+00:00"), "shopLink": .string(article.shopLink),
          "maxQuantity": .integer(20), "numberOfOrders": .null,
          "category": .texts(article.category.path.map(\.title)),
          "categoryId": .string(article.category.id),
          "promoConditions": .object([
            "brand": .string(article.brand ?? "Без бренда"),
            "categoryCodes": .texts(article.category.path.reversed().map(\.code) + ["Categories"]),
            "baseProductCodes": .array([]),
            "groups": .null,
          ]), "refundPeriod": .integer(14),
        ]),
        "galleryImages": .array(article.images.map { ImageLink.sizes($0, "gallery", located: true) }),
        "description": .text(article.text), "specifications": .array(card.specifications),
        "weight": .integer(0),
        "masterCategoryCode": .string(article.category.master),
        "masterCategoryName": .string(article.category.title),
        "hasVariants": .bool(siblings.count > 1), "status": .string("ACTUAL"), "redirectCodes": .null,
      ]),
      "cityInfo": .array(
        prices.map { entry in
          .object([
            "id": .string(entry.city), "name": .text(World.cities.first { $0.id == entry.city }?.name),
            "price": .integer(entry.price), "oldPrice": .integer(0), "pickupPoints": .array([]),
          ])
        }),
      "availabilities": .array(
        points.map { point in
          .object([
            "pointId": .string("\(World.merchant)_\(point.name)"), "name": .string(point.name),
            "pickup": .bool(true),
            "kaspiDelivery": .bool(true), "cityId": .string(point.city),
            "cityName": .text(World.cities.first { $0.id == point.city }?.name),
            "address": .object([
              "streetName": .string(point.street), "streetNumber": .string("1"),
              "phone": .string("7000000000"),
              "name": .string("Точка"), "latitude": .decimal(43.3), "longitude": .decimal(76.9),
            ]),
          ])
        }),
      "offerError": error(offering),
    ]
  }

  /// A price in every city of the shop, one price everywhere included.
  private static func cityPrices(_ offering: Offering) -> [(city: String, price: Int)] {
    offering.cityPrices.isEmpty
      ? World.cities.map { (city: $0.id, price: offering.state.price) } : offering.cityPrices
  }

  private static func error(_ offering: Offering) -> JSONValue {
    [
      "offerSource": .string("MANUAL_OFFER"),
      "errorCodes": .texts(offering.state.isOnSale ? [] : ["NO_AVAILABILITIES"]), "warningCodes": .array([]),
      "klNotes": .array([]), "reindexReason": .null,
    ]
  }

  /// Without a zone, as the cabinet writes some of its times.
  private static func stamp(_ offering: Offering) -> String {
    String(Moment.utc(World.now(offering.state.withdrawn ?? offering.night) - 4 * 3_600_000).dropLast())
  }
}
