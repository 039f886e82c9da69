import HTTP
import Model
import Store
import SystemPackage
import TestKit
import Testing

@testable import Crawl

/// A night's clock: always the same moment.
let night = Instant(milliseconds: 1_790_000_000_000)

/// What one scenario needs.
struct Scenario {
  let folder: TemporaryFolder
  let shop: ScriptedShop
  static let feedAddress = "https://seller.example/feed.xml?key=SECRET"

  init(_ replies: [String: ScriptedShop.Reply], delays: @escaping @Sendable (String) -> Int = { _ in 0 })
    throws
  {
    folder = try TemporaryFolder()
    shop = ScriptedShop(replies, delays: delays)
  }

  /// A shop of three offers: one names its card, one is a bare number, one is the seller's own code.
  static let offers = [
    (sku: "100000001_777", model: "Чайник Тест 1.7 л", price: 12990),
    (sku: "100000002", model: "Чайник Тест 1.7 л", price: 8990), (sku: "own-3", model: "Кружка", price: 990),
  ]

  static let wholeShop: [String: ScriptedShop.Reply] = [
    "seller.example/feed.xml": .body(Fixtures.feed(offers)),
    "/shop/p/-100000001/": .body(Fixtures.page(id: "100000001")),
    "/shop/p/-100000002/": .body(Fixtures.page(id: "100000002", price: nil)),
    "/reviews/product/100000001": .body(Fixtures.reviews()),
    "/reviews/product/100000002": .body(Fixtures.reviews(stars: "4.1", count: 3)),
    "pl/filters": .body(
      Fixtures.filters([Fixtures.card("100000001"), Fixtures.card("100000009")], total: 2)),
    "pl/results": .body(Fixtures.results([])),
  ]

  static func settings(
    _ sources: [SourceSettings], pages: Bool = false, reviews: Bool = false, city: String? = Fixtures.city,
    concurrency: Int = 2
  ) -> CrawlSettings {
    CrawlSettings(
      shop: "demo", city: city.flatMap { CityID($0) }, sources: sources, enrichPages: pages,
      enrichReviews: reviews, shopEndpoint: "https://kaspi.example", concurrency: concurrency)
  }

  static let feed = SourceSettings(kind: .feed, location: feedAddress)
  static let listing = SourceSettings(kind: .listing, location: ":allMerchants:14000001")

  func crawl(_ settings: CrawlSettings, now: Instant = night) async throws -> CrawlResult {
    try await Crawler(client: shop, folder: folder.path, now: { now }).crawl(settings)
  }
}

