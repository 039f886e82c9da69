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

  func validate() throws {
    guard (corpus == nil) == (out == nil) else { throw ValidationError("--corpus and --out go together") }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    if let corpus, let out {
      let store = IndexStore(context.path(out))
      let count = try index(context.path(corpus), store)
      context.terminal.say("\(count) documents in \(out)")
      context.terminal.document(["format": 1, "documents": .integer(count), "index": .string(out)])
      return .done
    }
    var documents: [JSONValue] = []
    for job in try shops.jobs(context) {
      let count = try await job.locked { try IndexStage(job: job).run() }
      context.terminal.say("\(job.shop.name): \(count) documents")
      documents.append(["shop": .string(job.shop.name), "documents": .integer(count)])
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return .done
  }

  private func index(_ corpus: FilePath, _ store: IndexStore) throws -> Int {
    var builder = try IndexBuilder(source: corpus.string)
    try CorpusReader.read(try AtomicFile.read(corpus, maximumBytes: 8 << 30), source: corpus.string) {
      document in
      _ = try builder.add(document)
    }
    let count = builder.count
    _ = try store.publish(try builder.finish())
    return count
  }
}
