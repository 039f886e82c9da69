@testable import Search

/// A generator whose numbers depend on the seed alone.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

/// Products and passages made up for tests.
enum Samples {
  static let words = [
    "наушники", "беспроводные", "смартфон", "чехол", "стекло", "защитное", "кабель", "зарядка", "чайник",
    "электрический", "пылесос", "робот", "стол", "кресло", "детское", "одеяло", "подушка", "кружка", "набор",
    "black", "white", "pro", "max", "mini", "gaming", "mouse", "keyboard", "pad", "case", "glass", "қазан",
    "көрпе", "жастық", "балалар", "үшін", "кілем", "128", "256", "1.7", "л", "гб", "SM-A155F", "RTX4060",
    "wi-fi",
  ]
  static let brands = ["Samsung", "Apple", "Xiaomi", "Tefal", "Bosch", "LG", "Nescafé", "Дом"]
  static let categories = ["Телефоны / Аксессуары", "Бытовая техника", "Дом и дача", "Ойыншықтар"]

  /// Products whose words are spread unevenly, as in real titles.
  static func products(_ count: Int, seed: UInt64) -> [SearchDocument] {
    var random = SeededGenerator(seed)
    return (0..<count).map { index in
      var document = SearchDocument(
        sku: "\(10_000 + index * 7 % count)\(index % 3 == 0 ? "_\(index)" : "")",
        title: text(Int.random(in: 1...7, using: &random), &random))
      if Bool.random(using: &random) { document.brand = brands.randomElement(using: &random) }
      if Bool.random(using: &random) { document.category = categories.randomElement(using: &random) }
      if index % 4 != 0 { document.price = Int.random(in: 100...900_000, using: &random) }
      if index % 5 != 0 { document.stock = Int.random(in: 0...20, using: &random) }
      document.isAvailable = document.stock != 0
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        document.characteristics.append(
          SearchDocument.Property(name: text(1, &random), value: text(2, &random)))
      }
      if index % 3 == 0 {
        let length = index % 50 == 0 ? 300 : Int.random(in: 1...30, using: &random)
        document.description = text(length, &random)
      }
      return document
    }
  }

  /// Words, the first of the list more often than the last.
  static func text(_ count: Int, _ random: inout SeededGenerator) -> String {
    (0..<count).map { _ in
      let place = Int.random(in: 0..<words.count, using: &random)
      return words[Int.random(in: 0...place, using: &random)]
    }.joined(separator: " ")
  }

  /// A small collection with every part that the format has.
  static let small: [SearchDocument] = [
    SearchDocument(
      sku: "100", title: "Беспроводные наушники Galaxy Buds", brand: "Samsung", category: "Наушники",
      price: 45_990, stock: 3,
      characteristics: [SearchDocument.Property(name: "Цвет", value: "чёрный")],
      description: "Наушники с наушниками в наушниках. Чехол."),
    SearchDocument(sku: "200", title: "Наушники проводные", price: 2_990, stock: 0, isAvailable: false),
    SearchDocument(sku: "300", title: "Чехол для наушников RTX4060", brand: "Дом"),
    SearchDocument(sku: "040", title: "Қазан шойын 6 л", price: 19_900),
    SearchDocument(
      kind: .knowledge, sku: "delivery.md#сроки", title: "Доставка / Сроки",
      text: "Доставляем по Алматы за один день, наушники тоже."),
  ]
}

/// Scores every document by the formula's own words, without index, blocks or bounds.
struct BruteForce {
  private struct Document {
    let source: SearchDocument
    var counts: [[String: Int]]
    var lengths: [Int]
  }

  private let skus: [String]
  private let ranking: Ranking
  private let rarities: [String: Double]
  /// For each term its weighted frequency in every document; negative where the document has it not.
  private let frequencies: [String: [Double]]

