/// Letters that look the same in both scripts and are typed for each other: А15 and A15, хiaomi and xiaomi.
enum Lookalikes {
  /// Brings a word of mixed script, or a model number, to one script.
  ///
  /// A part with digits whose Cyrillic letters all look Latin becomes Latin; a word that mixes scripts becomes
  /// the script of the letters that have no double. Anything else stays.
  ///
  /// - Parameters:
  ///   - word: Folded letters and digits.
  ///   - hasDigits: Whether there are digits among them.
  /// - Returns: The word in one script, or `nil` when it stays as it is.
  static func unified(_ word: [UInt8], hasDigits: Bool) -> [UInt8]? {
    var (latin, cyrillic, onlyLatin, onlyCyrillic) = (0, 0, 0, 0)
    let scalars = String(decoding: word, as: UTF8.self).unicodeScalars
    for scalar in scalars {
      switch ScalarClass(scalar.value) {
      case .latin:
        latin += 1
        if toCyrillic[scalar.value] == nil { onlyLatin += 1 }
      case .cyrillic, .kazakh:
        cyrillic += 1
        if toLatin[scalar.value] == nil { onlyCyrillic += 1 }
      default: break
      }
    }
    guard cyrillic > 0, latin > 0 || hasDigits else { return nil }
    if onlyCyrillic == 0 { return replaced(scalars, by: toLatin) }
    if latin > 0, onlyLatin == 0 { return replaced(scalars, by: toCyrillic) }
    return nil
  }

  private static func replaced(
    _ scalars: String.UnicodeScalarView, by table: [UInt32: UInt32]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in scalars { Folding.append(table[scalar.value] ?? scalar.value, to: &bytes) }
    return bytes
  }

  private static let toLatin: [UInt32: UInt32] = {
    let pairs = zip("авеікмнорстухһ".unicodeScalars, "abeikmhopctyxh".unicodeScalars)
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0.value, $1.value) })
  }()

  private static let toCyrillic: [UInt32: UInt32] = {
    let pairs = zip("abekmhopctyxi".unicodeScalars, "авекмнорстухі".unicodeScalars)
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0.value, $1.value) })
  }()
}
