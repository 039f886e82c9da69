/// One query of a batch.
public struct BatchQuery: Sendable, Hashable {
  /// Names the query in the run.
  public let id: String
  /// The query as typed.
  public let text: String

  /// Makes a query.
  ///
  /// - Parameters:
  ///   - id: Names the query in the run.
  ///   - text: As typed.
  public init(id: String, text: String) {
    self.id = id
    self.text = text
  }

  /// Reads lines of `id<TAB>query`.
  ///
  /// Empty lines do not count, line ends may be CRLF, a byte order mark is passed over. The query may be empty.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - source: What an error names.
  /// - Returns: Queries in the order of the file.
  /// - Throws: ``IndexError`` with code `input` for a line without a tab or id, with its number.
  public static func read(_ bytes: [UInt8], source: String) throws(IndexError) -> [BatchQuery] {
    var queries: [BatchQuery] = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, raw) in lines.enumerated() {
      var line = raw.last == 0x0D ? raw.dropLast() : raw
      if index == 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
      if line.isEmpty { continue }
      guard let tab = line.firstIndex(of: 0x09), tab > line.startIndex else {
        throw IndexError(
          code: .input, path: "\(source):\(index + 1)", detail: "a line without id, tab and query",
          hint: "Write the id, a tab and the query on each line.")
      }
      queries.append(
        BatchQuery(
          id: String(decoding: line[..<tab], as: UTF8.self),
          text: String(decoding: line[(tab + 1)...], as: UTF8.self)))
    }
    return queries
  }
}

/// Answers many queries and writes the answers as a TREC run.
public struct BatchRunner: Sendable {
  private let finder: Finder
  private let top: Int
  private let tag: String

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - finder: What answers.
  ///   - top: Most hits a query.
  ///   - tag: Names the run on each line.
  public init(_ finder: Finder, top: Int, tag: String = "kaspi-catalog") {
    self.finder = finder
    self.top = top
    self.tag = tag
  }

  /// Runs the queries.
  ///
  /// - Parameters:
  ///   - queries: In the order in which they are answered.
  ///   - write: Called once a query with its lines; with no bytes for a query without hits.
  /// - Throws: ``IndexError``, and what `write` throws.
  public func run(_ queries: [BatchQuery], write: ([UInt8]) throws -> Void) throws {
    var analyzer = try Analyzer()
    for query in queries {
      let hits = try finder.find(SearchRequest(plain: query.text), top: top, analyzer: &analyzer).hits
      try write(Self.lines(query.id, hits.map { ($0.sku, $0.score) }, tag: tag))
    }
  }

  /// The lines of one query: `id Q0 sku rank score tag`.
  ///
  /// Ranks count from 1, scores have six decimals. Blanks in an id, SKU or tag, which the format cannot hold,
  /// are written as `%20`.
  ///
  /// - Parameters:
  ///   - id: The query's id.
  ///   - hits: Best first.
  ///   - tag: Names the run.
  /// - Returns: A line a hit, each with its newline.
  public static func lines(_ id: String, _ hits: [(sku: String, score: Double)], tag: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, hit) in hits.enumerated() {
      let words = [word(id), "Q0", word(hit.sku), "\(index + 1)", decimal(hit.score), word(tag)]
      bytes += Array(words.joined(separator: " ").utf8)
      bytes.append(0x0A)
    }
    return bytes
  }

  /// A text without blanks.
  private static func word(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 <= 0x20 }) else { return text }
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if byte > 0x20 {
        bytes.append(byte)
      } else {
        bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A score with six decimals, rounded to the nearest.
  private static func decimal(_ score: Double) -> String {
    let millionths = Int((abs(score) * 1_000_000).rounded())
    let rest = String(millionths % 1_000_000)
    return (score < 0 ? "-" : "") + "\(millionths / 1_000_000)."
      + String(repeating: "0", count: 6 - rest.utf8.count) + rest
  }
}
