import FoundationEssentials
import Model
import Testing

@testable import Notify

@Suite struct TemplateStrictnessTests {
  /// Words that every message has are counted when the template is loaded, and the place is named.
  @Test(arguments: [(1000, nil), (1001, 7), (70_000, 7)] as [(Int, Int?)])
  func wordsThatAreTooManyAreToldAtOnce(count: Int, column: Int?) throws {
    // Two lines: six letters, a line end, the rest; what a section or a tag may bring counts for nothing.
    let filling = "{{#pickup}}" + String(repeating: "x", count: 5_000) + "{{/pickup}}{{order_code}}"
    let text = "Заказ \n" + filling + String(repeating: "я", count: count - 6)
    let source = TemplateSource(name: "order_created.ru.mustache", text: text)
    guard let column else {
      _ = try TemplateSet([source])
      return
    }
    let problems = try #require(throws: TemplateProblems.self) { try TemplateSet([source]) }.problems
    #expect(problems.map(\.code) == [.tooLong])
    #expect(problems.first?.line == 2 && (problems.first?.column ?? 0) > filling.count + column)
  }

  @Test(arguments: [
    ("{{order_cod}}", TemplateError.Code.unknownName, 1, 1, "Did you mean 'order_code'?"),
    ("a\nб {{user_name}}", .unknownName, 2, 3, "Known: "),
    ("{{title}}", .unknownName, 1, 1, "Known: "),
    ("{{#items}}{{title}}{{/items}}{{quantity}}", .unknownName, 1, 30, "Known: "),
    ("{{monye(total)}}", .unknownFilter, 1, 1, "Known: money, amount."),
    ("{{uppercased(order_code)}}", .unknownFilter, 1, 1, "Write {{order_code}}."),
    ("{{planned_date}}", .unguarded, 1, 1, "{{#planned_date}}"),
    ("{{^city}}{{city}}{{/city}}", .unguarded, 1, 10, "{{#city}}"),
    ("Привет, {{first_name}}!", .unguarded, 1, 9, "Or use {{buyer}}."),
    ("{{items}}", .syntax, 1, 1, "{{#items}}"),
    ("{{first_contact}}", .syntax, 1, 1, "{{#first_contact}}"),
    ("{{#total}}{{few(items_count)}}{{/total}}", .syntax, 1, 11, "{{#few(items_count)}}"),
    ("{{#city}}x", .syntax, 1, 1, "Add {{/city}}."),
    ("x{{/city}}", .syntax, 1, 2, "Remove it."),
    ("{{#city}}{{#total}}{{/city}}{{/total}}", .syntax, 1, 20, "Write {{/total}}."),
    ("{{{order_code}}}", .syntax, 1, 1, "Use {{name}}"),
    ("{{&order_code}}", .syntax, 1, 1, "Use {{name}}"),
    ("{{> other}}", .syntax, 1, 1, "Use {{name}}"),
    ("{{=<% %>=}}", .syntax, 1, 1, "Use {{name}}"),
    ("{{%CONTENT_TYPE:HTML}}", .syntax, 1, 1, "Use {{name}}"),
    ("{{order_code", .syntax, 1, 1, "Write }}"),
    ("order_code}}", .syntax, 1, 11, "Write {{"),
    ("{{.}}", .syntax, 1, 1, "{{name}}"),
    ("{{order.code}}", .syntax, 1, 1, "{{name}}"),
    ("{{a(b(total))}}", .syntax, 1, 1, "{{name}}"),
    ("{{}}", .syntax, 1, 1, "{{name}}"),
    (" \n ", .blank, -1, -1, "Write a text"),
  ])
  func namesThePlace(text: String, code: TemplateError.Code, line: Int, column: Int, hint: String) throws {
    let found = MessageTemplate.problems(in: text, event: .orderCreated, locale: .russian)
    let first = try #require(found.first { $0.code == code }, "\(found)")
    #expect(first.line == (line < 0 ? nil : line))
    #expect(first.column == (column < 0 ? nil : column))
    #expect(first.hint.contains(hint), "\(first.hint)")
    #expect(first.file == "order_created.ru.mustache")
    #expect(throws: TemplateError.self) {
      _ = try MessageTemplate(text: text, event: .orderCreated, locale: .russian)
    }
  }

  @Test func showsAllMistakesByPlace() {
    let found = MessageTemplate.problems(
      in: "{{x}}\n{{#city}}\n{{y}} }} {{total}}", event: .orderCreated, locale: .russian)
    #expect(found.map(\.line) == [1, 2, 3, 3, 3])
  }

  @Test func eachEventHasItsOwnNames() throws {
    let text = "{{#review_link}}{{review_link}}{{/review_link}} ok"
    #expect(MessageTemplate.problems(in: text, event: .orderDelivered, locale: .russian) == [])
    #expect(
      MessageTemplate.problems(in: text, event: .orderCreated, locale: .russian).map(\.code) == [
        .unknownName, .unknownName,
      ])
  }

  @Test func everyDeclaredNameReachesTheEngine() throws {
    for event in OrderEventKind.allCases {
      for variable in TemplateVariable.declared(for: event) {
        let body: String
        switch variable.kind {
        case .flag: body = "yes"
        case .list(let names):
          body = names.map { "{{#\($0.name)}}<{{\($0.name)}}>{{/\($0.name)}}" }.joined()
        case .text, .money, .day, .count:
          let shown = variable.kind.filters.filter { PluralForm(rawValue: $0) == nil }
          body = "{{\(variable.name)}}" + shown.map { "{{\($0)(\(variable.name))}}" }.joined()
        }
        let text = "A{{#\(variable.name)}}\(body){{/\(variable.name)}}"
        let template = try MessageTemplate(text: text, event: event, locale: .russian)
        var order = Samples.order(state: variable.name == "pickup" ? .pickup : .kaspiDelivery, lines: 7)
        order.cancellationReason = "MERCHANT_OUT_OF_STOCK"
        var shop = Samples.shop
        shop.whatsApp = PhoneNumber("77010000001")
        let rendered = try template.render(
          MessageContext(order: order, shop: shop, locale: .russian, isFirstContact: true))
        #expect(rendered != "A", "\(variable.name) printed nothing")
      }
    }
  }

  @Test func refusesATextOverTheLimitWithoutShowingIt() throws {
    let template = try MessageTemplate(
      text: "{{order_code}} {{buyer}}", event: .orderCreated, locale: .russian, maximumLength: 5)
    let context = MessageContext(
      order: Samples.order(), shop: Samples.shop, locale: .russian, isFirstContact: true)
    let error = #expect(throws: TemplateError.self) { try template.render(context) }
    #expect(error?.code == .tooLong)
    #expect(error.map { !"\($0) \($0.hint)".contains("Алия") } == true)
  }

  @Test func refusesABlankMessage() throws {
    let template = try MessageTemplate(
      text: "{{#pickup}}x{{/pickup}}", event: .orderCreated, locale: .russian)
    let context = MessageContext(
      order: Samples.order(), shop: Samples.shop, locale: .russian, isFirstContact: true)
    #expect(throws: TemplateError.self) { try template.render(context) }
  }

  @Test func refusesABlankValueThatIsAlwaysThere() throws {
    var shop = Samples.shop
    shop.name = " \u{200B} "
    let template = try MessageTemplate(text: "x {{shop_name}}", event: .orderCreated, locale: .russian)
    let context = MessageContext(order: Samples.order(), shop: shop, locale: .russian, isFirstContact: true)
    let error = #expect(throws: TemplateError.self) { try template.render(context) }
    #expect(error?.code == .blank)
  }

  @Test func nothingIsEscapedAndNothingIsExecuted() throws {
    var order = Samples.order(name: "Анна")
    order.entries?[0].title = "A & B <\"'> {{shop_name}} {{#items}}\n\tC\u{202E}"
    let template = try MessageTemplate(
      text: "{{! note }}{{#items}}{{title}}{{/items}}", event: .orderCreated, locale: .russian)
    let text = try template.render(
      MessageContext(order: order, shop: Samples.shop, locale: .russian, isFirstContact: true))
    #expect(text == "A & B <\"'> {{shop_name}} {{#items}} C")
  }

  @Test func readsFilesFromOtherSystems() throws {
    let set = try TemplateSet([
      TemplateSource(name: "order_created.ru.mustache", text: "\u{FEFF}a\r\n{{order_code}}\r\n")
    ])
    let template = try #require(set.template(.orderCreated, .russian))
    let text = try template.render(
      MessageContext(order: Samples.order(), shop: Samples.shop, locale: .russian, isFirstContact: true))
    #expect(text == "a\n700100001")
  }

  @Test(arguments: ["order_craeted.ru.mustache", "order_created.mustache", "order_created.de.mustache"])
  func refusesFileNamesThatFitNothing(name: String) {
    #expect(throws: TemplateProblems.self) { _ = try TemplateSet([TemplateSource(name: name, text: "x")]) }
  }

  @Test func aMissingLanguageIsAnErrorAndNoOtherStandsIn() throws {
    let set = try TemplateSet([TemplateSource(name: "order_created.ru.mustache", text: "x")])
    #expect(set.template(.orderCreated, .kazakh) == nil)
    let missing = set.missing(for: NotificationRule.standard, locale: .kazakh)
    #expect(missing.map(\.file) == ["order_created.kk.mustache", "order_delivered.kk.mustache"])
  }
}