  init(_ sources: [SearchDocument], ranking: Ranking = .standard) throws {
    var analyzer = try Analyzer()
    var documents: [Document] = []
    for source in sources.sorted(by: { $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8) }) {
      var document = Document(source: source, counts: [], lengths: [])
      for field in Field.allCases {
        var (counts, length) = ([String: Int](), 0)
        for text in Self.texts(of: source, field) {
          for term in try analyzer.terms(in: text) {
            counts[term.text, default: 0] += 1
            length += term.isExtra ? 0 : 1
          }
          if field == .brand {
            for token in Tokenizer.tokens(in: text) {
              let first = try analyzer.terms(in: token.text).first?.text
              if first != token.text { counts["=" + token.text, default: 0] += 1 }
            }
          }
        }
        document.counts.append(counts)
        document.lengths.append(length)
      }
      documents.append(document)
    }
    let averages = Field.allCases.indices.map { field in
      let lengths = documents.map(\.lengths[field]).filter { $0 > 0 }
      return lengths.isEmpty ? 1 : Double(lengths.reduce(0, +)) / Double(lengths.count)
    }
    var frequencies: [String: [Double]] = [:]
    for (number, document) in documents.enumerated() {
      for (field, counts) in document.counts.enumerated() {
        let numbers = ranking.fields[field]
        let norm =
          1 - numbers.lengthShare + numbers.lengthShare / averages[field] * Double(document.lengths[field])
        for (term, count) in counts {
          var column = frequencies.removeValue(forKey: term) ?? Array(repeating: -1, count: documents.count)
          column[number] = max(0, column[number]) + numbers.weight * Double(count) / norm
          frequencies[term] = column
        }
      }
    }
    skus = documents.map(\.source.sku)
    (self.frequencies, self.ranking) = (frequencies, ranking)
    let all = Double(documents.count)
    rarities = frequencies.mapValues { column in
      let present = Double(column.count { $0 >= 0 })
      return naturalLogarithm(1 + (all - present + 0.5) / (present + 0.5))
    }
  }

  private static func texts(of document: SearchDocument, _ field: Field) -> [String] {
    switch field {
    case .title: [document.title]
    case .brand: [document.brand].compactMap(\.self)
    case .category: [document.category].compactMap(\.self)
    case .characteristics: document.characteristics.flatMap { [$0.name, $0.value] }
    case .description: [document.description].compactMap(\.self)
    case .code: document.kind == .product ? [document.sku] : []
    case .text: [document.text].compactMap(\.self)
    }
  }

  /// SKUs and scores of the best, by falling score and then by SKU.
  func search(_ query: Query, top: Int) -> [(sku: String, score: Double)] {
    var hits: [(sku: String, score: Double)] = []
    for number in skus.indices {
      var (total, covered, shares, isHit) = (0.0, 0.0, 0.0, false)
      for slot in query.slots {
        var (best, complete, share) = (0.0, 0.0, 0.0)
        for way in slot.ways {
          let known = way.terms.enumerated().filter { frequencies[$0.element] != nil }
          if known.isEmpty { continue }
          let guess = way.reading.isGuess ? slot.ways.filter(\.reading.isGuess) : []
          let common = guess.flatMap(\.terms).compactMap { rarities[$0] }.min()
          let needed = known.filter { $0.offset < way.needed }
          if share == 0 {
            share = slot.weight * needed.reduce(0) { $0 + (common ?? rarities[$1.element] ?? 0) }
          }
          var (sum, present, isPresent) = (0.0, 0, false)
          for (place, term) in known {
            guard let frequency = frequencies[term]?[number], frequency >= 0 else { continue }
            isPresent = true
            if place < way.needed { present += 1 }
            let saturated = frequency * (ranking.saturation + 1) / (frequency + ranking.saturation)
            sum += slot.weight * way.weight * (common ?? rarities[term] ?? 0) * saturated
          }
          guard isPresent else { continue }
          best = max(best, sum)
          complete = max(complete, Double(present) / Double(max(1, needed.count)), 0.1)
        }
        shares += share
        guard complete > 0 else { continue }
        isHit = true
        total += best
        covered += complete * share
      }
      let share = shares > 0 ? min(1, covered / shares) : 1
      total *= 1 - ranking.coverage + ranking.coverage * (share > 1 - 1e-9 ? 1 : share)
      if isHit { hits.append((skus[number], total)) }
    }
    // Sorting is stable and documents are in the order of SKUs.
    let order = hits.indices.sorted {
      hits[$0].score != hits[$1].score ? hits[$0].score > hits[$1].score : $0 < $1
    }
    return order.prefix(top).map { hits[$0] }
  }
}
