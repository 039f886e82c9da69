/// A category of the sample shop as Kaspi names one.
struct ShopCategory {
  /// Code of the leaf, like `Electric kettles`.
  var code: String
  /// Five digits, as `categoryId` on a card.
  var id: String
  /// From the broadest to the narrowest, without the root.
  var path: [(code: String, title: String)]

  /// The name that the cabinet and the orders use: `Master - Electric kettles`.
  var master: String { "Master - \(code)" }
  /// The leaf's title.
  var title: String { path.last?.title ?? code }
}

/// The categories that the tables of goods refer to.
enum CategoryTable {
  /// By the short key that the tables of goods use.
  static let all: [String: ShopCategory] = {
    var result: [String: ShopCategory] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ";").map { $0.trimmed }
      let path = parts[2].split(separator: ">").map { step in
        let halves = step.split(separator: "=").map { $0.trimmed }
        return (code: halves[0], title: halves[1])
      }
      result[parts[0]] = ShopCategory(code: path[path.count - 1].code, id: parts[1], path: path)
    }
    return result
  }()

  private static let text = """
    kettles; 01711; Home equipment=Бытовая техника > Kitchen appliances=Техника для кухни > Electric kettles=Электрочайники
    blenders; 01715; Home equipment=Бытовая техника > Kitchen appliances=Техника для кухни > Blenders=Блендеры
    cookers; 01719; Home equipment=Бытовая техника > Kitchen appliances=Техника для кухни > Multicookers=Мультиварки
    scales; 01724; Home equipment=Бытовая техника > Kitchen appliances=Техника для кухни > Kitchen scales=Кухонные весы
    irons; 01802; Home equipment=Бытовая техника > Appliances for home=Техника для дома > Irons=Утюги
    cleaners; 01804; Home equipment=Бытовая техника > Appliances for home=Техника для дома > Vacuum cleaners=Пылесосы
    dryers; 01911; Beauty care=Красота и здоровье > Beauty equipment=Техника для красоты > Hair dryers=Фены
    pans; 03301; Home=Товары для дома и дачи > Cookware=Посуда для приготовления > Frying pans=Сковороды
    pots; 03302; Home=Товары для дома и дачи > Cookware=Посуда для приготовления > Pots=Кастрюли
    cauldrons; 03303; Home=Товары для дома и дачи > Cookware=Посуда для приготовления > Cauldrons=Казаны
    knives; 03311; Home=Товары для дома и дачи > Kitchenware=Кухонные принадлежности > Knife sets=Наборы ножей
    tableware; 03321; Home=Товары для дома и дачи > Tableware=Столовая посуда > Cups and bowls=Чашки и пиалы
    services; 03322; Home=Товары для дома и дачи > Tableware=Столовая посуда > Tea sets=Чайные сервизы
    thermoses; 03331; Home=Товары для дома и дачи > Kitchenware=Кухонные принадлежности > Thermoses=Термосы
    linen; 03401; Home=Товары для дома и дачи > Home textile=Домашний текстиль > Bed linen=Постельное белье
    blankets; 03402; Home=Товары для дома и дачи > Home textile=Домашний текстиль > Blankets=Пледы и покрывала
    quilts; 03403; Home=Товары для дома и дачи > Home textile=Домашний текстиль > Quilts=Одеяла
    tablecloths; 03404; Home=Товары для дома и дачи > Home textile=Домашний текстиль > Tablecloths=Скатерти
    towels; 03405; Home=Товары для дома и дачи > Home textile=Домашний текстиль > Towels=Полотенца
    pillows; 03406; Home=Товары для дома и дачи > Home textile=Домашний текстиль > Pillows=Подушки
    curtains; 03407; Home=Товары для дома и дачи > Home textile=Домашний текстиль > Curtains=Шторы
    carpets; 03408; Home=Товары для дома и дачи > Interior=Интерьер > Carpets=Ковры
    mirrors; 03501; Home=Товары для дома и дачи > Interior=Интерьер > Mirrors=Зеркала
    lamps; 03511; Home=Товары для дома и дачи > Lighting=Освещение > Desk lamps=Настольные лампы
    bulbs; 03512; Home=Товары для дома и дачи > Lighting=Освещение > Light bulbs=Лампочки
    storage; 03521; Home=Товары для дома и дачи > Storage=Хранение вещей > Storage boxes=Контейнеры для хранения
    baskets; 03522; Home=Товары для дома и дачи > Storage=Хранение вещей > Laundry baskets=Корзины для белья
    cords; 04201; Construction=Строительство и ремонт > Electrics=Электрика > Extension cords=Удлинители
    drills; 04301; Construction=Строительство и ремонт > Power tools=Электроинструмент > Screwdrivers=Шуруповерты
    toolsets; 04311; Construction=Строительство и ремонт > Hand tools=Ручной инструмент > Tool sets=Наборы инструментов
    measures; 04312; Construction=Строительство и ремонт > Hand tools=Ручной инструмент > Tape measures=Рулетки
    gloves; 04321; Construction=Строительство и ремонт > Workwear=Спецодежда > Work gloves=Рабочие перчатки
    headphones; 02101; Smartphones and gadgets=Телефоны и гаджеты > Gadgets=Гаджеты > Headphones=Наушники
    cables; 02111; Smartphones and gadgets=Телефоны и гаджеты > Phone accessories=Аксессуары для телефонов > Cables=Кабели
    powerbanks; 02112; Smartphones and gadgets=Телефоны и гаджеты > Phone accessories=Аксессуары для телефонов > Power banks=Внешние аккумуляторы
    speakers; 02201; TV_Audio=ТВ, Аудио, Видео > Audio=Аудиотехника > Portable speakers=Портативные колонки
    tshirts; 05811; Fashion=Одежда > Men fashion=Мужчинам > Men t-shirts=Мужские футболки
    hoodies; 05821; Fashion=Одежда > Women fashion=Женщинам > Women hoodies=Женские худи
    thermal; 05831; Fashion=Одежда > Kids fashion=Детям > Kids thermal underwear=Детское термобелье
    socks; 05812; Fashion=Одежда > Men fashion=Мужчинам > Men socks=Мужские носки
    slippers; 05901; Shoes=Обувь > Home shoes=Домашняя обувь > Slippers=Тапочки
    backpacks; 05951; Fashion accessories=Аксессуары > Bags=Сумки > School backpacks=Школьные рюкзаки
    constructors; 06101; Child goods=Детские товары > Toys=Игрушки > Construction sets=Конструкторы
    softtoys; 06102; Child goods=Детские товары > Toys=Игрушки > Soft toys=Мягкие игрушки
    puzzles; 06103; Child goods=Детские товары > Toys=Игрушки > Puzzles=Пазлы
    cars; 06104; Child goods=Детские товары > Toys=Игрушки > Radio controlled toys=Радиоуправляемые игрушки
    """
}

extension StringProtocol {
  /// Without blanks at both ends.
  var trimmed: String {
    var rest = self[...]
    while let first = rest.first, first == " " { rest = rest.dropFirst() }
    while let last = rest.last, last == " " { rest = rest.dropLast() }
    return String(rest)
  }
}
