/// Turns tokens into the terms that an index holds and a query looks for.
///
/// Documents and queries go through the same rules; their number is ``version``, and an index made by other
/// rules is refused. A token gives, in this order:
///
/// 1. *Primary* terms, one for each part between hyphens. A Latin word is stemmed as English, a Cyrillic word as
///    Russian, by libstemmer; a word with Kazakh letters by ``KazakhStemmer``; a word with digits is not
///    stemmed. A number with a unit behind it gives two: the number and the unit's one name (128гб: 128, gb). Letters
///    typed in the wrong script for their looks are brought into one (А15: a15).
/// 2. *Extra* terms, other spellings under which the same thing is looked for: the compound or the number with
///    its unit as one word (wi-fi: wifi, SM-A155F: sma155f, 128 ГБ: 128gb); the letters and the digits of a part like
///    RTX4060; the numbers of 160x80; a word with Kazakh letters as it is typed on a Russian keyboard
///    (қазан: казан).
///
/// Owns two stemmers, so it serves one thread at a time.
public struct Analyzer: ~Copyable, Sendable {
  /// The number of these rules; any change that can give another term to some text raises it.
  public static let version = 3

  private var russian: Stemmer
  private var english: Stemmer
  /// Words that titles had.
  var memory = FormMemory()

  /// Opens the stemmers.
  ///
  /// - Throws: ``IndexError`` with code `failed` when the library refuses.
  public init() throws(IndexError) {
    let russian = try Stemmer(.russian)
    let english = try Stemmer(.english)
    self.russian = russian
    self.english = english
  }

  /// All terms of a text.
  ///
  /// - Parameter text: Any text.
  /// - Returns: Terms in the order of the text; the extra terms of a token follow its primary ones.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  public mutating func terms(in text: String) throws(IndexError) -> [Term] {
    var terms: [Term] = []
    var (tokenizer, forms, joiner) = (Tokenizer(), TermForms(), MeasureJoiner())
    var position = 0
    let bytes = text.utf8.span
    while tokenizer.next(in: bytes) {
      forms.removeAll()
      try appendForms(of: tokenizer.folded, to: &forms)
      terms += forms.terms(at: position, range: tokenizer.range)
      if let measure = joiner.join(tokenizer.folded, tokenizer.traits, tokenizer.range) {
        terms.append(
          Term(
            text: String(decoding: measure, as: UTF8.self), range: tokenizer.range, position: position,
            isExtra: true))
      }
      position += forms.primaryCount
    }
    return terms
  }

  /// Appends the terms of one folded token.
  ///
  /// - Parameters:
  ///   - folded: Text, as the tokenizer left it.
  ///   - forms: What the terms are appended to.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  mutating func appendForms(of folded: [UInt8], to forms: inout TermForms) throws(IndexError) {
    let parts = Part.parts(of: folded)
    for part in parts { try appendPrimary(part, to: &forms) }
    for part in parts { try appendExtras(part, to: &forms) }
    guard (2...8).contains(parts.count), !parts.allSatisfy(\.isNumber) else { return }
    if parts.count == 2, parts[0].isNumber, let unit = Units.name(parts[1].bytes) {
      append(Units.number(parts[0].bytes) + unit, as: .joined, to: &forms)
    } else {
      try appendWord(parts.flatMap(\.bytes), as: .joined, to: &forms)
    }
  }

  /// The number of a tokenizer's current word in ``memory``.
  mutating func remember(_ tokenizer: Tokenizer) throws(IndexError) -> Int {
    let (number, isNew) = tokenizer.withFolded { memory.word($0) }
    if isNew {
      var forms = TermForms()
      try appendForms(of: tokenizer.folded, to: &forms)
      memory.learn(forms)
    }
    return number
  }

  /// The number of a folded word in ``memory``.
  mutating func remember(_ word: [UInt8]) throws(IndexError) -> Int {
    let (number, isNew) = memory.word(word.span)
    if isNew {
      var forms = TermForms()
      try appendForms(of: word, to: &forms)
      memory.learn(forms)
    }
    return number
  }

  /// The stem of one folded word, by the rules for its script.
  ///
  /// - Parameter word: Letters only, folded.
  /// - Returns: Its primary term.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  mutating func stem(_ word: [UInt8]) throws(IndexError) -> [UInt8] {
    var forms = TermForms()
    try appendWord(word, as: .primary, to: &forms)
    return forms.bytes
  }

  private mutating func appendPrimary(_ part: Part, to forms: inout TermForms) throws(IndexError) {
    if part.head > 0 {
      append(Array(part.bytes[..<part.head]), as: .primary, to: &forms)
      append(part.unit, as: .primary, to: &forms)
    } else {
      try appendWord(part.bytes, part.traits, as: .primary, to: &forms)
    }
  }

  /// Appends the other spellings of one part.
  private mutating func appendExtras(_ part: Part, to forms: inout TermForms) throws(IndexError) {
    for factor in part.factors { append(Array(factor), as: .piece, to: &forms) }
    if part.head > 0 {
      append(Units.number(Array(part.bytes[..<part.head])) + part.unit, as: .joined, to: &forms)
    } else if part.traits.contains(.digit) {
      guard let cut = part.boundary else { return }
      try appendWord(Array(part.bytes[..<cut]), as: .piece, to: &forms)
      try appendWord(Array(part.bytes[cut...]), as: .piece, to: &forms)
    } else if part.traits.script == .kazakh {
      var typed: [UInt8] = []
      KazakhLetters.appendSubstitutes(of: part.bytes.span, to: &typed)
      try appendWord(typed, as: .other, to: &forms)
      var stem: [UInt8] = []
      KazakhLetters.appendSubstitutes(of: KazakhStemmer.stem(part.bytes).span, to: &stem)
      append(stem, as: .other, to: &forms)
    }
  }

  /// Appends one word, stemmed where its script has a stemmer; `known` is what is in it, where that was looked at before.
  private mutating func appendWord(
    _ word: [UInt8], _ known: Traits? = nil, as role: TermForms.Role, to forms: inout TermForms
  ) throws(IndexError) {
    let traits = known ?? Part.traits(of: word)
    let start = forms.bytes.count
    if !traits.contains(.digit), let unit = Units.name(word) {
      forms.bytes += unit
    } else {
      switch traits.kind {
      case .word(.cyrillic) where !traits.contains(.apostrophe):
        try russian.stem(word.span, appendingTo: &forms.bytes)
      case .word(.latin):
        try english.stem(Self.singular(word).span, appendingTo: &forms.bytes)
      case .word(.kazakh): forms.bytes += KazakhStemmer.stem(word).filter { $0 != 0x27 }
      case .word, .number, .model:
        // An apostrophe means something to the English stemmer only; elsewhere it is a sound, not a letter.
        forms.bytes += word.filter { $0 != 0x27 }
      }
    }
    // Stemming never empties a word, but the guard costs nothing: an empty term would match nothing.
    if forms.bytes.count == start { forms.bytes += word }
    forms.close(from: start, as: role)
  }

  /// An abbreviation without the s of its plural, which the stemmer leaves on words without vowels: TVs, DVDs.
  private static func singular(_ word: [UInt8]) -> [UInt8] {
    guard (3...5).contains(word.count), word.last == 0x73,
      !word.contains(where: { "aeiouys'".utf8.contains($0) && $0 != 0x73 }),
      word.dropLast().last != 0x73
    else { return word }
    return Array(word.dropLast())
  }

  private func append(_ term: [UInt8], as role: TermForms.Role, to forms: inout TermForms) {
    let start = forms.bytes.count
    forms.bytes += term
    forms.close(from: start, as: role)
  }
}

