/// Finds words of an index that somebody may have meant.
struct Spelling {
  private let index: SearchIndex

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

  init(_ index: SearchIndex) { self.index = index }

  /// Words of the same script within some slips: a letter too many, missing, wrong, or two swapped.
  ///
  /// - Parameter word: Folded letters.
  /// - Returns: The nearest ones only, likeliest first, each term once; empty for words too short to judge.
  /// - Throws: ``Damage``.
  func near(_ word: [UInt8]) throws(Damage) -> [Candidate] {
    let letters = Letters(word)
    guard letters.count >= 3, letters.count < SegmentLayout.wordLengths else { return [] }
    let typed = String(decoding: word, as: UTF8.self).unicodeScalars.map(\.value)
    for distance in 1...(letters.count >= 8 ? 2 : 1) {
      var candidates: [Candidate] = []
      for layer in index.layers.indices {
        try index.layers[layer].segment.withBytes { (file) throws(Damage) in
          try addNear(letters, typed, distance, layer, &candidates, file)
        }
      }
      if !candidates.isEmpty { return Self.best(candidates) }
    }
    return []
  }

  /// Adds the words of one layer that are so many slips away, or fewer.
  private func addNear(
    _ letters: Letters, _ typed: [UInt32], _ distance: Int, _ layer: Int, _ candidates: inout [Candidate],
    _ file: Span<UInt8>
  ) throws(Damage) {
    let segment = index.layers[layer].segment
    let base = letters.isLatin ? 0 : SegmentLayout.wordLengths
    let lengths =
      max(2, letters.count - distance)...min(letters.count + distance, SegmentLayout.wordLengths - 1)
    let sets = file.extracting(segment.range(.wordLetters))
    for length in lengths {
      for number in try segment.words(inBucket: base + length, in: file) {
        guard (try sets.little32(number * 4) ^ letters.set).nonzeroBitCount <= 2 * distance else { continue }
        let (text, term) = try segment.word(number, in: file)
        let other = String(decoding: text, as: UTF8.self).unicodeScalars.map(\.value)
        guard let slips = EditDistance.between(typed, other, atMost: distance) else { continue }
        // Of three letters any two words are near; only those count that begin alike.
        if typed.count == 3, typed.first != other.first { continue }
        try add(text, term, slips, typed.first == other.first, layer, &candidates, file)
      }
    }
  }

  /// Words that sound the same, in either script.
  ///
  /// - Parameter word: Folded letters.
  /// - Returns: Likeliest first, each term once.
  /// - Throws: ``Damage``.
  func sounding(_ word: [UInt8]) throws(Damage) -> [Candidate] {
    var skeletons = [Sound.skeleton(word)]
    if word.contains(0x63) { skeletons.append(Sound.skeleton(word, softC: true)) }
    var candidates: [Candidate] = []
    // Words whose documents count no more must not crowd out others.
    let limit = index.layers.count > 1 ? Int.max : Self.maximumAlike
    for skeleton in skeletons where !skeleton.isEmpty {
      var alike: [Candidate] = []
      for layer in index.layers.indices {
        let segment = index.layers[layer].segment
        try segment.withBytes { (file) throws(Damage) in
          for number in try segment.words(sounding: skeleton, limit: limit, in: file) {
            let (text, term) = try segment.word(number, in: file)
            try add(text, term, 0, true, layer, &alike, file)
          }
        }
      }
      if index.layers.count > 1 {
        // The words of both as one index would have them: each once, by script and length, then by bytes.
        alike = alike.map { (Letters($0.word).bucket, $0) }.sorted { one, other in
          one.0 != other.0 ? one.0 < other.0 : one.1.word.lexicographicallyPrecedes(other.1.word)
        }.map(\.1)
        for place in alike.indices.dropFirst().reversed() where alike[place].word == alike[place - 1].word {
          alike.remove(at: place)
        }
      }
      candidates += alike.prefix(Self.maximumAlike)
    }
    return Self.best(candidates)
  }

  /// Terms that begin like this.
  ///
  /// - Parameter start: Folded letters or digits.
  /// - Returns: The most frequent first.
  /// - Throws: ``Damage``.
  func beginning(_ start: [UInt8]) throws(Damage) -> [Candidate] {
    var candidates: [Candidate] = []
    for layer in index.layers.indices {
      let segment = index.layers[layer].segment
      try segment.withBytes { (file) throws(Damage) in
        var place = try segment.place(of: start.span, in: file)
        // A bound, because every term may begin with the same letters.
        let end = candidates.count + Self.maximumBeginnings
        while place < segment.termCount, candidates.count < end {
          let term = try segment.termText(place, in: file)
          guard term.starts(with: start) else { break }
          try add(term, place, 0, true, layer, &candidates, file)
          place += 1
        }
      }
    }
    guard index.layers.count > 1 else { return Self.best(candidates) }
    candidates.sort { $0.term.lexicographicallyPrecedes($1.term) }
    for place in candidates.indices.dropFirst().reversed()
    where candidates[place].term == candidates[place - 1].term { candidates.remove(at: place) }
    return Self.best(Array(candidates.prefix(Self.maximumBeginnings)))
  }

  /// Most words that sound alike, and most terms with one beginning, that are looked at.
  private static let maximumAlike = 64
  private static let maximumBeginnings = 512

  /// Adds a word of a layer, unless all documents with its term count no more.
  private func add(
    _ text: [UInt8], _ term: Int, _ distance: Int, _ sharesHead: Bool, _ layer: Int,
    _ candidates: inout [Candidate], _ file: Span<UInt8>
  ) throws(Damage) {
    let termText = try index.layers[layer].segment.termText(term, in: file)
    let frequency = try index.documentFrequency(ofTerm: term, termText, inLayer: layer, file)
    guard frequency > 0 else { return }
    candidates.append(
      Candidate(
        word: text, term: termText, distance: distance, documentFrequency: frequency, sharesHead: sharesHead))
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
