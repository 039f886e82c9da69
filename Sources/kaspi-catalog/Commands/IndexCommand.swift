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
      let (count, refused) = try index(context.path(corpus), store, context.terminal)
      context.terminal.say("\(count) documents in \(out)" + (refused > 0 ? ", \(refused) lines refused" : ""))
      context.terminal.document([
        "format": 1, "documents": .integer(count), "refused": .integer(refused), "index": .string(out),
      ])
      return refused == 0 ? .done : .partly
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

  private func index(_ corpus: FilePath, _ store: IndexStore, _ terminal: Terminal) throws -> (
    documents: Int, refused: Int
  ) {
    var builder = try IndexBuilder(source: corpus.string)
    let bytes = try AtomicFile.read(corpus, maximumBytes: 8 << 30)
    let reader = try CorpusReader.read(bytes, source: corpus.string) { document throws(IndexError) in
      _ = try builder.add(document)
    }
    for finding in reader.findings {
      terminal.remark("\(finding.place): \(finding.message) [\(finding.rule)]")
    }
    let count = builder.count
    _ = try store.publish(try builder.finish())
    return (count, reader.refusedCount)
  }
}
