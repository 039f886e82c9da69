import Testing

@testable import Search

@Suite struct AnalyzerTests {
  /// Primary terms, then extra ones in brackets.
  private func terms(_ text: String) throws -> String {
    var analyzer = try Analyzer()
    return try analyzer.terms(in: text).map { $0.isExtra ? "[\($0.text)]" : $0.text }
      .joined(separator: " ")
  }

  @Test(arguments: [
    ("Беспроводные наушники", "беспроводн наушник"),
    ("наушников НАУШНИКАМИ наушника", "наушник наушник наушник"),
    ("running shoes men's", "run shoe men"),
    ("Ёмкость ёмкости", "емкост емкост"),
    ("128 ГБ 128гб", "128 gb [128gb] 128 gb [128gb]"),
    ("RTX4060 RTX 4060", "rtx4060 [rtx] [4060] rtx 4060"),
    ("Galaxy A15", "galaxi a15"),
    ("SM-A155F", "sm a155f [sma155f]"),
    ("Wi-Fi", "wi fi [wifi]"),
    ("смарт-часы", "смарт час [смартчас]"),
    ("2024-2025", "2024 2025"),
    ("15,6-дюймовый", "15.6 in [15.6in]"),
    ("15.6″ 15.6\" 15,6''", "15.6 in [15.6in] 15.6 in [15.6in] 15.6 in [15.6in]"),
    ("1.7 л 1,7л 1.70L", "1.7 l [1.7l] 1.7 l [1.7l] 1.70 l [1.7l]"),
    ("60×90 60х90см 60*90", "60x90 [60] [90] 60x90 cm [60] [90] [60x90cm] 60x90 [60] [90]"),
    ("А15 A15", "a15 a15"), ("SM-А155F", "sm a155f [sma155f]"),
    ("қазан", "қазан [каза] [казан]"),
    ("күйеу үшін", "күйеу [куйе] [куйеу] үшін [ушин]"),
    ("5л 120x60", "5 l [5l] 120x60 [120] [60]"),
    ("wоrd", "word"),
    ("a-b-c-d-e-f-g-h-i-j", "a b c d e f g h i j"),
  ])
  func givesTheTermsOfATokenWithItsOtherSpellings(text: String, expected: String) throws {
    #expect(try terms(text) == expected)
  }

  @Test func typedInRussianLettersAKazakhWordMeetsItself() throws {
    var analyzer = try Analyzer()
    let kazakh = try analyzer.terms(in: "Балаларға арналған қазан").map(\.text)
    for typed in ["балаларга", "арналган", "казан"] {
      let term = try #require(analyzer.terms(in: typed).first)
      #expect(kazakh.contains(term.text), "\(typed): \(kazakh)")
    }
  }

  @Test func countsPositionsByPrimaryTerms() throws {
    var analyzer = try Analyzer()
    let terms = try analyzer.terms(in: "кабель SM-A155F белый")
    #expect(terms.map(\.position) == [0, 1, 2, 1, 3])
    #expect(terms.map(\.range) == [0..<12, 13..<21, 13..<21, 13..<21, 22..<32])
  }

  @Test func neverGivesAnEmptyTerm() throws {
    var analyzer = try Analyzer()
    for value in stride(from: UInt32(0x20), through: 0x2FFF, by: 1) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "\(Character(scalar)) x\(Character(scalar)) '\(Character(scalar))'s"
      #expect(try analyzer.terms(in: text).allSatisfy { !$0.text.isEmpty }, "U+\(value)")
    }
  }
}

@Suite struct StemmerTests {
  // From Snowball's own page about the Russian stemmer, and words of the trade.
  @Test(arguments: [
    ("в", "в"), ("вавиловка", "вавиловк"), ("важнейшими", "важн"), ("важности", "важност"),
    ("вдохновение", "вдохновен"), ("величайшая", "величайш"), ("падаль", "падал"), ("палубами", "палуб"),
    ("наушники", "наушник"), ("холодильников", "холодильник"), ("доставка", "доставк"),
    ("беспроводная", "беспроводн"), ("стиральные", "стиральн"), ("возвращение", "возвращен"),
  ])
  func cutsRussianEndings(word: String, stem: String) throws {
    var stemmer = try Stemmer(.russian)
    #expect(try stemmer.stem(word) == stem)
  }

  // From Snowball's own page about the English stemmer.
  @Test(arguments: [
    ("consigned", "consign"), ("consistency", "consist"), ("knightly", "knight"), ("kneaded", "knead"),
    ("generously", "generous"), ("headphones", "headphon"), ("charger", "charger"), ("boy's", "boy"),
  ])
  func cutsEnglishEndings(word: String, stem: String) throws {
    var stemmer = try Stemmer(.english)
    #expect(try stemmer.stem(word) == stem)
  }

  @Test func answersTheSameHoweverOftenAndInWhateverOrder() throws {
    var one = try Stemmer(.russian)
    var other = try Stemmer(.russian)
    let words = ["наушниками", "величайшая", "в", "", "палубами", String(repeating: "щ", count: 10_000)]
    let first = try words.map { try one.stem($0) }
    let second = try words.reversed().map { try other.stem($0) }
    #expect(first == second.reversed())
    for _ in 0..<1_000 { _ = try one.stem("наушниками") }
    #expect(try words.map { try one.stem($0) } == first)
  }

  @Test func opensAndClosesManyTimes() throws {
    for _ in 0..<10_000 {
      var stemmer = try Stemmer(.russian)
      #expect(try stemmer.stem("кружками") == "кружк")
    }
  }
}
