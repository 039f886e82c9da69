import ArgumentParser
import Console
import Model
import Search
import Store
import SystemPackage

/// `search`.
struct SearchCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find offers and answers of the shop.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Argument(help: "What to look for.")
  var query: [String] = []

  @Option(help: "Folder of an index made with 'index --corpus'; the shop's own when left out.")
  var index: String?

  @Option(help: "File of queries, one 'id<TAB>query' a line.")
  var batch: String?

  @Option(help: "File for the run of a batch, in TREC format.")
  var run: String?

  @Option(help: "Most hits.")
  var top = 10

  @Flag(help: "Say where each score comes from.")
  var explain = false

  func validate() throws {
    guard (1...10_000).contains(top) else { throw ValidationError("--top takes 1 to 10000") }
    guard (batch == nil) == (run == nil) else { throw ValidationError("--batch and --run go together") }
    guard (batch == nil) != query.isEmpty else { throw ValidationError("Give a query, or --batch and --run") }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let store = IndexStore(try folder(context))
    let finder = try Finder(try store.open(.structure))
    if let batch, let run {
      return try self.batch(context.path(batch), to: context.path(run), finder, context)
    }
    var analyzer = try Analyzer()
    let answer = try finder.find(
      SearchRequest(self.query.joined(separator: " ")), top: top, analyzer: &analyzer)
    let hits = answer.hits
    if explain {
      for line in answer.trace { context.terminal.say("  \(line)") }
    }
    if let suggestion = answer.suggestion { context.terminal.say("searched for: \(suggestion)") }
    if hits.isEmpty { context.terminal.say("nothing found") }
    for hit in hits {
      let price = hit.price.flatMap { Tenge($0) }.map { "  \($0.grouped)" } ?? ""
      let stock = hit.kind == .knowledge ? "" : hit.isAvailable ? hit.stock.map { "  (\($0))" } ?? "" : "  —"
      context.terminal.say("\(hit.sku)  \(hit.title)\(price)\(stock)")
      if explain, let explanation = try finder.searcher.explain(answer.query, hit.number) {
        say(explanation, hit, context.terminal)
      }
    }
    context.terminal.document([
      "format": 1, "query": .string(self.query.joined(separator: " ")), "hits": .array(hits.map(document)),
    ])
    return .done
  }

  private func folder(_ context: CommandContext) throws -> FilePath {
    if let index { return context.path(index) }
    return try shop.job(context).folders.index
  }

  private func batch(
    _ queries: FilePath, to run: FilePath, _ finder: Finder, _ context: CommandContext
  ) throws -> ExitStatus {
    var ids: Set<String> = []
    let read = try BatchQuery.read(try context.input(queries), source: queries.string)
    // Two answers under one id make no run.
    let lines = read.filter { ids.insert($0.id).inserted }
    if lines.count < read.count {
      context.terminal.remark(
        "\(read.count - lines.count) queries are left out, whose id stands above: \(queries)")
    }
    var bytes: [UInt8] = []
    var (answered, without) = (0, [BatchQuery]())
    try BatchRunner(finder, top: top).run(lines) { answer in
      bytes += answer
      if answer.isEmpty { without.append(lines[answered]) }
      answered += 1
    }
    try OutputFile.write(bytes, to: run)
    if !common.quiet {
      for query in without { context.terminal.say("without hits: \(query.id) \(query.text)") }
      context.terminal.say("\(lines.count) queries, \(without.count) without hits, run in \(run)")
    }
    context.terminal.document([
      "format": 1, "queries": .integer(lines.count), "run": .string(run.string),
      "without_hits": .array(without.map { ["id": .string($0.id), "query": .string($0.text)] }),
    ])
    return .done
  }

  private func say(_ explanation: Explanation, _ hit: Hit, _ terminal: Terminal) {
    for word in explanation.words {
      terminal.say("    \(word.surface) (\(word.reading.rawValue)): \(Self.rounded(word.score))")
      for term in word.terms {
        let fields = term.fields.map { "\($0.field.name) ×\($0.count)" }.joined(separator: ", ")
        terminal.say("      \(term.term): \(Self.rounded(term.score)) in \(fields)")
      }
    }
    let boosts = hit.boosts.map { " \($0.name) \(Self.rounded($0.share))" }.joined(separator: ",")
    terminal.say("    words \(Self.rounded(explanation.score));\(boosts)")
  }

  private func document(_ hit: Hit) -> JSONValue {
    var members: [String: JSONValue] = [
      "sku": .string(hit.sku), "title": .string(hit.title), "kind": .string(hit.kind.rawValue),
      "score": .decimal(Self.rounded(hit.score)), "available": .bool(hit.isAvailable),
      "matched": .array(hit.matched.map { .string($0) }),
      "price": hit.price.map { .integer($0) } ?? .null, "stock": hit.stock.map { .integer($0) } ?? .null,
    ]
    if let text = hit.document.text { members["text"] = .string(text) }
    return .object(members)
  }

  private static func rounded(_ score: Double) -> Double { (score * 10_000).rounded() / 10_000 }
}
