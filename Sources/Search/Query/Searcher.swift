/// Answers queries over one segment.
///
/// Documents are scored one after the other in the order of SKUs. Terms whose upper bounds together cannot lift
/// a document into the list are only looked up for documents that other terms bring (MaxScore), and blocks
/// whose maximum cannot either are not read. The answer is the one that scoring every document would give.
///
/// - SeeAlso: Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995;
///   Ding and Suel, "Faster Top-k Document Retrieval Using Block-Max Indexes", 2011.
public struct Searcher: Sendable {
  /// What is searched.
  public let segment: Segment
  private let scoring: Scoring

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
  ///   - kind: Only documents of this kind; all when left out.
  /// - Returns: By falling score, equal scores by SKU; only documents that have a term of the query.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func search(
    _ query: Query, top: Int = 10, kind: SearchDocument.Kind? = nil
  ) throws(IndexError) -> [Hit] {
    guard top > 0, segment.documentCount > 0 else { return [] }
    let best: [TopList.Entry]
    do throws(Damage) { best = try rank(query, top: top, kind: kind) } catch {
      throw error.error(in: segment.name)
    }
    var hits: [Hit] = []
    for entry in best {
      guard let document = try segment.document(entry.document) else { continue }
      var words: [String] = []
      for (index, term) in query.terms.enumerated()
      where entry.matched & 1 << UInt64(index) != 0 && !words.contains(term.surface) {
        words.append(term.surface)
      }
      hits.append(Hit(number: entry.document, document: document, score: entry.score, matched: words))
    }
    return hits
  }

  /// Where a document's score comes from.
  ///
  /// - Parameters:
  ///   - query: What is looked for.
  ///   - number: The document's number, as in ``Hit/number``.
  /// - Returns: The score by term and field, or `nil` when the document has no term of the query.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func explain(_ query: Query, _ number: Int) throws(IndexError) -> Explanation? {
    guard let document = try segment.document(number) else { return nil }
    do throws(Damage) {
      var parts: [Explanation.TermPart] = []
      for term in query.terms {
        if let part = try explain(term, number) { parts.append(part) }
      }
      guard !parts.isEmpty else { return nil }
      return Explanation(sku: document.sku, score: parts.reduce(0) { $0 + $1.score }, terms: parts)
    } catch {
      throw error.error(in: segment.name)
    }
  }
}

extension Searcher {
  /// A term of the query that the segment has.
  private struct Part {
    /// Its number in the query.
    let index: Int
    /// Weight times rarity.
    let factor: Double
    /// No document scores more by this term.
    let bound: Double
    var cursor: PostingCursor
  }

  private func rank(
    _ query: Query, top: Int, kind: SearchDocument.Kind?
  ) throws(Damage) -> [TopList.Entry] {
    let postings = segment.bytes.span.extracting(segment.range(.postings))
    let lengths = segment.bytes.span.extracting(segment.range(.lengths))
    var parts = try parts(of: query, postings)
    // Bounds of the parts before each one, together.
    var sums = [0.0]
    for part in parts { sums.append((sums.last ?? 0) + part.bound) }
    var list = TopList(capacity: min(top, segment.documentCount))
    // Parts before this one cannot lift a document into the list, not even together.
    var essential = 0
    var scores = [Double](repeating: 0, count: query.terms.count)
    while essential < parts.count {
      var document = Int.max
      for index in essential..<parts.count { document = min(document, parts[index].cursor.document) }
      guard document < Int.max else { break }
      var (partial, matched) = (0.0, UInt64(0))
      for index in essential..<parts.count where parts[index].cursor.document == document {
        let score = try score(parts[index], postings, lengths)
        scores[parts[index].index] = score
        partial += score
        matched |= 1 << UInt64(parts[index].index)
        try parts[index].cursor.next(postings)
      }
      if let kind, try self.kind(of: document) != kind { continue }
      var isCandidate = true
      for index in (0..<essential).reversed() {
        if let threshold = list.threshold {
          try parts[index].cursor.moveBlock(to: document, postings)
          let block = parts[index].factor * scoring.saturated(parts[index].cursor.blockMaximum)
          guard Self.canBeat(threshold, partial + sums[index] + block) else {
            isCandidate = false
            break
          }
        }
        try parts[index].cursor.seek(document, postings)
        guard parts[index].cursor.document == document else { continue }
        let score = try score(parts[index], postings, lengths)
        scores[parts[index].index] = score
        partial += score
        matched |= 1 << UInt64(parts[index].index)
      }
      guard isCandidate else { continue }
      // Added up in the query's order, whatever order the parts came in: the same sum to the last bit.
      var total = 0.0
      for index in scores.indices where matched & 1 << UInt64(index) != 0 { total += scores[index] }
      list.insert(TopList.Entry(score: total, document: document, matched: matched))
      if let threshold = list.threshold {
        while essential < parts.count, !Self.canBeat(threshold, sums[essential + 1]) { essential += 1 }
      }
    }
    return list.sorted()
  }

