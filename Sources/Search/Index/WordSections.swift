/// Writes what spelling needs: every word as it stands in texts, beside the term it became.
///
/// Only words of letters are kept, of the lengths in `SegmentLayout.spelledLengths`. They are ordered by script and
/// length, so that the candidates for a misspelt word lie side by side.
struct WordSections {
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
    for scalar in String(decoding: word, as: UTF8.self).unicodeScalars {
      count += 1
      if scalar.value >= 0x80 { isLatin = false }
      set |= 1 << (scalar.value >= 0x430 ? (scalar.value - 0x430) & 31 : (scalar.value &- 0x61) & 31)
    }
    (self.count, self.set, self.isLatin) = (count, set, isLatin)
  }
}
