import Model

/// Words that messages need in each language.
enum MessageWords {
  /// "3 товара": a number with the word for goods.
  static func goods(_ number: Int, _ locale: MessageLocale) -> String {
    let noun =
      switch (locale, PluralForm.of(number, in: locale)) {
      case (.russian, .one): "товар"
      case (.russian, .few): "товара"
      case (.russian, _): "товаров"
      case (.kazakh, _): "тауар"
      case (.english, .one): "item"
      case (.english, _): "items"
      }
    return "\(number.grouped)\u{A0}\(noun)"
  }

  /// "3 шт.": a number with the word for pieces.
  static func pieces(_ number: Int, _ locale: MessageLocale) -> String {
    let noun =
      switch locale {
      case .russian: "шт."
      case .kazakh: "дана"
      case .english: PluralForm.of(number, in: locale) == .one ? "pc" : "pcs"
      }
    return "\(number.grouped)\u{A0}\(noun)"
  }

  /// "26 ноября".
  static func date(_ day: Day, _ locale: MessageLocale) -> String {
    "\(day.parts.day)\u{A0}\(months(locale)[day.parts.month - 1])"
  }

  /// "26 ноября 2026".
  static func fullDate(_ day: Day, _ locale: MessageLocale) -> String {
    switch locale {
    case .russian, .english: "\(date(day, locale)) \(day.parts.year)"
    case .kazakh: "\(day.parts.year) жылғы \(date(day, locale))"
    }
  }

  /// "26.11.2026".
  static func dottedDate(_ day: Day) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(day.parts.day)).\(two(day.parts.month)).\(day.parts.year)"
  }

  /// Why an order was called off; `nil` for words of the wire that nobody documented.
  static func cancellation(_ wire: String, _ locale: MessageLocale) -> String? {
    switch (wire, locale) {
    case ("BUYER_CANCELLATION_BY_MERCHANT", .russian): "по просьбе покупателя"
    case ("BUYER_CANCELLATION_BY_MERCHANT", .kazakh): "сатып алушының өтініші бойынша"
    case ("BUYER_CANCELLATION_BY_MERCHANT", .english): "at the buyer's request"
    case ("BUYER_NOT_REACHABLE", .russian): "не удалось связаться с покупателем"
    case ("BUYER_NOT_REACHABLE", .kazakh): "сатып алушымен байланысу мүмкін болмады"
    case ("BUYER_NOT_REACHABLE", .english): "the buyer could not be reached"
    case ("MERCHANT_OUT_OF_STOCK", .russian): "товара нет в наличии"
    case ("MERCHANT_OUT_OF_STOCK", .kazakh): "тауар қалмаған"
    case ("MERCHANT_OUT_OF_STOCK", .english): "out of stock"
    case ("TIMEOUT_BUYER_PICKUP", .russian): "заказ не забрали вовремя"
    case ("TIMEOUT_BUYER_PICKUP", .kazakh): "тапсырыс уақытында алынбады"
    case ("TIMEOUT_BUYER_PICKUP", .english): "it was not collected in time"
    default: nil
    }
  }

  /// "среда".
  static func weekday(_ day: Day, _ locale: MessageLocale) -> String {
    // Day 0 was a Thursday; the lists start on Monday.
    let index = ((day.number + 3) % 7 + 7) % 7
    return switch locale {
    case .russian: ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"][index]
    case .kazakh: ["дүйсенбі", "сейсенбі", "сәрсенбі", "бейсенбі", "жұма", "сенбі", "жексенбі"][index]
    case .english: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][index]
    }
  }

  /// How a buyer without a name is addressed.
  static func buyer(_ locale: MessageLocale) -> String {
    switch locale {
    case .russian: "уважаемый покупатель"
    case .kazakh: "құрметті сатып алушы"
    case .english: "dear customer"
    }
  }

  /// How an order travels.
  ///
  /// Whether Kaspi brings it to a locker or to the door is told differently by Kaspi's own texts, so nothing
  /// finer than "Kaspi Доставка" is promised.
  static func delivery(_ way: MessageContext.DeliveryWay, _ locale: MessageLocale) -> String {
    switch (way, locale) {
    case (.kaspi, .russian): "Kaspi Доставка"
    case (.kaspi, .kazakh): "Kaspi Жеткізу"
    case (.kaspi, .english): "Kaspi Delivery"
    case (.pickup, .russian): "самовывоз"
    case (.pickup, .kazakh): "дүкеннен өзі алып кету"
    case (.pickup, .english): "pickup at the shop"
    case (.shop, .russian): "доставка магазина"
    case (.shop, .kazakh): "дүкеннің жеткізуі"
    case (.shop, .english): "delivery by the shop"
    }
  }

  private static func months(_ locale: MessageLocale) -> [String] {
    switch locale {
    case .russian:
      [
        "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
        "ноября", "декабря",
      ]
    case .kazakh:
      [
        "қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан",
        "қараша", "желтоқсан",
      ]
    case .english:
      [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
      ]
    }
  }
}
