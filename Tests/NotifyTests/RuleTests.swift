import Model
import Store
import TestKit
import Testing

@testable import Notify

@Suite struct RuleFilterTests {
  @Test func filtersLookAtWhatTheOrderSays() {
    let order = Samples.order()  // Астана, Чайники, 12 990, Kaspi
    let table: [(RuleFilter, Bool)] = [
      (.none, true), (RuleFilter(deliveries: [.kaspi]), true),
      (RuleFilter(deliveries: [.pickup, .shop]), false),
      (RuleFilter(cities: ["г. Астана"]), true), (RuleFilter(cities: ["алматы"]), false),
      (RuleFilter(minimumTotal: 12_990), true), (RuleFilter(minimumTotal: 12_991), false),
      (RuleFilter(maximumTotal: 12_990), true), (RuleFilter(maximumTotal: 12_989), false),
      (RuleFilter(categories: ["чайники", "Посуда"]), true), (RuleFilter(categories: ["Посуда"]), false),
      (RuleFilter(buyers: .first), true), (RuleFilter(buyers: .returning), false),
    ]
    for (filter, isWanted) in table {
      #expect(filter.matches(order, isReturning: false) == isWanted, "\(filter)")
    }
    var nowhere = order
    (nowhere.town, nowhere.entries, nowhere.total) = (nil, nil, 0)
    #expect(!RuleFilter(cities: ["Астана"]).matches(nowhere, isReturning: false))
    #expect(!RuleFilter(categories: ["Чайники"]).matches(nowhere, isReturning: false))
    #expect(!RuleFilter(maximumTotal: 5).matches(nowhere, isReturning: false))
  }

  @Test func aFilteredOrderIsSkippedForGood() throws {
    let desk = try Desk()
    var input = try desk.input(Desk.orders(2), desk.outbox())
    input.rules[0].filter = RuleFilter(cities: ["Алматы"])
    let plan = try Scan.plan(input)
    #expect(plan.messages.isEmpty && plan.settled.map(\.reason) == ["rule_filter", "rule_filter"])
  }

  @Test func aBuyerOfAnEarlierOrderIsAReturningOne() throws {
    let desk = try Desk()
    let before = Samples.order("1", created: Samples.noon.advanced(by: .seconds(-86_400)))
    let old = OrderSnapshot(taken: Samples.noon.advanced(by: .seconds(-3600)), orders: [before])
    var input = try desk.input([before, Samples.order("2")], desk.outbox(), previous: old)
    input.rules[0].filter = RuleFilter(buyers: .returning)
    #expect(try Scan.plan(input).messages.map(\.order) == ["2"])
    input.rules[0].filter = RuleFilter(buyers: .first)
    #expect(try Scan.plan(input).messages.isEmpty)
  }

  @Test func theSamePersonGetsTheSameVariantAndWeightsAreKept() throws {
    var rule = NotificationRule.standard[0]
    rule.variants = [RuleVariant(name: "main", weight: 3), RuleVariant(name: "b", weight: 1)]
    var counts: [String: Int] = [:]
    for number in 0..<4000 {
      let phone = try #require(PhoneNumber("7701\(1_000_000 + number)"))
      let name = rule.variant(shop: "demo", phone: phone)
      #expect(name == rule.variant(shop: "demo", phone: phone))
      counts[name, default: 0] += 1
    }
    #expect((900...1100).contains(counts["b"] ?? 0), "\(counts)")
    rule.variants = [RuleVariant(name: "b", weight: 0)]
    #expect(rule.variant(shop: "demo", phone: try #require(PhoneNumber("77011234567"))) == "main")
  }

  @Test func aVariantNeedsItsTemplateAndUsesIt() throws {
    let desk = try Desk()
    var input = try desk.input(Desk.orders(1), desk.outbox())
    input.rules[0].variants = [RuleVariant(name: "b", weight: 1)]
    let problems = #expect(throws: TemplateProblems.self) { try Scan.plan(input) }
    #expect(problems?.problems.map(\.file) == ["order_created.ru.b.mustache"])
    input.templates = try TemplateSet(
      StarterTemplates.all + [
        TemplateSource(name: "order_created.ru.b.mustache", text: "Заказ {{order_code}}")
      ])
    let plan = try Scan.plan(input)
    #expect(plan.messages.map(\.text) == ["Заказ 700100000"] && plan.messages.map(\.variant) == ["b"])
  }

