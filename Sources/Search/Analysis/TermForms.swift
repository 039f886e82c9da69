/// The terms of one token, in one buffer that is used again and again.
struct TermForms {
  /// Whether a term counts as a word of the text or is another spelling of one.
  enum Role {
    case primary
    case extra
  }

  /// All terms one behind the other; UTF-8.
  var bytes: [UInt8] = []
  /// Where each term ends.
  private(set) var ends: [Int] = []
  /// How many of the terms are primary; they come first.
  private(set) var primaryCount = 0

  /// Number of terms.
  var count: Int { ends.count }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    primaryCount = 0
  }

  /// The bytes of a term.
  ///
  /// - Parameter index: Less than ``count``.
  /// - Returns: Where it lies in ``bytes``.
  func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// Ends the term that was appended to ``bytes``; an extra term that is there already is dropped.
  ///
  /// - Parameters:
  ///   - start: Where the term starts, which is where the last one ended.
  ///   - role: Primary terms must come first.
  mutating func close(from start: Int, as role: Role) {
    switch role {
    case .primary: primaryCount += 1
    case .extra:
      let term = bytes[start...]
      for index in ends.indices where bytes[range(index)].elementsEqual(term) {
        bytes.removeLast(bytes.count - start)
        return
      }
    }
    ends.append(bytes.count)
  }

  /// The terms as values.
  ///
  /// - Parameters:
  ///   - position: Of the first primary term.
  ///   - range: Where the token stands in its text.
  /// - Returns: Primary terms, then extra ones.
  func terms(at position: Int, range: Range<Int>) -> [Term] {
    ends.indices.map { index in
      let isExtra = index >= primaryCount
      return Term(
        text: String(decoding: bytes[self.range(index)], as: UTF8.self), range: range,
        position: position + (isExtra ? 0 : index), isExtra: isExtra)
    }
  }
}
