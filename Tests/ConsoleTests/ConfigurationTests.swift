import Model
import Testing

@testable import Console

@Suite struct ConfigurationTests {
  static let minimal = """
    shops:
      demo:
        merchant: "14000001"
        company: Demo Home
        city: "750000000"
        sources:
          - {kind: feed, url: "feed.xml"}

    """

  @Test func fillsInDefaultsAndSaysWhereValuesComeFrom() throws {
    let configuration = try ConfigurationReader.read(
      Self.minimal + "notifier:\n  waha: {session: shop}\n", file: "kaspi.yaml",
      environment: ["WAHA_API_ENDPOINT": "http://10.0.0.1:3000/", "KASPI_SHOP_ID": "777"])
    let shop = try #require(configuration.shops.first)
    #expect(shop.merchant.text == "777", "the seed's variable goes before the file")
    #expect(shop.policy.maximumWithdrawn == Share("5%"))
    #expect(shop.sources == [.init(kind: .feed, url: "feed.xml")])
    #expect(configuration.notifier?.waha.url == "http://10.0.0.1:3000")
    #expect(configuration.notifier?.rules.first { $0.event == "order_delivered" }?.delay == .seconds(3600))
    let origins = Dictionary(uniqueKeysWithValues: configuration.origins.map { ($0.key, $0.source) })
    #expect(origins["shops.demo.merchant"] == "$KASPI_SHOP_ID")
    #expect(origins["shops.demo.city"] == "kaspi.yaml:5:11")
    #expect(origins["notifier.waha.session"] == "kaspi.yaml:9:19")
    #expect(origins["language"] == "default")
  }

  @Test(arguments: [
    ("lanuage: ru\n" + minimal, "kaspi.yaml:1:1", "Did you mean 'language'?"),
    (minimal + "    polcy: {}\n", "kaspi.yaml:8:5", "Did you mean 'policy'?"),
    (minimal.replacing("\"750000000\"", with: "770"), "kaspi.yaml:5:11", "Correct the line and run again."),
    (minimal.replacing("demo:", with: "../x:"), "kaspi.yaml:3:5", "Correct the line and run again."),
    (
      minimal.replacing("kind: feed", with: "kind: fed"), "kaspi.yaml:7:16", "Correct the line and run again."
    ),
    (minimal + "    policy: {min_coverage: 1000%}\n", "kaspi.yaml:8:28", "Correct the line and run again."),
    (minimal + "    policy: {max_withdrawn: 5}\n", "kaspi.yaml:8:29", "Correct the line and run again."),
    (minimal + "    enrich: {pages: yes}\n", "kaspi.yaml:8:21", "Correct the line and run again."),
    (minimal + "notifier: {pacing: {gap: 60s..30s}}\n", "kaspi.yaml:8:26", "Correct the line and run again."),
    (minimal + "notifier: {waha: {key: hunter2}}\n", "kaspi.yaml:8:24", "Correct the line and run again."),
    ("shops: [", "kaspi.yaml:2:1", "Correct the line and run again."),
    ("shops: {}\n", "kaspi.yaml", "Correct the line and run again."),
    ("", "kaspi.yaml", "Start from 'kaspi-catalog init'."),
  ])
  func refusesWithThePlace(text: String, place: String, remedy: String) {
    let error = #expect(throws: CommandError.self) {
      try ConfigurationReader.read(text, file: "kaspi.yaml", environment: [:])
    }
    #expect(error?.status == .configuration)
    #expect(error?.place.hasPrefix(place) == true, "\(error?.place ?? "")")
    #expect(error?.remedy == remedy)
    #expect(error?.what.contains("hunter2") == false, "a secret written into the file is not repeated")
  }

  @Test(arguments: [
    ("30s", Duration.seconds(30)), ("0", .zero), ("0s", .zero), ("5m", .seconds(300)),
    ("3d", .seconds(259_200)),
    ("500ms", .milliseconds(500)), ("30", nil), ("-1s", nil), ("s", nil), ("1.5h", nil),
  ])
  func readsTimesAsPeopleWriteThem(text: String, duration: Duration?) {
    #expect(Written.duration(text) == duration)
  }

  @Test(arguments: [("5%", "5%"), ("0.5%", "0.5%"), ("0%", "0%"), ("150%", "150%"), ("5", nil), ("-1%", nil)])
  func readsSharesAsPeopleWriteThem(text: String, written: String?) {
    #expect(Share(text)?.description == written)
  }

  @Test func readsPriceRulesChannelsAndLimitsByCategory() throws {
    let text =
      Self.minimal + """
            policy: {max_new: 30%, categories: {Смартфоны: {max_price_drop: 3%}}}
            links: {visibility: public}
            prices:
              - {where: {category: [Чайники, Лампы], min_price: 100}, markup: 10.5%, round: ending 990, min: 500}
              - {margin: {costs: costs.csv, commission: 12%, least: 5%}, floor: 300}
            channels:
              - kaspi
              - {kind: yml, name: market, where: {available: true}, categories: {Чайники: Kitchen}}
              - {kind: csv, file: table.csv, fields: [sku, {cost: price}], prices: [{markup: -5%}]}

        """
    let shop = try #require(
      try ConfigurationReader.read(text, file: "kaspi.yaml", environment: [:]).shops.first)
    #expect(shop.policy.maximumNew == Share("30%") && shop.linksArePublic)
    #expect(shop.policy.categories.map(\.name) == ["Смартфоны"])
    #expect(shop.policy.categories.first?.maximumPriceDrop == Share("3%"))
    #expect(shop.policy.categories.first?.maximumNew == nil)
    #expect(shop.prices.map(\.rule.markup) == [1050, nil])
    #expect(shop.prices.first?.rule.filter.categories == ["Чайники", "Лампы"])
    #expect(
      shop.prices.last?.margin
        == .init(costs: "costs.csv", commission: try #require(Share("12%")), least: try #require(Share("5%")))
    )
    #expect(shop.channels.map(\.file) == ["kaspi.xml", "market.xml", "table.csv"])
    #expect(shop.channels.last?.fields.map(\.name) == ["sku", "cost"])
    #expect(shop.channels.last?.prices.first?.rule.markup == -500)
  }

  @Test(arguments: [
    ("prices: [{markup: ten}]", "markup"), ("prices: [{raise: 5%}]", "raise"),
    ("channels: [ebay]", "channel"),
    ("channels: [{kind: kaspi, where: {brand: x}}]", "where"), ("channels: [yml, yml]", "twice"),
    ("channels: [{kind: csv, file: ../x}]", "file"),
    ("channels: [{kind: csv, file: kaspi.xml}]", "kaspi.xml"),
    ("policy: {categories: {x: {min_coverage: 3%}}}", "min_coverage"), ("prices: [{round: up}]", "round"),
  ])
  func refusesChannelsAndRulesThatItDoesNotKnow(line: String, word: String) {
    let error = #expect(throws: CommandError.self) {
      try ConfigurationReader.read(Self.minimal + "    \(line)\n", file: "kaspi.yaml", environment: [:])
    }
    #expect(error?.what.contains(word) == true, "\(error?.what ?? "")")
    #expect(error?.place.hasPrefix("kaspi.yaml:8:") == true, "\(error?.place ?? "")")
  }
}
