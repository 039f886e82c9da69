/// Units of measure under one name, in whatever script and form they are written: ГБ, Gb and гигабайт are `gb`.
enum Units {
  /// The name of the unit that a folded word names.
  ///
  /// - Parameter word: Folded letters.
  /// - Returns: Latin letters, or `nil` for any other word.
  static func name(_ word: [UInt8]) -> [UInt8]? {
    guard word.count <= longest else { return nil }
    if let number = spellings.table.number(of: word.span) { return spellings.names[number] }
    guard word.count >= 8, starts.contains(word.span.eight(0) & 0xFFFF_FFFF) else { return nil }
    for (stem, name) in stems where word.starts(with: stem) && endings.contains(Array(word[stem.count...])) {
      return name
    }
    return nil
  }

  /// A number as it stands before a unit: without zeros behind the point, 5.0 as 5.
  ///
  /// - Parameter number: Digits with at most one point.
  /// - Returns: The same number.
  static func number(_ number: [UInt8]) -> [UInt8] {
    guard number.contains(0x2E) else { return number }
    var number = number
    while number.last == 0x30 { number.removeLast() }
    if number.last == 0x2E { number.removeLast() }
    return number
  }

  /// The same measure in the units beside its own: 1tb is 1000gb and 1024gb, 400ml is 0.4l.
  ///
  /// - Parameter measure: Number and unit in one word, as ``MeasureJoiner`` makes them.
  /// - Returns: Numbers with their units; none for a unit without neighbours.
  static func equals(of measure: [UInt8]) -> [(number: [UInt8], unit: [UInt8])] {
    guard let cut = measure.lastIndex(where: \.isDigit).map({ $0 + 1 }), (1...12).contains(cut),
      measure[..<cut].allSatisfy({ $0.isDigit || $0 == 0x2E })
    else { return [] }
    let (number, unit) = (Array(measure[..<cut]), measure[cut...])
    var equals: [(number: [UInt8], unit: [UInt8])] = []
    for (large, small, zeros) in scales {
      if unit == large[...] {
        equals.append((shifted(number, by: zeros), small))
        if isBinary(large), let whole = Int(String(decoding: number, as: UTF8.self)) {
          equals.append((Array("\(whole * 1024)".utf8), small))
        }
      } else if unit == small[...] {
        equals.append((shifted(number, by: -zeros), large))
        if isBinary(large), let whole = Int(String(decoding: number, as: UTF8.self)), whole % 1024 == 0 {
          equals.append((Array("\(whole / 1024)".utf8), large))
        }
      }
    }
    return equals
  }

  /// Units of one kind, the larger and the smaller, and how many zeros lie between them.
  private static let scales: [(large: [UInt8], small: [UInt8], zeros: Int)] = [
    ("tb", "gb", 3), ("gb", "mb", 3), ("kw", "w", 3), ("kg", "g", 3), ("g", "mg", 3), ("l", "ml", 3),
    ("m", "cm", 2), ("m", "mm", 3), ("cm", "mm", 1), ("ghz", "mhz", 3), ("mhz", "khz", 3), ("khz", "hz", 3),
  ].map { (Array($0.0.utf8), Array($0.1.utf8), $0.2) }

  /// Bytes are also counted by 1024.
  private static func isBinary(_ unit: [UInt8]) -> Bool { unit.last == 0x62 }

  /// A number with its point moved: to the right by so many digits, to the left for less than 0.
  private static func shifted(_ number: [UInt8], by places: Int) -> [UInt8] {
    let point = number.firstIndex(of: 0x2E) ?? number.count
    var digits = number.filter { $0 != 0x2E }
    var end = point + places
    if end <= 0 {
      digits.insert(contentsOf: repeatElement(0x30, count: 1 - end), at: 0)
      end = 1
    }
    if end > digits.count { digits += repeatElement(0x30, count: end - digits.count) }
    let whole = digits[..<end].drop { $0 == 0x30 }
    return Self.number(
      (whole.isEmpty ? [0x30] : Array(whole)) + (end < digits.count ? [0x2E] + digits[end...] : []))
  }

