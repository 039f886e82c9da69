import Model
import Publish
import Testing

/// Whatever goes wrong in a night, the last good feed stays as it is.
@Suite struct GuardTests {
  enum Night: String, CaseIterable, Sendable {
    case empty, partial, heldBack, halfGone, tenthOfThePrice, tenfoldPrice, titlesGone

    func crawl() throws -> CrawledShop {
      switch self {
      case .empty: return Shops.crawl([])
      case .partial:
        return Shops.crawl(
          try Shops.crawl(count: 100).offers, gaps: [Gap(kind: .offers, source: "feed.xml", reason: "cut")])
      case .heldBack: return Shops.crawl(try Shops.crawl(count: 94).offers, heldBack: 6)
      case .halfGone: return try Shops.crawl(count: 50)
      case .tenthOfThePrice: return try Shops.crawl(count: 100, price: 100)
      case .tenfoldPrice: return try Shops.crawl(count: 100, price: 10_000)
      case .titlesGone:
        var crawl = try Shops.crawl(count: 100)
        for index in crawl.offers.indices { crawl.offers[index].offer.model = "" }
        return crawl
      }
    }

    var rule: Objection.Rule {
      switch self {
      case .empty: .emptyCrawl
      case .partial: .partialCrawl
      case .heldBack: .heldBack
      case .halfGone: .withdrawn
      case .tenthOfThePrice: .priceLevelDrop
      case .tenfoldPrice: .priceLevelRise
      case .titlesGone: .coverage
      }
    }
  }

  @Test(arguments: Night.allCases)
  func keepsTheLastGoodFeed(night: Night) throws {
    var shop = try Shop()
    shop.policy.withdrawAfter = 1
    #expect(try shop.publish(Shops.crawl(count: 100)) == .published(1))
    let before = try shop.publicBytes()
    let plan = try shop.plan(night.crawl())
    #expect(plan.objections.map(\.rule).contains(night.rule), "\(plan.objections)")
    #expect(try shop.publish(night.crawl()) == .refused)
    #expect(try shop.publicBytes() == before)
  }

  @Test(arguments: Night.allCases)
  func liftsOnlyWhatAPersonCanJudge(night: Night) throws {
    var shop = try Shop()
    shop.policy.withdrawAfter = 1
    try shop.publish(Shops.crawl(count: 100))
    let outcome = try shop.publish(night.crawl(), approve: true)
    #expect(outcome == (night.rule.canBeApproved ? .published(2) : .refused))
  }

  @Test func refusesTheFirstNightTooWhenThereIsNothingSound() throws {
    var shop = try Shop()
    #expect(try shop.publish(Shops.crawl([])) == .refused)
    #expect(try shop.publicBytes().isEmpty)
  }

  @Test func refusesAnotherPlansApprovalAndAStalePlan() throws {
    var shop = try Shop()
    shop.policy.withdrawAfter = 1
    try shop.publish(Shops.crawl(count: 100))
    let half = try shop.plan(Shops.crawl(count: 50))
    let publisher = Publisher(shop.folders, language: "en")
    #expect(throws: PublishError.self) {
      try publisher.publish(half, approval: String(repeating: "0", count: 64), now: Shops.now)
    }
    var changed = try Shops.crawl(count: 100)
    changed.offers[0] = try Shops.offer("10000", price: 1010)
    #expect(try shop.publish(changed) == .published(2))
    let error = #expect(throws: PublishError.self) {
      try publisher.publish(half, approval: half.digest, now: Shops.now)
    }
    #expect(error?.code == .stale)
  }

  @Test func oneOfAFewMayGoButNotAll() throws {
    var shop = try Shop()
    shop.policy.withdrawAfter = 1
    try shop.publish(Shops.crawl(count: 5))
    #expect(try shop.publish(Shops.crawl(count: 4)) == .published(2))
    var other = try Shop()
    other.policy.withdrawAfter = 1
    try other.publish(Shops.crawl(count: 1))
    #expect(try other.publish(Shops.crawl([try Shops.offer("new")])) == .refused)
  }
}
