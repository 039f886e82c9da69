/// A query against one segment: cursors, factors and bounds, ready to be walked through.
struct SearchPlan {
  /// A term of a way that the segment has.
  struct Part {
    let term: String
    let documentFrequency: Int
    let rarity: Double
    /// Weights of slot and way times rarity.
    let factor: Double
    /// No document scores more by this term.
    let bound: Double
    /// Whether having it helps to have the word completely.
    let isNeeded: Bool
    var cursor: PostingCursor
  }

  /// Parts of one way.
  struct WayPlan {
    let reading: Reading
    let parts: Range<Int>
    /// Parts that make the word complete; 1 or more.
    let needed: Int
    let bound: Double
  }

  /// Ways of one slot; parts of a slot lie side by side.
  struct SlotPlan {
    /// Its number in the query.
    let index: Int
    let surface: String
    let ways: [WayPlan]
    let parts: Range<Int>
    let bound: Double
    /// How much it counts for coverage.
    let share: Double
  }

  var parts: [Part] = []
  /// By rising bound; equal bounds in the query's order.
  private(set) var slots: [SlotPlan] = []
  /// Bounds of the slots before each one, together.
  private(set) var sums: [Double] = [0]
  /// Sum of all slots' shares.
  private(set) var totalShare = 0.0

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
    let postings = file.extracting(segment.range(.postings))
    for (index, slot) in query.slots.enumerated() {
      let start = parts.count
      var ways: [WayPlan] = []
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
      var share = 0.0
      for (way, terms) in found {
        let first = parts.count
        var (bound, rarities) = (0.0, 0.0)
        for (text, isNeeded, entry) in terms {
          let frequency = way.reading.isGuess ? guessed : entry.documentFrequency
          let rarity = scoring.rarity(documentFrequency: frequency)
          let factor = slot.weight * way.weight * rarity
          let most = factor * scoring.saturated(entry.maximum)
          bound += most
          if isNeeded { rarities += rarity }
          parts.append(
            Part(
              term: text, documentFrequency: entry.documentFrequency, rarity: rarity, factor: factor,
              bound: most,
              isNeeded: isNeeded,
              cursor: try PostingCursor(entry, postings, documentCount: segment.documentCount)))
        }
        if share == 0, !slot.isBonus { share = slot.weight * rarities }
        ways.append(
          WayPlan(
            reading: way.reading, parts: first..<parts.count, needed: max(1, terms.count { $0.isNeeded }),
            bound: bound))
      }
      guard !ways.isEmpty else { continue }
      totalShare += share
      slots.append(
        SlotPlan(
          index: index, surface: slot.surface, ways: ways, parts: start..<parts.count,
          bound: ways.reduce(0) { max($0, $1.bound) }, share: share))
    }
    slots.sort { $0.bound != $1.bound ? $0.bound < $1.bound : $0.index < $1.index }
    for slot in slots { sums.append((sums.last ?? 0) + slot.bound) }
  }
}
