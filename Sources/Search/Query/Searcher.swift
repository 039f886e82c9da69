/// Answers queries over an index.
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
  public let index: SearchIndex
  var scoring: Scoring { index.scoring }

  /// Makes a searcher.
  ///
  /// - Parameter index: What is searched.
  public init(_ index: SearchIndex) { self.index = index }

  /// Makes a searcher of one segment.
  ///
  /// - Parameter segment: What is searched.
  /// - Throws: ``IndexError`` with code `damaged`.
  public init(_ segment: Segment) throws(IndexError) { index = try SearchIndex(segment) }

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
    try best(query, top: top, without: excluded, accepts: accepts).map { (entry) throws(IndexError) in
      try hit(entry, query)
    }
  }

  /// The best documents for a query, not read yet.
  func best(
    _ query: Query, top: Int, without excluded: [String] = [], accepts: ((StoredDocument) -> Bool)? = nil
  ) throws(IndexError) -> [TopList.Entry] {
    guard top > 0, index.documentCount > 0 else { return [] }
    let terms = try index.naming { () throws(Damage) in try QueryTerms(query, index) }
    var list = TopList(capacity: min(top, index.documentCount))
    for layer in index.layers.indices {
      try index.layers[layer].segment.reading { (file) throws(Damage) in
        try rank(query, terms, layer, &list, excluded, accepts, file)
      }
    }
    return list.sorted()
  }

  /// Documents that no words rank: what can be ordered first, then what buyers liked, then by SKU.
  ///
  /// Reads every stored document: some milliseconds for ten thousand.
  ///
  /// - Parameters:
  ///   - top: Most entries.
  ///   - excluded: Terms that no document may have.
  ///   - accepts: Asked for each document.
  /// - Returns: In that order; scores are 0 to 2 and mean nothing beside those of words.
  /// - Throws: ``IndexError`` with code `damaged`.
  func listed(
    top: Int, without excluded: [String], accepts: (StoredDocument) -> Bool
  ) throws(IndexError) -> [TopList.Entry] {
    guard top > 0, index.documentCount > 0 else { return [] }
    var list = TopList(capacity: min(top, index.documentCount))
    for layer in index.layers.indices {
      let segment = index.layers[layer].segment
      try segment.reading { (file) throws(Damage) in
        var unwanted = try Unwanted(excluded, segment, file)
        let postings = file.extracting(segment.range(.postings))
        for number in 0..<segment.documentCount where index.counts(number, inLayer: layer) {
          let document = try segment.storedDocument(number, file)
          guard accepts(document), try !unwanted.contains(number, postings) else { continue }
          let score = (document.isAvailable ? 1 : 0) + Double(document.rating ?? 0) / 500
          list.insert(
            TopList.Entry(score: score, document: index.number(number, inLayer: layer), matched: 0))
        }
      }
    }
    return list.sorted()
  }

  /// Reads what is shown of a document.
  func hit(_ entry: TopList.Entry, _ query: Query) throws(IndexError) -> Hit {
    guard let document = try index.document(entry.document) else {
      throw IndexError(code: .damaged, path: index.name, detail: "a hit that does not exist")
    }
    var words: [String] = []
    for (index, slot) in query.slots.enumerated()
    where entry.matched & 1 << UInt64(index) != 0 && !slot.isBonus {
      words.append(slot.surface)
    }
    return Hit(number: entry.document, document: document, score: entry.score, matched: words)
  }

  /// Where a document's score comes from.
  ///
  /// - Parameters:
  ///   - query: What is looked for.
  ///   - number: The document's number, as in ``Hit/number``.
  /// - Returns: The score by word, term and field, or `nil` when the document has no term of the query.
  /// - Throws: ``IndexError`` with code `damaged`.
  public func explain(_ query: Query, _ number: Int) throws(IndexError) -> Explanation? {
    guard number >= 0, number < index.documentCount else { return nil }
    let terms = try index.naming { () throws(Damage) in try QueryTerms(query, index) }
    let (layer, document) = index.place(of: number)
    return try index.layers[layer].segment.reading { (file) throws(Damage) in
      try explain(query, terms, layer, document, file)
    }
  }
}

extension Searcher {
  /// Adds the best documents of one layer to the list.
  private func rank(
    _ query: Query, _ terms: QueryTerms, _ layer: Int, _ list: inout TopList, _ excluded: [String],
    _ accepts: ((StoredDocument) -> Bool)?, _ file: Span<UInt8>
  ) throws(Damage) {
    let segment = index.layers[layer].segment
    var plan = try SearchPlan(terms, layer: layer, index, file)
    var unwanted = try Unwanted(excluded, segment, file)
    var places = plan.parts.map(\.cursor.document)
    let room = plan.room
    var parts = plan.takeParts()
    defer { withExtendedLifetime(room) {} }
    // The walk does not leave the closures that lend it the arrays.
    try unsafe parts.withUnsafeMutableBufferPointer { (parts) throws(Damage) in
      try unsafe places.withUnsafeMutableBufferPointer { (places) throws(Damage) in
        if plan.isPlain, parts.count <= WindowWalk.mostTerms {
          var walk = unsafe WindowWalk(plan, index, layer, slotCount: query.slots.count, parts: parts)
          try follow(&walk, layer, &list, &unwanted, accepts, file)
        } else {
          var walk = unsafe Walk(
            plan, index, layer, slotCount: query.slots.count, parts: parts, places: places)
          try follow(&walk, layer, &list, &unwanted, accepts, file)
        }
      }
    }
  }

