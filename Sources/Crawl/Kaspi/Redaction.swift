internal import Store

/// Members of a JSON answer that may be kept; everything that is not named is dropped.
///
/// An allow-list, because what must not be kept has names that nobody knows yet.
indirect enum Allowed: Sendable {
  /// A text, number or flag, or a list of them.
  case value
  /// An object with these members.
  case object([String: Allowed])
  /// An object with these members, or a plain value in its place.
  case valueOr([String: Allowed])
  /// A list of one kind of element.
  case list(Allowed)
  /// An object whose names are data, like cities.
  case map(Allowed)

  /// What of a value may be kept; `nil` for nothing.
  func kept(of value: JSONValue) -> JSONValue? {
    switch (self, value) {
    case (_, .null): return .null
    case (.value, .array(let elements)):
      return .array(elements.filter { $0.array == nil && $0.object == nil })
    case (.value, .object): return nil
    case (.value, _): return value
    case (.valueOr, .string), (.valueOr, .integer), (.valueOr, .decimal), (.valueOr, .bool): return value
    case (.object(let names), .object(let members)), (.valueOr(let names), .object(let members)):
      var result: [String: JSONValue] = [:]
      for (name, allowed) in names { result[name] = members[name].flatMap { allowed.kept(of: $0) } }
      return .object(result)
    case (.list(let element), .array(let elements)):
      return .array(elements.compactMap { element.kept(of: $0) })
    case (.map(let element), .object(let members)):
      return .object(members.compactMapValues { element.kept(of: $0) })
    default: return nil
    }
  }

  /// What of a body may be kept: canonical JSON of the allowed members.
  ///
  /// A body that is no JSON keeps only what tells its kind: a first byte would already be too much of a stranger.
  func kept(of body: [UInt8]) -> [UInt8] {
    let value: JSONValue
    do { value = try JSONValue(parsing: body, maximumDepth: EmbeddedState.maximumDepth) } catch {
      return Redaction.unreadable(body)
    }
    return CanonicalJSON.line(kept(of: value) ?? .object([:]))
  }
}

/// What of the cabinet's answers may be kept.
enum CabinetRedaction {
  private static let price = Allowed.object(["price": .value, "value": .value, "cityId": .value])

  private static let offer = Allowed.object([
    "sku": .value, "masterSku": .value, "title": .value, "masterTitle": .value, "model": .value,
    "brand": .value, "images": .value, "shopLink": .value, "price": .value, "minPrice": .value,
    "maxPrice": .value, "rangePrice": .object(["MIN": .value, "MAX": .value]), "allCityPrices": .map(price),
    "cityPrices": .list(price), "points": .value, "available": .value, "masterCategory": .value,
    "verticalCategory": .value,
    "availabilities": .list(
      .object([
        "available": .value, "storeId": .value, "stockCount": .value, "stockSpecified": .value,
        "preOrder": .value,
      ])),
  ])

  /// Specifications as the shop writes them, in pages and in the cabinet.
  static let specifications = Allowed.list(
    .object([
      "code": .value, "name": .value, "position": .value,
      "features": .list(
        .object([
          "code": .value, "name": .value, "type": .value, "position": .value,
          "featureUnit": .valueOr([
            "symbol": .value, "name": .value, "measurementLiteral": .value, "code": .value,
          ]), "featureValues": .list(.object(["value": .value])),
        ])),
    ]))

  private static let card = Allowed.object([
    "sku": .value, "title": .value, "masterName": .value, "masterSku": .value, "masterCategory": .value,
    "available": .value, "cities": .list(price),
    "masterProduct": .object([
      "card": .object([
        "id": .value, "name": .value, "title": .value, "shopLink": .value, "category": .value,
        "categoryId": .value,
        "promoConditions": .object(["brand": .value, "categoryCodes": .value, "baseProductCodes": .value]),
      ]),
      "galleryImages": .list(
        .object(["small": .value, "medium": .value, "large": .value, "location": .value])),
      "specifications": specifications, "description": .value, "masterCategoryCode": .value,
      "masterCategoryName": .value, "hasVariants": .value,
    ]),
  ])

  /// One page of the list, without whoever changed an offer.
  static func list(_ body: [UInt8]) -> [UInt8] {
    Allowed.object(["data": .list(offer), "total": .value]).kept(of: body)
  }

  /// One offer's page, without contacts and addresses of points.
  static func details(_ body: [UInt8]) -> [UInt8] { card.kept(of: body) }
}

/// What of an answer may leave the machine in a cassette, or stay on it in the archive.
enum Redaction {
  /// What of an offers answer may be kept: prices and numbers of sellers, no names.
  static func offers(_ body: [UInt8]) -> [UInt8] {
    Allowed.object([
      "offers": .list(
        .object([
          "masterSku": .value, "merchantId": .value, "merchantSku": .value, "price": .value,
          "preorder": .value,
        ])),
      "total": .value, "offersCount": .value,
    ]).kept(of: body)
  }

  /// What of a reviews answer may be kept: figures.
  static func reviews(_ body: [UInt8]) -> [UInt8] {
    Allowed.object([
      "summary": .object(["global": .value, "statistic": .list(.object(["rate": .value, "count": .value]))]),
      "groupSummary": .list(.object(["id": .value, "total": .value])),
    ]).kept(of: body)
  }

  /// What of a listing may be kept: cards.
  static func listing(_ body: [UInt8]) -> [UInt8] {
    let card = Allowed.object([
      "id": .value, "title": .value, "brand": .value, "shopLink": .value, "unitPrice": .value,
      "unitSalePrice": .value, "rating": .value, "reviewsQuantity": .value, "stock": .value,
      "category": .value, "categoryRu": .value, "categoryCodes": .value,
      "previewImages": .list(.object(["small": .value, "medium": .value, "large": .value])),
    ])
    let value: JSONValue
    do { value = try JSONValue(parsing: body, maximumDepth: EmbeddedState.maximumDepth) } catch {
      return unreadable(body)
    }
    // The first page wraps its cards, the others do not.
    let isFirst = value["data"]?["cards"] != nil
    let allowed = Allowed.object(
      isFirst
        ? ["data": .object(["cards": .list(card), "total": .value])]
        : ["data": .list(card), "total": .value])
    return CanonicalJSON.line(allowed.kept(of: value) ?? .object([:]))
  }

  /// Stands for a body that should have been JSON: the same refusal follows from it, and nobody is named in it.
  static func unreadable(_ body: [UInt8]) -> [UInt8] {
    let start = body.skippingBlanks(from: 0)
    guard start < body.count else { return [] }
    switch body[start] {
    case 0x3C where BlockPage.isLikely(body, title: nil):
      return Array("<html><head><title>403 Forbidden</title></head><body>removed</body></html>".utf8)
    case 0x3C: return Array("<html><body>removed</body></html>".utf8)
    case 0x7B: return Array("{".utf8)
    default: return Array("removed".utf8)
    }
  }
}
