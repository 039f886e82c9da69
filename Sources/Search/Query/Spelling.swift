/// Finds words of an index that somebody may have meant.
struct Spelling {
  private let segment: Segment

  /// A word of the index taken for another.
  struct Candidate {
    /// As it stands in texts.
    let word: [UInt8]
    /// Its term.
    let term: [UInt8]
    /// Slips between it and the word as typed.
    let distance: Int
    /// Documents that have the term.
    let documentFrequency: Int
    /// Whether both begin with the same letter, as most misspelt words do.
    let sharesHead: Bool
  }

  /// Most different terms taken for one word.
  static let maximumTerms = 6

  init(_ segment: Segment) { self.segment = segment }

  /// Words of the same script within some slips: a letter too many, missing, wrong, or two swapped.
  ///
  /// - Parameters:
  ///   - word: Folded letters.
  ///   - file: The segment's bytes.
  /// - Returns: The nearest ones only, likeliest first, each term once; empty for words too short to judge.
  /// - Throws: ``Damage``.
  func near(_ word: [UInt8], _ file: Span<UInt8>) throws(Damage) -> [Candidate] {
    let letters = Letters(word)
    guard letters.count >= 3, letters.count < SegmentLayout.wordLengths else { return [] }
    let typed = String(decoding: word, as: UTF8.self).unicodeScalars.map(\.value)
    for distance in 1...(letters.count >= 8 ? 2 : 1) {
      var candidates: [Candidate] = []
      let base = letters.isLatin ? 0 : SegmentLayout.wordLengths
      let lengths =
        max(2, letters.count - distance)...min(letters.count + distance, SegmentLayout.wordLengths - 1)
      for length in lengths {
        let words = try segment.words(inBucket: base + length, in: file)
        let sets = file.extracting(segment.range(.wordLetters))
        for number in words {
          guard (try sets.little32(number * 4) ^ letters.set).nonzeroBitCount <= 2 * distance else {
            continue
          }
          let (text, term) = try segment.word(number, in: file)
          let other = String(decoding: text, as: UTF8.self).unicodeScalars.map(\.value)
          guard let slips = EditDistance.between(typed, other, atMost: distance) else { continue }
          // Of three letters any two words are near; only those count that begin alike.
          if typed.count == 3, typed.first != other.first { continue }
          candidates.append(try candidate(text, term, slips, typed.first == other.first, file))
        }
      }
      if !candidates.isEmpty { return Self.best(candidates) }
    }
    return []
  }

  /// Words that sound the same, in either script.
  ///
  /// - Parameters:
  ///   - word: Folded letters.
  ///   - file: The segment's bytes.
  /// - Returns: Likeliest first, each term once.
  /// - Throws: ``Damage``.
  func sounding(_ word: [UInt8], _ file: Span<UInt8>) throws(Damage) -> [Candidate] {
    var skeletons = [Sound.skeleton(word)]
    if word.contains(0x63) { skeletons.append(Sound.skeleton(word, softC: true)) }
    var candidates: [Candidate] = []
    for skeleton in skeletons where !skeleton.isEmpty {
      for number in try segment.words(sounding: skeleton, limit: 64, in: file) {
        let (text, term) = try segment.word(number, in: file)
        candidates.append(try candidate(text, term, 0, true, file))
      }
    }
    return Self.best(candidates)
  }

  /// Terms that begin like this.
  ///
  /// - Parameters:
  ///   - start: Folded letters or digits.
  ///   - file: The segment's bytes.
  /// - Returns: The most frequent first.
  /// - Throws: ``Damage``.
  func beginning(_ start: [UInt8], _ file: Span<UInt8>) throws(Damage) -> [Candidate] {
    var candidates: [Candidate] = []
    var place = try segment.place(of: start.span, in: file)
    // A bound, because every term may begin with the same letters.
    let end = min(segment.termCount, place + 512)
    while place < end {
      let term = try segment.termText(place, in: file)
      guard term.starts(with: start) else { break }
      candidates.append(
        Candidate(
          word: term, term: term, distance: 0,
          documentFrequency: try segment.entry(place, in: file).documentFrequency, sharesHead: true))
      place += 1
    }
    return Self.best(candidates)
  }

  private func candidate(
    _ text: [UInt8], _ term: Int, _ distance: Int, _ sharesHead: Bool, _ file: Span<UInt8>
  ) throws(Damage) -> Candidate {
    Candidate(
      word: text, term: try segment.termText(term, in: file), distance: distance,
      documentFrequency: try segment.entry(term, in: file).documentFrequency, sharesHead: sharesHead)
  }

  private static func best(_ candidates: [Candidate]) -> [Candidate] {
    let sorted = candidates.sorted { one, other in
      if one.distance != other.distance { return one.distance < other.distance }
      if one.sharesHead != other.sharesHead { return one.sharesHead }
      if one.documentFrequency != other.documentFrequency {
        return one.documentFrequency > other.documentFrequency
      }
      return one.word.lexicographicallyPrecedes(other.word)
    }
    var seen: Set<[UInt8]> = []
    return Array(sorted.filter { seen.insert($0.term).inserted }.prefix(maximumTerms))
  }
}

/// Slips between two words.
enum EditDistance {
  /// Letters inserted, deleted, replaced, or swapped with their neighbours.
  ///
  /// - Parameters:
  ///   - one: A word.
  ///   - other: Another word.
  ///   - limit: Most slips that matter.
  /// - Returns: The least number of slips, or `nil` when they are more than the limit.
  /// - SeeAlso: "optimal string alignment", the restricted Damerau distance.
  static func between(_ one: [UInt32], _ other: [UInt32], atMost limit: Int) -> Int? {
    guard abs(one.count - other.count) <= limit else { return nil }
    // What both begin and end with costs nothing.
    var start = 0
    while start < min(one.count, other.count), one[start] == other[start] { start += 1 }
    var (end, otherEnd) = (one.count, other.count)
    while end > start, otherEnd > start, one[end - 1] == other[otherEnd - 1] {
      end -= 1
      otherEnd -= 1
    }
    let (left, right) = (one[start..<end], other[start..<otherEnd])
    if left.isEmpty || right.isEmpty {
      let distance = max(left.count, right.count)
      return distance <= limit ? distance : nil
    }
    // More than this between the first and the last difference cannot be mended by so few slips.
    if limit == 1 {
      if left.count == 1, right.count == 1 { return 1 }
      let isSwap =
        left.count == 2 && right.count == 2 && left.first == right.last && left.last == right.first
      return isSwap ? 1 : nil
    }
    return full(Array(left), Array(right), limit)
  }

  private static func full(_ one: [UInt32], _ other: [UInt32], _ limit: Int) -> Int? {
    var before = [Int](repeating: 0, count: other.count + 1)
    var last = Array(0...other.count)
    for row in 1...one.count {
      var next = [row]
      next.reserveCapacity(other.count + 1)
      for column in 1...other.count {
        let cost = one[row - 1] == other[column - 1] ? 0 : 1
        var least = min(last[column] + 1, next[column - 1] + 1, last[column - 1] + cost)
        if row > 1, column > 1, one[row - 1] == other[column - 2], one[row - 2] == other[column - 1] {
          least = min(least, before[column - 2] + 1)
        }
        next.append(least)
      }
      if next.allSatisfy({ $0 > limit }) { return nil }
      (before, last) = (last, next)
    }
    return last[other.count] <= limit ? last[other.count] : nil
  }
}
