/// Turns the tables of goods into articles.
struct ArticleBuilder {
  /// What has been made so far.
  private(set) var articles: [Article] = []
  private let seed: Int
  private var families = 0

  /// Codes that a shop may use though the guide does not name them.
  private static let unusual = [
    "TM 12/5+", "ПЛ-04(А)", "000451", "A.17.50", "box 3+1", "KR_220/50 (2)", "0012-ВС", "чайник 1.7 (бел)",
  ]

  init(seed: Int) { self.seed = seed }

  /// Adds a family; a fifth of the combinations of size and colour was never ordered from the factory.
  mutating func add(_ family: GoodsFamily) {
    families += 1
    for (size, colour) in Self.combinations(of: family) {
      var source = SplitMix(seed, "combination", families, size, colour)
      if colour > 0, source.chance(20) { continue }
      articles.append(
        Self.article(
          family, number: families, size: size, colour: colour, index: articles.count, seed: seed, suffix: "")
      )
    }
  }

  /// The article that a night brings.
  static func arrival(_ night: Int, seed: Int, index: Int) -> Article {
    let pool = GoodsTable.arrivals.enumerated().flatMap { number, family in
      combinations(of: family).map { (number, $0.0, $0.1) }
    }
    // Walk the pool in steps that share no divisor with its size, so that neighbours are of different families.
    let round = (night - 1) / pool.count
    var step = 7
    while pool.count % step == 0 { step += 2 }
    let (number, size, colour) = pool[(night - 1) % pool.count * step % pool.count]
    return article(
      GoodsTable.arrivals[number], number: 1000 + round * 100 + number, size: size, colour: colour,
      index: index,
      seed: seed, suffix: round == 0 ? "" : " серия \(round + 1)")
  }

  private static func combinations(of family: GoodsFamily) -> [(Int, Int)] {
    family.sizes.indices.flatMap { size in
      (family.colours.isEmpty ? 0..<1 : family.colours.indices).map { (size, $0) }
    }
  }

  private static func article(
    _ family: GoodsFamily, number: Int, size: Int, colour: Int, index: Int, seed: Int, suffix: String
  ) -> Article {
    var source = SplitMix(seed, "article", number, size, colour)
    let colourText = family.colours.isEmpty ? "" : family.colours[colour]
    let title =
      family.title.filled(
        ["{B}": family.brand ?? "", "{S}": family.sizes[size].value, "{C}": colourText]) + suffix

    var choices: [(name: String, value: String, unit: String?)] = []
    if family.colours.count > 1 {
      choices.append((family.isKazakh ? "Түсі" : "Цвет", colourText, nil))
    }
    if family.sizes.count > 1 {
      choices.append((family.sizeName, family.sizes[size].value, family.sizeUnit))
    }
    var groups = family.groups
    var own = [
      GoodsFamily.Feature(name: family.sizeName, unit: family.sizeUnit, values: [family.sizes[size].value])
    ]
    if !colourText.isEmpty {
      own.append(
        GoodsFamily.Feature(name: family.isKazakh ? "Түсі" : "Цвет", unit: nil, values: [colourText]))
    }
    if let brand = family.brand {
      own.append(
        GoodsFamily.Feature(name: family.isKazakh ? "Бренд" : "Производитель", unit: nil, values: [brand]))
    }
    groups[0].features = own + groups[0].features

    let card = cardNumber(index, &source)
    let price = family.sizes[size].price + source.within(-3...3) * 50
    var factors: [(city: String, thousandths: Int)] = []
    if index % 3 == 1 {
      factors = [("750000000", 1000), ("710000000", 1000 + source.within(5...40))]
      factors.append(("511010000", 1000 + source.within(-20...30)))
      if source.chance(40) { factors.append(("351010000", 1000 + source.within(10...50))) }
    }
    var stock = [(store: "PP1", count: source.within(family.stock))]
    if source.chance(60) { stock.append((store: "PP2", count: source.within(family.stock) / 2)) }
    if source.chance(4) { stock = stock.map { (store: $0.store, count: 0) } }
    let isRated = source.chance(85)
    let (stars, raters) = (source.within(410...500), source.within(1...180))
    return Article(
      index: index, card: card, sku: sku(index, card: card, brand: family.brand, &source), title: title,
      brand: family.brand,
      category: CategoryTable.all[family.category] ?? ShopCategory(code: "Home", id: "00000", path: []),
      text: index % 17 == 5 ? nil : family.text, groups: groups, images: images(&source), family: number,
      choices: choices, price: max(290, price), cityFactors: factors, stock: stock, usualStock: family.stock,
      preorder: index % 47 == 11 ? source.within(3...14) : nil, rating: isRated ? stars : 0,
      ratings: isRated ? raters : 0)
  }

  /// Nine digits, for every fortieth a group card with eight and a letter.
  private static func cardNumber(_ index: Int, _ source: inout SplitMix) -> String {
    // Stretches of 61 leave room for a random last part and keep the numbers different.
    let low = index * 61 + source.below(61)
    return index % 40 == 19 ? "\(11_600_000 + low)b" : "\(131_200_000 + low)"
  }

  /// Mostly the card with nine digits behind it, sometimes a code of the seller's own, a few times an odd one.
  private static func sku(_ index: Int, card: String, brand: String?, _ source: inout SplitMix) -> String {
    if index % 37 == 8, index / 37 < unusual.count { return unusual[index / 37] }
    if index % 6 == 4 {
      let head = (brand ?? "Zerkalo").uppercased().filter { ("A"..."Z").contains($0) }.prefix(3)
      return "\(head)-\(1000 + index)"
    }
    if index % 10 == 7 { return card }
    return "\(card)_\(source.digits(9))"
  }

  private static func images(_ source: inout SplitMix) -> [String] {
    let count = source.within(1...5)
    return (0..<count).map { _ in
      "p\(source.hex(2))/p\(source.hex(2))/\(source.within(10_000_000...99_999_999)).\(source.chance(90) ? "jpg" : "png")"
    }
  }
}

extension String {
  /// With every mark replaced, and without the blanks that an empty replacement leaves.
  func filled(_ marks: [String: String]) -> String {
    var words: [String] = []
    for word in split(separator: " ") {
      var word = String(word)
      for mark in marks.keys.sorted() {
        guard let value = marks[mark] else { continue }
        word = word.replacing(mark, with: value)
      }
      if !word.isEmpty, word != "«»" { words.append(word) }
    }
    return words.joined(separator: " ")
  }
}
