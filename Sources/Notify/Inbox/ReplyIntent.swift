/// What a person wants to say with a message, as far as the notifier must know.
public enum ReplyIntent: String, Sendable, Hashable, CaseIterable {
  /// No more messages.
  case stop
  /// Messages again.
  case start
  /// Something for a person to read.
  case other

  /// Reads a message.
  ///
  /// A stop is a whole message, or a whole sentence of one, that says nothing else; politeness around it does not
  /// count. A word inside another sentence ("Стоп, а где мой заказ?") is not one. The lists are in
  /// <doc:Inbox>; in doubt about a stop it is one, because the other mistake cannot be taken back.
  ///
  /// - Parameter text: What the person wrote, in any of the three languages.
  /// - Returns: The intent.
  public static func of(_ text: String) -> ReplyIntent {
    var found = ReplyIntent.other
    for sentence in sentences(text) {
      if isStop(sentence) { return .stop }
      if OptOutWords.starts.contains(sentence.joined(separator: " ")) { found = .start }
    }
    return found
  }

  private static func isStop(_ words: [String]) -> Bool {
    let line = words.joined(separator: " ")
    if OptOutWords.stops.contains(line) { return true }
    // A question is about something, not an order: "why don't you write?"
    if words.last == "?" { return false }
    return OptOutWords.phrases.contains { phrase in contains(words, phrase) }
  }

  /// Whether a phrase stands in a sentence, its words one behind the other; fillers between them do not count.
  private static func contains(_ words: [String], _ phrase: [[String]]) -> Bool {
    guard words.count >= phrase.count else { return false }
    for start in 0...(words.count - phrase.count)
    where zip(phrase, words[start...]).allSatisfy({ $0.contains($1) }) {
      return true
    }
    return false
  }

  /// The sentences of a text as small words, without politeness; a question keeps its mark as a last word.
  static func sentences(_ text: String) -> [[String]] {
    var sentences: [[String]] = []
    var words: [String] = []
    var word = ""
    func finishWord() {
      let plain = unified(word)
      if !plain.isEmpty, !OptOutWords.fillers.contains(plain) { words.append(plain) }
      word = ""
    }
    func finishSentence(isQuestion: Bool) {
      finishWord()
      if !words.isEmpty { sentences.append(isQuestion ? words + ["?"] : words) }
      words = []
    }
    for scalar in text.lowercased().unicodeScalars {
      switch scalar {
      case "?": finishSentence(isQuestion: true)
      case ".", "!", ";", "\n", "\r", "\u{2028}", "…": finishSentence(isQuestion: false)
      case "-", "‐", "‑", "'", "’":
        // Inside a word these are part of it: "стоп-кран", "don't".
        if !word.isEmpty { word.unicodeScalars.append(scalar == "’" ? "'" : scalar) }
      default:
        if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
          word.unicodeScalars.append(scalar)
        } else if scalar.properties.generalCategory != .nonspacingMark,
          scalar.properties.generalCategory != .format
        {
          finishWord()
        }
      }
    }
    finishSentence(isQuestion: false)
    return sentences
  }

  /// One spelling for letters that look alike: a word that mixes both scripts is read in the script of its
  /// first letter that exists in one script only.
  private static func unified(_ raw: String) -> String {
    var word = raw
    while let last = word.last, last == "-" || last == "'" { word.removeLast() }
    word = String(word.map { $0 == "ё" ? "е" : $0 })
    if let plain = undrawn(word) { return plain }
    let latin = word.unicodeScalars.contains { ("a"..."z").contains($0) }
    let cyrillic = word.unicodeScalars.contains { ("а"..."я").contains($0) || kazakh.contains($0) }
    guard latin, cyrillic else {
      // Written in the other layout's look-alikes only: "cтoп" typed as "CTO" cannot be told from Latin.
      return word
    }
    let isLatin = word.unicodeScalars.first { scalar in
      !lookAlikes.contains { $0.0 == scalar || $0.1 == scalar }
    }.map { ("a"..."z").contains($0) }
    var result = String.UnicodeScalarView()
    for scalar in word.unicodeScalars {
      let pair = lookAlikes.first { $0.0 == scalar || $0.1 == scalar }
      result.append(pair.map { isLatin == true ? $0.0 : $0.1 } ?? scalar)
    }
    return String(result)
  }

  /// The stop in a word that is one but for letters held down: "стооопп"; `nil` for any other word.
  private static func undrawn(_ word: String) -> String? {
    var letters: [Character] = []
    for letter in word where letter != letters.last { letters.append(letter) }
    return ["стоп", "stop"].first { $0.elementsEqual(letters) }
  }

  private static let lookAlikes: [(Unicode.Scalar, Unicode.Scalar)] = [
    ("a", "а"), ("c", "с"), ("e", "е"), ("o", "о"), ("p", "р"), ("x", "х"), ("y", "у"), ("k", "к"),
    ("m", "м"), ("t", "т"), ("h", "н"), ("b", "в"), ("i", "і"),
  ]
  private static let kazakh: Set<Unicode.Scalar> = ["ә", "ғ", "қ", "ң", "ө", "ұ", "ү", "һ", "і"]

  /// The language of a message, where it is long enough to tell.
  ///
  /// - Parameter text: What the person wrote.
  /// - Returns: Kazakh for three words or more with a letter that Russian does not have, Russian for three
  ///   words or more in Cyrillic without any; `nil` otherwise.
  public static func language(of text: String) -> MessageLocale? {
    let words = sentences(text).joined().filter { $0 != "?" }
    guard words.count >= 3 else { return nil }
    let scalars = words.joined().unicodeScalars
    if scalars.contains(where: kazakh.contains) { return .kazakh }
    return scalars.allSatisfy({ !("a"..."z").contains($0) }) && scalars.contains { ("а"..."я").contains($0) }
      ? .russian : nil
  }
}
