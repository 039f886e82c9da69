/// What the same keys give on another keyboard: руддщ and hello, fqajy and айфон, 0fpfy and қазан.
enum Keyboard {
  /// From what was typed to what was meant.
  enum Slip: CaseIterable {
    /// Latin letters typed, Russian meant.
    case latinToRussian
    /// Latin letters and digits typed, Kazakh meant.
    case latinToKazakh
    /// Russian or Kazakh letters typed, Latin meant.
    case cyrillicToLatin
  }

  /// Reads typed keys on the other keyboard.
  ///
  /// - Parameters:
  ///   - text: Any text; what has no counterpart stays.
  ///   - slip: Which keyboards were mixed up.
  /// - Returns: The text on the other keyboard, in small letters.
  static func read(_ text: String, _ slip: Slip) -> String {
    let table: [Unicode.Scalar: Unicode.Scalar] =
      switch slip {
      case .latinToRussian: toRussian
      case .latinToKazakh: toKazakh
      case .cyrillicToLatin: toLatin
      }
    var result = String.UnicodeScalarView()
    for scalar in text.lowercased().unicodeScalars { result.append(table[scalar] ?? scalar) }
    return String(result)
  }

  private static let keys = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
  private static let russian = "ёйцукенгшщзхъфывапролджэячсмитьбю."
  /// The same keys with shift, where they are no letters.
  private static let shiftedKeys = "~{}:\"<>"
  private static let shiftedRussian = "ёхъжэбю"
  /// Kazakh letters stand where the digits are.
  private static let kazakhKeys = "234589-0="
  private static let kazakh = "әіңғүұөқһ"

  private static func table(_ from: String, _ to: String) -> [Unicode.Scalar: Unicode.Scalar] {
    Dictionary(uniqueKeysWithValues: zip(from.unicodeScalars, to.unicodeScalars))
  }

  private static let toRussian = table(keys + shiftedKeys, russian + shiftedRussian)
  private static let toKazakh = toRussian.merging(table(kazakhKeys, kazakh)) { _, kazakh in kazakh }
  private static let toLatin = table(
    String(russian.dropLast()) + kazakh, String(keys.dropLast()) + kazakhKeys)
}