@Suite struct StarterTemplateTests {
  @Test func lieInTheRepositoryToo() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.appending(path: "templates")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".mustache") }.sorted()
    #expect(names == StarterTemplates.all.map(\.name))
    for source in StarterTemplates.all {
      let bytes = try Data(contentsOf: folder.appending(path: source.name))
      #expect(String(decoding: bytes, as: UTF8.self) == source.text, "\(source.name)")
    }
  }

  @Test(arguments: MessageLocale.allCases)
  func renderEverySampleOrder(locale: MessageLocale) throws {
    let set = try TemplateSet(StarterTemplates.all)
    let check = TemplateCheck.run(
      set, orders: SampleOrders.all, shop: Samples.shop, rules: NotificationRule.standard, locale: locale)
    #expect(check.problems == [])
    #expect(check.rendered == StarterTemplates.all.count * SampleOrders.all.count * 2)
    #expect(check.longest.values.allSatisfy { $0 < 800 }, "\(check.longest)")
  }

  /// The texts are reviewed in Snapshots/; RECORD_SNAPSHOTS=1 rewrites them.
  @Test(arguments: MessageLocale.allCases)
  func readAsReviewed(locale: MessageLocale) throws {
    let set = try TemplateSet(StarterTemplates.all)
    var text = ""
    for event in [OrderEventKind.orderCreated, .orderDelivered] {
      let template = try #require(set.template(event, locale))
      for (index, order) in SampleOrders.all.enumerated() {
        let context = MessageContext(
          order: order, shop: Samples.shop, locale: locale, isFirstContact: index.isMultiple(of: 2))
        text += "=== \(event.rawValue) \(order.code)\n" + (try template.render(context)) + "\n\n"
      }
    }
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Snapshots/starter.\(locale.rawValue).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == text)
  }
}

