import FoundationEssentials
import Testing

@testable import Search

/// What the analyzer makes of Russian words is what libstemmer makes of them.
@Suite struct RussianStemsTests {
  private static let endings = [
    "", "а", "ы", "и", "у", "ой", "ою", "е", "ом", "ов", "ей", "ам", "ям", "ами", "ями", "ах", "ях", "ый",
    "ий",
    "ая", "яя", "ое", "ее", "ые", "ие", "ого", "его", "ому", "ему", "ым", "им", "ую", "юю", "ых", "их", "ыми",
    "ими", "ость", "ости", "остью", "остей", "ение", "ения", "ением", "ать", "ить", "ает", "ает", "ают",
    "ался",
    "лась", "лись", "ивший", "ившись", "ующий", "уемый", "ейший", "ее", "нный", "нная", "ка", "ки", "кой",
    "ок",
  ]

  /// Words of titles and synonyms, and all endings on what is left of them: some ten thousands.
  private static func words() throws -> Set<String> {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Judged")
    let texts =
      try ["shop.jsonl", "queries.tsv"].map {
        String(decoding: try Data(contentsOf: folder.appending(path: $0)), as: UTF8.self)
      } + [Synonyms.starterText]
    var words: Set<String> = []
    for token in texts.flatMap({ Tokenizer.tokens(in: $0) }) where token.text.utf8.count >= 6 {
      guard token.text.unicodeScalars.allSatisfy({ (0x430...0x44F).contains($0.value) }) else { continue }
      for cut in 1...2 {
        for ending in endings { words.insert(token.text.dropLast(cut) + ending) }
      }
      words.insert(token.text)
    }
    return words
  }

  @Test func areThoseOfLibstemmer() throws {
    var analyzer = try Analyzer()
    var stemmer = try Stemmer(.russian)
    let words = try Self.words()
    #expect(words.count > 30_000, "\(words.count)")
    var others: [String] = []
    for word in words where Units.name(Array(word.utf8)) == nil {
      let stem = String(decoding: try analyzer.stem(Array(word.utf8)), as: UTF8.self)
      if stem != (try stemmer.stem(word)) { others.append(word) }
    }
    #expect(others.isEmpty, "\(others.prefix(20))")
  }

  /// Snowball's published words and stems, where they are at hand: `SNOWBALL_RUSSIAN` names a folder with `voc.txt` and
  /// `output.txt`.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["SNOWBALL_RUSSIAN"] != nil))
  func areThoseThatArePublished() throws {
    let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["SNOWBALL_RUSSIAN"]))
    let (words, stems) = try (lines(folder, "voc.txt"), lines(folder, "output.txt"))
    try #require(words.count == stems.count && words.count > 40_000)
    var stemmer = try Stemmer(.russian)
    var others: [Substring] = []
    for (word, stem) in zip(words, stems) where try stemmer.stem(String(word)) != stem { others.append(word) }
    #expect(others.isEmpty, "\(others.count) of \(words.count): \(others.prefix(20))")
  }

  private func lines(_ folder: URL, _ name: String) throws -> [Substring] {
    String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self).split(separator: "\n")
  }
}
