import ArgumentParser
import Console
import Model
import Search
import Store
import SystemPackage

/// `learn`.
struct LearnCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "learn", abstract: "Find numbers of the ranking that answer judged queries better.",
    discussion: """
      Half of the queries is learned from: those with an odd number in their id; the other half is only measured. The \
      numbers are written as a file for 'index --ranking' or catalog/<shop>/knowledge/ranking.json, unless they are \
      worse on the half that was kept out.
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: "A file of products, one JSON object a line.")
  var corpus: String

  @Option(help: "File of queries, 'id<TAB>query' a line.")
  var queries: String

  @Option(help: "File of ratings, 'id 0 sku grade' a line.")
  var ratings: String

  @Option(help: "File of synonyms; the starter when left out.")
  var synonyms: String?

  @Option(help: "File of numbers to begin with; the standard when left out.")
  var ranking: String?

  @Option(help: "File for the numbers.")
  var out: String

  @Option(help: "How often every number is tried, at most.")
  var rounds = 3

  @Flag(help: "Learn and measure, write nothing.")
  var dryRun = false

  func validate() throws {
    guard (1...100).contains(rounds) else { throw ValidationError("--rounds takes 1 to 100") }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let terminal = context.terminal
    let (learner, start) = (try learner(context), try self.start(context))
    let before = try RankingLearner.Half.allCases.map { try learner.score(start, $0) }
    let learned = try learner.learn(from: start, rounds: rounds) { name, value, score in
      terminal.say("  \(name) \(value): \(Self.rounded(score))")
    }
    let after = try RankingLearner.Half.allCases.map { try learner.score(learned, $0) }
    terminal.say("learned from: nDCG@10 \(Self.rounded(before[0])) → \(Self.rounded(after[0]))")
    terminal.say("kept out:     nDCG@10 \(Self.rounded(before[1])) → \(Self.rounded(after[1]))")
    let isBetter = learned != start && after[1] >= before[1]
    if isBetter, !dryRun { try OutputFile.write(learned.file, to: context.path(out)) }
    terminal.say(
      isBetter
        ? dryRun ? "better; not written" : "wrote \(out)"
        : "nothing written: the numbers stay as they are")
    terminal.document([
      "format": 1, "written": isBetter && !dryRun ? .string(out) : .null,
      "development": [
        "before": .decimal(Self.rounded(before[0])), "after": .decimal(Self.rounded(after[0])),
      ],
      "held": ["before": .decimal(Self.rounded(before[1])), "after": .decimal(Self.rounded(after[1]))],
    ])
    return .done
  }

  private func start(_ context: CommandContext) throws -> Ranking {
    guard let ranking else { return .standard }
    let path = context.path(ranking)
    return try Ranking(reading: try context.input(path), source: path.string)
  }

  private func learner(_ context: CommandContext) throws -> RankingLearner {
    let (corpus, queries, ratings) = (context.path(corpus), context.path(queries), context.path(ratings))
    var documents: [SearchDocument] = []
    _ = CorpusReader.read(try context.input(corpus), source: corpus.string) { documents.append($0) }
    var words = Synonyms.starter
    if let synonyms {
      let path = context.path(synonyms)
      words = Synonyms(
        reading: String(decoding: try context.input(path), as: UTF8.self), source: path.string)
    }
    let asked = try BatchQuery.read(try context.input(queries), source: queries.string).map { query in
      // A class may stand behind the query.
      RankingLearner.Query(id: query.id, text: String(query.text.prefix { $0 != "\t" }))
    }
    return RankingLearner(
      documents, synonyms: words, queries: asked,
      ratings: try Ratings(reading: try context.input(ratings), source: ratings.string))
  }

  private static func rounded(_ score: Double) -> Double { (score * 10_000).rounded() / 10_000 }
}
