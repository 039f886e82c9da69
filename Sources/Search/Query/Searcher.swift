/// Answers queries over one segment.
///
/// A document scores the sum over the query's slots, each the best of its ways, and loses a share of it for
/// words that it lacks (``Ranking/coverage``). Documents are scored one after the other in the order of SKUs.
/// Slots whose upper bounds together cannot lift a document into the list are only looked up for documents that
/// other slots bring (MaxScore), and blocks whose maximum cannot either are not read. The answer is the one
/// that scoring every document would give.
///
/// - SeeAlso: Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995;
///   Ding and Suel, "Faster Top-k Document Retrieval Using Block-Max Indexes", 2011.
public struct Searcher: Sendable {
  /// What is searched.
  public let segment: Segment
  let scoring: Scoring

  /// Makes a searcher.
  ///
  /// - Parameter segment: What is searched.
  public init(_ segment: Segment) {
    self.segment = segment
    scoring = Scoring(segment.ranking, segment.statistics, documentCount: segment.documentCount)
  }

  /// The best documents for a query.
  ///
  /// - Parameters:
  ///   - query: What is looked for.
  ///   - top: Most hits.
  ///   - excluded: Terms that no hit may have.
  ///   - accepts: Asked for each document that would be a hit.
  /// - Returns: By falling score, equal scores by SKU; only documents that have a term of the query.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func search(
    _ query: Query, top: Int = 10, without excluded: [String] = [],
    accepts: ((StoredDocument) -> Bool)? = nil
  ) throws(IndexError) -> [Hit] {
    guard top > 0, segment.documentCount > 0 else { return [] }
    return try segment.reading { (file) throws(Damage) in
      var hits: [Hit] = []
      for entry in try rank(query, top: top, excluded, accepts, file) {
        let document = try segment.storedDocument(entry.document, file)
        var words: [String] = []
        for (index, slot) in query.slots.enumerated()
        where entry.matched & 1 << UInt64(index) != 0 && !slot.isBonus {
          words.append(slot.surface)
        }
        hits.append(Hit(number: entry.document, document: document, score: entry.score, matched: words))
      }
      return hits
    }
  }

  /// Where a document's score comes from.
  ///
  /// - Parameters:
  ///   - query: What is looked for.
  ///   - number: The document's number, as in ``Hit/number``.
  /// - Returns: The score by word, term and field, or `nil` when the document has no term of the query.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func explain(_ query: Query, _ number: Int) throws(IndexError) -> Explanation? {
    guard number >= 0, number < segment.documentCount else { return nil }
    return try segment.reading { (file) throws(Damage) in try explain(query, number, file) }
  }
}

extension Searcher {
  private func rank(
    _ query: Query, top: Int, _ excluded: [String], _ accepts: ((StoredDocument) -> Bool)?,
    _ file: Span<UInt8>
  ) throws(Damage) -> [TopList.Entry] {
    let postings = file.extracting(segment.range(.postings))
    let lengths = file.extracting(segment.range(.lengths))
    var plan = try SearchPlan(query, segment, scoring, file)
    var unwanted = try Unwanted(excluded, segment, file)
    let slots = plan.slots
    let coverage = segment.ranking.coverage
    var list = TopList(capacity: min(top, segment.documentCount))
    // Slots before this one cannot lift a document into the list, not even together.
    var essential = 0
    var scores = [Double](repeating: 0, count: query.slots.count)
    var shares = scores
    while essential < slots.count {
      var document = Int.max
      for slot in essential..<slots.count {
        for part in slots[slot].parts { document = min(document, plan.parts[part].cursor.document) }
      }
      guard document < Int.max else { break }
      var (partial, matched) = (0.0, UInt64(0))
      for slot in essential..<slots.count {
        let (score, share) = try score(slots[slot], document, &plan.parts, postings, lengths, advance: true)
        guard share > 0 else { continue }
        scores[slots[slot].index] = score
        partial += score
        shares[slots[slot].index] = share * slots[slot].share
        matched |= 1 << UInt64(slots[slot].index)
      }
      var isCandidate = true
      for slot in (0..<essential).reversed() {
        if let threshold = list.threshold {
          guard Self.canBeat(threshold, partial + plan.sums[slot + 1]) else {
            isCandidate = false
            break
          }
          var block = 0.0
          for way in slots[slot].ways {
            var sum = 0.0
            for part in way.parts {
              try plan.parts[part].cursor.moveBlock(to: document, postings)
              sum += plan.parts[part].factor * scoring.saturated(plan.parts[part].cursor.blockMaximum)
            }
            block = max(block, sum)
          }
          guard Self.canBeat(threshold, partial + plan.sums[slot] + block) else {
            isCandidate = false
            break
          }
        }
        for part in slots[slot].parts { try plan.parts[part].cursor.seek(document, postings) }
        let (score, share) = try score(slots[slot], document, &plan.parts, postings, lengths, advance: false)
        guard share > 0 else { continue }
        scores[slots[slot].index] = score
        partial += score
        shares[slots[slot].index] = share * slots[slot].share
        matched |= 1 << UInt64(slots[slot].index)
      }
      guard isCandidate else { continue }
      // Added up in the query's order, whatever order the slots came in: the same sum to the last bit.
      var (total, covered) = (0.0, 0.0)
      for index in scores.indices where matched & 1 << UInt64(index) != 0 {
        total += scores[index]
        covered += shares[index]
      }
      total *= Self.kept(covered, plan.totalShare, coverage)
      let entry = TopList.Entry(score: total, document: document, matched: matched)
      guard list.takes(entry), try !unwanted.contains(document, postings) else { continue }
      if let accepts, try !accepts(segment.storedDocument(document, file)) { continue }
      list.insert(entry)
      if let threshold = list.threshold {
        while essential < slots.count, !Self.canBeat(threshold, plan.sums[essential + 1]) { essential += 1 }
      }
    }
    return list.sorted()
  }

