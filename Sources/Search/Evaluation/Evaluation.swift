/// Ratings of documents for queries, as people judged them.
public struct Ratings: Sendable, Hashable {
  /// For each query's id the grade of each rated SKU; 0 is not relevant.
  public private(set) var grades: [String: [String: Int]] = [:]

  /// Reads lines of `id 0 sku grade` (TREC) or `id sku grade`, parted by blanks or tabs.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - source: What an error names.
  /// - Throws: ``IndexError`` with code `input` for a line of another form, with its number.
  public init(reading bytes: [UInt8], source: String) throws(IndexError) {
    for (index, raw) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let line = String(decoding: raw, as: UTF8.self)
      // A SKU may hold blanks when tabs part the columns.
      let isTabbed = line.contains("\t")
      let parts = line.split { isTabbed ? $0 == "\t" || $0 == "\r" : $0.isWhitespace }
      if parts.isEmpty { continue }
      guard parts.count == 3 || parts.count == 4, let last = parts.last, let grade = Int(last), grade >= 0
      else {
        throw IndexError(
          code: .input, path: "\(source):\(index + 1)", detail: "a line that is no rating",
          hint: "Write the query's id, the SKU and a grade of 0 or more.")
      }
      grades[String(parts[0]), default: [:]][String(parts[parts.count - 2])] = grade
    }
  }
}

/// How good ranked lists are, measured against ratings.
public struct Evaluation: Sendable, Hashable {
  /// For all queries, then for each class by name.
  public let rows: [Row]
  /// Ids of queries without hits, in the order asked.
  public let withoutHits: [String]

  /// Means over the queries of one class.
  public struct Row: Sendable, Hashable {
    /// The class; `all` for all queries.
    public let name: String
    /// Queries with at least one relevant document.
    public let queries: Int
    /// Normalised discounted cumulative gain of the first ten; the gain of a grade is `2^grade − 1`.
    public let ndcg10: Double
    /// The share of relevant documents among the first fifty.
    public let recall50: Double
    /// One over the rank of the first relevant document.
    public let reciprocalRank: Double
    /// The share of queries without hits.
    public let zeroShare: Double
  }

  /// Measures a run.
  ///
  /// - Parameters:
  ///   - run: For each query's id the SKUs, best first.
  ///   - queries: Queries, each with its class or `nil`; those without a relevant document do not count.
  ///   - ratings: Grades.
  public init(run: [String: [String]], queries: [(id: String, kind: String?)], ratings: Ratings) {
    var sums: [String: Sums] = [:]
    var missed: [String] = []
    for (id, kind) in queries {
      guard let grades = ratings.grades[id], grades.values.contains(where: { $0 > 0 }) else { continue }
      let hits = run[id] ?? []
      if hits.isEmpty { missed.append(id) }
      for name in ["all"] + [kind].compactMap(\.self) { sums[name, default: Sums()].add(hits, grades) }
    }
    rows = sums.sorted { ($0.key == "all" ? "" : $0.key) < ($1.key == "all" ? "" : $1.key) }.map {
      $1.row($0)
    }
    withoutHits = missed
  }

  private struct Sums {
    var (queries, empty) = (0, 0)
    var (ndcg, recall, reciprocal) = (0.0, 0.0, 0.0)

    mutating func add(_ hits: [String], _ grades: [String: Int]) {
      queries += 1
      empty += hits.isEmpty ? 1 : 0
      let relevant = grades.values.filter { $0 > 0 }
      let ideal = Self.gain(relevant.sorted(by: >).prefix(10))
      ndcg += Self.gain(hits.prefix(10).map { grades[$0] ?? 0 }[...]) / ideal
      recall += Double(Set(hits.prefix(50)).count { grades[$0] ?? 0 > 0 }) / Double(relevant.count)
      if let first = hits.firstIndex(where: { grades[$0] ?? 0 > 0 }) { reciprocal += 1 / Double(first + 1) }
    }

    func row(_ name: String) -> Row {
      let count = Double(queries)
      return Row(
        name: name, queries: queries, ndcg10: ndcg / count, recall50: recall / count,
        reciprocalRank: reciprocal / count, zeroShare: Double(empty) / count)
    }

    private static func gain(_ grades: ArraySlice<Int>) -> Double {
      var sum = 0.0
      for (rank, grade) in grades.enumerated() {
        sum += Double((1 << min(grade, 30)) - 1) * naturalLogarithm(2) / naturalLogarithm(Double(rank + 2))
      }
      return sum
    }
  }

  /// Reads a TREC run.
  ///
  /// - Parameters:
  ///   - bytes: Lines of `id Q0 sku rank score tag`.
  ///   - source: What an error names.
  /// - Returns: For each query's id the SKUs by rank.
  /// - Throws: ``IndexError`` with code `input` for a line of another form, with its number.
  public static func run(reading bytes: [UInt8], source: String) throws(IndexError) -> [String: [String]] {
    var ranked: [String: [(rank: Int, sku: String)]] = [:]
    for (index, raw) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let parts = String(decoding: raw, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      if parts.isEmpty { continue }
      guard parts.count == 6, let rank = Int(parts[3]) else {
        throw IndexError(
          code: .input, path: "\(source):\(index + 1)", detail: "a line that is no line of a run",
          hint: "A line is 'id Q0 sku rank score tag'.")
      }
      let sku = String(parts[2]).replacing("%20", with: " ")
      ranked[String(parts[0]), default: []].append((rank, sku))
    }
    return ranked.mapValues { $0.sorted { $0.rank < $1.rank }.map(\.sku) }
  }
}
