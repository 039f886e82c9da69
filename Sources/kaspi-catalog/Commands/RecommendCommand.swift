import ArgumentParser
import Console
import Model
import Notify
import Publish
import Search
import Store
import SystemPackage

/// `recommend`.
struct RecommendCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Say what is like a product, goes with it, or is the same and cheaper, each with its reason.",
    discussion: """
      What goes together is learned from the shop's order snapshots, or from --baskets: a line is a JSON array of SKUs, \
      or SKUs parted by commas. --corpus takes products from a neutral file instead of the shop. With --batch \
      ('id<TAB>sku,sku,…' a line) and --run, what goes with each basket is written as a TREC run. \
      --leave-one-out measures on every fifth basket what the others teach.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Argument(help: "The product.")
  var sku: String?

  @Option(help: "A file of products instead of the shop's catalog.")
  var corpus: String?

  @Option(help: "A file of baskets instead of the shop's orders.")
  var baskets: String?

  @Option(help: "File of baskets to complete, one 'id<TAB>sku,sku' a line.")
  var batch: String?

  @Option(help: "File for the run of a batch, in TREC format.")
  var run: String?

  @Option(help: "Most suggestions of each kind.")
  var top = 5

  @Flag(help: "Measure the baskets: how often a thing that was left out is suggested.")
  var leaveOneOut = false

  func validate() throws {
    guard (1...1_000).contains(top) else { throw ValidationError("--top takes 1 to 1000") }
    guard (batch == nil) == (run == nil) else { throw ValidationError("--batch and --run go together") }
    guard [sku != nil, batch != nil, leaveOneOut].count(where: { $0 }) == 1 else {
      throw ValidationError("Give a SKU, or --batch and --run, or --leave-one-out")
    }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let baskets = try readBaskets(context)
    if let batch, let run { return try complete(batch, run, baskets, context) }
    if leaveOneOut {
      let (rate, tries) = GoesWith.leaveOneOut(baskets, top: top)
      let rounded = (rate * 10_000).rounded() / 10_000
      context.terminal.say("hit rate at \(top): \(rounded) over \(tries) tries, \(baskets.all.count) baskets")
      context.terminal.document([
        "format": 1, "hit_rate": .decimal(rounded), "tries": .integer(tries),
        "baskets": .integer(baskets.all.count),
        "top": .integer(top),
      ])
      return .done
    }
    let sku = sku ?? ""
    let recommender = try Recommender(try documents(context), baskets: baskets)
    guard let product = recommender.product(sku) else {
      throw CommandError(
        .badInput, what: "the catalog has no product \(sku)", place: corpus ?? "the published catalog",
        remedy: "kaspi-catalog search WORDS")
    }
    let lists = [
      ("similar", recommender.similar(to: sku, top: top)), ("goes_with", recommender.goesWith(sku, top: top)),
      ("cheaper", recommender.cheaper(than: sku, top: top)),
    ]
    context.terminal.say("\(product.sku)  \(product.title)")
    for (name, list) in lists {
      context.terminal.say("\(name.replacing("_", with: " ")):\(list.isEmpty ? " none" : "")")
      for suggestion in list {
        let price = suggestion.document.price.flatMap { Tenge($0) }.map { "  \($0.grouped)" } ?? ""
        context.terminal.say("  \(suggestion.document.sku)  \(suggestion.document.title)\(price)")
        context.terminal.say("      \(suggestion.reason)")
      }
    }
    var members: [String: JSONValue] = ["format": 1, "sku": .string(sku)]
    for (name, list) in lists { members[name] = .array(list.map(Self.document)) }
    context.terminal.document(.object(members))
    return .done
  }

  private static func document(_ suggestion: Recommender.Suggestion) -> JSONValue {
    [
      "sku": .string(suggestion.document.sku), "title": .string(suggestion.document.title),
      "price": suggestion.document.price.map { .integer($0) } ?? .null,
      "stock": suggestion.document.stock.map { .integer($0) } ?? .null,
      "score": .decimal((suggestion.score * 10_000).rounded() / 10_000), "reason": .string(suggestion.reason),
    ]
  }

  private func documents(_ context: CommandContext) throws -> [SearchDocument] {
    if let corpus {
      let path = context.path(corpus)
      var documents: [SearchDocument] = []
      _ = CorpusReader.read(try context.input(path, maximumBytes: 8 << 30), source: path.string) {
        document in
        documents.append(document)
      }
      return documents
    }
    let job = try shop.job(context)
    return try PublishedDocuments(job: job).products()
  }

  private func readBaskets(_ context: CommandContext) throws -> Baskets {
    if let baskets {
      let path = context.path(baskets)
      return try Baskets(reading: try context.input(path), source: path.string)
    }
    guard corpus == nil else { return Baskets([]) }
    let snapshots = SnapshotFolder(try shop.job(context).folders.orders)
    // An order is in many snapshots; its latest entries count, and a cancelled one taught nothing.
    var orders: [String: [String]] = [:]
    for moment in try snapshots.moments() {
      for order in try snapshots.read(moment).orders {
        if order.status == .cancelled {
          orders[order.code] = nil
          continue
        }
        guard let entries = order.entries else { continue }
        orders[order.code] = entries.compactMap(\.sku)
      }
    }
    return Baskets(orders.sorted { $0.key < $1.key }.map(\.value))
  }

  private func complete(
    _ batch: String, _ run: String, _ baskets: Baskets, _ context: CommandContext
  ) throws -> ExitStatus {
    let path = context.path(batch)
    let queries = try BatchQuery.read(try context.input(path), source: path.string)
    let model = GoesWith(baskets)
    var bytes: [UInt8] = []
    for query in queries {
      let items = try Baskets(reading: Array(query.text.utf8), source: path.string).all.first ?? []
      let suggestions = model.suggestions(for: items, top: top, pairedOnly: false)
      bytes += BatchRunner.lines(query.id, suggestions.map { ($0.sku, $0.score) }, tag: "kaspi-catalog")
    }
    try OutputFile.write(bytes, to: context.path(run))
    context.terminal.say("\(queries.count) baskets, run in \(run)")
    context.terminal.document(["format": 1, "queries": .integer(queries.count), "run": .string(run)])
    return .done
  }
}
