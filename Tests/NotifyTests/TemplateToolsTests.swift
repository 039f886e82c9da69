import Model
import Testing

@testable import Notify

@Suite struct PluralTests {
  /// The samples that Unicode's CLDR lists behind its rules for whole numbers.
  @Test(
    arguments: [
      (.russian, .one, [1, 21, 31, 41, 101, 1001, 1_000_021]),
      (.russian, .few, [2, 3, 4, 22, 23, 24, 102, 1002, 33]),
      (
        .russian, .many,
        [0, 5, 6, 9, 10, 11, 12, 13, 14, 15, 19, 20, 25, 100, 111, 112, 114, 1000, 1_000_000]
      ),
      (.kazakh, .one, [1]), (.kazakh, .other, [0, 2, 3, 10, 11, 16, 21, 100, 101, 1_000_000]),
      (.english, .one, [1]), (.english, .other, [0, 2, 3, 10, 11, 16, 21, 100, 101, 1_000_000]),
    ] as [(MessageLocale, PluralForm, [Int])])
  func formsFollowUnicode(locale: MessageLocale, form: PluralForm, numbers: [Int]) {
    for number in numbers {
      #expect(PluralForm.of(number, in: locale) == form, "\(number)")
      #expect(PluralForm.of(-number, in: locale) == form, "-\(number)")
    }
  }

  @Test(
    arguments: [
      (.russian, [1: "1 товар", 2: "2 товара", 5: "5 товаров", 11: "11 товаров", 21: "21 товар"]),
      (.kazakh, [1: "1 тауар", 2: "2 тауар", 5: "5 тауар"]),
      (.english, [1: "1 item", 2: "2 items", 21: "21 items"]),
    ] as [(MessageLocale, [Int: String])])
  func goodsAreCountedAsPeopleDo(locale: MessageLocale, words: [Int: String]) {
    for (number, text) in words {
      #expect(MessageWords.goods(number, locale).replacing("\u{A0}", with: " ") == text)
    }
  }

  /// The forms are sections too, in every language.
  @Test(arguments: [
    (MessageLocale.russian, 1, "one"), (.russian, 3, "few"), (.russian, 7, "many"), (.kazakh, 1, "one"),
    (.kazakh, 3, "other"), (.english, 1, "one"), (.english, 3, "other"),
  ])
  func sectionsChooseTheForm(locale: MessageLocale, lines: Int, form: String) throws {
    let forms = ["one", "few", "many", "other"]
    let text =
      "{{#items_count}}" + forms.map { "{{#\($0)(items_count)}}\($0){{/\($0)(items_count)}}" }.joined()
      + "{{/items_count}}"
    let name = MessageTemplate.fileName(event: .orderCreated, locale: locale)
    let set = try TemplateSet([TemplateSource(name: name, text: text)])
    let template = try #require(set.template(.orderCreated, locale))
    let context = MessageContext(
      order: Samples.order(lines: lines), shop: Samples.shop, locale: locale, isFirstContact: false)
    #expect(try template.render(context) == form)
  }
}

@Suite struct TemplateLintTests {
  private static let good =
    "{{shop_name}}: ваш заказ {{order_code}} принят. {{#first_contact}}Ответьте СТОП.{{/first_contact}}"

  private static func rules(_ text: String, _ file: String = "order_created.ru.mustache") -> [String] {
    TemplateLint.findings([TemplateSource(name: file, text: text)], rules: []).map { finding in
      finding.rule + (finding.place.line.map { ":\($0)" } ?? "")
    }
  }

  @Test func aGoodTextHasNoFindings() {
    #expect(Self.rules(Self.good) == [])
    #expect(TemplateLint.findings(StarterTemplates.all, rules: NotificationRule.standard) == [])
  }

  @Test(arguments: [
    ("\nhttp://kaspi.kz/x", ["plain-link:2"]), ("\n\nhttps://bit.ly/x", ["short-link:3"]),
    ("\nhttps://kaspi.kz/review?rating=5", ["preset-stars:2"]), ("\nСпасибо!!", ["shouting:2"]),
    ("\nСРОЧНО КУПИТЕ ЕЩЁ СЕГОДНЯ", ["capitals:2"]), ("\nВаш *подарок", ["unpaired-mark:2"]),
    ("\nВаш *подарок* и 2*3", []), ("\nhttps://kaspi.kz/a_b_c", []), ("\nӘлия", ["wrong-language"]),
  ])
  func eachRuleNamesItsLine(more: String, rules: [String]) {
    #expect(Self.rules(Self.good + more) == rules)
  }

