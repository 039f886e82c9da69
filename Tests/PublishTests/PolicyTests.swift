import Model
import Publish
import Store
import Testing

/// Limits beyond the count of offers, each with its own name.
@Suite struct PolicyTests {
  private static func city(_ code: String) throws -> CityID { try #require(CityID(code)) }

  private func cities(_ code: String, count: Int = 30) throws -> CrawledShop {
    let price = try #require(Tenge(1000))
    var crawl = try Shops.crawl(count: count)
    for index in crawl.offers.indices {
      crawl.offers[index].offer.pricing = .byCity([try Self.city(code): price])
    }
    return crawl
  }

  private func rules(of crawl: CrawledShop, after first: CrawledShop, _ policy: Policy = Policy()) throws
    -> [Objection.Rule]
  {
    var shop = try Shop()
    shop.policy = policy
    #expect(try shop.publish(first) == .published(1))
    let before = try shop.publicBytes()
    let plan = try shop.plan(crawl)
    if !plan.objections.isEmpty {
      #expect(try shop.publish(crawl) == .refused)
      #expect(try shop.publicBytes() == before)
    }
    return plan.objections.map(\.rule)
  }

  @Test func pricesUnderAnotherCityAreRefused() throws {
    #expect(try rules(of: cities("710000000"), after: cities("750000000")) == [.wrongCity])
    let policy = Policy(city: try Self.city("750000000"))
    #expect(try rules(of: cities("710000000"), after: Shops.crawl(count: 30), policy) == [.wrongCity])
    #expect(try rules(of: cities("750000000"), after: Shops.crawl(count: 30), policy) == [])
  }

  @Test func aCrawlThatLostManyOffersIsRefusedTheSameNight() throws {
    #expect(try rules(of: Shops.crawl(count: 50), after: Shops.crawl(count: 100)) == [.missing])
    #expect(try rules(of: Shops.crawl(count: 95), after: Shops.crawl(count: 100)) == [])
  }

  @Test func anotherShopsOffersAreTooManyNewOnes() throws {
    var crawl = try Shops.crawl(count: 30)
    crawl.offers += try (0..<30).map { try Shops.offer("other-\($0)") }
    crawl = Shops.crawl(crawl.offers)
    #expect(try rules(of: crawl, after: Shops.crawl(count: 30)) == [.newOffers])
    let few = Shops.crawl(try Shops.crawl(count: 3).offers + (0..<20).map { try Shops.offer("n\($0)") })
    #expect(try rules(of: few, after: Shops.crawl(count: 3)) == [], "small shops grow as they like")
  }

  @Test func stockThatEndsEverywhereAtOnceIsRefused() throws {
    var crawl = try Shops.crawl(count: 40)
    for index in 0..<25 { crawl.offers[index] = try Shops.offer("\(10_000 + index)", stock: 0) }
    #expect(try rules(of: crawl, after: Shops.crawl(count: 40)) == [.stockCollapse])
  }

  @Test func piecesThatVanishTogetherAreRefused() throws {
    func crawl(stock: Int, few: Int = 40) throws -> CrawledShop {
      Shops.crawl(try (0..<few).map { try Shops.offer("\(10_000 + $0)", stock: stock) })
    }
    #expect(try rules(of: crawl(stock: 2), after: crawl(stock: 10)) == [.stockLevelDrop])
    #expect(try rules(of: crawl(stock: 3), after: crawl(stock: 10)) == [])
    #expect(try rules(of: crawl(stock: 10), after: crawl(stock: 2)) == [])
    #expect(try rules(of: crawl(stock: 1, few: 19), after: crawl(stock: 10, few: 19)) == [], "a small shop")
    let strict = Policy(maximumStockDrop: 0.5)
    #expect(try rules(of: crawl(stock: 4), after: crawl(stock: 10), strict) == [.stockLevelDrop])
  }

  /// One price that has lost its digits is no bargain, however few they are.
  @Test(arguments: [(100, [Objection.Rule.priceCliff]), (101, []), (19, [.priceCliff])])
  func aPriceThatFallsToATenthIsRefused(price: Int, rules: [Objection.Rule]) throws {
    var crawl = try Shops.crawl(count: 100)
    crawl.offers[7] = try Shops.offer("10007", price: price)
    #expect(try self.rules(of: crawl, after: Shops.crawl(count: 100)) == rules)
    #expect(try self.rules(of: crawl, after: Shops.crawl(count: 100), Policy(maximumPriceDrop: 1)) == [])
  }

  @Test func aPlanCountsTheOffersItDoesNotName() throws {
    var shop = try Shop()
    try shop.publish(Shops.crawl(count: 100))
    let plan = try shop.plan(Shops.crawl(count: 100, price: 5000))
    let text = Reports(language: "en").plan(plan, digest: plan.digest)
    #expect(text.contains("      … +90 more\n"), "\(text)")
    var bare = try Shops.crawl(count: 100)
    for index in bare.offers.indices { bare.offers[index].offer.availabilities = [] }
    let lost = try shop.plan(bare)
    #expect(lost.objections.first?.rule == .coverage && lost.objections.first?.unnamed == 0)
  }

  /// Blanks are no titles, whatever they are made of.
  @Test(arguments: [" ", "\u{A0}", "\u{200B}", "\n\t"]) func blankTitlesAreNoCoverage(title: String) throws {
    var crawl = try Shops.crawl(count: 40)
    for index in crawl.offers.indices { crawl.offers[index].offer.model = title }
    #expect(try rules(of: crawl, after: Shops.crawl(count: 40)) == [.coverage])
  }

  @Test func stockThatCannotBeReadIsNoCoverage() throws {
    let store = try #require(StoreID("PP1"))
    var unread = try Shops.crawl(count: 40)
    var uncounted = unread
    for index in unread.offers.indices {
      unread.offers[index].offer.availabilities = []
      unread.offers[index].unseenStores = [store]
      uncounted.offers[index].offer.availabilities = [Availability(store: store, isAvailable: true)]
    }
    #expect(try rules(of: unread, after: Shops.crawl(count: 40)) == [.coverage])
    #expect(try rules(of: uncounted, after: Shops.crawl(count: 40)) == [.coverage])
  }

  @Test func anotherCurrencyIsNamed() throws {
    var crawl = try Shops.crawl(count: 30, price: 50_000)
    for index in crawl.offers.indices {
      crawl.offers[index] = try Shops.offer("\(10_000 + index)", price: (50_000 + index * 997) * 10 / 52)
    }
    var first = try Shops.crawl(count: 30)
    for index in first.offers.indices {
      first.offers[index] = try Shops.offer("\(10_000 + index)", price: 50_000 + index * 997)
    }
    #expect(try rules(of: crawl, after: first) == [.priceLevelDrop, .currency])
    let tenth = try Shops.crawl(count: 30, price: 100)
    #expect(
      try rules(of: tenth, after: Shops.crawl(count: 30)) == [.priceLevelDrop], "a lost digit is no currency")
  }