/// One term of a text.
public struct Term: Sendable, Hashable {
  /// What the index holds.
  public var text: String
  /// Byte offsets of its token in the text.
  public var range: Range<Int>
  /// Number of primary terms before it in the text; an extra term has the position of its token's first.
  public var position: Int
  /// Whether it is another spelling of the primary terms of its token.
  public var isExtra: Bool

  /// Makes a term.
  ///
  /// - Parameters:
  ///   - text: What the index holds.
  ///   - range: Byte offsets of its token.
  ///   - position: Number of primary terms before it.
  ///   - isExtra: Whether it is another spelling.
  public init(text: String, range: Range<Int>, position: Int, isExtra: Bool) {
    self.text = text
    self.range = range
    self.position = position
    self.isExtra = isExtra
  }
}

/// What Russian keyboards give for letters that only Kazakh has.
enum KazakhLetters {
  /// Appends a word with its Kazakh letters replaced.
  ///
  /// - Parameters:
  ///   - word: A folded word.
  ///   - output: What the word is appended to.
  static func appendSubstitutes(of word: Span<UInt8>, to output: inout [UInt8]) {
    var position = 0
    while position < word.count {
      let (scalar, width) = Tokenizer.scalar(at: position, in: word)
      Folding.append(substitute(scalar) ?? scalar, to: &output)
      position += width
    }
  }

  private static func substitute(_ scalar: UInt32) -> UInt32? {
    switch scalar {
    case 0x4D9: 0x430  // ә: а
    case 0x493: 0x433  // ғ: г
    case 0x49B: 0x43A  // қ: к
    case 0x4A3: 0x43D  // ң: н
    case 0x4E9: 0x43E  // ө: о
    case 0x4B1, 0x4AF: 0x443  // ұ, ү: у
    case 0x4BB: 0x445  // һ: х
    case 0x456: 0x438  // і: и
    default: nil
    }
  }
}