  /// What a document keeps of its score that has this share of the query's words.
  private static func kept(_ covered: Double, _ all: Double, _ coverage: Double) -> Double {
    // A query of one known word is covered by whatever has it; rounding must not say otherwise.
    let share = all > 0 ? min(1, covered / all) : 1
    return 1 - coverage + coverage * (share > 1 - 1e-9 ? 1 : share)
  }

  /// Whether a document that comes later and scores at most this can enter the list.
  ///
  /// An equal score cannot, because later documents have greater SKUs. The allowance covers that bounds are
  /// added up in another order than scores.
  private static func canBeat(_ threshold: Double, _ bound: Double) -> Bool {
    bound * (1 + 1e-9) > threshold
  }

  /// Score and completeness of one slot in one document.
  @inline(__always)
  private func score(
    _ slot: SearchPlan.SlotPlan, _ document: Int, _ parts: inout [SearchPlan.Part],
    _ postings: Span<UInt8>, _ lengths: Span<UInt8>, advance: Bool
  ) throws(Damage) -> (score: Double, share: Double) {
    var (best, share) = (0.0, 0.0)
    for way in slot.ways {
      var (sum, present, isPresent) = (0.0, 0, false)
      for part in way.parts where parts[part].cursor.document == document {
        sum += try score(parts[part], postings, lengths)
        isPresent = true
        if parts[part].isNeeded { present += 1 }
        if advance { try parts[part].cursor.next(postings) }
      }
      guard isPresent else { continue }
      best = max(best, sum)
      // A way without any of its needed terms still has something of the word.
      share = max(share, max(Double(present) / Double(way.needed), 0.1))
    }
    return (best, share)
  }

  private func score(
    _ part: SearchPlan.Part, _ postings: Span<UInt8>, _ lengths: Span<UInt8>
  ) throws(Damage) -> Double {
    let document = part.cursor.document
    var frequency = 0.0
    try part.cursor.forEachField(postings) { (field, count) throws(Damage) in
      let length = try lengths.little16((field * segment.documentCount + document) * 2)
      frequency += scoring.frequency(count, field: field, length: Int(length))
    }
    return part.factor * scoring.saturated(frequency)
  }

  private func explain(
    _ query: Query, _ number: Int, _ file: Span<UInt8>
  ) throws(Damage) -> Explanation? {
    let postings = file.extracting(segment.range(.postings))
    let lengths = file.extracting(segment.range(.lengths))
    var plan = try SearchPlan(query, segment, scoring, file)
    for part in plan.parts.indices { try plan.parts[part].cursor.seek(number, postings) }
    var words: [Explanation.WordPart] = []
    var (total, covered) = (0.0, 0.0)
    for slot in plan.slots.sorted(by: { $0.index < $1.index }) {
      let (best, share) = try score(slot, number, &plan.parts, postings, lengths, advance: false)
      guard share > 0 else { continue }
      total += best
      covered += share * slot.share
      for way in slot.ways {
        var terms: [Explanation.TermPart] = []
        for part in way.parts where plan.parts[part].cursor.document == number {
          terms.append(try explain(plan.parts[part], number, postings, lengths))
        }
        let sum = terms.reduce(0) { $0 + $1.score }
        guard !terms.isEmpty, sum == best else { continue }
        words.append(
          Explanation.WordPart(surface: slot.surface, reading: way.reading, score: best, terms: terms))
        break
      }
    }
    guard !words.isEmpty else { return nil }
    let kept = Self.kept(covered, plan.totalShare, segment.ranking.coverage)
    return Explanation(
      sku: try segment.storedDocument(number, file).sku, score: total * kept,
      coverage: plan.totalShare > 0 ? min(1, covered / plan.totalShare) : 1, words: words)
  }

  private func explain(
    _ part: SearchPlan.Part, _ number: Int, _ postings: Span<UInt8>, _ lengths: Span<UInt8>
  ) throws(Damage) -> Explanation.TermPart {
    var counts: [(field: Field, count: Int, length: Int, frequency: Double)] = []
    try part.cursor.forEachField(postings) { (field, count) throws(Damage) in
      let length = Int(try lengths.little16((field * segment.documentCount + number) * 2))
      counts.append(
        (Field.allCases[field], count, length, scoring.frequency(count, field: field, length: length)))
    }
    let frequency = counts.reduce(0) { $0 + $1.frequency }
    let score = part.factor * scoring.saturated(frequency)
    return Explanation.TermPart(
      term: part.term, documentFrequency: part.documentFrequency, rarity: part.rarity, frequency: frequency,
      score: score,
      fields: counts.map {
        Explanation.FieldPart(
          field: $0.field, count: $0.count, length: $0.length, frequency: $0.frequency,
          score: frequency > 0 ? score * $0.frequency / frequency : 0)
      })
  }
}

/// Documents that have a term which no hit may have; asked in rising order.
private struct Unwanted {
  private var cursors: [PostingCursor] = []

  init(_ terms: [String], _ segment: Segment, _ file: Span<UInt8>) throws(Damage) {
    let postings = file.extracting(segment.range(.postings))
    for term in terms {
      guard let entry = try segment.entry(of: term.utf8.span, in: file) else { continue }
      cursors.append(try PostingCursor(entry, postings, documentCount: segment.documentCount))
    }
  }

  mutating func contains(_ document: Int, _ postings: Span<UInt8>) throws(Damage) -> Bool {
    for index in cursors.indices {
      try cursors[index].seek(document, postings)
      if cursors[index].document == document { return true }
    }
    return false
  }
}
