/// The terms of one token, in one buffer that is used again and again.
struct TermForms: Sendable {
  /// What a term is to its token.
  enum Role: UInt8 {
    /// A word of the text.
    case primary
    /// The whole token as one word: wi-fi as wifi, 128 гб as 128gb.
    case joined
    /// A piece of a word: the rtx and the 4060 of rtx4060.
    case piece
    /// The same word in other letters: казан for қазан.
    case other
  }

  /// All terms one behind the other; UTF-8.
  var bytes: [UInt8] = []
  /// Where each term ends.
  private(set) var ends: [Int] = []
  /// The role of each term; primary ones come first.
  private(set) var roles: [Role] = []
  /// How many of the terms are primary.
  private(set) var primaryCount = 0

  /// Number of terms.
  var count: Int { ends.count }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    roles.removeAll(keepingCapacity: true)
    primaryCount = 0
  }

  /// The bytes of a term.
  ///
  /// - Parameter index: Less than ``count``.
  /// - Returns: Where it lies in ``bytes``.
  func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// A term as text.
  ///
  /// - Parameter index: Less than ``count``.
  /// - Returns: The term.
  func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

  /// Ends the term that was appended to ``bytes``; an extra term that is there already is dropped.
  ///
  /// - Parameters:
  ///   - start: Where the term starts, which is where the last one ended.
  ///   - role: Primary terms must come first.
  mutating func close(from start: Int, as role: Role) {
    if role == .primary {
      primaryCount += 1
    } else {
      let term = bytes[start...]
      for index in ends.indices where bytes[range(index)].elementsEqual(term) {
        bytes.removeLast(bytes.count - start)
        return
      }
    }
    ends.append(bytes.count)
    roles.append(role)
  }

  /// The terms as values.
  ///
  /// - Parameters:
  ///   - position: Of the first primary term.
  ///   - range: Where the token stands in its text.
  /// - Returns: Primary terms, then extra ones.
  func terms(at position: Int, range: Range<Int>) -> [Term] {
    ends.indices.map { index in
      let isExtra = roles[index] != .primary
      return Term(
        text: text(index), range: range, position: position + (isExtra ? 0 : index), isExtra: isExtra)
    }
  }
}
