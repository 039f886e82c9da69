/// A walk through the documents that have a word of a query, in the order of SKUs.
///
/// Slots that cannot lift a document into the list, not even together, are not walked along but looked up
/// (MaxScore). What a document could score at most is known from the slots that it is in, from the blocks that
/// these slots stand in, and from the share of the query's words that it can have at all; only documents that this
/// could lift into the list are scored, and where a whole stretch cannot, it is passed over (block-max).
///
/// The inner loop of every search: plain bits in two arrays that are lent for as long as it takes. Indices are those
/// that ``SearchPlan`` made of its own arrays; no number of a file is one.
@safe struct Walk: DocumentWalk {
  private let parts: UnsafeMutableBufferPointer<SearchPlan.Part>
  /// The documents at which the parts stand, side by side.
  private let places: UnsafeMutableBufferPointer<Int>
  private let slots: [SearchPlan.SlotPlan]
  private let ways: [SearchPlan.WayPlan]
  private let sums: [Double]
  private let shareSums: [Double]
  private let totalShare: Double
  private let postings: Range<Int>
  private let shapes: ShapeSection
  private let lengths: LengthSection
  private let scoring: Scoring
  private let saturation: Double
  private let shapeBounds: [Double]
  private let coverage: Double
  /// Slots before this one are not walked along.
  private var essential = 0
  /// The first part that is walked along.
  private var firstPart = 0
  private var given: SlotScores

  /// Stands on the first document.
  ///
  /// - Parameters:
  ///   - plan: The query, looked up.
  ///   - index: Where.
  ///   - layer: In which layer of it.
  ///   - slotCount: Slots of the query.
  ///   - parts: The plan's parts; lent for as long as the walk lasts.
  ///   - places: Their documents; lent as long.
  @unsafe init(
    _ plan: SearchPlan, _ index: SearchIndex, _ layer: Int, slotCount: Int,
    parts: UnsafeMutableBufferPointer<SearchPlan.Part>, places: UnsafeMutableBufferPointer<Int>
  ) {
    unsafe (self.parts, self.places) = (parts, places)
    (slots, ways, sums, shareSums) = (plan.slots, plan.ways, plan.sums, plan.shares)
    totalShare = plan.totalShare
    let segment = index.layers[layer].segment
    postings = segment.range(.postings)
    (shapes, lengths) = (segment.shapes, segment.lengths)
    (scoring, saturation, coverage) = (index.scoring, index.ranking.saturation, index.ranking.coverage)
    shapeBounds = index.layers[layer].shapeBounds
    given = SlotScores(count: slotCount)
  }

  @inline(__always)
  private var document: Int? {
    guard essential < slots.count else { return nil }
    var document = Int.max
    for part in unsafe firstPart..<places.count { unsafe document = min(document, places[part]) }
    return document < .max ? document : nil
  }

  mutating func leaveOut(_ threshold: Double) {
    while essential < slots.count,
      !Searcher.canBeat(
        threshold, sums[essential + 1] * Searcher.kept(shareSums[essential + 1], totalShare, coverage))
    {
      firstPart = slots[essential].parts.upperBound
      essential += 1
    }
  }

  mutating func next(_ threshold: Double?, _ file: Span<UInt8>) throws(Damage) -> ScoredDocument? {
    while let document {
      guard let (score, matched) = try score(document, threshold, file) else { continue }
      return ScoredDocument(document: document, score: score, matched: matched)
    }
    return nil
  }

  /// Scores a document and goes on behind it.
  @inline(__always)
  private mutating func score(
    _ document: Int, _ threshold: Double?, _ file: Span<UInt8>
  ) throws(Damage) -> (score: Double, matched: UInt64)? {
    let section = file.extracting(postings)
    let first = essential
    if let threshold, !canReach(threshold, document) {
      try goOn(to: stretchEnd(document), threshold, section)
      return nil
    }
    if let threshold, try !shapesReach(threshold, document, section) {
      try goOn(to: document + 1, threshold, section)
      return nil
    }
    var matched = UInt64(0)
    for slot in 0..<slots.count {
      if threshold == nil, slot < first { try seek(slot, document, section) }
      try take(slot, document, file, &matched)
    }
    try goOn(to: document + 1, threshold, section)
    return (given.total(matched, totalShare, coverage), matched)
  }

  /// Whether slots and blocks leave it possible that a document beats a score.
  @inline(__always)
  private func canReach(_ threshold: Double, _ document: Int) -> Bool {
    var (bound, share) = (sums[essential], shareSums[essential])
    for slot in essential..<slots.count {
      var (most, isThere) = (0.0, false)
      for way in slots[slot].ways {
        var sum = 0.0
        for part in ways[way].parts where unsafe places[part] == document {
          sum += unsafe parts[part].bound(saturation)
          isThere = true
        }
        most = max(most, sum)
      }
      if isThere {
        bound += most
        share += slots[slot].share
      }
    }
    return Searcher.canBeat(threshold, bound * Searcher.kept(share, totalShare, coverage))
  }