  /// Whether a document that comes later and scores at most this can enter the list.
  ///
  /// An equal score cannot, because later documents have greater SKUs. The allowance covers that bounds are
  /// added up in another order than scores.
  private static func canBeat(_ threshold: Double, _ bound: Double) -> Bool {
    bound * (1 + 1e-9) > threshold
  }

  /// The terms that the segment has, by rising bound; equal bounds in the query's order.
  private func parts(of query: Query, _ postings: Span<UInt8>) throws(Damage) -> [Part] {
    var parts: [Part] = []
    for (index, term) in query.terms.enumerated() {
      guard let entry = try segment.entry(of: term.text.utf8.span) else { continue }
      let factor = term.weight * scoring.rarity(documentFrequency: entry.documentFrequency)
      let cursor = try PostingCursor(entry, postings, documentCount: segment.documentCount)
      let bound = factor * scoring.saturated(entry.maximum)
      parts.append(Part(index: index, factor: factor, bound: bound, cursor: cursor))
    }
    return parts.sorted { $0.bound != $1.bound ? $0.bound < $1.bound : $0.index < $1.index }
  }

  private func score(
    _ part: Part, _ postings: Span<UInt8>, _ lengths: Span<UInt8>
  ) throws(Damage) -> Double {
    let document = part.cursor.document
    var frequency = 0.0
    try part.cursor.forEachField(postings) { (field, count) throws(Damage) in
      let length = try lengths.little16((field * segment.documentCount + document) * 2)
      frequency += scoring.frequency(count, field: field, length: Int(length))
    }
    return part.factor * scoring.saturated(frequency)
  }

  private func kind(of document: Int) throws(Damage) -> SearchDocument.Kind {
    try segment.mark(document) & SegmentLayout.Mark.knowledge == 0 ? .product : .knowledge
  }

  private func explain(_ term: QueryTerm, _ number: Int) throws(Damage) -> Explanation.TermPart? {
    let postings = segment.bytes.span.extracting(segment.range(.postings))
    let lengths = segment.bytes.span.extracting(segment.range(.lengths))
    guard let entry = try segment.entry(of: term.text.utf8.span) else { return nil }
    var cursor = try PostingCursor(entry, postings, documentCount: segment.documentCount)
    try cursor.seek(number, postings)
    guard cursor.document == number else { return nil }
    var counts: [(field: Field, count: Int, length: Int, frequency: Double)] = []
    try cursor.forEachField(postings) { (field, count) throws(Damage) in
      let length = Int(try lengths.little16((field * segment.documentCount + number) * 2))
      counts.append(
        (Field.allCases[field], count, length, scoring.frequency(count, field: field, length: length)))
    }
    let frequency = counts.reduce(0) { $0 + $1.frequency }
    let rarity = scoring.rarity(documentFrequency: entry.documentFrequency)
    let score = term.weight * rarity * scoring.saturated(frequency)
    return Explanation.TermPart(
      term: term, documentFrequency: entry.documentFrequency, rarity: rarity, frequency: frequency,
      score: score,
      fields: counts.map {
        Explanation.FieldPart(
          field: $0.field, count: $0.count, length: $0.length, frequency: $0.frequency,
          score: frequency > 0 ? score * $0.frequency / frequency : 0)
      })
  }
}
