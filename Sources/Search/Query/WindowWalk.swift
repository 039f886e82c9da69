internal import CBytes

/// The walk for queries of few words that have one way of one term each, as most have.
///
/// Not document by document but window by window: each term adds what its postings could score at most, by the fields in which
/// the documents have it, to sums that stand side by side; a term knows nothing of the others, and nothing is looked for
/// twice. Only documents whose sums can enter the list are scored. Terms that cannot lift a document into the list, not even
/// together, are looked up for such documents alone (MaxScore), and blocks of postings that cannot, whatever the other terms
/// add, are not unpacked (block-max). The answer is that of ``Walk`` to the last bit.
///
/// - SeeAlso: Lucene's `BooleanScorer`, which gathers scores by windows of 2,048 documents.
@safe struct WindowWalk: DocumentWalk {
  /// Most terms: a document's terms are bits of one byte.
  static let mostTerms = 8

  private let parts: UnsafeMutableBufferPointer<SearchPlan.Part>
  private let room: WindowRoom
  /// By part.
  private let slots: [SearchPlan.SlotPlan]
  private let sums: [Double]
  private let shareSums: [Double]
  private let totalShare: Double
  private let coverage: Double
  private let postings: Range<Int>
  private let shapes: ShapeSection
  private let lengths: LengthSection
  private let scoring: Scoring
  private let saturation: Double
  private let shapeBounds: [Double]
  /// What is kept of the sum of a document that has the parts whose bits are set.
  private let kept: [Double]
  /// Documents of the layer.
  private let documentCount: Int
  /// Parts before this one cannot lift a document into the list, not even together.
  private var essential = 0
  /// The score to beat when the next window begins.
  private var threshold: Double?
  /// Parts before this one are only looked up, as long as the window lasts.
  private var gathered = 0
  /// The threshold that the window's limits are of; `nil` when they are of none.
  private var limited: Double?
  /// The bits of all gathered parts.
  private var every = 0
  /// The first document of the window, and the place in it that is looked at next.
  private var base = 0
  private var place = WindowRoom.size
  private var given: SlotScores

  /// Stands before the first document.
  ///
  /// - Parameters:
  ///   - plan: The query, looked up; ``SearchPlan/isPlain``, with at most ``mostTerms`` terms.
  ///   - index: Where.
  ///   - layer: In which layer of it.
  ///   - slotCount: Slots of the query.
  ///   - parts: The plan's parts; lent for as long as the walk lasts.
  @unsafe init(
    _ plan: SearchPlan, _ index: SearchIndex, _ layer: Int, slotCount: Int,
    parts: UnsafeMutableBufferPointer<SearchPlan.Part>
  ) {
    unsafe self.parts = unsafe parts
    room = WindowRoom(parts.count)
    documentCount = index.layers[layer].segment.documentCount
    (slots, sums, shareSums, totalShare) = (plan.slots, plan.sums, plan.shares, plan.totalShare)
    let segment = index.layers[layer].segment
    postings = segment.range(.postings)
    (shapes, lengths) = (segment.shapes, segment.lengths)
    (scoring, saturation, coverage) = (index.scoring, index.ranking.saturation, index.ranking.coverage)
    shapeBounds = index.layers[layer].shapeBounds
    let (shares, total, coverage) = (plan.slots.map(\.share), plan.totalShare, index.ranking.coverage)
    kept = (0..<(1 << parts.count)).map { mask in
      let covered = shares.indices.reduce(0.0) { mask & 1 << $1 != 0 ? $0 + shares[$1] : $0 }
      return Searcher.kept(covered, total, coverage)
    }
    given = SlotScores(count: slotCount)
  }

  mutating func leaveOut(_ threshold: Double) { self.threshold = threshold }

  mutating func next(_ threshold: Double?, _ file: Span<UInt8>) throws(Damage) -> ScoredDocument? {
    while true {
      if threshold != limited { setLimits(threshold) }
      while let (place, mask, sum) = room.take(&place, every) {
        if let found = try score(place, mask, sum, threshold, file) { return found }
      }
      guard try fill(file.extracting(postings)) else { return nil }
    }
  }

  /// Notes for all sets of gathered terms how large a sum has to be.
  private mutating func setLimits(_ threshold: Double?) {
    limited = threshold
    let looked = 1 << gathered - 1
    every = 1 << slots.count - 1 - looked
    for mask in stride(from: 0, to: 1 << slots.count, by: 1 << gathered) {
      guard let threshold else {
        room.setLimit(-1, of: mask)
        continue
      }
      // As in `canBeat`, turned over, and rounded so that nothing is lost.
      let least = threshold / (kept[mask | looked] * (1 + 1e-9)) - sums[gathered]
      room.setLimit(Float(least - 2e-6 * abs(least)).nextDown, of: mask)
    }
  }