  @Test func whatIsMissingIsNamed() {
    #expect(Self.rules("Ваш заказ принят") == ["no-opt-out", "no-sender", "no-order"])
    // An offer weeks later is about no order.
    #expect(
      Self.rules(
        "{{shop_name}} ждёт вас{{#first_contact}} (СТОП){{/first_contact}}", "repeat_offer.ru.mustache") == []
    )
  }

  @Test func eachLanguageHasItsLetters() {
    #expect(Self.rules(Self.good, "order_created.en.mustache") == ["wrong-language"])
    #expect(Self.rules(Self.good, "order_created.kk.mustache") == ["wrong-language"])
  }

  @Test func languagesWithoutATextAreNamedForRulesThatSend() {
    let findings = TemplateLint.findings(
      [TemplateSource(name: "order_created.ru.mustache", text: Self.good)],
      rules: NotificationRule.standard.filter { $0.event == .orderCreated })
    #expect(findings.map(\.rule) == ["no-translation", "no-translation"])
    #expect(
      findings.map(\.place.source).sorted() == [
        "templates/order_created.en.mustache", "templates/order_created.kk.mustache",
      ])
  }
}

@Suite struct TemplateImportTests {
  @Test func aTextOfThePrototypeBecomesATemplateThatRenders() throws {
    let old =
      "Здравствуйте, {user_name}!\r\nЗаказ {order_num} от {order_date} в {store_name} на {total_amount}:{items_list}Доставка: {delivery_type}, {delivery_city}. {not a name}"
    let file = "order_created.ru.mustache"
    let result = try TemplateImport.translate(old, file: file)
    #expect(result.notes.count == 1, "\(result.notes)")
    let set = try TemplateSet([TemplateSource(name: file, text: result.text)])
    let template = try #require(set.template(.orderCreated, .russian))
    let text = try template.render(
      MessageContext(order: Samples.order(), shop: Samples.shop, locale: .russian, isFirstContact: false)
    ).replacing("\u{A0}", with: " ")
    for words in [
      "Здравствуйте, Алия!\nЗаказ 700100001 от 23.11.2026 в Demo Home на 12 990 ₸",
      "• Чайник Пример 0 — 1 шт.", "Астана. {not a name}",
    ] {
      #expect(text.contains(words), "\(text)")
    }
  }

  @Test func namesWithoutACounterpartAreNamedWithTheirPlace() throws {
    let problems = #expect(throws: TemplateProblems.self) {
      try TemplateImport.translate(
        "Привет, {user_nam}!\n🎁 {promo_code} {customer_phone}", file: "x.ru.mustache")
    }
    let found = try #require(problems).problems
    #expect(found.map { "\($0.line ?? 0):\($0.column ?? 0)" } == ["1:9", "2:3", "2:16"])
    #expect(found[0].hint.contains("{user_name}"))
    #expect(found[1].message.contains("promotion") && found[2].message.contains("telephone"))
  }
}

@Suite struct TidyTests {
  @Test(arguments: [
    ("", ""), ("\n \n\t\n", ""), ("a", "a"), ("\n\n a \t\n", " a"), ("a\n\n\n\nb\n", "a\n\nb"),
    ("a\r\nb", "a\nb"),
    ("a \n  \n \nb", "a\n\nb"), ("é 👨‍👩‍👧‍👦 \nя\u{A0}", "é 👨‍👩‍👧‍👦\nя\u{A0}"), ("a \u{301}", "a \u{301}"),
  ])
  func blanksNobodySeesAreLeftOut(text: String, tidy: String) {
    #expect(MessageTemplate.tidied(text) == tidy)
  }
}

@Suite struct MessageLengthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("a\nb", 3), ("👨‍👩‍👧‍👦", 1), ("🇰🇿!", 2), ("👍🏽", 1), ("*важно*", 5), ("_a_ ~b~", 3),
    ("2*3*4", 5), ("*a", 2), ("e\u{301}", 1), ("цена 5*", 7),
  ])
  func countsWhatAReaderSees(text: String, shown: Int) { #expect(MessageLength.shown(text) == shown) }
}
