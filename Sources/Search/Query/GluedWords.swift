// Words that were typed without the blanks between them: iphone15pro, redminote13pro.
extension QueryReader {
  /// One word as several of the index: as few as can be, of those the ones that most documents have.
  ///
  /// Numbers are never cut. A piece of letters alone has three letters or more, or ends where digits or a hyphen
  /// do; so the letters of a model number that nobody has are not spelt together from scraps.
  ///
  /// - Parameters:
  ///   - word: Folded.
  ///   - analyzer: Gives terms.
  /// - Returns: One way, or none where some piece would be unknown.
  /// - Throws: ``IndexError``.
  func glued(
    _ word: [UInt8], analyzer: inout Analyzer
  ) throws(IndexError) -> [(way: Way, word: String)] {
    let letters = Array(String(decoding: word, as: UTF8.self).unicodeScalars)
    guard (5...40).contains(letters.count) else { return [] }
    var best = [Split?](repeating: nil, count: letters.count + 1)
    best[0] = Split()
    for start in letters.indices where best[start] != nil && letters[start] != "-" {
      for end in (start + 1)...letters.count {
        guard letters[end - 1] != "-" else { break }
        guard (start, end) != (0, letters.count), Self.isPiece(letters, start, end) else { continue }
        let text = String(String.UnicodeScalarView(letters[start..<end]))
        guard let (term, documents) = try known(Array(text.utf8), analyzer: &analyzer),
          let before = best[start]
        else { continue }
        let split = before.adding(text, term, documents)
        // Behind a hyphen the next piece begins.
        let next = end < letters.count && letters[end] == "-" ? end + 1 : end
        if best[next].map({ split.isBetter(than: $0) }) ?? true { best[next] = split }
      }
    }
    guard let split = best[letters.count], split.words.count > 1 else { return [] }
    let text = split.words.joined(separator: " ")
    return [(Way(.apart, split.terms, weight: 0.9, word: text), text)]
  }

  /// The term that stands for a piece: its own, that of its synonyms, or of what sounds like it in the other script.
  private func known(
    _ piece: [UInt8], analyzer: inout Analyzer
  ) throws(IndexError) -> (term: String, documents: Int)? {
    let term = String(decoding: try analyzer.stem(piece), as: UTF8.self)
    var candidates = [term]
    if piece.count >= 4, !piece.contains(where: \.isDigit) {
      candidates += try marks(ofWord: [term])
      candidates += try index.naming { () throws(Damage) in
        try Spelling(index).sounding(piece).map { String(decoding: $0.term, as: UTF8.self) }
      }
    }
    for candidate in candidates {
      let documents = try index.naming { () throws(Damage) in
        try index.documentFrequency(of: candidate.utf8.span)
      }
      if documents > 0 { return (candidate, documents) }
    }
    return nil
  }

  /// The beginning of a word as words of the index.
  private struct Split {
    var words: [String] = []
    var terms: [String] = []
    /// Documents that have the rarest of them.
    var least = Int.max

    func adding(_ word: String, _ term: String, _ documents: Int) -> Split {
      Split(words: words + [word], terms: terms + [term], least: min(least, documents))
    }

    func isBetter(than other: Split) -> Bool {
      words.count != other.words.count ? words.count < other.words.count : least > other.least
    }
  }

  /// Whether letters may be a word of their own where they stand.
  private static func isPiece(_ letters: [Unicode.Scalar], _ start: Int, _ end: Int) -> Bool {
    func isDigit(_ place: Int) -> Bool { ("0"..."9").contains(letters[place]) || letters[place] == "." }
    /// Whether a word may end here: never inside a number.
    func mayCut(_ place: Int) -> Bool {
      place == 0 || place == letters.count || !(isDigit(place - 1) && isDigit(place))
    }
    /// Whether one ends here by itself.
    func isEdge(_ place: Int) -> Bool {
      place == 0 || place == letters.count || letters[place] == "-" || letters[place - 1] == "-"
        || isDigit(place - 1) != isDigit(place)
    }
    guard mayCut(start), mayCut(end) else { return false }
    if (start..<end).contains(where: isDigit) { return true }
    return end - start >= 3 || (end - start == 2 && isEdge(start) && isEdge(end))
  }
}
