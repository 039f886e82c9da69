/// A large shelf of our own making: products of Russian text and the queries for it, the same for the same count.
///
/// Words are made of syllables and real endings, some often and most seldom, so that dictionary, postings and
/// stemming are as in a real shop; brands are Latin, models have digits, characteristics have units.
struct GeneratedShelf {
  private var state: UInt64

  /// Starts a shelf.
  init(seed: UInt64 = 0x9E37_79B9_7F4A_7C15) { state = seed }

  private mutating func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }

  /// A number below the bound, small ones much more often.
  private mutating func seldom(_ bound: Int) -> Int {
    let share = Double(next(1 << 20)) / Double(1 << 20)
    return min(bound - 1, Int(share * share * share * Double(bound)))
  }

  private static let things = [
    "чайник", "наушники", "кружка", "одеяло", "смартфон", "пылесос", "кроссовки", "лампа", "рюкзак",
    "сковорода",
    "кабель", "чехол", "стекло", "кресло", "стол", "подушка", "ковер", "утюг", "миксер", "телевизор",
    "холодильник", "зеркало", "полотенце", "куртка", "платье", "коляска", "конструктор", "набор", "фонарь",
    "шуруповерт", "перфоратор", "краска", "шторы", "часы", "клавиатура", "мышь", "монитор", "принтер",
    "роутер",
    "колонка",
  ]
  private static let qualities = [
    "электрический", "беспроводной", "детский", "мужской", "женский", "складной", "кухонный", "защитный",
    "настольный", "вертикальный", "садовый", "игровой", "керамический", "стеклянный", "металлический",
    "деревянный", "спортивный", "зимний", "летний", "офисный",
  ]
  private static let colours = [
    "черный", "белый", "синий", "зеленый", "серый", "красный", "розовый", "бежевый",
  ]
  private static let names = ["Цвет", "Материал", "Объём", "Мощность", "Гарантия", "Страна", "Размер", "Вес"]
  private static let units = ["л", "Вт", "мес", "ГБ", "см", "кг", "мм", "шт"]
  private static let endings = [
    "", "а", "ы", "ов", "ом", "ами", "ый", "ая", "ое", "ые", "ого", "ной", "ость", "ости", "ение", "ения",
    "ка", "ки", "ать", "ается",
  ]
  private static let heads = [
    "ба", "ве", "го", "ди", "жу", "за", "ка", "ли", "мо", "ну", "по", "ро", "си", "ту", "фа", "хо", "це",
    "чи",
    "шо", "ще",
  ]
  private static let tails = ["б", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "т"]
  private static let latin = ["no", "ra", "te", "li", "so", "ma", "du", "ki", "vo", "be", "xi", "za"]

  private static func word(_ number: Int) -> String {
    let parts = heads.count
    return heads[number % parts] + heads[number / parts % parts] + tails[number / 7 % tails.count]
      + (number % 3 == 0 ? heads[number / 29 % parts] + tails[number / 3 % tails.count] : "")
  }

  private static func brand(_ number: Int) -> String {
    let parts = latin.count
    let name = latin[number % parts] + latin[number / parts % parts] + latin[number / 5 % parts]
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  private mutating func freeWord() -> String {
    Self.word(seldom(9_000)) + Self.endings[next(Self.endings.count)]
  }

  /// One line of a neutral product file.
  mutating func line(_ number: Int) -> String {
    let (thing, brand) = (seldom(Self.things.count), Self.brand(seldom(800)))
    let model = "\(brand.prefix(2).uppercased())-\(100 + next(9_900))"
    var title = [
      Self.things[thing].prefix(1).uppercased() + Self.things[thing].dropFirst(), Self.qualities[seldom(20)],
      brand, model,
    ]
    for _ in 0..<next(4) { title.append(freeWord()) }
    title.append("\(1 + next(64)) \(Self.units[next(8)])")
    title.append(Self.colours[next(8)])
    var specs: [String] = []
    for index in 0..<(3 + next(5)) {
      let value = index % 2 == 0 ? "\(1 + seldom(500)) \(Self.units[index])" : freeWord()
      specs.append("{\"name\":\"\(Self.names[index])\",\"value\":\"\(value)\"}")
    }
    var text: [String] = []
    for index in 0..<(15 + next(50)) {
      switch next(12) {
      case 0: text.append(Self.things[seldom(40)] + (next(2) == 0 ? "" : ","))
      case 1: text.append(Self.qualities[next(20)])
      case 2: text.append(["и", "для", "с", "на", "из", "в"][next(6)])
      default: text.append(freeWord() + (index % 9 == 8 ? "." : ""))
      }
    }
    return
      "{\"sku\":\"\(100_000_000 + number)\",\"title\":\"\(title.joined(separator: " "))\",\"brand\":\"\(brand)\","
      + "\"category\":\"Раздел \(thing % 7) / \(Self.things[thing].prefix(1).uppercased())\(Self.things[thing].dropFirst())\","
      + "\"price\":\(500 + next(900_000)),\"specs\":[\(specs.joined(separator: ","))],"
      + "\"description\":\"\(text.joined(separator: " "))\"}\n"
  }

  /// A plain query of one to four words, spread as words are in titles.
  mutating func query() -> String {
    let thing = Self.things[seldom(40)]
    switch next(4) {
    case 0: return next(3) == 0 ? freeWord() : thing
    case 1: return thing + " " + (next(2) == 0 ? Self.brand(seldom(800)) : Self.qualities[seldom(20)])
    case 2: return "\(thing) \(Self.qualities[seldom(20)]) \(Self.colours[next(8)])"
    default: return "\(thing) \(Self.qualities[seldom(20)]) \(Self.brand(seldom(800))) \(freeWord())"
    }
  }

  /// A query that the index does not have as it is typed: another keyboard, Latin letters, or a slip.
  mutating func hardQuery() -> String {
    let words = [Self.things[seldom(40)], Self.qualities[seldom(20)], freeWord()]
    let text = words.prefix(1 + next(3)).joined(separator: " ")
    switch next(3) {
    case 0: return replaced(text, Self.keys)
    case 1: return replaced(text, Self.sounds)
    default:
      var letters = Array(text)
      let place = 1 + next(letters.count - 2)
      if letters[place] != " ", letters[place - 1] != " " { letters.swapAt(place, place - 1) }
      return String(letters)
    }
  }

  private func replaced(_ text: String, _ table: [Character: String]) -> String {
    text.map { table[$0] ?? String($0) }.joined()
  }

  private static let keys: [Character: String] = Dictionary(
    uniqueKeysWithValues: zip(
      "йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,.".map { String($0) }))
  private static let sounds: [Character: String] = Dictionary(
    uniqueKeysWithValues: zip(
      "абвгдежзийклмнопрстуфхцчшщъыьэюя",
      "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh sch  y  e yu ya".split(
        separator: " ", omittingEmptySubsequences: false
      ).map(String.init)))
}
