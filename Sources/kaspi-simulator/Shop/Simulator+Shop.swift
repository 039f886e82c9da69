import Store

extension Simulator {
  /// `/shop/p/<slug>-<id>/`, with any slug; 404 for what the shop does not know.
  func shopPage(_ request: Request) -> Reply {
    guard request.segments.count >= 3, request.segments[1] == "p",
      let id = request.segments[2].split(separator: "-").last.map(String.init)
    else { return missingPage }
    if let data {
      guard let bytes = data.bytes(["product-pages", id + ".html"]) else { return missingPage }
      return Reply(200, type: "text/html; charset=utf-8", bytes)
    }
    let offerings = world.offerings(night)
    guard let offering = offerings.first(where: { $0.article.card == id }) else { return missingPage }
    let wanted = request.parameter("c") ?? request.header("x-ks-city") ?? World.baseCity
    let city = World.cities.first { $0.id == wanted } ?? (id: wanted, name: "Казахстан")
    let page = ProductPage(
      offering: offering, siblings: offerings.filter { $0.article.family == offering.article.family },
      city: city)
    return .html(page.html)
  }

  private var missingPage: Reply {
    .html(
      "<!DOCTYPE html><html lang=\"ru\"><head><title>Страница не найдена – Kaspi Магазин</title></head>"
        + "<body><h1>Страница не найдена</h1></body></html>", status: 404)
  }

  /// `/yml/product-view/pl/filters` and `/results`: cards of what can be bought, twelve a page.
  func listing(_ request: Request) -> Reply {
    guard request.segments.count == 4, request.segments[2] == "pl",
      ["filters", "results"].contains(request.segments[3])
    else { return .errorPage(404, "Not Found") }
    let isFirst = request.segments[3] == "filters"
    let page = max(0, Int(request.parameter("page") ?? "0") ?? 0)
    let repeats = with { $0.listingRepeats }
    var (cards, total) = data == nil ? sampleCards(request, page: page) : savedCards(page: page)
    if repeats, cards.isEmpty, page > 0 {
      (cards, total) = data == nil ? sampleCards(request, page: 0) : savedCards(page: 0)
    }
    guard isFirst else {
      return .json(["data": .array(cards), "promotedCards": .null, "promotedItems": .null])
    }
    return .json([
      "data": .object([
        "cards": .array(cards), "total": .integer(total),
        "externalSearchQueryInfo": .object([
          "queryId": .string("demo"), "text": .text(request.parameter("text")),
        ]),
      ])
    ])
  }

  private func savedCards(page: Int) -> (cards: [JSONValue], total: Int) {
    let pages = (data?.pages("listing", "cards-page-") ?? []).map { $0["data"]?.array ?? [] }
    return (pages.indices.contains(page) ? pages[page] : [], pages.reduce(0) { $0 + $1.count })
  }

  private func sampleCards(_ request: Request, page: Int) -> (cards: [JSONValue], total: Int) {
    let city = request.parameter("c") ?? request.header("x-ks-city") ?? World.baseCity
    // ":category:Kettles:allMerchants:14000001" is a list of names and values.
    let parts = (request.parameter("q") ?? "").split(separator: ":").map(String.init)
    var wanted: [String: String] = [:]
    for index in stride(from: 0, to: parts.count - 1, by: 2) { wanted[parts[index]] = parts[index + 1] }
    if let merchant = wanted["allMerchants"], merchant != World.merchant { return ([], 0) }
    let text = (request.parameter("text") ?? "").lowercased()
    let chosen = world.offerings(night).filter { offering in
      guard offering.sale(in: city) != nil else { return false }
      if let category = wanted["category"],
        !offering.article.category.path.contains(where: { $0.code == category })
      {
        return false
      }
      return text.isEmpty || offering.article.title.lowercased().contains(text)
    }
    let cards = chosen.dropFirst(page * 12).prefix(12).map { ListingCard.json($0, city: city) }
    return (Array(cards), chosen.count)
  }