  /// Longest word that can be a unit, in bytes.
  private static let longest = 34

  private static let spellings: (table: ByteTable, names: [[UInt8]]) = {
    // Single letters too: в and v then are one word, in documents and queries alike, which costs nothing.
    let table: [(name: String, words: String)] = [
      ("gb", "гб gb gbyte gigabyte gigabytes"), ("tb", "тб tb terabyte terabytes"),
      ("mb", "мб mb megabyte megabytes"), ("kb", "кб kb"), ("mah", "мач mah"), ("kw", "квт kw"),
      ("w", "вт w watt watts"), ("v", "в v volt volts"), ("hz", "гц hz"), ("khz", "кгц khz"),
      ("mhz", "мгц mhz"), ("ghz", "ггц ghz"), ("kg", "кг kg"), ("mg", "мг mg"), ("g", "г гр g gram grams"),
      ("ml", "мл ml"), ("l", "л l liter liters litre litres"), ("mm", "мм mm"), ("cm", "см cm"),
      ("m", "м m meter meters metre metres"), ("in", "inch inches"), ("pcs", "шт pcs pieces"),
      ("mp", "мп мпикс mp megapixel megapixels"), ("db", "дб db"), ("lm", "лм lm lumen lumens"),
      ("a", "а a"),
    ]
    var (spellings, names) = (ByteTable(), [[UInt8]]())
    for (name, words) in table {
      for word in words.split(separator: " ") where spellings.insert(word.utf8.span).isNew {
        names.append(Array(name.utf8))
      }
    }
    return (spellings, names)
  }()

  /// The first two letters of the Russian names: most words have others.
  private static let starts: [UInt64] = Array(
    Set(stems.map { $0.stem.span.eight(0) & 0xFFFF_FFFF })
  ).sorted()

  /// Russian names of units; the endings that may follow are in ``endings``.
  private static let stems: [(stem: [UInt8], name: [UInt8])] = [
    ("дюйм", "in"), ("литр", "l"), ("миллилитр", "ml"), ("метр", "m"), ("сантиметр", "cm"),
    ("миллиметр", "mm"), ("грамм", "g"), ("килограмм", "kg"), ("ватт", "w"), ("киловатт", "kw"),
    ("вольт", "v"), ("гигабайт", "gb"), ("мегабайт", "mb"), ("терабайт", "tb"), ("штук", "pcs"),
    ("мегапиксел", "mp"), ("люмен", "lm"), ("герц", "hz"), ("гигагерц", "ghz"), ("мегагерц", "mhz"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  private static let endings: Set<[UInt8]> = Set(
    " а ов ы у ом ами и ей ь я ю овый овая овое овые ового овой овых овую".split(
      separator: " ", omittingEmptySubsequences: false
    ).map { Array($0.utf8) })
}

/// Joins a number with the unit that stands behind it: 128 ГБ is also 128gb.
struct MeasureJoiner {
  private var number: [UInt8] = []
  private var end = Int.min

  /// Takes the next token of a text.
  ///
  /// - Parameters:
  ///   - folded: The token, folded.
  ///   - traits: What was seen in it.
  ///   - range: Where it stands.
  /// - Returns: Number and unit in one word, when the token is the unit of the number before it.
  mutating func join(_ folded: @autoclosure () -> [UInt8], _ traits: Traits, _ range: Range<Int>) -> [UInt8]?
  {
    if traits.isSubset(of: [.digit, .point]) {
      (number, end) = (folded(), range.upperBound)
      return nil
    }
    // A space, a no-break space or a narrow one; not a sentence's end.
    guard end != .min, range.lowerBound - end <= 3, traits.isSubset(of: [.latin, .cyrillic]),
      let unit = Units.name(folded())
    else {
      end = .min
      return nil
    }
    end = .min
    return Units.number(number) + unit
  }
}
