/// One likely spelling of a word in the other script; ``Sound`` finds the others.
enum Transliteration {
  /// A Latin word in Russian letters: naushniki as наушники.
  static func cyrillic(_ word: [UInt8]) -> [UInt8] {
    var result = ""
    var rest = String(decoding: word, as: UTF8.self)[...]
    while !rest.isEmpty {
      for length in stride(from: min(4, rest.count), through: 1, by: -1) {
        let head = rest.prefix(length)
        guard let letters = toCyrillic[String(head)] ?? (length == 1 ? String(head) : nil) else { continue }
        result += letters
        rest = rest.dropFirst(length)
        break
      }
    }
    return Array(result.utf8)
  }

  /// A Cyrillic word in Latin letters: самсунг as samsung.
  static func latin(_ word: [UInt8]) -> [UInt8] {
    var result = ""
    for letter in String(decoding: word, as: UTF8.self) { result += toLatin[letter] ?? String(letter) }
    return Array(result.utf8)
  }

  private static let toCyrillic: [String: String] = [
    "shch": "щ", "sch": "щ", "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "ts": "ц", "ya": "я", "ja": "я",
    "ia": "ия",
    "yu": "ю", "ju": "ю", "yo": "е", "jo": "е", "ye": "е", "je": "е", "yy": "ый", "iy": "ий", "ph": "ф",
    "ck": "к",
    "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "й",
    "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у",
    "v": "в",
    "w": "в", "x": "кс", "y": "ы", "z": "з", "'": "ь",
  ]

  private static let toLatin: [Character: String] = [
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "ә": "a",
    "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i",
  ]
}
