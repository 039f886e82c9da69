import Testing

@testable import Search

@Suite struct TokenizerTests {
  @Test(arguments: [
    ("Смартфон Samsung Galaxy A15", ["смартфон", "samsung", "galaxy", "a15"]),
    ("Ёлка ЁЖ ещё", ["елка", "еж", "еще"]),
    ("Қазан ӘЖЕ Түймедақ ІНІ", ["қазан", "әже", "түймедақ", "іні"]),
    ("чайник 1,7 л и 1.7л", ["чайник", "1.7", "л", "и", "1.7л"]),
    ("192.168.1.1 и 1,2,3", ["192", "168", "1", "1", "и", "1", "2", "3"]),
    ("SM-A155F/DSN wi-fi", ["sm-a155f", "dsn", "wi-fi"]),
    ("-минус - тире- a--b", ["минус", "тире", "a", "b"]),
    ("men's О’Брайен 'кавычки' 5'", ["men's", "о'брайен", "кавычки", "5"]),
    ("15,6″ 100% №7 м² 10³", ["15.6\"", "100", "7", "м2", "103"]),
    ("Nescafé Straße ŠKODA Łódź Citroën", ["nescafe", "strasse", "skoda", "lodz", "citroen"]),
    ("ｉＰｈｏｎｅ １５ ٣٤", ["iphone", "15", "34"]),
    ("кофе\u{AD}машина \u{200F}שלום\u{200F} 你好 สวัสดี", ["кофемашина", "שלום", "你好", "สวสด"]),
    ("", []), ("  \n\t—…!", []), ("\u{301}\u{301}\u{301}", []),
  ])
  func cutsTextIntoFoldedTokens(text: String, expected: [String]) {
    #expect(Tokenizer.tokens(in: text).map(\.text) == expected)
  }

  @Test(arguments: [
    ("и\u{306}од", "йод"), ("Е\u{308}лка", "елка"), ("a\u{301}b", "ab"), ("Й\u{306}", "й"),
  ])
  func joinsMarksToTheirLetter(decomposed: String, expected: String) {
    #expect(Tokenizer.tokens(in: decomposed).map(\.text) == [expected])
  }

  @Test(arguments: [
    ("слово", Token.Kind.word(.cyrillic)), ("word", .word(.latin)), ("қазан", .word(.kazakh)),
    ("wоrd", .word(.other)), ("שלום", .word(.other)), ("128", .number), ("1.7", .number), ("128гб", .model),
    ("SM-A155F", .model), ("2024-2025", .model), ("все-таки", .word(.cyrillic)), ("ірі", .word(.kazakh)),
  ])
  func tellsKindsApart(text: String, kind: Token.Kind) {
    #expect(Tokenizer.tokens(in: text).map(\.kind) == [kind])
  }

  @Test func namesTheBytesOfATokenInItsText() throws {
    let text = "Цена: «Ёлка», 1,7 л"
    let bytes = Array(text.utf8)
    let seen = Tokenizer.tokens(in: text).map { String(decoding: bytes[$0.range], as: UTF8.self) }
    #expect(seen == ["Цена", "Ёлка", "1,7", "л"])
  }

  @Test func readsARunWithoutEndAsSeveralTokens() {
    for text in [String(repeating: "щ", count: 50_000), String(repeating: "a-", count: 50_000)] {
      let tokens = Tokenizer.tokens(in: text)
      #expect(tokens.count > 100)
      #expect(tokens.allSatisfy { $0.text.utf8.count <= Tokenizer.maximumBytes })
    }
  }

  @Test func takesEveryScalarWithoutAnAccident() {
    for value in stride(from: UInt32(0), through: 0x10FFFF, by: 1) where value < 0x3000 || value % 97 == 0 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "a\(Character(scalar))b"
      for token in Tokenizer.tokens(in: text) {
        #expect(!token.text.isEmpty && token.range.upperBound <= text.utf8.count, "U+\(value)")
      }
    }
  }

  @Test func passesOverBytesThatAreNoUTF8() {
    var tokenizer = Tokenizer()
    let bytes: [UInt8] = [
      0x61, 0xFF, 0x62, 0xD0, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0xE0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0xD0,
    ]
    var seen: [[UInt8]] = []
    while tokenizer.next(in: bytes.span) { seen.append(tokenizer.folded) }
    #expect(seen == [[0x61], [0x62]])
  }
}
