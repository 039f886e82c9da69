/// Reads what people type: as it stands, and where that is not in the index, what they may have meant.
///
/// A query whose words are all known is taken as it stands and gains synonyms only. Otherwise, in this order:
/// the other keyboard, piece by piece, where that gives known words; then for each word that is still unknown
/// its sound in the other script, words a slip away, two words as one or one as two, and for the last
/// word what begins like it. Every reading that was tried is told.
public struct QueryReader: Sendable {
  /// What is asked.
  public let index: SearchIndex
  let synonyms: SynonymTerms.Asked

  /// A query with what was made of it.
  public struct Answer: Sendable {
    /// Ready to be searched.
    public internal(set) var query: Query
    /// What was tried, in words.
    public internal(set) var trace: [String]
    /// The query as it was probably meant, when that differs from what was typed.
    public internal(set) var suggestion: String?
  }

  /// Makes a reader.
  ///
  /// - Parameter index: Whose words are known.
  /// - Throws: ``IndexError`` with code `damaged`.
  public init(_ index: SearchIndex) throws(IndexError) {
    self.index = index
    let base = index.base
    synonyms = try base.reading { (file) throws(Damage) in
      try SynonymTerms.Asked(file.extracting(base.range(.synonyms)))
    }
  }

  /// Reads a query.
  ///
  /// - Parameters:
  ///   - text: As typed.
  ///   - analyzer: The analyzer to use, for many queries in a row.
  /// - Returns: The query and what was made of it.
  /// - Throws: ``IndexError``: `damaged`, `failed`.
  public func read(_ text: String, analyzer: inout Analyzer) throws(IndexError) -> Answer {
    var words = QueryWords()
    try words.append(text, analyzer: &analyzer)
    var answer = Answer(query: Query(text, slots: [], isCut: words.isCut), trace: [], suggestion: nil)
    try addBegunModels(&words)
    let typed = try known(words.words)
    // Numbers are the same on every keyboard.
    if zip(words.words, typed).contains(where: { !$1 && !$0.traits.isSubset(of: [.digit, .point]) }) {
      answer.trace.append("not in the index: " + Self.list(words.words, typed))
      if let meant = try otherKeyboard(text, analyzer: &analyzer), meant != text {
        answer.trace.append("on the other keyboard: \(meant)")
        answer.suggestion = meant
        words = QueryWords()
        try words.append(meant, analyzer: &analyzer)
        for index in words.words.indices { words.mark(index, .layout) }
      }
    }
    try correct(&words, isOpen: !(text.last?.isWhitespace ?? true), &answer, analyzer: &analyzer)
    try addSynonyms(&words, &answer)
    try addMeasures(&words)
    answer.query.slots = words.words.map(\.slot)
    if let head = try head(of: words) { answer.query.slots.append(head) }
    answer.query.isCut = words.isCut
    return answer
  }

  private static func list(_ words: [QueryWords.Word], _ known: [Bool]) -> String {
    zip(words, known).filter { !$1 }.map(\.0.slot.surface).joined(separator: ", ")
  }

  /// For each word whether some way to have it is in the index completely.
  func known(_ words: [QueryWords.Word]) throws(IndexError) -> [Bool] {
    var known: [Bool] = []
    for word in words { known.append(try isKnown(word)) }
    return known
  }

  private func isKnown(_ word: QueryWords.Word) throws(IndexError) -> Bool {
    for way in word.slot.ways {
      var isComplete = true
      for term in way.terms.prefix(way.needed) {
        guard try !index.has(term.utf8.span) else { continue }
        isComplete = false
        break
      }
      if isComplete { return true }
    }
    return try !marks(ofWord: word.primary).isEmpty
  }

  /// Marks of rules that ask for a word and that some document has: айфон is known where there is an iPhone.
  func marks(ofWord primary: [String]) throws(IndexError) -> [String] {
    guard primary.count == 1 else { return [] }
    var marks: [String] = []
    for mark in self.marks(of: Array(primary[0].utf8)) where try index.has(mark.utf8.span) {
      marks.append(mark)
    }
    return marks
  }
}

// MARK: - The other keyboard

extension QueryReader {
  /// A piece of a query between blanks, read on both keyboards.
  private struct Piece {
    let typed: String
    let other: String
    /// Shares of letters in known words.
    let typedShare: Double
    let otherShare: Double
    let letters: Int
  }