  @Test func causesOfHeldBackOffersAreNamed() throws {
    var crawl = try Shops.crawl(count: 94)
    crawl.heldBack = (0..<6).map {
      HeldBackOffer(
        sku: "d\($0)", rule: "conflicting-duplicate", place: Place("f", line: $0 + 1), message: "twice")
    }
    #expect(try rules(of: crawl, after: Shops.crawl(count: 94)) == [.heldBack, .duplicates])
  }

  @Test func aCategoryHasItsOwnLimits() throws {
    func crawl(price: Int) throws -> CrawledShop {
      var crawl = try Shops.crawl(count: 60)
      for index in 0..<4 {
        crawl.offers[index] = try Shops.offer("\(10_000 + index)", price: price)
        crawl.offers[index].product = Product(
          id: try #require(ProductID("\(index)")), title: "t", categories: [Category(title: "Смартфоны")])
      }
      return crawl
    }
    var limits = Policy.CategoryLimits("смартфоны")
    limits.maximumPriceDrop = 0.05
    #expect(try rules(of: crawl(price: 900), after: crawl(price: 1000)) == [])
    let policy = Policy(categories: [limits])
    #expect(try rules(of: crawl(price: 900), after: crawl(price: 1000), policy) == [.priceLevelDrop])
    var shop = try Shop()
    shop.policy = policy
    try shop.publish(crawl(price: 1000))
    let plan = try shop.plan(crawl(price: 900))
    #expect(plan.objections.first?.category == "смартфоны")
    #expect(Reports(language: "ru").plan(plan, digest: plan.digest).contains("(категория смартфоны)"))
  }
}

/// `plan.json` is written piece by piece, and canonical all the same.
@Suite struct PlanDocumentTests {
  @Test func theDocumentIsCanonicalAndItsDigestIsItsOwn() throws {
    var shop = try Shop()
    let first = try shop.plan(Shops.crawl(count: 400))
    try shop.publish(Shops.crawl(count: 400))
    var crawl = try Shops.crawl(count: 300)
    crawl.heldBack = [HeldBackOffer(sku: "x", rule: "zero-price", place: Place("f"), message: "m")]
    crawl.gaps = [Gap(kind: .page, source: "s", reason: "r")]
    for plan in [first, try shop.plan(crawl)] {
      #expect(CanonicalJSON.document(try JSONValue(parsing: plan.document)) == plan.document)
      #expect(plan.digest == Digest.sha256(plan.document))
      var largest = 0
      plan.write { largest = max(largest, $0.count) }
      #expect(largest < 1 << 17)
    }
  }
}

/// Kaspi repeats what our price list said; that is no news.
@Suite struct EchoTests {
  private func listing(_ offers: [CrawledOffer]) -> CrawledShop {
    var crawl = Shops.crawl(offers)
    crawl.sources = [SourceSummary(kind: "listing", source: "l", digest: nil, offers: offers.count)]
    return crawl
  }