  /// Gathers the sums of the next window; `false` at the end.
  private mutating func fill(_ section: Span<UInt8>) throws(Damage) -> Bool {
    if let threshold {
      while essential < slots.count,
        !Searcher.canBeat(
          threshold, sums[essential + 1] * Searcher.kept(shareSums[essential + 1], totalShare, coverage))
      {
        essential += 1
      }
    }
    var first = Int.max
    for part in essential..<slots.count {
      unsafe first = min(first, parts[part].cursor.document)
    }
    guard first < .max else { return false }
    room.clear()
    (base, place, gathered) = (first, 0, essential)
    for part in essential..<slots.count { try gather(part, section) }
    setLimits(threshold)
    // Where many documents are left, looking a term up for each costs more than gathering it as well.
    while gathered > 0 {
      let expected = unsafe parts[gathered - 1].documentFrequency * WindowRoom.size / max(1, documentCount)
      guard room.countLeft(every) * Self.looksAPosting > expected else { break }
      gathered -= 1
      try gather(gathered, section)
      setLimits(threshold)
    }
    return true
  }

  /// How many postings are gathered while one is looked up.
  private static let looksAPosting = 12

  /// Adds what a part's postings in the window could score.
  private func gather(_ part: Int, _ section: Span<UInt8>) throws(Damage) {
    // A document of a block that scores no more than this cannot enter the list, whatever other terms add to it.
    let others = (sums.last ?? 0) - slots[part].bound
    let least = threshold.map { $0 * (1 - 1e-9) - others } ?? -.infinity
    if unsafe parts[part].cursor.document < base { try unsafe parts[part].cursor.seek(base, section) }
    try unsafe parts[part].add(
      before: base + WindowRoom.size, room.row(part, from: base), shapeBounds, saturation, least, section)
  }

  /// The score of a document whose sum may beat the threshold, or `nil` where a closer look says that it cannot.
  private mutating func score(
    _ place: Int, _ found: Int, _ sum: Double, _ threshold: Double?, _ file: Span<UInt8>
  ) throws(Damage) -> ScoredDocument? {
    let section = file.extracting(postings)
    let document = base + place
    var (bound, mask) = (sum, found)
    for part in stride(from: gathered - 1, through: 0, by: -1) {
      // What is still to be looked up is taken to be there.
      if let threshold,
        !Searcher.canBeat(threshold, (bound + sums[part + 1]) * kept[mask | (2 << part - 1)])
      {
        return nil
      }
      if unsafe parts[part].cursor.document < document {
        try unsafe parts[part].cursor.seek(document, section)
      }
      guard unsafe parts[part].cursor.document == document else { continue }
      let shape = try unsafe parts[part].cursor.shape(section)
      guard shape < shapeBounds.count else { throw Damage("a shape that does not exist") }
      unsafe bound += parts[part].factor * shapeBounds[shape]
      room.set(shape, of: part, at: place)
      mask |= 1 << part
    }
    if let threshold, !Searcher.canBeat(threshold, bound * kept[mask]) { return nil }
    var matched = UInt64(0)
    var left = mask
    while left != 0 {
      let part = left.trailingZeroBitCount
      left &= left - 1
      var frequency = 0.0
      try shapes.forEachField(room.shape(of: part, at: place), file) { (field, count) throws(Damage) in
        let length = try lengths.length(field, document, file)
        frequency += scoring.frequency(count, field: field, length: length)
      }
      let slot = slots[part].index
      // A term that does not make its word complete still has something of it.
      unsafe given.set(
        slot, score: parts[part].factor * Scoring.saturated(frequency, saturation),
        share: (parts[part].isNeeded ? 1 : 0.1) * slots[part].share)
      matched |= 1 << UInt64(slot)
    }
    return ScoredDocument(
      document: document, score: given.total(matched, totalShare, coverage), matched: matched)
  }
}

extension SearchPlan.Part {
  /// Adds what postings before a document could score to the sums of a window.
  ///
  /// - Parameters:
  ///   - end: The first document behind the window.
  ///   - row: The window.
  ///   - shapeBounds: By shape.
  ///   - saturation: `k1`.
  ///   - least: Blocks that score no more are passed over.
  ///   - section: The postings section.
  /// - Throws: ``Damage``.
  mutating func add(
    before end: Int, _ row: WindowRow, _ shapeBounds: [Double], _ saturation: Double, _ least: Double,
    _ section: Span<UInt8>
  ) throws(Damage) {
    while try cursor.add(before: end, row, factor, shapeBounds, section) {
      repeat {
        try cursor.passBlock(section)
      } while cursor.document < .max && bound(saturation) <= least
      try cursor.enter(section)
    }
  }
}

