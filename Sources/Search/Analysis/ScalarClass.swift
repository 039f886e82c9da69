/// What a Unicode scalar means to the tokenizer.
enum ScalarClass {
  /// A letter of the Latin script.
  case latin
  /// A letter of the Cyrillic script that Russian or a neighbour uses.
  case cyrillic
  /// A Cyrillic letter that Kazakh has and Russian has not.
  case kazakh
  /// A letter of any other script.
  case otherLetter
  /// A decimal digit of any script; also ¹²³, as in м².
  case digit
  /// A combining mark: belongs to the letter before it.
  case mark
  /// Invisible: soft hyphen, joiners, direction marks.
  case ignorable
  /// Joins the parts of a compound.
  case hyphen
  /// Joins the parts of a word, as in men's.
  case apostrophe
  /// A decimal point or comma, between digits.
  case point
  /// Everything else ends a word.
  case gap

  /// Whether words and numbers are made of it.
  var isSolid: Bool {
    switch self {
    case .latin, .cyrillic, .kazakh, .otherLetter, .digit: true
    case .mark, .ignorable, .hyphen, .apostrophe, .point, .gap: false
    }
  }

  /// Classifies a scalar.
  ///
  /// - Parameter scalar: Any scalar's value; others count as gaps.
  init(_ scalar: UInt32) {
    switch scalar {
    case 0x61...0x7A, 0x41...0x5A: self = .latin
    case 0x430...0x45F, 0x400...0x42F: self = scalar == 0x456 || scalar == 0x406 ? .kazakh : .cyrillic
    case 0x30...0x39, 0xB2, 0xB3, 0xB9: self = .digit
    case 0x2E, 0x2C: self = .point
    case 0x2D, 0x2010, 0x2011: self = .hyphen
    case 0x27, 0x2019, 0x2BC: self = .apostrophe
    case 0...0xA9: self = .gap
    case 0xAD, 0x200C...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF: self = .ignorable
    case 0xC0...0x24F, 0x1E00...0x1EFF: self = scalar == 0xD7 || scalar == 0xF7 ? .gap : .latin
    case 0xFF10...0xFF19: self = .digit
    case 0xFF21...0xFF3A, 0xFF41...0xFF5A: self = .latin
    case 0x300...0x36F: self = .mark
    case 0x460...0x481, 0x48A...0x52F: self = Self.kazakhLetters.contains(scalar) ? .kazakh : .cyrillic
    default: self = Self.byProperties(scalar)
    }
  }

  /// Ә Ғ Қ Ң Ө Ұ Ү Һ in both cases; І stands in the block of the Russian letters.
  private static let kazakhLetters: Set<UInt32> = [
    0x4D8, 0x4D9, 0x492, 0x493, 0x49A, 0x49B, 0x4A2, 0x4A3, 0x4E8, 0x4E9, 0x4B0, 0x4B1, 0x4AE, 0x4AF, 0x4BA,
    0x4BB,
  ]

  /// The slow way, for scripts that a Kazakh shop hardly shows.
  private static func byProperties(_ value: UInt32) -> ScalarClass {
    guard let scalar = Unicode.Scalar(value) else { return .gap }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark: return .mark
    case .decimalNumber: return .digit
    default: return scalar.properties.isAlphabetic ? .otherLetter : .gap
    }
  }
}