  @Test func theLanguageIsTheRulesThenTheOrdersThenThePersonsThenTheShops() {
    func chosen(_ rule: MessageLocale?, _ order: String?, _ person: MessageLocale?) -> MessageLocale {
      MessageLocale.chosen(
        rule: rule, order: order, person: person, shop: .russian, hasTemplate: { $0 != .english })
    }
    #expect(chosen(.english, "kk", .kazakh) == .english)
    #expect(chosen(nil, "kk-KZ", nil) == .kazakh)
    #expect(chosen(nil, "en", .kazakh) == .kazakh, "a language without a text is passed over")
    #expect(chosen(nil, nil, .kazakh) == .kazakh)
    #expect(chosen(nil, "de", nil) == .russian)
  }

  @Test func kazakhLettersInANameDecideNothing() throws {
    let desk = try Desk()
    let plan = try desk.plan([Samples.order("1", name: "Әйгерім")])
    #expect(plan.messages.map(\.locale) == [.russian])
  }
}

@Suite struct TimedEventTests {
  static let day = Duration.seconds(86_400)
  static let rules = [
    NotificationRule(event: .reviewRequest, isSent: true, delay: day * 3, latest: day * 10),
    NotificationRule(event: .repeatOffer, isSent: true, delay: day * 30, latest: day * 40),
  ]

  /// A scan some days after the delivery was seen; the order is still in the snapshot.
  private func plan(_ desk: Desk, days: Int, _ status: OrderStatus = .completed) throws -> ScanPlan {
    let order = Samples.order("1", state: .archive, status: status)
    let outbox = try desk.outbox()
    let snapshot = OrderSnapshot(taken: desk.time.now, orders: [order])
    var input = try desk.input([order], outbox, previous: snapshot)
    input.rules = Self.rules
    input.now = desk.time.now.advanced(by: Self.day * days)
    let plan = try Scan.plan(input)
    try outbox.record(plan, now: input.now)
    return plan
  }

  private func delivered() throws -> Desk {
    let desk = try Desk()
    let outbox = try desk.outbox()
    var input = try desk.input(
      [Samples.order("1", state: .archive, status: .completed)], outbox,
      previous: OrderSnapshot(taken: Samples.noon.advanced(by: .seconds(-60)), orders: [Samples.order("1")]))
    input.rules = Self.rules
    let plan = try Scan.plan(input)
    #expect(plan.delivered == [ScanPlan.Delivery(order: "1", at: Samples.noon)])
    #expect(plan.messages.isEmpty, "nothing of time on the day of the delivery")
    try outbox.record(plan, now: desk.time.now)
    return desk
  }

  @Test func comeOnceWhenTheirTimeIsThere() throws {
    let desk = try delivered()
    #expect(try plan(desk, days: 2).messages.isEmpty)
    #expect(try plan(desk, days: 3).messages.map(\.event) == [.reviewRequest])
    #expect(try plan(desk, days: 4).messages.isEmpty, "once")
    #expect(try plan(desk, days: 31).messages.map(\.event) == [.repeatOffer])
    #expect(try plan(desk, days: 60).messages.isEmpty)
  }

  @Test func areNotMadeWhenTheirTimeWasMissed() throws {
    #expect(try plan(try delivered(), days: 11).messages.isEmpty)
  }

  @Test func areNotMadeForWhatCameBack() throws {
    #expect(try plan(try delivered(), days: 3, .returned).messages.isEmpty)
    #expect(try plan(try delivered(), days: 3, .returnRequested).messages.isEmpty)
  }

  @Test func areNotMadeForWhatWasDeliveredBeforeTheFirstRun() throws {
    let desk = try Desk()
    let outbox = try desk.outbox()
    let order = Samples.order("1", state: .archive, status: .completed)
    try outbox.record(try Scan.plan(desk.input([order], outbox, previous: nil)), now: desk.time.now)
    #expect(try plan(desk, days: 3).messages.isEmpty)
  }
}
