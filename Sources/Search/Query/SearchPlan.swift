/// A query against one segment: cursors, factors and bounds, ready to be walked through.
///
/// What is walked through is plain bits, so that nothing is counted on the way; names stand apart.
struct SearchPlan {
  /// A term of a way that the segment has.
  struct Part {
    /// Its number in ``names``.
    let name: Int
    let documentFrequency: Int
    let rarity: Double
    /// Weights of slot and way times rarity.
    let factor: Double
    /// Whether having it helps to have the word completely.
    let isNeeded: Bool
    var cursor: PostingCursor
    /// The block that ``blockBound`` is of.
    private var boundBlock = -1
    private var blockBound = 0.0

    init(
      name: Int, documentFrequency: Int, rarity: Double, factor: Double, isNeeded: Bool, cursor: PostingCursor
    ) {
      (self.name, self.documentFrequency, self.rarity) = (name, documentFrequency, rarity)
      (self.factor, self.isNeeded, self.cursor) = (factor, isNeeded, cursor)
    }

    /// No document of the current block scores more by this term.
    @inline(__always)
    mutating func bound(_ scoring: Scoring) -> Double {
      if boundBlock != cursor.block {
        boundBlock = cursor.block
        blockBound = factor * scoring.saturated(cursor.blockMaximum)
      }
      return blockBound
    }
  }

  /// Parts of one way.
  struct WayPlan {
    let reading: Reading
    let parts: Range<Int>
    /// Parts that make the word complete; 1 or more.
    let needed: Int
  }

  /// Ways of one slot; ways and parts of a slot lie side by side.
  struct SlotPlan {
    /// Its number in the query.
    let index: Int
    let ways: Range<Int>
    let parts: Range<Int>
    let bound: Double
    /// How much it counts for coverage.
    let share: Double
  }

  /// In the order of the slots.
  var parts: [Part] = []
  /// In the order of the slots.
  private(set) var ways: [WayPlan] = []
  /// By rising bound; equal bounds in the query's order.
  private(set) var slots: [SlotPlan] = []
  /// Bounds of the slots before each one, together.
  private(set) var sums: [Double] = [0]
  /// Shares of the slots before each one, together.
  private(set) var shares: [Double] = [0]
  /// Sum of all slots' shares, in the query's order.
  private(set) var totalShare = 0.0
  /// Where the cursors unpack.
  let room: PostingRoom
  /// The terms.
  private(set) var names: [String] = []

  /// A term that was found.
  private struct Found {
    let text: String
    let isNeeded: Bool
    let entry: TermEntry
    let rarity: Double
    let factor: Double
  }

  /// A slot that has anything.
  private struct FoundSlot {
    let index: Int
    var ways: [(reading: Reading, needed: Int, terms: [Found])] = []
    var bound = 0.0
    var share = 0.0
  }

  /// Looks the query's terms up.
  ///
  /// - Parameters:
  ///   - query: What is looked for.
  ///   - segment: Where.
  ///   - scoring: The arithmetic.
  ///   - file: The segment's bytes.
  /// - Throws: ``Damage``.
  init(
    _ query: Query, _ segment: Segment, _ scoring: Scoring, _ file: Span<UInt8>
  ) throws(Damage) {
    var found: [FoundSlot] = []
    for (index, slot) in query.slots.enumerated() {
      guard let one = try Self.find(slot, index, segment, scoring, file) else { continue }
      totalShare += one.share
      found.append(one)
    }
    found.sort { $0.bound != $1.bound ? $0.bound < $1.bound : $0.index < $1.index }
    let postings = file.extracting(segment.range(.postings))
    let count = found.reduce(0) { $0 + $1.ways.reduce(0) { $0 + $1.terms.count } }
    room = PostingRoom(count)
    parts.reserveCapacity(count)
    for slot in found {
      let (firstWay, firstPart) = (ways.count, parts.count)
      for way in slot.ways {
        let start = parts.count
        for term in way.terms {
          parts.append(
            Part(
              name: names.count, documentFrequency: term.entry.documentFrequency, rarity: term.rarity,
              factor: term.factor, isNeeded: term.isNeeded,
              cursor: try PostingCursor(
                term.entry, postings, documentCount: segment.documentCount, room, parts.count)))
          names.append(term.text)
        }
        ways.append(WayPlan(reading: way.reading, parts: start..<parts.count, needed: way.needed))
      }
      slots.append(
        SlotPlan(
          index: slot.index, ways: firstWay..<ways.count, parts: firstPart..<parts.count, bound: slot.bound,
          share: slot.share))
      sums.append((sums.last ?? 0) + slot.bound)
      shares.append((shares.last ?? 0) + slot.share)
    }
  }

  /// Hands the parts over, so that they are changed in place.
  mutating func takeParts() -> [Part] {
    let taken = parts
    parts = []
    return taken
  }

  private static func find(
    _ slot: Slot, _ index: Int, _ segment: Segment, _ scoring: Scoring, _ file: Span<UInt8>
  ) throws(Damage) -> FoundSlot? {
    var found: [(way: Way, terms: [(text: String, isNeeded: Bool, entry: TermEntry)])] = []
    var guessed = 0
    for way in slot.ways {
      var terms: [(text: String, isNeeded: Bool, entry: TermEntry)] = []
      for (place, term) in way.terms.enumerated() {
        guard let entry = try segment.entry(of: term.utf8.span, in: file) else { continue }
        terms.append((term, place < way.needed, entry))
        if way.reading.isGuess { guessed = max(guessed, entry.documentFrequency) }
      }
      if !terms.isEmpty { found.append((way, terms)) }
    }
    guard !found.isEmpty else { return nil }
    var result = FoundSlot(index: index)
    for (way, terms) in found {
      var (bound, rarities, parts) = (0.0, 0.0, [Found]())
      for (text, isNeeded, entry) in terms {
        let frequency = way.reading.isGuess ? guessed : entry.documentFrequency
        let rarity = scoring.rarity(documentFrequency: frequency)
        let factor = slot.weight * way.weight * rarity
        bound += factor * scoring.saturated(entry.maximum)
        if isNeeded { rarities += rarity }
        parts.append(Found(text: text, isNeeded: isNeeded, entry: entry, rarity: rarity, factor: factor))
      }
      if result.share == 0, !slot.isBonus { result.share = slot.weight * rarities }
      result.bound = max(result.bound, bound)
      result.ways.append((way.reading, max(1, terms.count { $0.isNeeded }), parts))
    }
    return result
  }
}
