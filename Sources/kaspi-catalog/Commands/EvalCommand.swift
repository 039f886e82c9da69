import ArgumentParser
import Console
import Search
import Store
import SystemPackage

/// `eval`.
struct EvalCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Measure how good the answers to judged queries are.",
    discussion: """
      Queries: 'id<TAB>query' or 'id<TAB>query<TAB>class' a line. Ratings: 'id 0 sku grade' or 'id sku grade' a line. \
      The gain of a grade is 2^grade - 1. With --run a saved run is measured instead of the index; with --compare \
      another one beside it.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var choice: IndexChoice

  @Argument(help: "File of queries, then file of ratings; or give both as options.")
  var files: [String] = []

  @Option(help: "File of queries.")
  var queries: String?

  @Option(help: "File of ratings.")
  var ratings: String?

  @Option(help: "A saved run to measure instead of asking the index.")
  var run: String?

  @Option(help: "A saved run to compare with.")
  var compare: String?

  func validate() throws {
    guard
      files.isEmpty ? queries != nil && ratings != nil : files.count == 2 && queries == nil && ratings == nil
    else { throw ValidationError("Give a file of queries and a file of ratings") }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let queryFile = context.path(queries ?? files[0])
    let ratingFile = context.path(ratings ?? files[1])
    let asked = try BatchQuery.read(try context.input(queryFile), source: queryFile.string)
    let ratings = try Ratings(reading: try context.input(ratingFile), source: ratingFile.string)
    // A class stands behind the query; a query may hold tabs only in front of one.
    let judged = asked.map { query in
      let parts = query.text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return (id: query.id, text: parts[0], kind: parts.count > 1 ? parts[1] : nil)
    }
    if let twice = Dictionary(grouping: judged, by: \.id).filter({ $0.value.count > 1 }).keys.min() {
      throw CommandError(
        .badInput, what: "the query id '\(twice)' stands there more than once", place: queryFile.string,
        remedy: "Give each query an id of its own; ratings belong to ids.")
    }
    let first: [String: [String]]
    if let run {
      first = try saved(run, context)
    } else {
      first = try answers(judged.map { BatchQuery(id: $0.id, text: $0.text) }, context)
    }
    let kinds = judged.map { (id: $0.id, kind: $0.kind) }
    let result = Evaluation(run: first, queries: kinds, ratings: ratings)
    let other = try compare.map { Evaluation(run: try saved($0, context), queries: kinds, ratings: ratings) }
    guard !result.rows.isEmpty else {
      throw CommandError(
        .badInput, what: "no query has a rating above 0", place: ratingFile.string,
        remedy: "Use the same ids in queries and ratings.")
    }
    say(result, other, judged.map { ($0.id, $0.text) }, context.terminal)
    context.terminal.document(document(result, other))
    return .done
  }

  private func saved(_ run: String, _ context: CommandContext) throws -> [String: [String]] {
    let path = context.path(run)
    return try Evaluation.run(reading: try context.input(path), source: path.string)
  }

  private func answers(_ queries: [BatchQuery], _ context: CommandContext) throws -> [String: [String]] {
    let finder = try Finder(try choice.open(context))
    var analyzer = try Analyzer()
    var run: [String: [String]] = [:]
    for query in queries {
      let answer = try finder.find(SearchRequest(plain: query.text), top: 50, analyzer: &analyzer)
      run[query.id] = answer.hits.map(\.sku)
    }
    return run
  }

  private func say(
    _ result: Evaluation, _ other: Evaluation?, _ queries: [(id: String, text: String)], _ terminal: Terminal
  ) {
    terminal.say("class            queries  nDCG@10  recall@50     MRR  without hits")
    for row in result.rows {
      terminal.say(Self.line(row))
      guard let before = other?.rows.first(where: { $0.name == row.name }) else { continue }
      terminal.say(Self.line(before, name: "  compared with"))
    }
    let texts = Dictionary(queries.map { ($0.id, $0.text) }, uniquingKeysWith: { one, _ in one })
    for id in result.withoutHits { terminal.say("without hits: \(id) \(texts[id] ?? "")") }
  }

  private static func line(_ row: Evaluation.Row, name: String? = nil) -> String {
    let name = name ?? row.name
    let cells = [
      pad("\(row.queries)", 8), pad(decimal(row.ndcg10), 9), pad(decimal(row.recall50), 11),
      pad(decimal(row.reciprocalRank), 8), pad(decimal(row.zeroShare), 14),
    ]
    return name + String(repeating: " ", count: max(0, 16 - name.count)) + cells.joined()
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func decimal(_ value: Double) -> String {
    let digits = String(Int((value * 10_000).rounded()))
    let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    return padded.dropLast(4) + "." + padded.suffix(4)
  }

  private func document(_ result: Evaluation, _ other: Evaluation?) -> JSONValue {
    func rows(_ evaluation: Evaluation) -> JSONValue {
      .array(
        evaluation.rows.map { row in
          [
            "class": .string(row.name), "queries": .integer(row.queries), "ndcg10": .decimal(row.ndcg10),
            "recall50": .decimal(row.recall50), "mrr": .decimal(row.reciprocalRank),
            "without_hits": .decimal(row.zeroShare),
          ]
        })
    }
    var members: [String: JSONValue] = [
      "format": 1, "rows": rows(result), "without_hits": .array(result.withoutHits.map { .string($0) }),
    ]
    if let other { members["compared"] = rows(other) }
    return .object(members)
  }
}