  /// Walks to the end and keeps the best.
  @inline(__always)
  private func follow(
    _ walk: inout some DocumentWalk, _ layer: Int, _ list: inout TopList, _ unwanted: inout Unwanted,
    _ accepts: ((StoredDocument) -> Bool)?, _ file: Span<UInt8>
  ) throws(Damage) {
    let segment = index.layers[layer].segment
    if let threshold = Self.threshold(list, layer) { walk.leaveOut(threshold) }
    while let found = try walk.next(Self.threshold(list, layer), file) {
      let entry = TopList.Entry(
        score: found.score, document: index.number(found.document, inLayer: layer), matched: found.matched)
      guard list.takes(entry), index.counts(found.document, inLayer: layer),
        try !unwanted.contains(found.document, file.extracting(segment.range(.postings)))
      else { continue }
      if let accepts, try !accepts(segment.storedDocument(found.document, file)) { continue }
      list.insert(entry)
      if let threshold = Self.threshold(list, layer) { walk.leaveOut(threshold) }
    }
  }

  /// The score to beat; in a further layer a document with an equal score may have the lesser SKU.
  @inline(__always)
  private static func threshold(_ list: TopList, _ layer: Int) -> Double? {
    layer == 0 ? list.threshold : list.threshold?.nextDown
  }

  /// What a document keeps of its score that has this share of the query's words.
  static func kept(_ covered: Double, _ all: Double, _ coverage: Double) -> Double {
    // A query of one known word is covered by whatever has it; rounding must not say otherwise.
    let share = all > 0 ? min(1, covered / all) : 1
    return 1 - coverage + coverage * (share > 1 - 1e-9 ? 1 : share)
  }

  /// Whether a document that comes later and scores at most this can enter the list.
  ///
  /// An equal score cannot, because later documents have greater SKUs. The allowance covers that bounds are
  /// added up in another order than scores.
  static func canBeat(_ threshold: Double, _ bound: Double) -> Bool {
    bound * (1 + 1e-9) > threshold
  }

  private func explain(
    _ query: Query, _ terms: QueryTerms, _ layer: Int, _ number: Int, _ file: Span<UInt8>
  ) throws(Damage) -> Explanation? {
    let segment = index.layers[layer].segment
    let postings = file.extracting(segment.range(.postings))
    var plan = try SearchPlan(terms, layer: layer, index, file)
    for part in plan.parts.indices { try plan.parts[part].cursor.seek(number, postings) }
    var words: [Explanation.WordPart] = []
    var (total, covered) = (0.0, 0.0)
    for slot in plan.slots.sorted(by: { $0.index < $1.index }) {
      var (best, share, word) = (0.0, 0.0, Explanation.WordPart?.none)
      for way in plan.ways[slot.ways] {
        var (sum, present, terms) = (0.0, 0, [Explanation.TermPart]())
        for part in way.parts where plan.parts[part].cursor.document == number {
          let term = try explain(plan.parts[part], plan.names, segment, number, file)
          sum += term.score
          terms.append(term)
          if plan.parts[part].isNeeded { present += 1 }
        }
        guard !terms.isEmpty else { continue }
        if word == nil || sum > best {
          word = Explanation.WordPart(
            surface: query.slots[slot.index].surface, reading: way.reading, score: sum, terms: terms)
        }
        best = max(best, sum)
        share = max(share, max(Double(present) / Double(way.needed), 0.1))
      }
      guard let word else { continue }
      total += best
      covered += share * slot.share
      words.append(word)
    }
    guard !words.isEmpty else { return nil }
    let kept = Self.kept(covered, plan.totalShare, index.ranking.coverage)
    return Explanation(
      sku: try segment.storedDocument(number, file).sku, score: total * kept,
      coverage: plan.totalShare > 0 ? min(1, covered / plan.totalShare) : 1, words: words)
  }

  private func explain(
    _ part: SearchPlan.Part, _ names: [String], _ segment: Segment, _ number: Int, _ file: Span<UInt8>
  ) throws(Damage) -> Explanation.TermPart {
    let postings = file.extracting(segment.range(.postings))
    var counts: [(field: Field, count: Int, length: Int, frequency: Double)] = []
    try segment.shapes.forEachField(part.cursor.shape(postings), file) { (field, count) throws(Damage) in
      let length = try segment.lengths.length(field, number, file)
      counts.append(
        (Field.allCases[field], count, length, scoring.frequency(count, field: field, length: length)))
    }
    let frequency = counts.reduce(0) { $0 + $1.frequency }
    let score = part.factor * scoring.saturated(frequency)
    return Explanation.TermPart(
      term: names[part.name], documentFrequency: part.documentFrequency, rarity: part.rarity,
      frequency: frequency, score: score,
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
  private let room: PostingRoom

  init(_ terms: [String], _ segment: Segment, _ file: Span<UInt8>) throws(Damage) {
    let postings = file.extracting(segment.range(.postings))
    room = PostingRoom(terms.count)
    for term in terms {
      guard let number = try segment.termNumber(term.utf8.span, in: file) else { continue }
      cursors.append(
        try PostingCursor(
          segment.entry(number, in: file), postings, documentCount: segment.documentCount, room, cursors.count
        ))
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
