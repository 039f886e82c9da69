import ArgumentParser
import Console
import Model
import Search
import Store
import SystemPackage

/// `index`.
struct IndexCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Build the search index of the shop, or of a file of products.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(
    help:
      "A file of products, one JSON object a line: sku, title, brand, category, price, specs, description.")
  var corpus: String?

  @Option(help: "Folder for the index of a corpus.")
  var out: String?

  @Option(help: "File of synonyms for the index of a corpus; the starter when left out.")
  var synonyms: String?

  @Option(help: "File of the ranking's numbers for the index of a corpus; the standard when left out.")
  var ranking: String?

  @Option(help: "Slices of a corpus that are read side by side; the index is the same for any number.")
  var threads = 2

  @Flag(help: "Make everything anew, however little has changed since the last index.")
  var whole = false

  @Flag(help: "Read and count what would be indexed, write nothing.")
  var dryRun = false

  func validate() throws {
    guard (1...64).contains(threads) else { throw ValidationError("--threads takes 1 to 64") }
    guard (corpus == nil) == (out == nil) else { throw ValidationError("--corpus and --out go together") }
    guard corpus != nil || (synonyms == nil && ranking == nil) else {
      throw ValidationError("--synonyms and --ranking go with --corpus; a shop has its own files")
    }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    if let corpus, let out {
      if dryRun { return try await count(context.path(corpus), context) }
      let store = IndexStore(context.path(out))
      let made = try await index(context.path(corpus), store, context)
      let refused = made.refusedCount
      if !common.quiet || refused > 0 {
        let notes = [(refused, "lines refused"), (made.repeatedCount, "left out whose SKU stands above")]
        let told = notes.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
        context.terminal.say("\(made.documentCount) documents in \(out)" + told)
      }
      context.terminal.document([
        "format": 1, "documents": .integer(made.documentCount), "refused": .integer(refused),
        "repeated": .integer(made.repeatedCount), "index": .string(out),
      ])
      return refused == 0 ? .done : .partly
    }
    let jobs = try shops.jobs(context)
    let (documents, statuses) = try await eachShop(jobs, name: { $0.shop.name }, context) { job in
      let stage = IndexStage(job: job)
      let count =
        dryRun ? try stage.documents().count : try await job.locked { try await stage.run(isWhole: whole) }
      if !common.quiet { context.terminal.say("\(job.shop.name): \(count) documents") }
      return (["shop": .string(job.shop.name), "documents": .integer(count)] as JSONValue, .done)
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return statuses.together
  }

  /// Reads a corpus as the indexing would, and keeps nothing.
  private func count(_ corpus: FilePath, _ context: CommandContext) async throws -> ExitStatus {
    let bytes = try context.input(corpus, maximumBytes: .max - 1)
    let reader = CorpusReader.read(bytes, source: corpus.string) { _ in }
    for finding in reader.findings {
      context.terminal.remark("\(finding.place): \(finding.message) [\(finding.rule)]")
    }
    let refused = reader.refusedCount
    context.terminal.say(
      "\(reader.documentCount) documents would be indexed" + (refused > 0 ? ", \(refused) lines refused" : "")
    )
    context.terminal.document([
      "format": 1, "dry_run": true, "documents": .integer(reader.documentCount), "refused": .integer(refused),
    ])
    return refused == 0 ? .done : .partly
  }

  private func index(
    _ corpus: FilePath, _ store: IndexStore, _ context: CommandContext
  ) async throws -> CorpusIndexer {
    let terminal = context.terminal
    guard try Folder.holdsFile(corpus) else {
      throw CommandError(
        .badInput, what: "there is no such file, or it is none that can be read twice", place: corpus.string,
        remedy: "Write the products to a plain file first; a pipe will not do.")
    }
    var (words, numbers) = (Synonyms.starter, Ranking.standard)
    if let synonyms {
      let path = context.path(synonyms)
      words = Synonyms(
        reading: String(decoding: try context.input(path), as: UTF8.self), source: path.string)
      for finding in words.findings {
        terminal.remark("\(finding.place): \(finding.message) [\(finding.rule)]")
      }
    }
    if let ranking {
      let path = context.path(ranking)
      numbers = try Ranking(reading: try context.input(path), source: path.string)
    }
    let made = try await CorpusIndexer(
      corpus, ranking: numbers, synonyms: words, threads: threads,
      base: whole ? nil : store.base(ranking: numbers, synonyms: words))
    for finding in made.findings {
      terminal.remark("\(finding.place): \(finding.message) [\(finding.rule)]")
    }
    guard made.documentCount > 0 else {
      throw CommandError(
        .badInput, what: "there is no product in the file; the index stays as it was", place: corpus.string,
        remedy: "Write one JSON object a line, each with a \"sku\".")
    }
    _ = try store.publish(made.content)
    return made
  }
}
