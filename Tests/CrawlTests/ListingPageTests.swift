import Model
import TestKit
import Testing

@testable import Crawl

@Suite struct ListingPageTests {
  private func read(_ text: String) throws -> ListingPage {
    try ListingPage(Array(text.utf8), source: "listing")
  }

  @Test func readsBothFormsOfAnAnswer() throws {
    let first = try read(Fixtures.filters([Fixtures.card("1b"), Fixtures.card("2")], total: 25))
    let next = try read(Fixtures.results([Fixtures.card("3")]))
    #expect(first.total == 25 && first.cards.map(\.id.text) == ["1b", "2"])
    #expect(next.total == nil && next.cards.map(\.id.text) == ["3"])
    let card = try #require(next.cards.first)
    #expect(card.price == Tenge(12990), "the sale price counts")
    #expect(card.rating == Rating(hundredths: 471, count: 12))
    #expect(card.images == ["https://img.example/l.jpg"])
    #expect(
      card.categories == [
        Category(code: "Kitchen", title: "Кухня"), Category(code: "Kettles", title: "Чайники"),
      ])
  }

  @Test func anEmptyListingIsNoError() throws {
    #expect(try read("{\"data\":[]}").cards.isEmpty)
    #expect(try read("{\"data\":{\"cards\":[],\"total\":0}}").total == 0)
  }

  @Test func holdsBackCardsWithoutNumberOrTitle() throws {
    let page = try read(
      "{\"data\":[{\"id\":\"x\",\"title\":\"a\"},{\"id\":\"7\",\"title\":\"\"},{\"title\":\"b\",\"shopLink\":\"/p/b-9c/?c=1\"}]}"
    )
    #expect(page.heldBack.map(\.rule) == ["card-number", "card-title"])
    #expect(page.cards.map(\.id.text) == ["9c"], "the link names the card where the number is missing")
  }

  @Test(
    arguments: [
      ("", .empty), ("<html>403</html>", .blocked), ("{\"data\":[{\"id\"", .cut), ("{\"data\":5}", .damaged),
      ("{}", .damaged), ("nonsense", .notJSON), ("[1]", .notJSON), ("{\"data\":[],}", .notJSON),
    ] as [(String, PageError.Code)])
  func namesWhatIsNoListing(text: String, code: PageError.Code) {
    #expect { try read(text) } throws: { ($0 as? PageError)?.code == code }
  }

  @Test(
    .needsSampleData,
    arguments: [
      ("listing/cards-page-0.json", 12, "11636226b", 20930),
      ("listing/cards-page-1.json", 12, "15305633b", 34993),
      ("listing/cards-almaty-2.json", 2, "100236584", 2303),
    ])
  func readsSavedAnswers(name: String, count: Int, id: String, price: Int) throws {
    let page = try ListingPage(SampleData.bytes(name), source: name)
    #expect(page.cards.count == count && page.heldBack.isEmpty)
    #expect(page.cards.first?.id.text == id && page.cards.first?.price == Tenge(price))
    #expect(Set(page.cards.map(\.id)).count == count)
    #expect(page.cards.allSatisfy { $0.price != nil && $0.brand != nil && !$0.images.isEmpty })
    #expect(page.cards.flatMap(\.images).allSatisfy { !$0.contains("?") })
  }

  @Test(.needsSampleData) func readsRatingsAsShown() throws {
    let first = try ListingPage(SampleData.bytes("listing/cards-page-0.json"), source: "0")
    #expect(first.cards.first?.rating == Rating(hundredths: 488, count: 95))
    #expect(first.cards.first?.categories.map(\.code) == ["Men outerwear", "Men down jackets"])
    let second = try ListingPage(SampleData.bytes("listing/cards-page-1.json"), source: "1")
    #expect(second.cards.first { $0.id.text == "15341272b" }?.rating == nil, "a rating of 0 is none")
  }

  @Test func readsRatingFiguresAndNothingElse() throws {
    let summary = try ReviewSummary(Array(Fixtures.reviews().utf8), source: "reviews")
    #expect(summary.rating == Rating(hundredths: 490, count: 85))
    #expect(!"\(summary)".contains("Айгуль"))
    let unrated = try ReviewSummary(Array("{\"summary\":{\"global\":0,\"statistic\":[]}}".utf8), source: "r")
    #expect(unrated.rating == nil)
  }

  @Test(arguments: ["{\"data\":[]}", "<html>", "{\"author\":\"Айгуль", ""])
  func neverQuotesAReviewsAnswer(text: String) {
    #expect { try ReviewSummary(Array(text.utf8), source: "r") } throws: { error in
      error is PageError && !"\(error)".contains("Айгуль")
    }
  }

  @Test(.needsSampleData) func readsASavedReviewsAnswer() throws {
    let summary = try ReviewSummary(SampleData.bytes("reviews/106185651.json"), source: "r")
    #expect(summary.rating == Rating(hundredths: 490, count: 13160))
  }

  @Test(
    arguments: [
      ("https://kaspi.kz/shop/p/chehol-prozrachnyi-106185651/", "106185651"),
      ("/p/zimnjaja-kurtka-minestone-chernyi-11636226b/?c=710000000", "11636226b"),
      ("/shop/p/-112066821/?c=750000000&tab=reviews", "112066821"),
      ("https://kaspi.kz/shop/p/a-5/?ref=shared_link&maSource=dynamicLink&at=1#x", "5"),
      ("http://127.0.0.1:4010/shop/p/name-77/?v=1&m=14000001", "77"),
      ("/shop//p/rashgard-m-120765729/", "120765729"),
      ("https://kaspi.kz/shop/c/men%20fashion/", nil), ("/shop/c/112066821/", nil),
      ("https://l.kaspi.kz/shp/abc", nil),
      ("/p/no-number/", nil), ("", nil), ("ftp://kaspi.kz/shop/p/a-5/", nil), ("/p/a-5/more/", nil),
    ] as [(String, String?)])
  func findsTheNumberInALink(link: String, id: String?) {
    #expect(ProductLink(link)?.id.text == id)
  }

  @Test(
    arguments: [
      ("https://kaspi.kz/shop/search/?q=%3AallMerchants%3A14000001&c=1", ":allMerchants:14000001", nil),
      (
        "http://127.0.0.1:1/yml/product-view/pl/filters?q=%3Acategory%3AMen%20fashion&text=a+b&page=3",
        ":category:Men fashion", "a b"
      ),
      ("https://kaspi.kz/shop/info/merchant/14000001/address-tab/", ":allMerchants:14000001", nil),
      (":allMerchants:Demo", ":allMerchants:Demo", nil), ("https://kaspi.kz/shop/", nil, nil),
    ] as [(String, String?, String?)])
  func findsTheQueryOfAListing(address: String, search: String?, text: String?) {
    let query = ListingQuery(address)
    #expect(query?.search == search && query?.text == text)
  }

  @Test func buildsTheAddressesOfTheWire() throws {
    let addresses = ShopAddresses(base: "https://kaspi.kz/", city: CityID("750000000"))
    let id = try #require(ProductID("11636226b"))
    #expect(addresses.page(id) == "https://kaspi.kz/shop/p/-11636226b/?c=750000000")
    let query = try #require(ListingQuery(":allMerchants:14000001"))
    #expect(
      addresses.listing(page: 0, query: query)
        == "https://kaspi.kz/yml/product-view/pl/filters?q=%3AallMerchants%3A14000001&page=0&sort=relevance&all=false"
        + "&fl=true&ui=d&i=-1&c=750000000")
    #expect(addresses.listing(page: 1, query: query).contains("/pl/results?"))
    #expect(
      addresses.reviews(id).hasPrefix("https://kaspi.kz/yml/review-view/api/v1/reviews/product/11636226b?"))
  }
}
