/// What a category is a category of: notebooks in "Computers / Notebooks", cases in "Notebook cases", чехлы in
/// "Чехлы для телефонов".
///
/// The words before one like "для" or "for" are a phrase, and the last of them is its head; "and" and its like
/// part phrases. A heuristic: "Аксессуары телефонов" is taken for phones.
enum CategoryHeads {
  /// Before the terms of heads; no text gives it.
  static let sign: UInt8 = 0x5E

  /// The phrases of the narrowest category, each as folded words, the head last.
  ///
  /// - Parameter category: Categories in one line, from broad to narrow.
  /// - Returns: At most four phrases.
  static func phrases(in category: String) -> [[String]] {
    var phrases: [[String]] = []
    for part in leaf(category).split(whereSeparator: { "&,;+(".contains($0) }) {
      var (phrase, isOpen) = ([String](), true)
      for token in Tokenizer.tokens(in: String(part)) {
        if joining.contains(token.text) {
          if !phrase.isEmpty { phrases.append(phrase) }
          (phrase, isOpen) = ([], true)
        } else if purposes.contains(token.text) {
          isOpen = false
        } else if isOpen {
          phrase.append(token.text)
        }
      }
      if !phrase.isEmpty { phrases.append(phrase) }
    }
    return Array(phrases.prefix(4))
  }

  /// The narrowest of categories in one line.
  static func leaf(_ category: String) -> String {
    let parts = category.split { $0 == "/" || $0 == ">" || $0 == "|" || $0 == "»" || $0 == "›" }
    return parts.last { $0.contains { $0.isLetter } }.map(String.init) ?? category
  }

  private static let joining: Set<String> = ["and", "or", "и", "или", "және", "мен"]
  private static let purposes: Set<String> = [
    "for", "of", "with", "in", "to", "для", "к", "на", "с", "со", "под", "от", "в", "үшін",
  ]
}