  /// Whether the fields in which a document has the words leave it possible that it beats a score.
  ///
  /// Looks up the slots that are not walked along, the most promising first, until it is settled.
  @inline(__always)
  private mutating func shapesReach(
    _ threshold: Double, _ document: Int, _ section: Span<UInt8>
  ) throws(Damage) -> Bool {
    var (bound, share) = (0.0, shareSums[essential])
    for slot in essential..<slots.count {
      let (most, isThere) = try shapeBound(slot, document, section)
      bound += most
      if isThere { share += slots[slot].share }
    }
    var slot = essential - 1
    while true {
      let kept = Searcher.kept(share, totalShare, coverage)
      guard Searcher.canBeat(threshold, (bound + sums[slot + 1]) * kept) else { return false }
      guard slot >= 0 else { return true }
      try seek(slot, document, section)
      let (most, isThere) = try shapeBound(slot, document, section)
      bound += most
      if !isThere { share -= slots[slot].share }
      slot -= 1
    }
  }

  /// Looks up a slot that is not walked along.
  @inline(__always)
  private mutating func seek(_ slot: Int, _ document: Int, _ section: Span<UInt8>) throws(Damage) {
    for part in slots[slot].parts where unsafe places[part] < document {
      try unsafe parts[part].cursor.seek(document, section)
      unsafe places[part] = parts[part].cursor.document
    }
  }

  /// No document that has a slot's words in the same fields as this one scores more by it.
  @inline(__always)
  private func shapeBound(
    _ slot: Int, _ document: Int, _ section: Span<UInt8>
  ) throws(Damage) -> (most: Double, isThere: Bool) {
    var (most, isThere) = (0.0, false)
    for way in slots[slot].ways {
      var sum = 0.0
      for part in ways[way].parts where unsafe places[part] == document {
        let shape = try unsafe parts[part].cursor.shape(section)
        guard shape < shapeBounds.count else { throw Damage("a shape that does not exist") }
        sum += unsafe parts[part].factor * shapeBounds[shape]
        isThere = true
      }
      most = max(most, sum)
    }
    return (most, isThere)
  }

  /// Up to here no document has other blocks or slots than a document that was ruled out.
  @inline(__always)
  private func stretchEnd(_ document: Int) -> Int {
    var end = Int.max
    for part in unsafe firstPart..<places.count {
      let place = unsafe places[part]
      end = min(end, place == document ? unsafe parts[part].cursor.blockLast + 1 : place)
    }
    return end
  }

  /// Moves all parts that are walked along to a document or behind it.
  @inline(__always)
  private mutating func goOn(
    to document: Int, _ threshold: Double?, _ section: Span<UInt8>
  ) throws(Damage) {
    for part in unsafe firstPart..<places.count where unsafe places[part] < document {
      if unsafe places[part] + 1 == document {
        try unsafe parts[part].cursor.next(section)
      } else {
        try unsafe parts[part].cursor.seek(document, section)
      }
      unsafe places[part] = parts[part].cursor.document
    }
    if let threshold, unsafe firstPart + 1 == places.count { try passOver(threshold, section) }
  }

  /// Where one part alone is walked along: passes over what its shapes rule out.
  private mutating func passOver(_ threshold: Double, _ section: Span<UInt8>) throws(Damage) {
    let part = firstPart
    let kept = Searcher.kept(shareSums[essential] + slots[essential].share, totalShare, coverage)
    let (rest, factor) = unsafe (sums[essential], parts[part].factor)
    while unsafe parts[part].cursor.document < .max {
      let shape = try unsafe parts[part].cursor.shape(section)
      guard shape < shapeBounds.count else { throw Damage("a shape that does not exist") }
      if Searcher.canBeat(threshold, (factor * shapeBounds[shape] + rest) * kept) { break }
      try unsafe parts[part].cursor.next(section)
    }
    unsafe places[part] = parts[part].cursor.document
  }

  /// Adds score and completeness of one slot.
  @inline(__always)
  private mutating func take(
    _ slot: Int, _ document: Int, _ file: Span<UInt8>, _ matched: inout UInt64
  ) throws(Damage) {
    let section = file.extracting(postings)
    var (best, share) = (0.0, 0.0)
    for way in slots[slot].ways {
      var (sum, present, isPresent) = (0.0, 0, false)
      for part in ways[way].parts where unsafe places[part] == document {
        var frequency = 0.0
        try unsafe shapes.forEachField(parts[part].cursor.shape(section), file) {
          (field, count) throws(Damage) in
          let length = try lengths.length(field, document, file)
          frequency += scoring.frequency(count, field: field, length: length)
        }
        sum += unsafe parts[part].factor * scoring.saturated(frequency)
        isPresent = true
        if unsafe parts[part].isNeeded { present += 1 }
      }
      guard isPresent else { continue }
      best = max(best, sum)
      // A way without any of its needed terms still has something of the word.
      share = max(share, max(Double(present) / Double(ways[way].needed), 0.1))
    }
    guard share > 0 else { return }
    let index = slots[slot].index
    given.set(index, score: best, share: share * slots[slot].share)
    matched |= 1 << UInt64(index)
  }
}
