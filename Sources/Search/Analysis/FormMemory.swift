/// Words that were looked at already, with their terms: titles repeat the same few thousand words.
///
/// Kept by whoever answers many queries in a row; when it grows past ``limit`` it starts anew.
struct FormMemory: Sendable {
  /// Most words.
  static let limit = 1 << 17

  /// Words as the tokenizer leaves them, by number.
  private(set) var words = ByteTable()
  /// Terms, by number.
  private(set) var terms = ByteTable()
  /// For each word where its terms end in ``list``.
  private var ends: [Int] = [0]
  private var list: [UInt32] = []
  private var primaryCounts: [UInt8] = []
  /// For each word and term, which words of the current query it is, as bits.
  private var wordBits: [UInt64] = []
  private var termBits: [UInt64] = []
  /// For each term whether it stands before what a thing is for.
  private var purposes: [Bool] = []
  private var marked: (words: [Int], terms: [Int]) = ([], [])

  /// Forgets the last query, and everything when it has become too much.
  mutating func restart() {
    if words.count > Self.limit {
      self = FormMemory()
      return
    }
    for word in marked.words { wordBits[word] = 0 }
    for term in marked.terms { termBits[term] = 0 }
    marked = ([], [])
  }

  /// Says which words of the query a word is in the very same form.
  mutating func mark(word number: Int, _ bits: UInt64) {
    wordBits[number] |= bits
    marked.words.append(number)
  }

  /// Says which words of the query a term stands for.
  mutating func mark(term: String, _ bits: UInt64) {
    let number = self.term(term.utf8.span)
    termBits[number] |= bits
    marked.terms.append(number)
  }

  /// The number of a term.
  mutating func term(_ bytes: Span<UInt8>) -> Int {
    let (number, isNew) = terms.insert(bytes)
    if isNew {
      termBits.append(0)
      purposes.append(Reranker.purposes.contains(String(span: bytes)))
    }
    return number
  }

  /// Keeps the terms of a new word.
  mutating func learn(_ forms: TermForms) {
    for index in 0..<forms.count {
      let number = term(forms.bytes.span.extracting(forms.range(index)))
      list.append(UInt32(truncatingIfNeeded: number))
    }
    ends.append(list.count)
    primaryCounts.append(UInt8(truncatingIfNeeded: min(forms.primaryCount, 255)))
    wordBits.append(0)
  }

  /// The number of a word; when it is new, ``learn(_:)`` must follow.
  mutating func word(_ bytes: Span<UInt8>) -> (number: Int, isNew: Bool) { words.insert(bytes) }

  /// Which words of the query a word is in the very same form.
  func bits(word: Int) -> UInt64 { wordBits[word] }

  /// Which words of the query a term stands for.
  func bits(term: Int) -> UInt64 { termBits[term] }

  /// Whether a term stands before what a thing is for.
  func isPurpose(term: Int) -> Bool { purposes[term] }

  /// The terms of a word, primary ones first.
  func forms(of word: Int) -> (terms: ArraySlice<UInt32>, primaryCount: Int) {
    (list[ends[word]..<ends[word + 1]], Int(primaryCounts[word]))
  }
}
