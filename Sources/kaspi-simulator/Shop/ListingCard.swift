import Store

/// One card of the public listing.
enum ListingCard {
  /// As the listing endpoint writes it; some of the tail is missing on some cards.
  static func json(_ offering: Offering, city: String) -> JSONValue {
    let article = offering.article
    let price = offering.sale(in: city) ?? 0
    let link = "\(article.shopLink)?c=\(city)"
    var card: [String: JSONValue] = [
      "id": .string(article.card), "title": .string(article.title), "brand": .text(article.brand),
      "categoryId": .string(article.category.id), "hasVariants": .bool(!article.choices.isEmpty),
      "loanAvailable": .bool(price >= 5000), "shopLink": .string(link), "unitPrice": .integer(price),
      "unitSalePrice": .integer(price), "priceFormatted": .string(price.spaced("\u{A0}") + "\u{A0}₸"),
      "createdTime": .string("2025-03-\(10 + article.index % 18)T09:41:48.734Z"), "stickers": .array([]),
      "previewImages": .array(article.images.map { ImageLink.sizes($0, "preview", located: false) }),
      "creditMonthlyPrice": .integer((price + 2) / 3),
      "monthlyInstallment": .object([
        "id": .integer(3), "installment": .bool(true),
        "formattedPerMonth": .string(((price + 2) / 3).spaced("\u{A0}") + "\u{A0}₸"),
      ]),
      "reviewsLink": .string("\(link)&v=reviews"),
      "unit": article.index % 9 == 2
        ? .null
        : .object([
          "type": .string("PIECES"), "increment": .integer(1), "measurementLiteral": .string("шт"),
          "countingLiteral": .string("шт"),
        ]),
      "stock": .integer(1), "currency": .string("KZT"), "deliveryDuration": .string("TOMORROW"),
      // The two narrowest, broad before narrow; the codes run the other way, to the root.
      "category": .texts(article.category.path.suffix(2).map(\.title)),
      "categoryRu": .texts(article.category.path.suffix(2).map(\.title)),
      "categoryCodes": .texts(article.category.path.reversed().map(\.code) + ["Categories"]),
      "deliveryZones": .texts([city]),
    ]
    if article.index % 4 == 0 {
      card["unitPriceBeforeDiscount"] = .integer(price * 10 / 9)
      card["discount"] = .integer(10)
    }
    if offering.rating > 0 {
      card["rating"] = .decimal(offering.stars)
      card["reviewsQuantity"] = .integer(offering.ratings)
    }
    return .object(card)
  }
}
