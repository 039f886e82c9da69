/// Writes what spelling needs: every word as it stands in texts, beside the term it became.
///
/// Only words of letters are kept, of the lengths in `SegmentLayout.spelledLengths`. They are ordered by script and
/// length, so that the candidates for a misspelt word lie side by side.
struct WordSections: Sendable {
  /// Records: where the text ends in ``texts``, and the term's number.
  private(set) var words: [UInt8] = []
  /// For each word: how many bytes it shares with its term's beginning, then the rest.
  private(set) var texts: [UInt8] = []
  /// For each word its letters as a set of 32 bits.
  private(set) var letters: [UInt8] = []
  /// The words' numbers, ordered by how the words sound.
  private(set) var sounds: [UInt8] = []
  /// Where the words of each script and length start, and where the last ones end.
  private(set) var starts: [UInt8] = []

  private struct Word {
    let text: [UInt8]
    let term: Int
    let bucket: Int
    let letters: UInt32
  }

  /// Orders and writes the words.
  ///
  /// - Parameters:
  ///   - found: Words and their terms' numbers; each word once.
  ///   - termText: Gives a term's text.
  init(_ found: [(word: [UInt8], term: Int)], termText: (Int) -> ArraySlice<UInt8>) {
    var list: [Word] = []
    list.reserveCapacity(found.count)
    for (word, term) in found {
      let shape = Letters(word)
      guard SegmentLayout.spelledLengths.contains(shape.count) else { continue }
      list.append(Word(text: word, term: term, bucket: shape.bucket, letters: shape.set))
    }
    list = SortKey.order(of: list.map { ($0.bucket, $0.text) }).map { list[$0] }
    var bucket = 0
    for (number, word) in list.enumerated() {
      while bucket <= word.bucket {
        starts.append32(UInt32(truncatingIfNeeded: number))
        bucket += 1
      }
      let term = termText(word.term)
      let shared = zip(word.text, term).prefix { $0 == $1 }.count
      texts.append(UInt8(truncatingIfNeeded: min(shared, 255)))
      texts += word.text[min(shared, 255)...]
      words.append32(UInt32(truncatingIfNeeded: texts.count))
      words.append32(UInt32(truncatingIfNeeded: word.term))
      letters.append32(word.letters)
    }
    while bucket <= 2 * SegmentLayout.wordLengths {
      starts.append32(UInt32(truncatingIfNeeded: list.count))
      bucket += 1
    }
    for number in SortKey.order(of: list.map { (0, Sound.skeleton($0.text)) }) {
      sounds.append32(UInt32(truncatingIfNeeded: number))
    }
  }
}

/// The words of a collection's texts, for spelling.
struct SpelledWords: Sendable {
  let surfaces: ByteTable
  let records: [IndexBuilder.Surface]
  let surfaceTerms: [UInt32]
  let terms: ByteTable
  /// Terms by their final numbers.
  let sorted: [Int]

  /// Writes the sections.
  func sections() -> WordSections {
    WordSections(words()) { number in terms.bytes[terms.range(sorted[number])] }
  }

  /// Words of letters, each with the final number of its first term.
  ///
  /// - Returns: Each word once, in the order of their first coming.
  private func words() -> [(word: [UInt8], term: Int)] {
    var final = [Int](repeating: -1, count: terms.count)
    for (number, term) in sorted.enumerated() { final[term] = number }
    var seen = ByteTable()
    var words: [(word: [UInt8], term: Int)] = []
    for surface in 0..<surfaces.count {
      let token = surfaces.bytes[surfaces.range(surface)]
      guard !token.contains(where: { $0.isDigit || $0 == 0x22 || $0 == 0x27 }) else { continue }
      // The parts of a compound and its primary terms come in the same order.
      for (index, part) in token.split(separator: 0x2D).enumerated()
      where index < Int(records[surface].primary) {
        guard seen.insert(surfaces.bytes, part.indices).isNew else { continue }
        let term = final[Int(surfaceTerms[Int(records[surface].start) + index])]
        if term >= 0 { words.append((Array(part), term)) }
      }
    }
    return words
  }
}

/// The beginning of a text as numbers: nearly all comparisons end there, without a walk through the memory.
private struct SortKey {
  let group: Int
  let first: UInt64
  let second: UInt64
  let number: Int

  /// Numbers of texts, by group, then by bytes, then as they came.
  static func order(of texts: [(group: Int, text: [UInt8])]) -> [Int] {
    var keys: [SortKey] = []
    keys.reserveCapacity(texts.count)
    for (number, (group, text)) in texts.enumerated() {
      keys.append(SortKey(group: group, first: head(text, 0), second: head(text, 8), number: number))
    }
    keys.sort { one, other in
      if one.group != other.group { return one.group < other.group }
      if one.first != other.first { return one.first < other.first }
      if one.second != other.second { return one.second < other.second }
      let (text, its) = (texts[one.number].text, texts[other.number].text)
      if text.count > 16 || its.count > 16, text != its { return text.lexicographicallyPrecedes(its) }
      // Letters are no zero bytes, so that equal heads of short words are equal words.
      return text.count != its.count ? text.count < its.count : one.number < other.number
    }
    return keys.map(\.number)
  }

  /// Eight bytes from a place on, zeros behind the end; as a number that orders like the bytes.
  private static func head(_ text: [UInt8], _ start: Int) -> UInt64 {
    var head: UInt64 = 0
    for place in start..<start + 8 { head = head << 8 | (place < text.count ? UInt64(text[place]) : 0) }
    return head
  }
}

/// The letters of a word as a set, and how many they are: enough to see that two words cannot be near.
struct Letters {
  /// Number of letters.
  let count: Int
  /// A bit a letter; some letters share one.
  let set: UInt32
  /// Whether all are Latin letters without marks.
  let isLatin: Bool

  /// Where words of this script and length are kept.
  var bucket: Int { min(count, SegmentLayout.wordLengths - 1) + (isLatin ? 0 : SegmentLayout.wordLengths) }

  /// Looks at a word.
  ///
  /// - Parameter word: Folded letters.
  init(_ word: [UInt8]) {
    var (count, set, isLatin) = (0, UInt32(0), true)
    let bytes = word.span
    var place = 0
    while place < bytes.count {
      let (scalar, width) = Tokenizer.scalar(at: place, in: bytes)
      place += width
      count += 1
      if scalar >= 0x80 { isLatin = false }
      set |= 1 << (scalar >= 0x430 ? (scalar - 0x430) & 31 : (scalar &- 0x61) & 31)
    }
    (self.count, self.set, self.isLatin) = (count, set, isLatin)
  }
}
