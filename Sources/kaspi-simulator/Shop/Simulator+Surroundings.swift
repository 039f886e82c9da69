import Store

/// What stands around the shop: rules for crawlers, short links, pictures, and the seller's own sheet.
extension Simulator {
  /// `/robots.txt`: the basket is nobody's business.
  func robots() -> Reply {
    let text = with { $0.robots } ?? "User-agent: *\nDisallow: /shop/cart\nDisallow: /shop/review/\n"
    return Reply(200, type: "text/plain; charset=utf-8", Array(text.utf8))
  }

  /// `/l/shp/<card>`: the short link that people share, with the noise that sharing adds.
  func shortLink(_ request: Request) -> Reply {
    guard request.segments.count == 3,
      let offering = world.offerings(night).first(where: { $0.article.card == request.segments[2] })
    else { return .errorPage(404, "Not Found") }
    return Reply(
      302,
      headers: [
        (
          name: "Location",
          value:
            "/shop\(offering.article.shopLink)?c=\(World.baseCity)&ref=shared_link&maSource=dynamicLink&at=1"
        )
      ])
  }

  /// `/img/m/p/<aaa>/<bbb>/<file>`: a picture of one dot, another one under every name.
  func image(_ request: Request) -> Reply {
    guard request.segments.count >= 4, let data = Self.dot(request.path) else {
      return .errorPage(404, "Not Found")
    }
    return Reply(200, type: "image/jpeg", data)
  }

  /// The shortest thing that begins and ends like a JPEG, with the name's digest inside.
  private static func dot(_ name: String) -> [UInt8]? {
    let digest = Array(Digest.sha256(Array(name.utf8)).utf8)
    return [0xFF, 0xD8, 0xFF, 0xFE, 0, UInt8(digest.count + 2)] + digest + [0xFF, 0xD9]
  }

  /// `/sheets/<shop>.csv`: SKU, title, price, stock by store, and a column that is nobody's business.
  func sheet(_ request: Request) -> Reply {
    guard request.segments == ["sheets", "\(settings.shop).csv"] else { return .errorPage(404, "Not Found") }
    func quoted(_ text: String) -> String {
      text.contains(where: { $0 == "," || $0 == "\"" })
        ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
    var text = "SKU,Название,Цена,PP1,PP2,Телефон поставщика\r\n"
    for offering in world.offerings(night) where offering.state.withdrawn == nil {
      let article = offering.article
      let counts = zip(article.stock.map(\.store), offering.state.stock)
      let cells = World.stores.map { store in counts.first { $0.0 == store.name }.map { "\($0.1)" } ?? "" }
      text +=
        "\(quoted(article.sku)),\(quoted(article.title)),\(article.cityFactors.isEmpty ? "\(offering.state.price)" : "")"
        + ",\(cells.joined(separator: ",")),+7 701 000 00 01\r\n"
    }
    return .file(Array(text.utf8), type: "text/csv; charset=utf-8", request: request)
  }
}
