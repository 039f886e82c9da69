/// Finds numbers of the ranking that answer judged queries better.
///
/// Queries are halved by what they wish, so that the slips of a query stand in its half: one half is learned from, the
/// other one only measured. One number after the other is raised and lowered; a change stays when it gains more on the
/// half that is learned from than chance may. The same queries, documents and start give the same numbers.
public struct RankingLearner: Sendable {
  /// What is indexed.
  private let documents: [SearchDocument]
  private let synonyms: Synonyms
  private let queries: [Query]
  private let ratings: Ratings

  /// A judged query.
  public struct Query: Sendable, Hashable {
    /// Belongs to the ratings.
    public let id: String
    /// As typed.
    public let text: String

    /// Makes a query.
    ///
    /// - Parameters:
    ///   - id: Belongs to the ratings.
    ///   - text: As typed.
    public init(id: String, text: String) { (self.id, self.text) = (id, text) }
  }

  /// Half of the queries.
  public enum Half: Sendable, CaseIterable {
    /// Learned from.
    case development
    /// Kept out, measured only.
    case held
  }

  /// Least gain of mean nDCG@10 that keeps a change.
  public static let leastGain = 0.0005
  /// What numbers are multiplied with.
  private static let steps = [1.5, 1 / 1.5, 1.15, 1 / 1.15]

  /// Prepares.
  ///
  /// - Parameters:
  ///   - documents: What is indexed.
  ///   - synonyms: Words that mean the same.
  ///   - queries: Judged queries.
  ///   - ratings: Their grades.
  public init(_ documents: [SearchDocument], synonyms: Synonyms, queries: [Query], ratings: Ratings) {
    (self.documents, self.synonyms, self.queries, self.ratings) = (documents, synonyms, queries, ratings)
  }

  /// The half of a query: by the number in its id, whatever letters are around it; odd ones are learned from.
  ///
  /// - Parameter id: A query's id.
  /// - Returns: The same half for `c17`, `s17` and `17`; without digits by the sum of the letters' codes.
  public static func half(of id: String) -> Half {
    let digits = id.utf8.filter { (0x30...0x39).contains($0) }
    if let last = digits.last { return last & 1 == 1 ? .development : .held }
    return id.utf8.reduce(0) { $0 ^ $1 } & 1 == 1 ? .development : .held
  }

  /// How good a ranking is.
  ///
  /// - Parameters:
  ///   - ranking: Sound numbers.
  ///   - half: Of the queries.
  /// - Returns: Mean nDCG@10 of the half; 0 when none of its queries has a relevant document.
  /// - Throws: ``IndexError``.
  public func score(_ ranking: Ranking, _ half: Half) throws(IndexError) -> Double {
    let segment = try Segment(
      opening: try IndexBuilder.build(documents: documents, ranking: ranking, synonyms: synonyms),
      verification: .structure)
    let finder = try Finder(segment)
    var analyzer = try Analyzer()
    var run: [String: [String]] = [:]
    let asked = queries.filter { Self.half(of: $0.id) == half }
    for query in asked {
      run[query.id] = try finder.find(SearchRequest(plain: query.text), top: 10, analyzer: &analyzer).hits
        .map(
          \.sku)
    }
    return Evaluation(run: run, queries: asked.map { ($0.id, nil) }, ratings: ratings).rows.first?.ndcg10 ?? 0
  }

  /// Learns.
  ///
  /// - Parameters:
  ///   - start: Where to begin.
  ///   - rounds: How often every number is tried, at most; ends when a round changes nothing.
  ///   - say: Told each change that stays: the number's name, its new value, and mean nDCG@10 with it.
  /// - Returns: The start where nothing is better.
  /// - Throws: ``IndexError``.
  public func learn(
    from start: Ranking, rounds: Int, say: (String, Double, Double) -> Void = { _, _, _ in }
  ) throws(IndexError) -> Ranking {
    var (best, bestScore) = (start, try score(start, .development))
    for _ in 0..<rounds {
      let before = best
      for number in Ranking.names.indices {
        for step in Self.steps {
          var values = best.values
          // Four digits, so that what is written down is what was measured.
          values[number] = (values[number] * step * 10_000).rounded() / 10_000
          let other = Ranking(values: values)
          guard other.isSound, other != best else { continue }
          let gained = try score(other, .development)
          guard gained > bestScore + Self.leastGain else { continue }
          (best, bestScore) = (other, gained)
          say(Ranking.names[number], values[number], gained)
        }
      }
      if best == before { break }
    }
    return best
  }
}