@Suite struct CrawlerTests {
  @Test func joinsFeedListingPagesAndFigures() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    let result = try await scenario.crawl(
      Scenario.settings([Scenario.feed, Scenario.listing], pages: true, reviews: true))
    let shop = result.shop
    #expect(result.report.failure == nil && shop.gaps.isEmpty && shop.hasAllOffers)
    #expect(shop.company == "Demo" && shop.merchant?.text == "14000001")
    #expect(shop.offers.map(\.offer.sku.text) == ["100000001_777", "100000002", "own-3"])
    #expect(shop.offers.map(\.productID?.text) == ["100000001", "100000002", nil])
    let first = try #require(shop.offers.first)
    #expect(first.offer.pricing == .everywhere(try #require(Tenge(12990))), "the feed's price is the price")
    #expect(first.product?.rating == Rating(hundredths: 490, count: 85), "the figures come last and win")
    #expect(first.product?.characteristics.isEmpty == false)
    #expect(first.provenance.count == 3, "feed, listing, page")
    let city = try #require(CityID(Fixtures.city))
    #expect(shop.offers[1].product?.sales == [city: .soldOut])
    #expect(shop.offers[2].product == nil)
    #expect(shop.findings.contains { $0.rule == "listing-only" && $0.message.contains("100000009") })
    #expect(shop.sources.map(\.kind) == ["feed", "listing"] && shop.sources.map(\.offers) == [3, 2])
    #expect(shop.sources[0].digest?.count == 64)
    let coverage = Dictionary(uniqueKeysWithValues: result.report.coverage.map { ($0.field, $0.count) })
    #expect(coverage[.title] == 3 && coverage[.card] == 2 && coverage[.rating] == 2 && coverage[.price] == 3)
  }

  @Test func asksLikeABrowserAndForTheCity() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    _ = try await scenario.crawl(
      Scenario.settings([Scenario.listing, Scenario.feed], pages: true, reviews: true))
    for request in scenario.shop.requests {
      let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
      #expect(headers["User-Agent"]?.hasPrefix("Mozilla/5.0") == true && headers["Accept-Language"] == "ru")
      if request.url.contains("/yml/") {
        #expect(headers["X-KS-City"] == Fixtures.city && headers["Referer"] != nil)
      }
      #expect(request.method == "GET", "a crawl writes nothing")
    }
    #expect(scenario.shop.asked.contains("https://kaspi.example/shop/p/-100000001/?c=750000000"))
  }

  @Test func aListingAloneGivesOffersUnderTheirCardsNumbers() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    let shop = try await scenario.crawl(Scenario.settings([Scenario.listing])).shop
    #expect(shop.offers.map(\.offer.sku.text) == ["100000001", "100000009"])
    let city = try #require(CityID(Fixtures.city))
    #expect(shop.offers[0].offer.pricing == .byCity([city: try #require(Tenge(12990))]))
    #expect(shop.offers[0].offer.availabilities.isEmpty)
  }

  @Test func aListingFirstTakesTheSellersCodeFromAFeed() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    let shop = try await scenario.crawl(Scenario.settings([Scenario.listing, Scenario.feed])).shop
    #expect(shop.offers.map(\.offer.sku.text) == ["100000001_777", "100000009"])
    #expect(shop.offers[0].offer.availabilities.first?.stock == 3)
    #expect(shop.findings.contains { $0.rule == "feed-only" })
  }

  @Test func readsTheListingUntilItRepeatsItself() async throws {
    let cards = (1...30).map { Fixtures.card("\(200_000_000 + $0)") }
    var replies = Scenario.wholeShop
    replies["pl/filters"] = .body(Fixtures.filters(Array(cards[0..<12]), total: 30))
    replies["pl/results"] = nil
    replies["page=1&"] = .body(Fixtures.results(Array(cards[12..<24])))
    replies["page=2&"] = .body(Fixtures.results(Array(cards[20..<30])))
    replies["page=3&"] = .body(Fixtures.results(Array(cards[18..<30])))
    let scenario = try Scenario(replies)
    let result = try await scenario.crawl(Scenario.settings([Scenario.listing]))
    #expect(result.shop.offers.count == 30 && result.report.failure == nil)
    #expect(scenario.shop.asked.count == 4, "the fourth page brings nothing new")
    #expect(result.shop.findings.map(\.rule) == ["listing-repeats"])
  }

  @Test func stopsAListingThatNeverEnds() async throws {
    let folder = try TemporaryFolder()
    let shop = EndlessListing()
    var settings = Scenario.settings([Scenario.listing])
    settings.maximumListingPages = 5
    let result = try await Crawler(client: shop, folder: folder.path, now: { night }).crawl(settings)
    #expect(result.shop.offers.isEmpty && !result.shop.hasAllOffers)
    #expect(result.report.failure?.what.contains("5 pages") == true)
  }

  @Test func aListingThatBreaksOffIsNoListing() async throws {
    var replies = Scenario.wholeShop
    replies["pl/filters"] = .body(Fixtures.filters([Fixtures.card("1"), Fixtures.card("2")], total: 40))
    let scenario = try Scenario(replies)
    let result = try await scenario.crawl(Scenario.settings([Scenario.listing]))
    #expect(!result.shop.hasAllOffers && result.shop.offers.isEmpty)
    #expect(result.report.failure?.what == "the listing showed only 2 of 40 cards")
    scenario.shop.set("pl/filters", .body(Fixtures.filters([Fixtures.card("1")], total: 1)))
    let whole = try await scenario.crawl(Scenario.settings([Scenario.listing]))
    #expect(whole.shop.hasAllOffers && whole.shop.offers.count == 1 && whole.shop.findings.isEmpty)
  }

  static let brokenFeeds: [(ScriptedShop.Reply, CrawlFailure.Kind)] = [
    (.body("<!DOCTYPE html><html><body>Войдите</body></html>"), .badInput), (.body(""), .temporary),
    (.body(String(Fixtures.feed(Scenario.offers).dropLast(40))), .badInput), (.error(.tooLarge), .badInput),
    (.error(.timedOut), .temporary), (.error(.connectionLost), .temporary), (.error(.badRedirect), .badInput),
    (.status(503, "busy"), .temporary), (.status(429, ""), .temporary), (.status(404, ""), .badInput),
    (.moved(to: "https://evil.example/feed.xml", Fixtures.feed(Scenario.offers)), .badInput),
    (.body("{\"offers\":[]}"), .badInput),
    (.body("<kaspi_catalog xmlns=\"kaspiShopping\"><offers/></kaspi_catalog>"), .badInput),
    (.bytes([0xFF, 0xFE, 0x00]), .badInput),
  ]

  @Test(arguments: brokenFeeds.indices) func aBrokenFeedIsAGapInTheOffersAndNeverAnEmptyShop(index: Int)
    async throws
  {
    let (reply, kind) = Self.brokenFeeds[index]
    var replies = Scenario.wholeShop
    replies["seller.example/feed.xml"] = reply
    let scenario = try Scenario(replies)
    let result = try await scenario.crawl(Scenario.settings([Scenario.feed, Scenario.listing], pages: true))
    #expect(result.shop.offers.isEmpty && !result.shop.hasAllOffers)
    let failure = try #require(result.report.failure)
    #expect(failure.kind == kind, "\(failure)")
    #expect(!failure.what.isEmpty && !failure.hint.isEmpty)
    #expect(result.shop.findings.contains { $0.severity == .error })
    #expect(scenario.shop.asked.count == 1, "without offers there is nothing to enrich")
    #expect(!"\(result)".contains("SECRET") && !result.report.text.contains("SECRET"))
  }

  @Test func readsAFeedFromAFileAndRefusesAMissingOne() async throws {
    let scenario = try Scenario([:])
    let path = try scenario.folder.write("feed.xml", Array(Fixtures.feed(Scenario.offers).utf8))
    let good = try await scenario.crawl(
      Scenario.settings([SourceSettings(kind: .feed, location: path.string)]))
    #expect(good.shop.offers.count == 3 && good.shop.sources.first?.source == path.string)
    let none = try await scenario.crawl(
      Scenario.settings([SourceSettings(kind: .feed, location: "/nowhere/feed.xml")]))
    #expect(none.report.failure?.kind == .badInput && !none.shop.hasAllOffers)
    var small = Scenario.settings([SourceSettings(kind: .feed, location: path.string)])
    small.maximumFeedBytes = 100
    #expect(try await scenario.crawl(small).report.failure != nil)
    small.sources[0].maximumBytes = 100_000
    #expect(try await scenario.crawl(small).shop.offers.count == 3, "a source's own limit goes first")
  }

  @Test func aMissingPageIsANoteAndAFailedOneAGap() async throws {
    var replies = Scenario.wholeShop
    replies["/shop/p/-100000001/"] = .status(503, "busy")
    replies["/shop/p/-100000002/"] = nil
    let scenario = try Scenario(replies)
    let shop = try await scenario.crawl(Scenario.settings([Scenario.feed], pages: true)).shop
    #expect(shop.offers.count == 3 && shop.hasAllOffers)
    #expect(shop.gaps.map(\.kind) == [.page] && shop.gaps[0].reason == "status 503")
    #expect(shop.offers.map(\.productID?.text) == ["100000001", nil, nil])
    #expect(shop.findings.map(\.rule) == ["card-not-found"] && shop.findings[0].severity == .note)
  }

  @Test func neverGuessesACard() async throws {
    var replies = Scenario.wholeShop
    replies["/shop/p/-100000002/"] = .body(Fixtures.page(id: "100000002", title: "Диван угловой"))
    replies["/shop/p/-100000001/"] = .body(Fixtures.page(id: "100000005"))
    let scenario = try Scenario(replies)
    let shop = try await scenario.crawl(Scenario.settings([Scenario.feed], pages: true)).shop
    #expect(shop.offers.allSatisfy { $0.product == nil })
    #expect(shop.offers.map(\.productID?.text) == ["100000001", nil, nil])
    #expect(Set(shop.findings.map(\.rule)) == ["card-title-differs", "page-other-product"])
    #expect(!scenario.shop.asked.contains { $0.contains("own-3") })
  }

  @Test func aGroupCardMayShowOneOfItsForms() async throws {
    let scenario = try Scenario([
      "seller.example/feed.xml": .body(Fixtures.feed([(sku: "777b_1", model: "Чайник", price: 5)])),
      "/shop/p/-777b/": .body(Fixtures.page(id: "100000005")),
    ])
    let shop = try await scenario.crawl(Scenario.settings([Scenario.feed], pages: true)).shop
    #expect(shop.offers[0].productID?.text == "777b" && shop.offers[0].product?.id.text == "100000005")
  }

  @Test func saysWhenAPageAnswersForAnotherCity() async throws {
    var replies = Scenario.wholeShop
    replies["/shop/p/-100000001/"] = .body(Fixtures.page(id: "100000001", city: "710000000"))
    let scenario = try Scenario(replies)
    let shop = try await scenario.crawl(Scenario.settings([Scenario.feed], pages: true)).shop
    #expect(shop.findings.contains { $0.rule == "page-city" })
    #expect(shop.offers[0].product?.sales.keys.map(\.code) == ["710000000"])
  }

  @Test(arguments: [ScriptedShop.Reply.status(403, Fixtures.block), .body(Fixtures.block)])
  func stopsAfterRepeatedRefusals(reply: ScriptedShop.Reply) async throws {
    let offers = (1...40).map { (sku: "\(100_000_000 + $0)_1", model: "Чайник", price: 5) }
    let scenario = try Scenario([
      "seller.example/feed.xml": .body(Fixtures.feed(offers)), "/shop/p/": reply,
    ])
    let result = try await scenario.crawl(Scenario.settings([Scenario.feed], pages: true, reviews: true))
    #expect(scenario.shop.asked.count <= 1 + Fetcher.refusalLimit + 1, "two are in flight at most")
    #expect(result.report.failure?.kind == .blocked)
    #expect(result.shop.hasAllOffers && result.shop.offers.count == 40, "the offers themselves are whole")
    #expect(result.shop.gaps.contains { $0.reason.hasPrefix("blocked: ") && $0.kind == .page })
    #expect(result.shop.gaps.contains { $0.reason.hasPrefix("blocked: 40") && $0.kind == .reviews })
    #expect(!result.shop.hasAllOffers || result.shop.gaps.count < 8, "a block is one gap, not forty")
  }

  @Test(arguments: [
    ScriptedShop.Reply.status(503, ""), .error(.timedOut), .body("<html><body>Скоро вернёмся</body></html>"),
    .body("{}"),
  ])
  func stopsWhenNothingUsableComes(reply: ScriptedShop.Reply) async throws {
    let offers = (1...60).map { (sku: "\(100_000_000 + $0)_1", model: "Чайник", price: 5) }
    let scenario = try Scenario([
      "seller.example/feed.xml": .body(Fixtures.feed(offers)), "/shop/p/": reply,
    ])
    let settings = Scenario.settings([Scenario.feed], pages: true)
    let result = try await scenario.crawl(settings)
    #expect(scenario.shop.asked.count <= 1 + Fetcher.silenceLimit + 1, "two are in flight at most")
    #expect(result.report.failure?.kind == .temporary)
    #expect(result.shop.hasAllOffers && result.shop.offers.count == 60)
    #expect(
      result.shop.gaps.contains {
        $0.reason == "stopped: 39 pages were not read" || $0.reason == "stopped: 40 pages were not read"
      })
    scenario.shop.set("/shop/p/", .body(Fixtures.page(id: "100000001")))
    _ = try await scenario.crawl(settings)
    #expect(scenario.shop.asked.count { $0.contains("-100000001/") } == 2, "what failed is asked again")
    #expect(scenario.shop.asked.count { $0.contains("seller.example") } == 1)
  }

  @Test func oneRefusalIsNoBlock() async throws {
    var replies = Scenario.wholeShop
    replies["/shop/p/-100000001/"] = .status(403, Fixtures.block)
    let scenario = try Scenario(replies)
    let result = try await scenario.crawl(Scenario.settings([Scenario.feed], pages: true))
    #expect(result.report.failure == nil && result.shop.gaps.count == 1)
    #expect(result.shop.offers[1].product != nil)
  }

  @Test func aBlockedListingAsTruthPublishesNothing() async throws {
    let scenario = try Scenario(["pl/filters": .body(Fixtures.block)])
    let result = try await scenario.crawl(Scenario.settings([Scenario.listing]))
    #expect(!result.shop.hasAllOffers && result.report.failure != nil)
  }

  @Test func needsACityForAListingAndASourceAtAll() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    for settings in [
      Scenario.settings([Scenario.listing], city: nil), Scenario.settings([]),
      Scenario.settings([SourceSettings(kind: .listing, location: "https://kaspi.kz/shop/")]),
    ] {
      let result = try await scenario.crawl(settings)
      #expect(result.report.failure?.kind == .configuration && !result.shop.hasAllOffers)
    }
    #expect(scenario.shop.asked.isEmpty)
  }

  @Test func limitsThePagesAndSaysSo() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    var settings = Scenario.settings([Scenario.feed], pages: true)
    settings.maximumPages = 1
    let shop = try await scenario.crawl(settings).shop
    #expect(shop.gaps.map(\.reason) == ["1 pages are beyond the limit of 1"])
  }

  @Test func reportsWholeAndInBothForms() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    let report = try await scenario.crawl(Scenario.settings([Scenario.feed], pages: true)).report
    let document = report.document
    #expect(document["format"] == 1 && document["offers"] == 3)
    #expect(document["coverage"]?["card"] == [2, 3])
    #expect(document["requests"]?["page"]?["asked"] == 2)
    #expect(report.text.contains("offers      3") && report.text.contains("2 of 3 (66%)"))
    #expect(CanonicalJSON.document(document) == CanonicalJSON.document(report.document))
  }
}

/// A listing whose every page is full of new cards.
private struct EndlessListing: HTTPClient {
  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let page = WebAddress.query(of: request.url)["page"].flatMap { Int($0) } ?? 0
    let cards = (0..<12).map { Fixtures.card("\(300_000_000 + page * 12 + $0)") }
    let body = page == 0 ? Fixtures.filters(cards, total: 1_000_000) : Fixtures.results(cards)
    return HTTPResponse(status: 200, headers: [], body: Array(body.utf8), url: request.url)
  }
}
