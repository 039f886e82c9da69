import Store
import TestKit
import Testing
import XML

@testable import kaspi_simulator

@Suite struct ShopTests {
  @Test func aProductPageHoldsTheCardAndItsLies() async throws {
    try await Running.with { running in
      let offering = try #require(
        running.simulator.world.offerings(0).first { $0.sale(in: World.baseCity) != nil && $0.rating > 0 })
      let answer = try await running.get("/shop/p/anything-\(offering.article.card)/?c=750000000")
      #expect(answer.status == 200)
      #expect(answer.body.count > 60_000)
      let item = try #require(Self.script(answer.text, "BACKEND.components.item = "))
      #expect(item["card"]?["title"]?.string == offering.article.title)
      #expect(item["card"]?["price"]?.int == offering.price(in: World.baseCity))
      #expect(item["specifications"]?.array?.count == offering.article.groups.count)
      let lies = try #require(Self.script(answer.text, "window.digitalData.product = "))
      #expect(lies["reviewCount"]?.int == 0 && lies["stock"]?.int == 0)
      #expect(
        Self.script(answer.text, "window.digitalData = ")?["page"]?["category"]?.string
          == "Add Product Review")
      #expect(answer.text.contains("content=\"in stock\""))
      let blocks = answer.text.split(separator: "<script type=\"application/ld+json\">").dropFirst()
      let readable = blocks.map { block in
        let text = block.prefix(upTo: block.firstRange(of: "</script>")?.lowerBound ?? block.endIndex)
        return Answer(body: Array(text.utf8)).json != nil
      }
      // Organisation and product can be read, the breadcrumb never.
      #expect(readable == [true, true, false])
    }
  }

  @Test func aSoldOutPageHasNoPriceAndSaysUndefined() async throws {
    try await Running.with { running in
      let offering = try #require(running.simulator.world.offerings(0).first { !$0.state.isOnSale })
      let answer = try await running.get("/shop/p/-\(offering.article.card)/")
      let item = try #require(Self.script(answer.text, "BACKEND.components.item = "))
      #expect(item["card"]?.object?["price"] == nil)
      #expect(
        answer.text.contains("\"price\": \"undefined\"") && answer.text.contains("content=\"out of stock\""))
      #expect(try await running.get("/shop/p/-1/").status == 404)
    }
  }

  @Test func variantsLeadToEveryCardOfTheFamily() async throws {
    try await Running.with { running in
      let all = running.simulator.world.offerings(0)
      let family = all.filter { $0.article.choices.count == 2 }
      let card = try #require(family.first).article
      let siblings = all.filter { $0.article.family == card.family }.map(\.article.card)
      let page = try await running.get("/shop/p/-\(card.card)/").text
      let matrix =
        try #require(Self.script(page, "BACKEND.components.configurator = "))["matrix"]?.array ?? []
      let leaves = matrix.flatMap { $0["matrix"]?.array ?? [] }.compactMap { $0["productCode"]?.string }
      #expect(leaves.sorted() == siblings.sorted())
    }
  }

  @Test func theListingShowsEveryOfferOnceTwelveAPage() async throws {
    try await Running.with { running in
      let query = "q=%3AallMerchants%3A14000001&c=750000000"
      let first = try #require(try await running.get("/yml/product-view/pl/filters?\(query)&page=0").json)[
        "data"]
      var ids = (first?["cards"]?.array ?? []).compactMap { $0["id"]?.string }
      #expect(ids.count == 12)
      for page in 1...40 {
        let cards =
          try await running.get("/yml/product-view/pl/results?\(query)&page=\(page)").json?["data"]?.array
          ?? []
        if cards.isEmpty { break }
        #expect(cards.count <= 12)
        ids += cards.compactMap { $0["id"]?.string }
      }
      let onSale = running.simulator.world.offerings(0).filter { $0.sale(in: "750000000") != nil }.map(
        \.article.card)
      #expect(ids.sorted() == onSale.sorted())
      #expect(first?["total"]?.int == onSale.count)
    }
  }

  @Test func offersAreOnlyAnsweredToPOST() async throws {
    try await Running.with { running in
      let offering = try #require(running.simulator.world.offerings(0).first { $0.state.isOnSale })
      let path = "/yml/offer-view/offers/\(offering.article.card)"
      let refused = try await running.get(path)
      #expect(refused.status == 405)
      #expect(refused.json?["path"]?.string == "/offers/\(offering.article.card)")
      let city = offering.article.cityFactors.first?.city ?? World.baseCity
      let answer = try await running.post(
        path, ["cityId": .string(city), "limit": .integer(64), "page": .integer(0)])
      let ours = answer.json?["offers"]?.array?.first { $0["merchantId"]?.string == World.merchant }
      #expect(ours?["merchantSku"]?.string == offering.article.sku)
      #expect(ours?["price"]?.double == offering.price(in: city).map(Double.init))
    }
  }

  @Test func reviewsOfUnknownCardsAreEmptyAndValid() async throws {
    try await Running.with { running in
      let empty = try await running.get(
        "/yml/review-view/api/v1/reviews/product/5?limit=9&page=0&withAgg=true")
      #expect(empty.status == 200 && empty.json?["data"]?.array?.isEmpty == true)
      let rated = try #require(running.simulator.world.offerings(0).first { $0.ratings > 12 })
      let answer = try await running.get(
        "/yml/review-view/api/v1/reviews/product/\(rated.article.card)?limit=5&page=0&withAgg=true")
      #expect(answer.json?["data"]?.array?.count == 5)
      #expect(answer.json?["groupSummary"]?[0]?["total"]?.int == rated.ratings)
      #expect(answer.json?["data"]?[0]?["author"]?.string?.isEmpty == false)
    }
  }

  @Test func theFeedPassesOurOwnPullerAndKnowsItsTag() async throws {
    try await Running.with { running in
      let feed = try await running.get("/feeds/demo.xml")
      let tag = try #require(feed.headers["etag"])
      #expect(try await running.get("/feeds/demo.xml", ["If-None-Match": tag]).status == 304)
      #expect(try await running.get("/feeds/other.xml").status == 404)
      let verdict = FeedVerdict.judge(feed.body)
      #expect(verdict.errors.isEmpty, "\(verdict.errors.prefix(3))")
      #expect(verdict.accepted == running.simulator.world.first.count)
      #expect(verdict.warnings.count >= 5)
    }
  }

  @Test func theCabinetWantsItsCookie() async throws {
    try await Running.with { running in
      let away = try await running.get("/cabinet/s/m")
      #expect(away.status == 302 && away.headers["location"] == "/cabinet/login")
      let me = try await running.get("/cabinet/s/m", Running.cabinet)
      #expect(me.json?["merchants"]?[0]?["uid"]?.string == "14000001")
      var skus: [String] = []
      var total = 0
      for page in 0..<9 {
        let answer = try await running.get(
          "/cabinet/bff/offer-view/list?m=14000001&p=\(page)&l=50&a=true&t=&c=", Running.cabinet)
        total = answer.json?["total"]?.int ?? 0
        let data = answer.json?["data"]?.array ?? []
        if data.isEmpty { break }
        skus += data.compactMap { $0["sku"]?.string }
      }
      #expect(skus.sorted() == running.simulator.world.first.map(\.sku).sorted() && total == skus.count)
      let article = running.simulator.world.first[0]
      let details = try await running.get(
        "/cabinet/bff/offer-view/details?m=14000001&s=\(article.sku)", Running.cabinet)
      #expect(details.json?["masterProduct"]?["card"]?["id"]?.string == article.card)
      #expect(details.json?["masterProduct"]?["specifications"]?.array?.isEmpty == false)
    }
  }

  /// The JSON behind a mark in a script, found by counting braces outside strings.
  static func script(_ page: String, _ mark: String) -> JSONValue? {
    guard let start = page.firstRange(of: mark) else { return nil }
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    var text = ""
    for character in page[start.upperBound...] {
      text.append(character)
      if isEscaped {
        isEscaped = false
      } else if isQuoted {
        if character == "\\" { isEscaped = true }
        if character == "\"" { isQuoted = false }
      } else {
        switch character {
        case "\"": isQuoted = true
        case "{": depth += 1
        case "}": depth -= 1
        default: break
        }
        if depth == 0 { break }
      }
    }
    return Answer(body: Array(text.utf8)).json
  }
}
