/// Cuts the endings off Kazakh nouns and adjectives; Snowball has no stemmer for the language.
///
/// Kazakh puts endings one behind the other in a fixed order: stem, plural, possessive, case. They are taken off
/// from the end: one case, one possessive, one plural, and -сыз, without. Endings that make other words stay: жастық
/// is a pillow, жас is young.
/// An ending counts only when its vowel agrees with the last vowel before it (back а о ұ ы, front ә ө ү і е),
/// as harmony demands, and when at least three letters with a vowel remain. Borrowed words and verbs keep what
/// the rules do not know.
enum KazakhStemmer {
  /// The stem of one word.
  ///
  /// - Parameter word: Small letters, Cyrillic.
  /// - Returns: Its stem; the word itself where no rule applies.
  static func stem(_ word: [UInt8]) -> [UInt8] {
    var letters = String(decoding: word, as: UTF8.self).unicodeScalars.map(\.value)
    let count = letters.count
    for group in [cases, possessives, plurals, makers] { strip(group, from: &letters) }
    guard letters.count < count else { return word }
    // A final б, г or ғ is п, к or қ that a vowel behind it has softened: кітап, кітабы.
    var bytes: [UInt8] = []
    for (index, letter) in letters.enumerated() {
      let isLast = index == letters.count - 1
      Folding.append(isLast ? hardened[letter] ?? letter : letter, to: &bytes)
    }
    return bytes
  }

  private static func strip(_ group: [[UInt32]], from letters: inout [UInt32]) {
    // Longest endings come first.
    for ending in group where letters.count - ending.count >= 3 && letters.suffix(ending.count) == ending[...]
    {
      let rest = letters.dropLast(ending.count)
      guard let last = rest.last(where: { vowels.contains($0) }), agrees(ending, last) else { continue }
      // A possessive of one vowel stands behind a consonant only; otherwise it is part of the word.
      if ending.count == 1, let before = rest.last {
        let isVowel = vowels.contains(ending[0])
        if isVowel == vowels.contains(before) { continue }
        // Kazakh stems hardly end in two consonants: the vowel of сүлгі is its own.
        if isVowel, let second = rest.dropLast().last, !vowels.contains(second) { continue }
      }
      letters = Array(rest)
      return
    }
  }

  private static func agrees(_ ending: [UInt32], _ stemVowel: UInt32) -> Bool {
    guard let vowel = ending.first(where: { vowels.contains($0) }) else { return true }
    // мен, бен, пен are the same behind all words.
    if ending.last == 0x43D, ending.count == 3, ending[1] == 0x435, [0x43C, 0x431, 0x43F].contains(ending[0])
    {
      return true
    }
    // и and у stand in front and back words alike.
    if neutral.contains(vowel) || neutral.contains(stemVowel) { return true }
    return front.contains(vowel) == front.contains(stemVowel)
  }

  private static let front = Set("әөүіеэ".unicodeScalars.map(\.value))
  private static let neutral = Set("иую".unicodeScalars.map(\.value))
  private static let vowels = Set("аәеёиоөуұүыіэюя".unicodeScalars.map(\.value))
  private static let hardened: [UInt32: UInt32] = {
    let pairs = zip("бгғ".unicodeScalars, "пкқ".unicodeScalars)
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0.value, $1.value) })
  }()

  private static func list(_ endings: String) -> [[UInt32]] {
    let words = endings.split(separator: " ").map { $0.unicodeScalars.map(\.value) }
    return words.enumerated().sorted {
      $0.element.count != $1.element.count
        ? $0.element.count > $1.element.count : $0.offset < $1.offset
    }.map(\.element)
  }

  private static let cases = list(
    """
    ның нің дың дің тың тің ға ге қа ке на не ны ні ды ді ты ті да де та те нда нде дан ден тан тен нан нен \
    мен бен пен сыннан сінен ындағы індегі дағы дегі тағы тегі
    """)
  private static let possessives = list("ымыз іміз мыз міз ыңыз іңіз ңыз ңіз ым ім ың ің сы сі ы і м ң")
  private static let plurals = list("лар лер дар дер тар тер")
  private static let makers = list("сыз сіз")
}
