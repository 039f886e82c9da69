import Model
import Publish
import Testing

/// A part of a card that a night did not see is not taken off the catalog.
@Suite struct UnseenTests {
  private func card(_ id: String = "1", thin: Bool = false) throws -> Product {
    var card = Product(id: try #require(ProductID(id)), title: "Чайник")
    guard !thin else { return card }
    card.description = "Тихий"
    card.images = ["https://img.example/a.jpg"]
    card.characteristics = [
      CharacteristicGroup(name: "", characteristics: [Characteristic(name: "Объем", values: ["1.7"])])
    ]
    return card
  }

  private func night(_ card: Product, unseen: CardParts, price: Int) throws -> CrawledShop {
    var offer = try Shops.offer("1", price: price)
    offer.product = card
    offer.unseen = unseen
    return Shops.crawl([offer, try Shops.offer("2")])
  }

  @Test func whatWasNotSeenStaysAndWhatIsEmptyGoes() throws {
    var shop = try Shop()
    try shop.publish(night(card(), unseen: [], price: 1000))
    var now = try card(thin: true)
    now.title = "Чайник тихий"
    try shop.publish(night(now, unseen: [.description, .characteristics], price: 1001), approve: true)
    let entry = try #require(try History(shop.folders).head()?.catalog.entries.first)
    #expect(entry.product?.title == "Чайник тихий", "what was seen is news")
    #expect(entry.product?.description == "Тихий" && entry.product?.characteristics.count == 1)
    #expect(entry.product?.images == [], "what was seen to be empty is empty")
  }

  @Test func aLittleOfAPartIsNotThePart() throws {
    var shop = try Shop()
    var first = try card()
    first.categories = [
      Category(title: "Дом"), Category(title: "Кухня"), Category(code: "K", title: "Чайники"),
    ]
    first.images.append("https://img.example/b.jpg")
    try shop.publish(night(first, unseen: [], price: 1000))
    var list = try card(thin: true)
    list.categories = [Category(title: "Кухня"), Category(code: "K", title: "Чайники")]
    list.images = ["https://img.example/a.jpg"]
    try shop.publish(night(list, unseen: .beyondLists, price: 1001), approve: true)
    let entry = try #require(try History(shop.folders).head()?.catalog.entries.first)
    #expect(entry.product?.categories.count == 3 && entry.product?.images.count == 2)
    // Of a card that was never read whole the little is all there is.
    var other = try Shop()
    try other.publish(night(list, unseen: .beyondLists, price: 1000))
    #expect(try History(other.folders).head()?.catalog.entries.first?.product?.images == list.images)
  }

  @Test func aListsWordsDoNotReplaceTheFormOfAGroup() throws {
    var shop = try Shop()
    let group = try #require(ProductID("777b"))
    var first = try night(card("5"), unseen: [], price: 1000)
    first.offers[0].productID = group
    try shop.publish(first)
    try shop.publish(
      night(card("777b", thin: true), unseen: [.description, .characteristics, .images], price: 1001))
    #expect(try History(shop.folders).head()?.catalog.entries.first?.product?.description == "Тихий")
    try shop.publish(night(card("6", thin: true), unseen: [.description], price: 1002), approve: true)
    #expect(
      try History(shop.folders).head()?.catalog.entries.first?.product?.description == nil,
      "another card's words are not this one's")
  }

  @Test func aStoreWhoseStockCannotBeReadKeepsIt() throws {
    var shop = try Shop()
    let (one, two) = (try #require(StoreID("PP1")), try #require(StoreID("PP2")))
    func night(_ stock: [Availability], unseen: [StoreID], approve: Bool = false) throws -> [Availability]? {
      var offer = try Shops.offer("1")
      offer.offer.availabilities = stock
      offer.unseenStores = unseen
      try shop.publish(Shops.crawl([offer, try Shops.offer("2")]), approve: approve)
      return try History(shop.folders).head()?.catalog.entries.first?.offer.availabilities
    }
    let known = Availability(store: one, isAvailable: true, stock: 5)
    #expect(
      try night([], unseen: [two]) == [Availability(store: two, isAvailable: false)], "nobody said on sale")
    _ = try night([known], unseen: [])
    let new = Availability(store: two, isAvailable: true, stock: 2)
    #expect(try night([new], unseen: [one]) == [known, new])
    #expect(try night([], unseen: [one, two], approve: true) == [known, new])
    #expect(try night([new], unseen: []) == [new], "a store that is not named any more is gone")
  }
}
