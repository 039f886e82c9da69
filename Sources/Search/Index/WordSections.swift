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
    list.sort {
      $0.bucket != $1.bucket ? $0.bucket < $1.bucket : $0.text.lexicographicallyPrecedes($1.text)
    }
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
    let skeletons = list.map { Sound.skeleton($0.text) }
    for number in list.indices.sorted(by: { one, other in
      skeletons[one] != skeletons[other]
        ? skeletons[one].lexicographicallyPrecedes(skeletons[other]) : one < other
    }) { sounds.append32(UInt32(truncatingIfNeeded: number)) }
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
