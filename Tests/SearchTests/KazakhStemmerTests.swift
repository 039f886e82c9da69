import Testing

@testable import Search

@Suite struct KazakhStemmerTests {
  private func stem(_ word: String) -> String {
    String(decoding: KazakhStemmer.stem(Array(word.utf8)), as: UTF8.self)
  }

  // Cases, possessives and plurals of words of the trade, by the grammar's table of endings.
  @Test(arguments: [
    ("жастықтар", "жастық"), ("жастықтың", "жастық"), ("жастыққа", "жастық"), ("жастықты", "жастық"),
    ("жастықтан", "жастық"), ("жастықпен", "жастық"), ("көрпелер", "көрпе"), ("көрпенің", "көрпе"),
    ("көрпеге", "көрпе"), ("көрпені", "көрпе"), ("көрпеден", "көрпе"), ("көрпелерді", "көрпе"),
    ("үстелдер", "үстел"), ("үстелде", "үстел"), ("үстелім", "үстел"), ("үстеліміз", "үстел"),
    ("сөмкелерге", "сөмке"), ("сөмкемен", "сөмке"), ("құлаққаптар", "құлаққап"),
    ("тоңазытқыштарды", "тоңазытқыш"), ("тоңазытқыштың", "тоңазытқыш"), ("күртелер", "күрте"),
  ])
  func takesEndingsOff(word: String, expected: String) {
    #expect(stem(word) == expected)
  }

  @Test(arguments: ["қазан", "көк", "қара", "әйел", "үй", "ақ", "жүк", "сүлгі", "өң"])
  func leavesShortAndBareWords(word: String) {
    #expect(stem(word) == word)
  }

  @Test func neverLeavesLessThanThreeLetters() {
    for word in ["үйлер", "аттар", "оқтың", "сіз", "әкеңіз", "ңңңң", "лар", "тардың"] {
      #expect(stem(word).unicodeScalars.count >= min(3, word.unicodeScalars.count), "\(word)")
    }
  }
}
