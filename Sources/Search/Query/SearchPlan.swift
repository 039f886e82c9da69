/// A query against one layer of an index: cursors, factors and bounds, ready to be walked through.
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
    /// What bounds of the file are multiplied with.
    private let slack: Double
    /// The block that ``blockBound`` is of.
    private var boundBlock = -1
    private var blockBound = 0.0

    init(
      name: Int, documentFrequency: Int, rarity: Double, factor: Double, isNeeded: Bool,
      cursor: PostingCursor,
      slack: Double
    ) {
      (self.name, self.documentFrequency, self.rarity) = (name, documentFrequency, rarity)
      (self.factor, self.isNeeded, self.cursor) = (factor, isNeeded, cursor)
      self.slack = slack
    }

    /// No document of the current block scores more by this term.
    @inline(__always)
    mutating func bound(_ saturation: Double) -> Double {
      if boundBlock != cursor.block {
        boundBlock = cursor.block
        blockBound = factor * Scoring.saturated(cursor.blockMaximum * slack, saturation)
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

  /// Whether every slot has one way of one term.
  var isPlain: Bool { ways.count == slots.count && names.count == slots.count }

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

  /// Lays a query out for one layer.
  ///
  /// - Parameters:
  ///   - query: What is looked for, looked up in the whole index.
  ///   - layer: The layer's number.
  ///   - index: The index.
  ///   - file: The layer's bytes.
  /// - Throws: ``Damage``.
  init(
    _ query: QueryTerms, layer: Int, _ index: SearchIndex, _ file: Span<UInt8>
  ) throws(Damage) {
    let (segment, slack) = (index.layers[layer].segment, index.layers[layer].slack)
    totalShare = query.totalShare
    var bounds: [(slot: Int, bound: Double)] = []
    var count = 0
    for (number, slot) in query.slots.enumerated() {
      var most: Double?
      for way in slot.ways {
        var (bound, isThere) = (0.0, false)
        for term in way.terms {
          guard let entry = term.entries[layer] else { continue }
          bound += term.factor * index.scoring.saturated(entry.maximum * slack)
          (isThere, count) = (true, count + 1)
        }
        if isThere { most = max(most ?? 0, bound) }
      }
      if let most { bounds.append((number, most)) }
    }
    bounds.sort { $0.bound != $1.bound ? $0.bound < $1.bound : $0.slot < $1.slot }
    let postings = file.extracting(segment.range(.postings))
    room = PostingRoom(count)
    parts.reserveCapacity(count)
    for (number, bound) in bounds {
      let slot = query.slots[number]
      let (firstWay, firstPart) = (ways.count, parts.count)
      for way in slot.ways {
        let start = parts.count
        for term in way.terms {
          guard let entry = term.entries[layer] else { continue }
          parts.append(
            Part(
              name: names.count, documentFrequency: term.documentFrequency, rarity: term.rarity,
              factor: term.factor, isNeeded: term.isNeeded,
              cursor: try PostingCursor(
                entry, postings, documentCount: segment.documentCount, room, parts.count),
              slack: slack))
          names.append(term.text)
        }
        guard parts.count > start else { continue }
        ways.append(WayPlan(reading: way.reading, parts: start..<parts.count, needed: way.needed))
      }
      slots.append(
        SlotPlan(
          index: slot.index, ways: firstWay..<ways.count, parts: firstPart..<parts.count, bound: bound,
          share: slot.share))
      sums.append((sums.last ?? 0) + bound)
      shares.append((shares.last ?? 0) + slot.share)
    }
  }

  /// Hands the parts over, so that they are changed in place.
  mutating func takeParts() -> [Part] {
    let taken = parts
    parts = []
    return taken
  }
}
