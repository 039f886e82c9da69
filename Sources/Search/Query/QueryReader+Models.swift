// Model numbers: begun, or typed with a blank in them. They are never guessed at.
extension QueryReader {
  /// What model numbers are the beginning of, though their pieces are known: AC09 is AC09BK and no thing with an AC
  /// and a 09, R03P-S is R03P-SP2B.
  func addBegunModels(_ words: inout QueryWords) throws(IndexError) {
    for place in words.words.indices where words.words[place].traits.contains(.digit) {
      let word = words.words[place]
      let joined = word.slot.ways.first { $0.reading == .joined && word.traits.contains(.hyphen) }
      guard !word.traits.isSubset(of: [.digit, .point, .hyphen]),
        let whole = joined?.terms.first ?? (word.primary.count == 1 ? word.primary[0] : nil),
        whole.utf8.count >= 3, try !index.has(whole.utf8.span)
      else { continue }
      let begun = try index.naming { () throws(Damage) in
        try Spelling(index).beginning(Array(whole.utf8)).map { String(decoding: $0.term, as: UTF8.self) }
      }
      words.add(begun.map { Way(.prefix, [$0], weight: 0.8, word: $0) }, to: place)
    }
  }

  /// Model numbers are never guessed at; but their beginning may be all that was typed.
  func partOfModel(
    _ word: QueryWords.Word, _ spelling: Spelling
  ) throws(Damage) -> [(way: Way, word: String)] {
    var ways: [(way: Way, word: String)] = []
    for term in word.slot.ways.flatMap({ $0.terms.prefix($0.needed) }) where term.utf8.count >= 4 {
      guard try self.index.documentFrequency(of: term.utf8.span) == 0 else { continue }
      for candidate in try spelling.beginning(Array(term.utf8)) {
        let found = String(decoding: candidate.term, as: UTF8.self)
        ways.append((Way(.prefix, [found], weight: 0.8), found))
      }
    }
    return ways
  }

  /// A model number that was typed with a blank in it: df 333 where the index has df333dwye, mq 884x where it has
  /// mq884x.
  ///
  /// - Parameters:
  ///   - words: The query's words.
  ///   - first: The first of the two; the other stands behind it.
  ///   - isWhole: Whether the two must be all of the number, and not only its beginning.
  /// - Returns: Ways for both of them; none where no number is made up of the two.
  /// - Throws: ``IndexError``.
  func modelInTwoWords(
    _ words: QueryWords, _ first: Int, isWhole: Bool
  ) throws(IndexError) -> [(way: Way, word: String)] {
    guard words.words.indices.contains(first), words.words.indices.contains(first + 1) else { return [] }
    let (one, other) = (words.words[first], words.words[first + 1])
    guard other.traits.isSubset(of: [.digit, .latin, .hyphen]),
      one.traits.contains(.digit) || other.traits.contains(.digit)
    else { return [] }
    // Two numbers are two, and a number is the beginning of a word only where the index has the whole: 80 x160.
    let isNumber = one.traits.isSubset(of: [.digit, .point])
    if isNumber, other.traits.isSubset(of: [.digit, .point]) { return [] }
    let text = String(decoding: one.folded + other.folded, as: UTF8.self)
    let whole = (one.folded + other.folded).filter { $0 != 0x2D }
    guard whole.count >= 4 else { return [] }
    return try self.index.naming { () throws(Damage) in
      if try self.index.documentFrequency(of: whole.span) > 0 {
        return [(Way(.together, [String(decoding: whole, as: UTF8.self)], weight: 0.9), text)]
      }
      if isNumber || isWhole { return [] }
      return try Spelling(self.index).beginning(whole).map { candidate in
        (Way(.together, [String(decoding: candidate.term, as: UTF8.self)], weight: 0.8), text)
      }
    }
  }
}
