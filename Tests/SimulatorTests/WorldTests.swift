import Model
import Testing

@testable import kaspi_simulator

@Suite struct WorldTests {
  let world = World(seed: 1)

  @Test func theSameSeedAndNightGiveTheSameBytes() {
    for night in [0, 1, 5] {
      let one = Feed.xml(World(seed: 7).offerings(night), night: night)
      // The other world has been on other nights before.
      let other = World(seed: 7)
      _ = other.shop(9)
      #expect(one == Feed.xml(other.offerings(night), night: night))
    }
    #expect(
      Feed.xml(World(seed: 8).offerings(0), night: 0) != Feed.xml(World(seed: 7).offerings(0), night: 0))
  }

  @Test func theShopHasAboutThreeHundredOffersWithTheirOwnSKUsAndCards() {
    let articles = world.first
    #expect((280...330).contains(articles.count), "\(articles.count)")
    #expect(Set(articles.map(\.sku)).count == articles.count)
    #expect(Set(articles.map(\.card)).count == articles.count)
    #expect(articles.allSatisfy { SKU($0.sku) != nil && ProductID($0.card) != nil && Tenge($0.price) != nil })
    #expect(articles.contains { $0.card.hasSuffix("b") })
    #expect(articles.count { !(SKU($0.sku)?.isPlain ?? false) } >= 5)
    #expect((4...20).contains(articles.count { $0.title.contains { "әғқңөұүһіӘҒҚҢӨҰҮҺІ".contains($0) } }))
    #expect(articles.contains { $0.preorder != nil })
    #expect(Set(articles.flatMap { $0.cityFactors.map(\.city) }).count >= 3)
    #expect(Set(articles.flatMap { $0.stock.map(\.store) }) == ["PP1", "PP2"])
  }

  @Test func noTitleKeepsAMarkOfItsTemplate() {
    for article in world.articles(60) {
      #expect(!article.title.contains("{") && !article.title.contains("  "), "\(article.title)")
      #expect(article.title.count <= 122)
    }
  }

  @Test(arguments: 1...6) func aNightMovesSomePricesAndStocksWithdrawsOneAndAddsOne(night: Int) {
    let (before, after) = (world.shop(night - 1), world.shop(night))
    #expect(after.offers.count == before.offers.count + 1)
    let pairs = zip(before.offers, after.offers)
    let prices = pairs.filter { $0.price != $1.price }
    #expect((6...12).contains(prices.count))
    for (old, new) in prices {
      #expect(abs(new.price - old.price) * 100 <= max(1000, old.price * 8), "\(old.price) to \(new.price)")
    }
    #expect((15...25).contains(pairs.count { $0.stock != $1.stock }))
    #expect(pairs.count { $0.withdrawn == nil && $1.withdrawn == night } == 1)
  }

  @Test func ordersWalkForwardAndSomeAreDeliveredEachNight() {
    for night in 0..<8 {
      let before = Dictionary(
        world.orders(night).map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
      let after = world.orders(night + 1)
      #expect(before.count == world.orders(night).count)
      #expect(after.count { before[$0.code] == nil } >= 6)
      #expect(
        after.contains {
          $0.status == "COMPLETED" && before[$0.code]?.status != "COMPLETED" && before[$0.code] != nil
        })
      for order in after {
        #expect(order.created <= World.now(night + 1))
        if let old = before[order.code] {
          #expect(order.lines == old.lines && order.buyer == old.buyer)
          #expect(old.handedOver == nil || old.handedOver == order.handedOver || order.state == "ARCHIVE")
          #expect(!(old.state != "NEW" && order.state == "NEW"))
        }
        if let handedOver = order.handedOver {
          #expect(handedOver > order.created && handedOver <= World.now(night + 1))
        }
      }
    }
  }

  @Test func ordersHoldTheOddCases() {
    let orders = world.orders(10)
    let statuses = Set(orders.map(\.status))
    #expect(
      statuses.isSuperset(of: [
        "COMPLETED", "CANCELLED", "RETURNED", "ACCEPTED_BY_MERCHANT", "APPROVED_BY_BANK",
      ]))
    #expect(
      orders.contains { if case .other = OrderStatus(wire: $0.status) { true } else { false } }
        || orders.contains { if case .other = OrderState(wire: $0.state) { true } else { false } })
    #expect(orders.contains { $0.buyer.phone == "0000000000" })
    #expect(orders.contains { $0.buyer.firstName == nil })
    #expect(orders.contains { $0.hidesEntries } && orders.contains { $0.hidesUser })
    for order in orders where order.buyer.phone != "0000000000" {
      #expect(PhoneNumber(order.buyer.phone)?.isKazakhstanMobile == true)
    }
  }
}
