/// What reports say, in the three languages of a shop.
public struct Phrases: Sendable {
  /// Heading of the change report.
  let changes: @Sendable (Int) -> String
  let first, added, withdrawn, returned, archived, price, stock, text, card, rulePrices, nothing: String
  let planFor: @Sendable (String) -> String
  let offers, base, noBase, goes, refused, approve, cannotApprove, heldBack, notSeen, echoes, gaps, more,
    limit, category: String
  let objections: @Sendable (Objection.Rule) -> String
  let columns: (sku: String, title: String, event: String, old: String, new: String)
  let everywhere: String

  /// The phrases of a language.
  ///
  /// - Parameter language: `ru`, `kk` or `en`; anything else is English.
  /// - Returns: The phrases.
  public static func of(_ language: String) -> Phrases {
    switch language {
    case "ru": russian
    case "kk": kazakh
    default: english
    }
  }

  nonisolated static var english: Phrases {
    Phrases(
      changes: { "Changes in version \($0)" }, first: "The first version.", added: "New offers",
      withdrawn: "Withdrawn", returned: "Back on sale", archived: "Archived", price: "Prices", stock: "Stock",
      text: "Titles and brands", card: "Cards", rulePrices: "Prices in the price list by other rules",
      nothing: "No changes.", planFor: { "Plan for \($0)" },
      offers: "offers", base: "base version", noBase: "no version yet", goes: "May be published.",
      refused: "REFUSED. The last good price list stays as it is.",
      approve: "If this is right, publish it with:",
      cannotApprove:
        "No approval lifts this: there is nothing sound to publish. Find the cause and crawl again.",
      heldBack: "Held back: no price list can carry them", notSeen: "Not seen this time, kept as they are",
      echoes: "Our own words coming back, not acted on",
      gaps: "Did not come", more: "more", limit: "limit", category: "category",
      objections: { rule in
        switch rule {
        case .duplicates: "too many offers stand in the source twice, with different facts"
        case .zeroPrice: "too many offers without a price, or with a price of 0"
        case .missing: "too many offers were not seen this time"
        case .newOffers: "too many offers are new"
        case .stockCollapse: "too many offers would be out of stock at once"
        case .stockLevelDrop: "all stock together would fall too far"
        case .wrongCity: "prices of the shop’s cities are gone or stand under other cities"
        case .currency: "prices moved by one and the same factor, as in another currency"
        case .priceFloor: "price rules go below the floor"
        case .margin: "too little would be left after cost and commission"
        case .priceRange: "price rules make an impossible amount"
        case .emptyCrawl: "the crawl found no offer"
        case .partialCrawl: "a source of offers did not answer to its end"
        case .heldBack: "too many offers without a usable price or SKU"
        case .nothingOffered: "nothing would be left on sale"
        case .withdrawn: "too many offers would be withdrawn"
        case .priceCliff: "a price would fall to a tenth or less"
        case .priceDrop: "too many prices would fall too far"
        case .priceRise: "too many prices would rise too far"
        case .priceLevelDrop: "all prices together would fall too far"
        case .priceLevelRise: "all prices together would rise too far"
        case .coverage: "a field would be lost on many offers"
        }
      }, columns: ("SKU", "Title", "Event", "Before", "After"), everywhere: "everywhere")
  }

  nonisolated static var russian: Phrases {
    Phrases(
      changes: { "Изменения в версии \($0)" }, first: "Первая версия.", added: "Новые товары",
      withdrawn: "Сняты с продажи", returned: "Снова в продаже", archived: "В архиве", price: "Цены",
      stock: "Остатки", text: "Названия и бренды", card: "Карточки",
      rulePrices: "Цены прайс-листа по другим правилам", nothing: "Изменений нет.",
      planFor: { "План для магазина \($0)" }, offers: "товаров", base: "на основе версии",
      noBase: "версий ещё нет", goes: "Можно публиковать.",
      refused: "ОТКАЗ. Последний верный прайс-лист остаётся как есть.",
      approve: "Если всё верно, опубликуйте командой:",
      cannotApprove: "Это нельзя одобрить: публиковать нечего. Найдите причину и повторите сбор.",
      heldBack: "Задержаны: прайс-лист не может их передать",
      notSeen: "В этот раз не встретились, оставлены как есть",
      echoes: "Наши же слова, вернувшиеся от Kaspi; не учитываются", gaps: "Не удалось получить", more: "ещё",
      limit: "предел", category: "категория",
      objections: { rule in
        switch rule {
        case .duplicates: "слишком много товаров повторяется в источнике с разными данными"
        case .zeroPrice: "слишком много товаров без цены или с ценой 0"
        case .missing: "слишком много товаров в этот раз не встретилось"
        case .newOffers: "слишком много новых товаров"
        case .stockCollapse: "слишком много товаров разом закончилось бы"
        case .stockLevelDrop: "все остатки вместе упали бы слишком сильно"
        case .wrongCity: "цены городов магазина пропали или стоят у других городов"
        case .currency: "цены изменились в одно и то же число раз, как при другой валюте"
        case .priceFloor: "правила дают цену ниже порога"
        case .margin: "после себестоимости и комиссии остаётся слишком мало"
        case .priceRange: "правила дают невозможную цену"
        case .emptyCrawl: "сбор не нашёл ни одного товара"
        case .partialCrawl: "источник товаров ответил не полностью"
        case .heldBack: "слишком много товаров без пригодной цены или артикула"
        case .nothingOffered: "в продаже не осталось бы ничего"
        case .withdrawn: "слишком много товаров было бы снято с продажи"
        case .priceCliff: "цена упала бы до десятой доли или ниже"
        case .priceDrop: "слишком много цен упало бы слишком сильно"
        case .priceRise: "слишком много цен выросло бы слишком сильно"
        case .priceLevelDrop: "все цены вместе упали бы слишком сильно"
        case .priceLevelRise: "все цены вместе выросли бы слишком сильно"
        case .coverage: "у многих товаров пропало бы поле"
        }
      }, columns: ("Артикул", "Название", "Событие", "Было", "Стало"), everywhere: "везде")
  }

