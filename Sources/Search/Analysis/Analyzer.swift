/// Turns tokens into the terms that an index holds and a query looks for.
///
/// Documents and queries go through the same rules; their number is ``version``, and an index made by other
/// rules is refused. A token gives, in this order:
///
/// 1. One *primary* term for each part between hyphens. A Latin word is stemmed as English, a Cyrillic word as
///    Russian, by libstemmer; a word with Kazakh letters, with mixed scripts or with digits is not stemmed.
/// 2. *Extra* terms, other spellings under which the same thing is looked for: the compound written as one
///    word (wi-fi: wifi, SM-A155F: sma155f); the letters and the digits of a part like RTX4060 or 128гб; a word
///    with Kazakh letters as it is typed on a Russian keyboard (қазан: казан).
///
/// Owns two stemmers, so it serves one thread at a time.
public struct Analyzer: ~Copyable {
  /// The number of these rules; any change that can give another term to some text raises it.
  public static let version = 1

  private var russian: Stemmer
  private var english: Stemmer
  private var scratch: [UInt8] = []

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
    var tokenizer = Tokenizer()
    var forms = TermForms()
    var position = 0
    let bytes = text.utf8.span
    while tokenizer.next(in: bytes) {
      forms.removeAll()
      try appendForms(of: tokenizer.folded, tokenizer.traits, to: &forms)
      terms += forms.terms(at: position, range: tokenizer.range)
      position += forms.primaryCount
    }
    return terms
  }

  /// Appends the terms of one folded token.
  ///
  /// - Parameters:
  ///   - folded: Text, as the tokenizer left it.
  ///   - traits: What the tokenizer saw in it.
  ///   - forms: What the terms are appended to.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  mutating func appendForms(
    of folded: [UInt8], _ traits: Traits, to forms: inout TermForms
  ) throws(IndexError) {
    let token = folded.span
    guard traits.contains(.hyphen) else {
      try appendWord(token, as: .primary, to: &forms)
      try appendExtras(of: token, to: &forms)
      return
    }
    let parts = Self.parts(of: token)
    for part in parts { try appendWord(token.extracting(part), as: .primary, to: &forms) }
    for part in parts { try appendExtras(of: token.extracting(part), to: &forms) }
    guard (2...8).contains(parts.count) else { return }
    var joined: [UInt8] = []
    for part in parts { for index in part { joined.append(token[index]) } }
    try appendWord(joined.span, as: .extra, to: &forms)
  }

  /// The pieces between hyphens.
  private static func parts(of token: Span<UInt8>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    for index in 0...token.count where index == token.count || token[index] == 0x2D {
      if index > start { parts.append(start..<index) }
      start = index + 1
    }
    return parts
  }

  /// Appends one word, stemmed where its script has a stemmer.
  private mutating func appendWord(
    _ word: Span<UInt8>, as role: TermForms.Role, to forms: inout TermForms
  ) throws(IndexError) {
    let traits = Self.traits(of: word)
    let start = forms.bytes.count
    switch traits.kind {
    case .word(.cyrillic) where !traits.contains(.apostrophe):
      try russian.stem(word, appendingTo: &forms.bytes)
    case .word(.latin):
      try english.stem(word, appendingTo: &forms.bytes)
    case .word, .number, .model:
      // An apostrophe means something to the English stemmer only; elsewhere it is a sound, not a letter.
      for index in word.indices where word[index] != 0x27 { forms.bytes.append(word[index]) }
    }
    // Stemming never empties a word, but the guard costs nothing: an empty term would match nothing.
    if forms.bytes.count == start { for index in word.indices { forms.bytes.append(word[index]) } }
    forms.close(from: start, as: role)
  }

  /// Appends the other spellings of one part.
  private mutating func appendExtras(of part: Span<UInt8>, to forms: inout TermForms) throws(IndexError) {
    let traits = Self.traits(of: part)
    if traits.contains(.digit) {
      guard let cut = Self.boundary(of: part) else { return }
      try appendWord(part.extracting(0..<cut), as: .extra, to: &forms)
      try appendWord(part.extracting(cut..<part.count), as: .extra, to: &forms)
    } else if traits.script == .kazakh {
      scratch.removeAll(keepingCapacity: true)
      KazakhLetters.appendSubstitutes(of: part, to: &scratch)
      let typed = scratch
      try appendWord(typed.span, as: .extra, to: &forms)
    }
  }

  /// Where letters and digits meet, when they meet once: after two letters or more, or after a number.
  ///
  /// A single letter before digits belongs to them: the 15 of A15 is not the 15 of iPhone 15.
  private static func boundary(of part: Span<UInt8>) -> Int? {
    guard part.count > 1 else { return nil }
    let startsWithNumber = part[0].isDigit
    var cut: Int?
    var letters = 0
    for index in part.indices {
      let isNumber = part[index].isDigit || part[index] == 0x2E
      if !isNumber, part[index] & 0xC0 != 0x80 { letters += 1 }
      if index > 0, isNumber != (part[index - 1].isDigit || part[index - 1] == 0x2E) {
        guard cut == nil else { return nil }
        cut = index
      }
    }
    return startsWithNumber || letters >= 2 ? cut : nil
  }

  /// What a folded word is made of, found anew because a part differs from the whole.
  private static func traits(of word: Span<UInt8>) -> Traits {
    var traits: Traits = []
    var position = 0
    while position < word.count {
      let (scalar, width) = Tokenizer.scalar(at: position, in: word)
      switch ScalarClass(scalar) {
      case .latin: traits.insert(.latin)
      case .cyrillic: traits.insert(.cyrillic)
      case .kazakh: traits.insert(.kazakh)
      case .digit: traits.insert(.digit)
      case .point: traits.insert(.point)
      case .apostrophe: traits.insert(.apostrophe)
      case .hyphen: traits.insert(.hyphen)
      case .otherLetter, .mark, .ignorable, .gap: traits.insert(.otherLetter)
      }
      position += width
    }
    return traits
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
