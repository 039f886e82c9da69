/// A document with its score.
struct ScoredDocument {
  /// Its number in the layer.
  let document: Int
  let score: Double
  /// Which slots of the query it has, as bits.
  let matched: UInt64
}

/// What the slots of a query give one document.
struct SlotScores {
  private var scores: [Double]
  private var shares: [Double]

  /// Makes room.
  ///
  /// - Parameter count: Slots of the query.
  init(count: Int) {
    scores = [Double](repeating: 0, count: count)
    shares = scores
  }

  /// Notes what a slot gives.
  @inline(__always)
  mutating func set(_ slot: Int, score: Double, share: Double) {
    scores[slot] = score
    shares[slot] = share
  }

  /// The score of a document: added up in the query's order, whatever order the slots came in, so that it is the same to the
  /// last bit.
  ///
  /// - Parameters:
  ///   - matched: Which slots it has, as bits; each was set for it.
  ///   - totalShare: The shares of all slots.
  ///   - coverage: How much is lost for what is lacking.
  /// - Returns: The score.
  @inline(__always)
  func total(_ matched: UInt64, _ totalShare: Double, _ coverage: Double) -> Double {
    var (total, covered, rest) = (0.0, 0.0, matched)
    while rest != 0 {
      let slot = rest.trailingZeroBitCount
      rest &= rest - 1
      total += scores[slot]
      covered += shares[slot]
    }
    return total * Searcher.kept(covered, totalShare, coverage)
  }
}

/// A walk through the documents that have a word of a query, in the order of SKUs.
protocol DocumentWalk {
  /// Says that only documents that beat a score are wanted from now on.
  mutating func leaveOut(_ threshold: Double)

  /// Goes on to the next document that was scored; others cannot beat the threshold.
  ///
  /// - Parameters:
  ///   - threshold: The score to beat; `nil` while any will do.
  ///   - file: The segment's bytes.
  /// - Returns: The document, which may still not beat the threshold; `nil` at the end.
  /// - Throws: ``Damage``.
  mutating func next(_ threshold: Double?, _ file: Span<UInt8>) throws(Damage) -> ScoredDocument?
}