  private func head(_ entries: [CatalogEntry]) throws -> Catalog {
    try #require(Catalog(company: "Demo", merchant: Shops.merchant(), entries: entries))
  }

  @Test func aWithdrawnOfferShownAsNotAvailableIsNotBack() throws {
    let offer = try Shops.offer("a", stock: 0)
    let entry = CatalogEntry(offer: offer.offer, standing: .withdrawn(since: Day(number: 20_000)))
    let head = try head([entry, CatalogEntry(offer: try Shops.offer("b").offer)])
    func plan(_ crawl: CrawledShop) throws -> Plan {
      Plan(
        shop: "demo", company: "Demo", merchant: try Shops.merchant(), crawled: crawl, base: nil, head: head,
        absences: Absences(), policy: Policy(), day: Day(of: Shops.now))
    }
    func offered(_ plan: Plan) -> [String]? {
      plan.catalog?.entries.filter { $0.standing == .offered }.map(\.offer.sku.text)
    }
    let shown = try plan(listing([offer, try Shops.offer("b")]))
    #expect(offered(shown) == ["b"])
    #expect(shown.echoes.map(\.fact) == [.withdrawal])
    let back = try plan(listing([try Shops.offer("a", stock: 4)]))
    #expect(offered(back) == ["a", "b"] && back.echoes.isEmpty, "on sale again is the seller's word")
    #expect(back.notSeen.map(\.text) == ["b"])
    let absent = try plan(listing([try Shops.offer("b")]))
    #expect(absent.echoes.map(\.fact) == [.absence])
    let feed = try plan(Shops.crawl([offer]))
    #expect(offered(feed) == ["a", "b"] && feed.echoes.isEmpty, "a seller's own list is no echo")
  }

