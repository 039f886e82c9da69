import ArgumentParser
import Console
import Model
import Publish
import Search
import Store
import SystemPackage

/// `context`.
struct ContextCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "context",
    abstract: "Print what catalog and answers say about a question, for an assistant.",
    discussion: "A token is taken for four bytes of text. The same question and catalog give the same lines.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Argument(help: "The question.")
  var question: [String]

  @Option(help: "Most tokens.")
  var tokens = 2_000

  func validate() throws {
    guard (1...1_000_000).contains(tokens) else { throw ValidationError("--tokens takes 1 to 1000000") }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    let version = try PublishedDocuments(job: job).head().manifest.version
    let finder = try Finder(try IndexStore(job.folders.index).open(.structure))
    var analyzer = try Analyzer()
    let question = question.joined(separator: " ")
    let hits = try finder.find(SearchRequest(plain: question), top: 60, analyzer: &analyzer).hits
    let facts = ContextWriter.facts(hits, version: version, tokens: tokens)
    for fact in facts { context.terminal.say("[\(fact.citation)] \(fact.text)") }
    if facts.isEmpty { context.terminal.remark("nothing in the catalog answers that") }
    context.terminal.document([
      "format": 1, "question": .string(question), "version": .integer(version),
      "tokens": .integer(facts.reduce(0) { $0 + $1.tokens }),
      "facts": .array(
        facts.map {
          [
            "kind": .string($0.kind.rawValue), "citation": .string($0.citation), "text": .string($0.text),
            "tokens": .integer($0.tokens),
          ]
        }),
    ])
    return .done
  }
}