/// What a term needs to add to a window: where the sums of its documents lie, and its own row of shapes.
@safe struct WindowRow {
  /// The window's first document.
  let base: Int
  let bit: UInt8
  /// ``WindowRoom/size`` of each, by document from ``base`` on.
  let sums: UnsafeMutablePointer<Float>
  let masks: UnsafeMutablePointer<UInt8>
  let shapes: UnsafeMutablePointer<UInt32>
  /// What the shapes of the current block score; 128.
  let values: UnsafeMutablePointer<Float>
}

/// The sums of a window of documents, which terms have them, and in which shape.
@safe final class WindowRoom {
  /// Documents of a window.
  static let size = 4096
  private let sums: UnsafeMutablePointer<Float>
  private let masks: UnsafeMutablePointer<UInt8>
  private let shapes: UnsafeMutablePointer<UInt32>
  private let values: UnsafeMutablePointer<Float>
  /// By the bits of terms.
  private let limits: UnsafeMutablePointer<Float>
  private let parts: Int

  /// Makes room, empty.
  ///
  /// - Parameter parts: Terms.
  init(_ parts: Int) {
    self.parts = parts
    unsafe sums = .allocate(capacity: Self.size)
    unsafe masks = UnsafeMutableRawPointer.allocate(byteCount: Self.size, alignment: 8)
      .bindMemory(to: UInt8.self, capacity: Self.size)
    unsafe shapes = .allocate(capacity: Self.size * max(1, parts))
    unsafe values = .allocate(capacity: 128 * max(1, parts))
    unsafe limits = .allocate(capacity: 256)
    unsafe sums.initialize(repeating: 0, count: Self.size)
    unsafe masks.initialize(repeating: 0, count: Self.size)
    unsafe shapes.initialize(repeating: 0, count: Self.size * max(1, parts))
    unsafe values.initialize(repeating: 0, count: 128 * max(1, parts))
    unsafe limits.initialize(repeating: -1, count: 256)
  }

  deinit {
    unsafe sums.deallocate()
    unsafe masks.deallocate()
    unsafe shapes.deallocate()
    unsafe values.deallocate()
    unsafe limits.deallocate()
  }

  /// The row of one term.
  func row(_ part: Int, from base: Int) -> WindowRow {
    precondition(part >= 0 && part < parts)
    return unsafe WindowRow(
      base: base, bit: 1 << UInt8(part), sums: sums, masks: masks, shapes: shapes + part * Self.size,
      values: values + part * 128)
  }

  /// Forgets all documents.
  func clear() {
    unsafe sums.update(repeating: 0, count: Self.size)
    unsafe masks.update(repeating: 0, count: Self.size)
  }

  /// Sets what a document with a set of terms has to score at most to be looked at.
  func setLimit(_ limit: Float, of mask: Int) {
    precondition(mask >= 0 && mask < 256)
    unsafe limits[mask] = limit
  }

  /// Goes on to the next document whose sum is above its limit.
  ///
  /// - Parameters:
  ///   - place: Where to look on; moved behind the document.
  ///   - all: The bits of all terms: their limit is the lowest.
  /// - Returns: Its place, the bits of its terms, and what it could score at most, rounded up; `nil` at the end.
  @inline(__always)
  func take(_ place: inout Int, _ all: Int) -> (place: Int, mask: Int, sum: Double)? {
    while place < Self.size {
      let found = unsafe kb_first_above(sums, place, Self.size, limits[all])
      place = found + 1
      guard found < Self.size else { return nil }
      let (mask, sum) = unsafe (Int(masks[found]), sums[found])
      if mask != 0, unsafe sum > limits[mask] { return (found, mask, Double(sum) * (1 + 1e-6)) }
    }
    return nil
  }

  /// At most how many documents have sums above their limits.
  func countLeft(_ all: Int) -> Int { unsafe kb_count_above(sums, Self.size, limits[all]) }

  /// The shape in which a document has a term.
  func shape(of part: Int, at place: Int) -> Int {
    precondition(part >= 0 && part < parts && place >= 0 && place < Self.size)
    return Int(unsafe shapes[part * Self.size + place])
  }

  /// Notes the shape in which a document has a term.
  func set(_ shape: Int, of part: Int, at place: Int) {
    precondition(part >= 0 && part < parts && place >= 0 && place < Self.size)
    unsafe shapes[part * Self.size + place] = UInt32(truncatingIfNeeded: shape)
  }
}