@Suite struct MessageWordsTests {
  @Test(arguments: [
    (0, "товаров"), (1, "товар"), (2, "товара"), (4, "товара"), (5, "товаров"), (11, "товаров"),
    (12, "товаров"),
    (14, "товаров"), (21, "товар"), (22, "товара"), (25, "товаров"), (101, "товар"), (111, "товаров"),
    (112, "товаров"), (121, "товар"), (1_000_001, "товар"),
  ])
  func russianCountsGoods(number: Int, noun: String) {
    #expect(MessageWords.goods(number, .russian) == "\(number.grouped)\u{A0}\(noun)")
  }

  @Test(arguments: [
    (MessageLocale.kazakh, 1, "1\u{A0}тауар", "1\u{A0}дана"), (.kazakh, 5, "5\u{A0}тауар", "5\u{A0}дана"),
    (.english, 1, "1\u{A0}item", "1\u{A0}pc"), (.english, 21, "21\u{A0}items", "21\u{A0}pcs"),
    (.russian, 3, "3\u{A0}товара", "3\u{A0}шт."),
  ])
  func otherLanguagesCountTheirWay(locale: MessageLocale, number: Int, goods: String, pieces: String) {
    #expect(MessageWords.goods(number, locale) == goods)
    #expect(MessageWords.pieces(number, locale) == pieces)
  }

  @Test(arguments: [
    (MessageLocale.russian, "23\u{A0}ноября", "23\u{A0}ноября 2026", "понедельник"),
    (.kazakh, "23\u{A0}қараша", "2026 жылғы 23\u{A0}қараша", "дүйсенбі"),
    (.english, "23\u{A0}November", "23\u{A0}November 2026", "Monday"),
  ])
  func datesAreWords(locale: MessageLocale, date: String, full: String, weekday: String) throws {
    let day = try #require(Day("2026-11-23"))
    #expect(MessageWords.date(day, locale) == date)
    #expect(MessageWords.fullDate(day, locale) == full)
    #expect(MessageWords.weekday(day, locale) == weekday)
    #expect(MessageWords.weekday(Day(number: -4), locale) == MessageWords.weekday(Day(number: 3), locale))
  }

  @Test(arguments: [
    ("АЛИЯ", "Алия"), ("алия", "Алия"), ("Алия", "Алия"), ("АННА-МАРИЯ", "Анна-Мария"),
    (" Ерлан \n", "Ерлан"),
    ("ӘЙГЕРІМ", "Әйгерім"), ("777", nil), ("А", nil), ("", nil), ("user_123", nil), ("McKay", "McKay"),
    ("— —", nil), ("Алия\u{202E}", "Алия"),
  ])
  func namesAreWrittenAsPeopleWriteThem(text: String, name: String?) {
    #expect(MessageContext.personName(text) == name)
  }

  @Test func lockersAreNeverPromised() {
    for state in [OrderState.kaspiDelivery, .archive] {
      for mode in [DeliveryMode.pickup, .regionalPickup, .regionalToDoor, .local] {
        var order = Samples.order(state: state)
        order.delivery = mode
        order.isKaspiDelivery = true
        let context = MessageContext(
          order: order, shop: Samples.shop, locale: .russian, isFirstContact: false)
        #expect(context.delivery == .kaspi)
      }
    }
    let own = MessageContext(
      order: Samples.order(state: .pickup), shop: Samples.shop, locale: .russian, isFirstContact: false)
    #expect(own.delivery == .pickup)
  }

  @Test func linksPresetNoStars() {
    let context = MessageContext(
      order: Samples.order(), shop: Samples.shop, locale: .russian, isFirstContact: false)
    #expect(context.productLink == "https://kaspi.kz/shop/p/-112066820/")
    #expect(
      context.reviewLink
        == "https://kaspi.kz/shop/review/productreview?orderCode=700100001&productCode=112066820")
    #expect(context.sellerLink == "https://kaspi.kz/shop/search/?q=%3AallMerchants%3A14000001")
  }
}