  /// The text on the other keyboard, where that makes more sense; pieces that do not stay.
  private func otherKeyboard(_ text: String, analyzer: inout Analyzer) throws(IndexError) -> String? {
    var pieces: [Piece] = []
    for piece in text.split(whereSeparator: \.isWhitespace).prefix(Query.maximumSlots) {
      pieces.append(try readPiece(String(piece.prefix(200)), analyzer: &analyzer))
    }
    let forOther = pieces.filter { $0.otherShare > $0.typedShare + 0.5 }.reduce(0) { $0 + $1.letters }
    let forTyped = pieces.filter { $0.typedShare > $0.otherShare + 0.5 }.reduce(0) { $0 + $1.letters }
    if forOther == 0 {
      return forTyped == 0 ? try mendedOnOtherKeyboard(pieces, analyzer: &analyzer) : nil
    }
    let leansToOther = forOther > forTyped
    return pieces.map { piece in
      if piece.letters == 0 { return piece.typed }
      if abs(piece.otherShare - piece.typedShare) > 0.3 {
        return piece.otherShare > piece.typedShare ? piece.other : piece.typed
      }
      // Both make sense, or neither does: as the rest of the query.
      return leansToOther && (piece.otherShare > 0 || piece.typedShare == 0) ? piece.other : piece.typed
    }.joined(separator: " ")
  }

  /// When neither keyboard gives known words: the other one, if only there words are a slip away.
  private func mendedOnOtherKeyboard(
    _ pieces: [Piece], analyzer: inout Analyzer
  ) throws(IndexError) -> String? {
    let spelling = Spelling(index)
    var (typed, other) = (0, 0)
    for piece in pieces where piece.typedShare == 0 && piece.otherShare == 0 {
      for (text, isOther) in [(piece.typed, false), (piece.other, true)] {
        for token in Tokenizer.tokens(in: text) {
          guard case .word = token.kind else { continue }
          let word = Array(token.text.utf8)
          let isNear = try index.naming { () throws(Damage) in
            if try !spelling.sounding(word).isEmpty { return true }
            if try !spelling.near(word).isEmpty { return true }
            return !synonyms.alike(word, term: word, bySoundOnly: false).isEmpty
          }
          if isNear { if isOther { other += token.text.count } else { typed += token.text.count } }
        }
      }
    }
    guard other > typed else { return nil }
    return pieces.map { $0.typedShare == 0 ? $0.other : $0.typed }.joined(separator: " ")
  }

  private func readPiece(_ piece: String, analyzer: inout Analyzer) throws(IndexError) -> Piece {
    let (typedShare, letters) = try share(piece, analyzer: &analyzer)
    var best = (text: piece, share: -1.0)
    for candidate in Self.otherReadings(piece) where candidate != piece {
      let (share, _) = try share(candidate, analyzer: &analyzer)
      if share > best.share { best = (candidate, share) }
    }
    return Piece(
      typed: piece, other: best.text, typedShare: typedShare, otherShare: max(0, best.share), letters: letters
    )
  }

  /// What a piece may be on another keyboard, the likeliest first.
  private static func otherReadings(_ piece: String) -> [String] {
    let hasLatin = piece.unicodeScalars.contains { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
    let hasCyrillic = piece.unicodeScalars.contains { (0x400...0x52F).contains($0.value) }
    var readings: [String] = []
    let slips: [Keyboard.Slip] =
      hasCyrillic ? (hasLatin ? [] : [.cyrillicToLatin]) : [.latinToRussian, .latinToKazakh]
    // Signs at the ends may be letters of the other keyboard, or just signs.
    let inner = piece.trimmed { ",.;:!?\"'[]{}<>()".unicodeScalars.contains($0) }
    for slip in slips {
      readings.append(Keyboard.read(piece, slip))
      if inner.count < piece.count, !inner.isEmpty {
        readings.append(Keyboard.read(inner, slip))
        // The sign behind the word is a sign, the one before it a letter, and the other way round.
        if let last = piece.last, ",.;:!?".contains(last) {
          readings.append(Keyboard.read(String(piece.dropLast()), slip))
        }
      }
      if piece.contains("-"), !hasCyrillic {
        readings.append(
          piece.split(separator: "-").map { part in
            part.contains(where: \.isNumber) ? String(part) : Keyboard.read(String(part), slip)
          }.joined(separator: "-"))
      }
    }
    return readings
  }

  /// The share of letters that stand in known words, and how many letters there are.
  private func share(_ text: String, analyzer: inout Analyzer) throws(IndexError) -> (Double, Int) {
    var words = QueryWords()
    try words.append(text, analyzer: &analyzer)
    let known = try known(words.words)
    var (all, found) = (0, 0)
    for (word, isKnown) in zip(words.words, known) {
      // Digits are the same on both keyboards and say nothing.
      let letters = word.slot.surface.unicodeScalars.count { $0.properties.isAlphabetic }
      all += letters
      if isKnown { found += letters }
    }
    return (all == 0 ? 0 : Double(found) / Double(all), all)
  }
}

extension String {
  /// Without scalars at both ends that a test takes for signs.
  fileprivate func trimmed(_ isSign: (Unicode.Scalar) -> Bool) -> String {
    var view = unicodeScalars[...]
    while let first = view.first, isSign(first) { view = view.dropFirst() }
    while let last = view.last, isSign(last) { view = view.dropLast() }
    return String(String.UnicodeScalarView(view))
  }
}