  nonisolated static var kazakh: Phrases {
    Phrases(
      changes: { "\($0)-нұсқадағы өзгерістер" }, first: "Бірінші нұсқа.", added: "Жаңа тауарлар",
      withdrawn: "Сатудан алынды", returned: "Қайта сатылымда", archived: "Мұрағатта", price: "Бағалар",
      stock: "Қалдықтар", text: "Атаулар мен брендтер", card: "Карточкалар",
      rulePrices: "Прайс-парақтың басқа ережелермен бағалары", nothing: "Өзгеріс жоқ.",
      planFor: { "\($0) дүкенінің жоспары" }, offers: "тауар", base: "негізгі нұсқа",
      noBase: "нұсқа әлі жоқ", goes: "Жариялауға болады.",
      refused: "БАС ТАРТЫЛДЫ. Соңғы дұрыс прайс-парақ өзгеріссіз қалады.",
      approve: "Бәрі дұрыс болса, мына пәрменмен жариялаңыз:",
      cannotApprove: "Мұны мақұлдауға болмайды: жариялайтын ештеңе жоқ. Себебін тауып, қайта жинаңыз.",
      heldBack: "Кідіртілді: прайс-парақ оларды бере алмайды",
      notSeen: "Бұл жолы кездеспеді, сол күйінде қалдырылды",
      echoes: "Kaspi қайтарған өз сөзіміз; ескерілмейді", gaps: "Алынбады", more: "тағы",
      limit: "шек", category: "санат",
      objections: { rule in
        switch rule {
        case .duplicates: "көзде тым көп тауар әртүрлі деректермен қайталанады"
        case .zeroPrice: "бағасы жоқ немесе бағасы 0 тауар тым көп"
        case .missing: "бұл жолы тым көп тауар кездеспеді"
        case .newOffers: "жаңа тауар тым көп"
        case .stockCollapse: "тым көп тауар бірден таусылар еді"
        case .stockLevelDrop: "барлық қалдық бірге тым қатты азаяр еді"
        case .wrongCity: "дүкен қалаларының бағалары жоқ немесе басқа қалаларда тұр"
        case .currency: "бағалар бірдей есе өзгерді, басқа валютадағыдай"
        case .priceFloor: "ережелер бағаны шектен төмен түсіреді"
        case .margin: "өзіндік құн мен комиссиядан кейін тым аз қалады"
        case .priceRange: "ережелер мүмкін емес баға береді"
        case .emptyCrawl: "жинау бірде-бір тауар таппады"
        case .partialCrawl: "тауар көзі толық жауап бермеді"
        case .heldBack: "жарамды бағасы немесе артикулы жоқ тауар тым көп"
        case .nothingOffered: "сатылымда ештеңе қалмас еді"
        case .withdrawn: "сатудан алынатын тауар тым көп"
        case .priceCliff: "баға оннан бірге дейін немесе одан да төмен түсер еді"
        case .priceDrop: "тым көп баға тым қатты түсер еді"
        case .priceRise: "тым көп баға тым қатты өсер еді"
        case .priceLevelDrop: "барлық баға бірге тым қатты түсер еді"
        case .priceLevelRise: "барлық баға бірге тым қатты өсер еді"
        case .coverage: "көп тауарда өріс жоғалар еді"
        }
      }, columns: ("Артикул", "Атауы", "Оқиға", "Бұрын", "Енді"), everywhere: "барлық жерде")
  }
}