  @Test func aPriceThatOurRulesMadeDoesNotGrowNightByNight() throws {
    var rule = PriceRule()
    rule.markup = 1000
    let shop = try Shop()
    func plan(_ crawl: CrawledShop) throws -> Plan {
      let head = try History(shop.folders).head()
      return Plan(
        shop: "demo", company: "Demo", merchant: try Shops.merchant(), crawled: crawl, base: head?.base,
        head: head?.catalog, absences: Absences(), policy: Policy(), day: Day(of: Shops.now),
        echoes: EchoFilter(published: try History(shop.folders).publishedPrices(last: 3)), priceRules: [rule],
        baseRules: head?.manifest.priceRules)
    }
    func publish(_ crawl: CrawledShop) throws -> Publisher.Outcome {
      try Publisher(shop.folders, language: "ru").publish(try plan(crawl), approval: nil, now: Shops.now)
    }
    #expect(try publish(listing([try Shops.offer("a", price: 1000)])) == .published(1))
    let own = try History(shop.folders).publishedPrices(last: 1)[0][try #require(SKU("a"))]
    #expect(own?.lowest?.amount == 1100)
    for _ in 0..<3 {
      let echo = listing([try Shops.offer("a", price: 1100)])
      #expect(try plan(echo).echoes.map(\.fact) == [.price])
      #expect(try publish(echo) == .unchanged(1))
    }
    #expect(try publish(listing([try Shops.offer("a", price: 1200)])) == .published(2))
    #expect(
      try History(shop.folders).publishedPrices(last: 1)[0].values.first?.lowest?.amount == 1320,
      "a price that we never set is the seller's")
    #expect(try History(shop.folders).verify() == [])
  }

  /// The city with the lowest price may stand still while another loses a digit.
  @Test(arguments: [
    (["a": 5000, "b": 1000], ["a": 500, "b": 1000], [Objection.Rule.priceLevelDrop]),
    (["a": 5000, "b": 1000], ["a": 50_000, "b": 1000], [.priceLevelRise]),
    (["a": 5000, "b": 1000], ["a": 5100, "b": 1000], []), (["a": 5000], ["b": 5000], []),
  ])
  func everyCitysPriceIsGuarded(
    before: [String: Int], after: [String: Int], rules: [Objection.Rule]
  ) throws {
    func crawl(_ prices: [String: Int]) throws -> CrawledShop {
      var crawl = try Shops.crawl(count: 30)
      var cities: [CityID: Tenge] = [:]
      for (name, price) in prices {
        cities[try #require(CityID(name == "a" ? "750000000" : "710000000"))] = Tenge(price)
      }
      for index in crawl.offers.indices { crawl.offers[index].offer.pricing = .byCity(cities) }
      return crawl
    }
    var shop = try Shop()
    try shop.publish(crawl(before))
    let head = try #require(try History(shop.folders).head())
    let plan = Plan(
      shop: "demo", company: "Demo", merchant: try Shops.merchant(), crawled: try crawl(after),
      base: head.base, head: head.catalog, absences: Absences(), policy: Policy(), day: Day(of: Shops.now))
    let found = plan.objections.map(\.rule).filter { $0 == .priceLevelDrop || $0 == .priceLevelRise }
    #expect(found == rules, "\(plan.objections)")
  }

  @Test func newRulesMakeAVersionThoughTheCatalogIsTheSame() throws {
    var shop = try Shop()
    try shop.publish(Shops.crawl(count: 3))
    let head = try #require(try History(shop.folders).head())
    var rule = PriceRule()
    rule.markup = 500
    let plan = Plan(
      shop: "demo", company: "Demo", merchant: try Shops.merchant(), crawled: try Shops.crawl(count: 3),
      base: head.base, head: head.catalog, absences: Absences(), policy: Policy(), day: Day(of: Shops.now),
      priceRules: [rule], baseRules: nil)
    #expect(plan.diff.summary.isEmpty && !plan.changesNothing)
    let outcome = try Publisher(shop.folders, language: "ru").publish(plan, approval: nil, now: Shops.now)
    #expect(outcome == .published(2))
    var floor = rule
    floor.floor = 100_000
    let blocked = Plan(
      shop: "demo", company: "Demo", merchant: try Shops.merchant(), crawled: try Shops.crawl(count: 3),
      base: head.base, head: head.catalog, absences: Absences(), policy: Policy(), day: Day(of: Shops.now),
      priceRules: [floor], baseRules: nil)
    #expect(blocked.objections.map(\.rule) == [.priceFloor])
  }
}