  /// `POST /yml/offer-view/offers/<id>`.
  func offers(_ request: Request) -> Reply {
    guard request.segments.count == 4, request.segments[2] == "offers" else {
      return .errorPage(404, "Not Found")
    }
    let id = request.segments[3]
    guard request.method == "POST" else {
      return .json(
        [
          "timestamp": .string(ProductOffers.stamp(World.now(night))), "status": .integer(405),
          "error": .string("Method Not Allowed"), "path": .string("/offers/\(id)"),
        ], status: 405)
    }
    let question = JSONValue(body: request.body) ?? .null
    let page = max(0, question["page"]?.int ?? 0)
    if let data {
      guard let bytes = data.bytes(["offers", "\(id)-page\(page).json"]) else { return notFound(request) }
      return Reply(200, type: "application/json; charset=utf-8", bytes)
    }
    guard let offering = world.offerings(night).first(where: { $0.article.card == id }) else {
      return .json(["offers": .array([]), "total": .integer(0), "offersCount": .integer(0)])
    }
    let city = question["cityId"]?.string ?? World.baseCity
    let limit = min(64, max(1, question["limit"]?.int ?? 64))
    let all = ProductOffers.all(of: offering, city: city)
    let shown = all.dropFirst(page * limit).prefix(limit).map {
      $0.json(article: offering.article, night: night)
    }
    return .json([
      "offers": .array(Array(shown)), "total": .integer(all.count), "offersCount": .integer(all.count),
      "pcmResponsePresent": .bool(false),
    ])
  }

  /// `/yml/review-view/api/v1/reviews/product/<id>`.
  func reviews(_ request: Request) -> Reply {
    guard request.segments.count == 7, request.segments[5] == "product" else {
      return .errorPage(404, "Not Found")
    }
    let id = request.segments[6]
    if let data {
      guard let bytes = data.bytes(["reviews", id + ".json"]) else { return .json(Self.noReviews) }
      return Reply(200, type: "application/json; charset=utf-8", bytes)
    }
    guard let offering = world.offerings(night).first(where: { $0.article.card == id }), offering.rating > 0
    else { return .json(Self.noReviews) }
    let reviews = ReviewBook.reviews(of: offering)
    let limit = min(50, max(1, Int(request.parameter("limit") ?? "9") ?? 9))
    let page = max(0, Int(request.parameter("page") ?? "0") ?? 0)
    let shown = reviews.enumerated().dropFirst(page * limit).prefix(limit)
    var answer: [String: JSONValue] = [
      "data": .array(shown.map { $0.element.json(article: offering.article, number: $0.offset) })
    ]
    if request.parameter("withAgg") != "false" {
      let statistic = (1...5).reversed().map { rate -> JSONValue in
        .object([
          "rate": .integer(rate),
          "count": .integer(rate == 5 ? offering.ratings * 4 / 5 : rate == 4 ? offering.ratings / 5 : 0),
        ])
      }
      answer["summary"] = .object([
        "global": .decimal(Double((offering.rating + 5) / 10) / 10), "statistic": .array(statistic),
      ])
      answer["groupSummary"] = .array([
        .object(["id": .string("ALL"), "total": .integer(offering.ratings)]),
        .object(["id": .string("COMMENT"), "total": .integer(reviews.count)]),
        .object(["id": .string("POSITIVE"), "total": .integer(reviews.count { $0.rating > 3 })]),
        .object(["id": .string("NEGATIVE"), "total": .integer(reviews.count { $0.rating <= 3 })]),
      ])
      answer["imagesSummaryCount"] = .integer(reviews.count / 5)
    }
    return .json(.object(answer))
  }

  /// What the reviews endpoint says of a card that nobody rated.
  private static let noReviews: JSONValue = [
    "data": .array([]), "summary": .object(["global": .decimal(0), "statistic": .array([])]),
    "groupSummary": .array([]), "imagesSummaryCount": .integer(0),
  ]

  /// The body that the JSON endpoints of the shop send for what is not there.
  func notFound(_ request: Request) -> Reply {
    .json(
      [
        "timestamp": .string(ProductOffers.stamp(World.now(night))), "status": .integer(404),
        "error": .string("Not Found"), "path": .string(request.path),
      ], status: 404)
  }
}
