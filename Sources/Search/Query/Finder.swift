/// Finds what people mean: reads the query, searches, and orders the best by title and category.
public struct Finder: Sendable {
  /// What is searched.
  public let searcher: Searcher
  private let reader: QueryReader

  /// Makes a finder.
  ///
  /// - Parameter index: What is searched.
  /// - Throws: ``IndexError`` with code `damaged`.
  public init(_ index: SearchIndex) throws(IndexError) {
    searcher = Searcher(index)
    reader = try QueryReader(index)
  }

  /// Makes a finder of one segment.
  ///
  /// - Parameter segment: What is searched.
  /// - Throws: ``IndexError`` with code `damaged`.
  public init(_ segment: Segment) throws(IndexError) { try self.init(try SearchIndex(segment)) }

  /// What was found, and how the query was read.
  public struct Answer: Sendable {
    /// Best first.
    public let hits: [Hit]
    /// The query as it was searched.
    public let query: Query
    /// What was tried, in words.
    public let trace: [String]
    /// The query as it was probably meant, when that differs from what was typed.
    public let suggestion: String?
  }

  /// Answers a request.
  ///
  /// - Parameters:
  ///   - request: What is looked for.
  ///   - top: Most hits.
  ///   - analyzer: The analyzer to use, for many requests in a row.
  /// - Returns: What was found.
  /// - Throws: ``IndexError``: `damaged`, `failed`.
  public func find(
    _ request: SearchRequest, top: Int = 10, analyzer: inout Analyzer
  ) throws(IndexError) -> Answer {
    let read = try reader.read(request.text, analyzer: &analyzer)
    var excluded: [String] = []
    for word in request.excluded {
      excluded += try analyzer.terms(in: word).filter { !$0.isExtra }.map(\.text)
    }
    let accepts: ((StoredDocument) -> Bool)? =
      request.filters.isEmpty && request.phrases.isEmpty ? nil : { request.accepts($0) }
    if read.query.slots.isEmpty, !request.filters.isEmpty {
      // Filters alone are a wish too: there are no words to rank by.
      let isAboutKinds = request.filters.contains { if case .kind = $0 { true } else { false } }
      let entries = try searcher.listed(top: top, without: excluded) { document in
        (isAboutKinds || document.kind == .product) && request.accepts(document)
      }
      let hits = try entries.map { (entry) throws(IndexError) in try searcher.hit(entry, read.query) }
      return Answer(hits: hits, query: read.query, trace: read.trace, suggestion: nil)
    }
    let candidates = try searcher.best(
      read.query, top: max(2 * top, 60), without: excluded, accepts: accepts)
    let reranker = Reranker(read.query, searcher.index.ranking.boosts) {
      let alike = reader.synonyms.terms(alike: $0)
      return alike.isEmpty ? [$0] : alike
    }
    let ordered = try reranker.order(candidates, in: searcher.index, analyzer: &analyzer)
    let hits = try ordered.prefix(top).map { (candidate) throws(IndexError) in
      var hit = try searcher.hit(candidate.entry, read.query)
      (hit.score, hit.boosts) = (candidate.score, candidate.boosts)
      return hit
    }
    return Answer(
      hits: hits, query: read.query, trace: read.trace,
      suggestion: read.suggestion.map { Self.suggestion($0, read.query, hits.first) })
  }

  /// The query as it was meant, if the best hit says so: of all words taken for one, that which stands in its title.
  private static func suggestion(_ first: String, _ query: Query, _ best: Hit?) -> String {
    let words = query.slots.filter { !$0.isBonus }
    let isCompound = words.contains { slot in
      slot.ways.contains { $0.reading == .together || $0.reading == .apart }
    }
    guard let best, !isCompound else { return first }
    let title = Set(Tokenizer.tokens(in: best.title).map(\.text))
    let meant = zip(words, first.split(separator: " ")).map { slot, first in
      let guesses = slot.ways.filter(\.reading.isGuess).map(\.word)
      return guesses.first { title.contains($0) }
        ?? (guesses.contains(String(first)) ? String(first) : slot.surface)
    }
    return meant.count == words.count ? meant.joined(separator: " ") : first
  }
}
