import Model
import Testing

@testable import Crawl

/// What a page does not speak of is not gone, and what cannot be the answer is asked for again.
@Suite struct UnseenTests {
  private func extract(_ text: String) throws -> ExtractedPage {
    try ProductPage.extract(html: Array(text.utf8), source: "test")
  }

  @Test func readsTheMarkupWhereTheCardHasNoSuchKey() throws {
    let page = try extract(
      Fixtures.page(id: "100000001").replacing("\"specifications\":", with: "\"specs2\":"))
    #expect(
      page.product.characteristics == [
        CharacteristicGroup(
          name: "Основные", characteristics: [Characteristic(name: "Цвет", values: ["белый, серый"])])
      ])
    #expect(page.fields[.characteristics] == .markup)
    #expect(page.findings.map(\.rule) == ["page-key-missing"])
    #expect(!page.unseen.contains(.characteristics))
  }

  @Test func namesThePartsThatNothingSpeaksOf() throws {
    let whole = try extract(Fixtures.page(id: "100000001", description: "\"Чайник\""))
    #expect(whole.unseen.isEmpty)
    let silent = try extract(Fixtures.page(id: "100000001").replacing("galleryImages", with: "gallery2"))
    #expect(silent.unseen == [.images, .description] && silent.product.images.isEmpty)
    let empty = try extract(
      Fixtures.page(id: "100000001", description: "\"\"", specifications: "[]"))
    #expect(empty.unseen.isEmpty, "empty is a fact")
    let visible = try extract(Fixtures.page(id: "100000001", item: "{\"card\":}"))
    #expect(visible.unseen == [.description, .images])
  }

  @Test func aListingAloneDoesNotSpeakOfTheWholeCard() async throws {
    var replies = Scenario.wholeShop
    replies["/shop/p/-100000001/"] = .status(503, "busy")
    let scenario = try Scenario(replies)
    let shop = try await scenario.crawl(Scenario.settings([Scenario.feed, Scenario.listing], pages: true))
      .shop
    let first = try #require(shop.offers.first)
    #expect(first.product?.title.isEmpty == false && first.product?.characteristics.isEmpty == true)
    #expect(first.unseen == .beyondLists)
    #expect(shop.offers[1].unseen == [.description], "its page came, and says nothing of a description")
  }

  @Test func anotherCardsPageIsAGapAndAskedForAgain() async throws {
    var replies = Scenario.wholeShop
    replies["/shop/p/-100000001/"] = .body(Fixtures.page(id: "100000005"))
    let scenario = try Scenario(replies)
    var settings = Scenario.settings([Scenario.feed], pages: true)
    settings.changedOnly = true
    let first = try await scenario.crawl(settings).shop
    #expect(first.gaps.map(\.reason) == ["the page shows another card"] && first.gaps[0].kind == .page)
    scenario.shop.set("/shop/p/-100000001/", .body(Fixtures.page(id: "100000001")))
    let before = scenario.shop.asked.count
    let second = try await scenario.crawl(settings, now: night.advanced(by: .seconds(3600))).shop
    #expect(second.gaps.isEmpty && second.offers[0].product?.id.text == "100000001")
    let asked = scenario.shop.asked[before...].filter { $0.contains("/shop/p/") }
    #expect(asked.count == 1, "the good page is taken over: \(asked)")
  }

  @Test(arguments: [
    ScriptedShop.Reply.status(404, "gone"),
    .body(Fixtures.page(id: "100000001", item: "{\"card\":{}}").replacing("item__heading", with: "x")),
  ])
  func whatCannotBeTheAnswerIsNotTakenOver(reply: ScriptedShop.Reply) async throws {
    var replies = Scenario.wholeShop
    replies["/shop/p/-100000001/"] = reply
    replies["/shop/p/-100000002/"] = nil
    let scenario = try Scenario(replies)
    var settings = Scenario.settings([Scenario.feed], pages: true)
    settings.changedOnly = true
    _ = try await scenario.crawl(settings)
    scenario.shop.set("/shop/p/-100000001/", .body(Fixtures.page(id: "100000001")))
    let before = scenario.shop.asked.count
    let shop = try await scenario.crawl(settings, now: night.advanced(by: .seconds(3600))).shop
    #expect(shop.offers[0].product?.id.text == "100000001")
    #expect(
      !scenario.shop.asked[before...].contains { $0.contains("100000002") },
      "a guess that led nowhere may wait")
  }

  @Test func anUnreadableCellIsNoStatement() throws {
    let text = "SKU,price,PP1,PP2,PP3\na,100,#REF!,4,-3\nb,100,#N/A,,\nc,100,2,,\n"
    let sheet = try StockSheet(Array(text.utf8), source: "sheet")
    #expect(sheet.lines[0].unreadableStores.map(\.text) == ["PP1"])
    #expect(
      sheet.lines[0].availabilities == [
        Availability(store: try #require(StoreID("PP2")), isAvailable: true, stock: 4),
        Availability(store: try #require(StoreID("PP3")), isAvailable: false, stock: 0),
      ], "an overdrawn stock is none")
    #expect(sheet.lines[1].availabilities == nil && sheet.lines[1].unreadableStores.map(\.text) == ["PP1"])
    #expect(sheet.lines[2].unreadableStores.isEmpty)
    var book = OfferBook()
    book.join(SourceYield(lines: sheet.lines), from: SourceSettings(kind: .sheet, location: "s.csv"))
    #expect(book.lines.map { $0.unseenStores.map(\.text) } == [["PP1"], ["PP1"], []])
    let second = SourceLine(sku: SKU("b"), availabilities: sheet.lines[2].availabilities)
    book.join(SourceYield(lines: [second]), from: SourceSettings(kind: .feed, location: "f.xml"))
    #expect(book.lines[1].unseenStores.isEmpty && book.lines[1].availabilities.count == 1)
  }
}
