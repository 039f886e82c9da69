import Store

/// The JSON that a product page carries in its scripts.
struct ProductCard {
  /// The article on a night.
  let offering: Offering
  /// Everything of the same family, the article included.
  let siblings: [Offering]
  /// Where the buyer is.
  let city: String

  private var article: Article { offering.article }
  private var brand: String { article.brand ?? "Без бренда" }

  /// `BACKEND.components.item`.
  var item: JSONValue {
    var card: [String: JSONValue] = [
      "id": .string(article.card), "title": .string(article.title),
      "createdTime": .string("2025-03-\(10 + article.index % 18)T09:41:48.734+00:00"),
      "shopLink": .string(article.shopLink), "categoryId": .string(article.category.id),
      "currency": .string(""),
      "reviewsLink": .string("/shop\(article.shopLink)?c=\(city)&v=reviews"), "maxQuantity": .integer(20),
      "buttonInCart": .object([
        "title": .string("Перейти в корзину"), "description": .string("Товар в корзине"),
      ]),
      "unit": .object([
        "code": .string("pieces"), "type": .string("PIECES"), "measurementLiteral": .string("шт."),
        "countingLiteral": .string("шт"), "increment": .integer(1),
      ]),
      "promoConditions": .object([
        "brand": .string(brand),
        "categoryCodes": .texts(article.category.path.reversed().map(\.code) + ["Categories"]),
        "baseProductCodes": .texts(siblings.count > 1 ? ["\(12_000_000 + article.family)b"] : []),
        "groups": .null,
      ]),
      "stickers": .null,
    ]
    // A page says "sold out" by leaving the price away.
    if let price = offering.sale(in: city) {
      card["price"] = .integer(price)
      card["discount"] = .integer(0)
      card["unitPriceBeforeDiscount"] = .integer(0)
    }
    return .object([
      "card": .object(card), "videoId": .null,
      "galleryImages": .array(article.images.map { ImageLink.sizes($0, "gallery", located: true) }),
      "endpoint": .string("https://kaspi.kz/shop/rest/misc/product/mobile"),
      "productNavigation": .array([
        .object([
          "code": .string("allFromCategoryLink"), "title": .string(article.category.title),
          "subtitle": .string("Все товары из категории "),
          "link": .string("/shop/c/\(article.category.code.link)/all/"),
        ])
      ]),
      "breadcrumbs": .array(
        breadcrumbs.map { step in
          .object([
            "title": .string(step.title), "link": .string("/shop/c/\(step.code.link)/"),
            "id": .string(step.code),
          ])
        }),
      "description": .text(article.text.map { "<p>\($0.escapedForHTML)</p>" }),
      "specifications": .array(specifications), "sizeTableCode": .null, "certificate": .null,
      "richContent": .null,
      "videos": .null, "teasers": .null,
    ])
  }

  /// From "Kaspi Магазин" down to the leaf.
  var breadcrumbs: [(code: String, title: String)] {
    [(code: "Categories", title: "Kaspi Магазин")] + article.category.path
  }

  /// Characteristics as the wire groups them.
  var specifications: [JSONValue] {
    article.groups.enumerated().map { position, group in
      let head = article.category.code
      let features = group.features.enumerated().map { place, feature -> JSONValue in
        let isNumber = feature.values.allSatisfy { Double($0) != nil }
        return .object([
          "code": .string("\(head.lowercased())*\(feature.name.slug)"), "name": .string(feature.name),
          "description": .null, "type": .string(isNumber ? "NUMBER" : "ENUM"), "range": .null,
          "comparable": .null,
          "featureUnit": feature.unit.map {
            .object([
              "code": .string($0.slug), "name": .string($0), "symbol": .string($0), "unitType": .string($0),
            ])
          } ?? .null,
          "featureValues": .array(feature.values.map { .object(["value": .string($0)]) }),
          "mandatory": .bool(place == 0), "keyAttribute": .bool(false), "merchantVisible": .null,
          "position": .integer(place + 1), "visible": .bool(true),
          "multiValued": .bool(feature.values.count > 1),
          "important": .bool(place < 4), "importanceScore": .null,
        ])
      }
      return .object([
        "code": .string("\(head)*\(group.name.slug)"),
        // The first heading is often empty on real cards.
        "name": .string(article.family % 5 == 0 && position == 0 ? "" : group.name),
        "features": .array(features), "position": .integer(position),
      ])
    }
  }

  /// The second `digitalData`, with its lies: stock and review count are always 0.
  var digitalData: JSONValue {
    .object([
      "id": .string(article.card), "name": .string(article.title), "currency": .string("KZT"),
      "hasDescription": .bool(false), "hasVideoReview": .bool(false),
      "category": .texts(article.category.path.map(\.title)), "categoryId": .string(article.category.id),
      "url": .string("/shop/\(article.shopLink)"), "brand": .string(brand), "stock": .integer(0),
      "primaryImage": ImageLink.sizes(article.images[0], "gallery", located: true),
      "reviewCount": .integer(0),
    ])
  }

  /// `BACKEND.components.configurator`: colours, then sizes; `null` for a card without variants.
  var configurator: JSONValue {
    let names = article.choices.map(\.name)
    guard !names.isEmpty, siblings.count > 1 else { return .null }
    return .object([
      "productCode": .null, "characteristic": .null, "matrix": .array(matrix(siblings, depth: 0)),
    ])
  }

  private func matrix(_ offerings: [Offering], depth: Int) -> [JSONValue] {
    var values: [String] = []
    for offering in offerings where !values.contains(offering.article.choices[depth].value) {
      values.append(offering.article.choices[depth].value)
    }
    return values.map { value in
      let same = offerings.filter { $0.article.choices[depth].value == value }
      let choice = same[0].article.choices[depth]
      let isLeaf = depth == same[0].article.choices.count - 1
      let isColour = choice.name == "Цвет" || choice.name == "Түсі"
      return .object([
        "productCode": isLeaf ? .string(same[0].article.card) : .null,
        "characteristic": .object([
          "id": .string(value), "title": .string(choice.name),
          "primaryImage": isColour
            ? ImageLink.sizes(same[0].article.images[0], "gallery", located: true) : .null,
          "type": .string(isColour ? "Goods*Colour" : "Goods*Size"),
          "attributeCodes": .texts([isColour ? "Goods*Colour" : "Goods*Size"]),
          "form": .string(isColour ? "IMAGE" : "DIMENSIONAL"),
          "values": .array([.object(["value": .string(value), "dimension": .text(choice.unit)])]),
        ]),
        "matrix": isLeaf ? .null : .array(matrix(same, depth: depth + 1)),
        "available": .bool(same.contains { $0.sale(in: city) != nil }), "checkedAvailability": .bool(true),
      ])
    }
  }
}

extension String {
  /// As a part of a category link.
  var link: String { lowercased().replacing(" ", with: "%20") }

  /// With the five characters replaced that mean something in HTML.
  var escapedForHTML: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }
}
