/// A document with its score.
struct ScoredDocument {
  /// Its number in the layer.
  let document: Int
  let score: Double
  /// Which slots of the query it has, as bits.
  let matched: UInt64
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
