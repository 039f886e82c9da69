/// The price list that the seller already has, as the seller's own program writes it.
enum Feed {
  /// All offers that are not withdrawn.
  static func xml(_ offerings: [Offering], night: Int) -> String {
    var text = """
      <?xml version="1.0" encoding="utf-8"?>
      <kaspi_catalog date="\(Moment.almaty(World.now(night)))"
                     xmlns="kaspiShopping"
                     xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                     xsi:schemaLocation="kaspiShopping http://kaspi.kz/kaspishopping.xsd">
        <company>\(World.company)</company>
        <merchantid>\(World.merchant)</merchantid>
        <offers>

      """
    for offering in offerings where offering.state.withdrawn == nil { text += offer(offering) }
    return text + "  </offers>\n</kaspi_catalog>\n"
  }

  private static func offer(_ offering: Offering) -> String {
    let article = offering.article
    var text = "    <offer sku=\"\(article.sku.escapedForHTML)\">\n"
    text += "      <model>\(article.title.escapedForHTML)</model>\n"
    if let brand = article.brand { text += "      <brand>\(brand.escapedForHTML)</brand>\n" }
    text += "      <availabilities>\n"
    for (store, count) in zip(article.stock.map(\.store), offering.state.stock) {
      text += "        <availability available=\"\(count > 0 ? "yes" : "no")\" storeId=\"\(store)\""
      if let days = article.preorder, count > 0 { text += " preOrder=\"\(days)\"" }
      text += " stockCount=\"\(count)\"/>\n"
    }
    text += "      </availabilities>\n"
    if offering.cityPrices.isEmpty {
      text += "      <price>\(offering.state.price)</price>\n"
    } else {
      text += "      <cityprices>\n"
      for price in offering.cityPrices {
        text += "        <cityprice cityId=\"\(price.city)\">\(price.price)</cityprice>\n"
      }
      text += "      </cityprices>\n"
    }
    return text + "    </offer>\n"
  }
}

extension Simulator {
  /// `/feeds/<shop>.xml`, or a saved file below the folders of price lists.
  func feed(_ request: Request) -> Reply {
    if request.segments.first == "sheets" { return sheet(request) }
    let names = Array(request.segments.dropFirst())
    let type = "application/xml; charset=utf-8"
    if let data {
      for folder in ["pricelist", "pricelist-series", "pricelist-dirty"] {
        if let bytes = data.bytes([folder] + names) { return .file(bytes, type: type, request: request) }
      }
      return .errorPage(404, "Not Found")
    }
    guard names == ["\(settings.shop).xml"] else { return .errorPage(404, "Not Found") }
    let night = night
    return .file(Array(Feed.xml(world.offerings(night), night: night).utf8), type: type, request: request)
  }
}
