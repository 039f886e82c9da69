import ArgumentParser
import Console
import Model
import Publish
import Search
import Store
import SystemPackage

/// `categories`.
struct CategoriesCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "categories", abstract: "Print the categories as a tree with counts and price ranges.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var choice: IndexChoice

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let tree = try CategoryTree(try choice.open(context))
    for child in tree.children { say(child, 0, context.terminal) }
    let without = tree.products - tree.children.reduce(0) { $0 + $1.products }
    if without > 0 { context.terminal.say("without a category: \(without)") }
    context.terminal.document(["format": 1, "tree": document(tree)])
    return .done
  }

  private func say(_ tree: CategoryTree, _ depth: Int, _ terminal: Terminal) {
    let prices = tree.prices.map { "  \($0.lowerBound)–\($0.upperBound) ₸" } ?? ""
    let indent = String(repeating: "  ", count: depth)
    terminal.say("\(indent)\(tree.title)  \(tree.products) (\(tree.available) available)\(prices)")
    for child in tree.children { say(child, depth + 1, terminal) }
  }

  private func document(_ tree: CategoryTree) -> JSONValue {
    [
      "title": .string(tree.title), "products": .integer(tree.products),
      "available": .integer(tree.available),
      "lowest": tree.prices.map { .integer($0.lowerBound) } ?? .null,
      "highest": tree.prices.map { .integer($0.upperBound) } ?? .null,
      "children": .array(tree.children.map(document)),
    ]
  }
}

/// `stats`.
struct StatsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Print what the index holds.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var choice: IndexChoice

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let folder = try choice.folder(context)
    let index = try choice.open(context)
    let tree = try CategoryTree(index)
    let rows: [(String, String, Int)] = [
      ("documents", "documents", index.documentCount), ("products", "products", tree.products),
      ("available", "of them available", tree.available),
      ("passages", "passages of answers", index.documentCount - tree.products),
      ("terms", "terms", index.termCount), ("words", "words for spelling", index.wordCount),
      ("bytes", "bytes", index.byteCount),
      ("changed", "documents beside the base", index.changes?.documentCount ?? 0),
      ("removed", "documents of the base that count no more", index.removedCount),
      ("version", "version of the index", try IndexStore(folder).head() ?? 0),
    ]
    for (_, name, value) in rows { context.terminal.say("\(name): \(value)") }
    var members: [String: JSONValue] = ["format": 1]
    for (key, _, value) in rows { members[key] = .integer(value) }
    context.terminal.document(.object(members))
    return .done
  }
}

/// `synonyms`.
struct SynonymsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "synonyms", abstract: "Show the words that mean the same, or write the starter file.",
    discussion:
      "The shop's file is catalog/<shop>/knowledge/synonyms.txt; without it the starter is in force.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Flag(help: "Write the starter file, unless the shop has one.")
  var write = false

  @Flag(help: "Say what would be written, and write nothing.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    let path = job.folders.knowledge.appending(PublishedDocuments.synonymsName)
    let published = PublishedDocuments(job: job)
    let synonyms = try published.synonyms()
    let hasFile = try published.has(PublishedDocuments.synonymsName)
    if write {
      guard !hasFile else {
        throw CommandError(
          .refused, what: "the shop has a file of synonyms already", place: path.string,
          remedy: "Edit it, or move it away first.")
      }
      if !dryRun { try AtomicFile.write(Array((Synonyms.starterText + "\n").utf8), to: path) }
      context.terminal.say("\(dryRun ? "would write" : "wrote") \(path.string)")
    } else {
      context.terminal.say(hasFile ? path.string : "the starter (no \(path.string))")
      for rule in synonyms.rules {
        let right = rule.isTwoWay ? "" : " => " + rule.meant.joined(separator: ", ")
        context.terminal.say("  \(rule.asked.joined(separator: ", "))\(right)")
      }
    }
    for finding in synonyms.findings {
      context.terminal.remark("\(finding.place): \(finding.message) [\(finding.rule)]")
    }
    context.terminal.document([
      "format": 1, "file": hasFile || write ? .string(path.string) : .null,
      "rules": .array(
        synonyms.rules.map {
          [
            "asked": .array($0.asked.map { .string($0) }), "meant": .array($0.meant.map { .string($0) }),
            "two_way": .bool($0.isTwoWay), "line": .integer($0.line),
          ]
        }),
      "findings": .array(synonyms.findings.map { .string("\($0.place): \($0.message)") }),
    ])
    return synonyms.findings.isEmpty ? .done : .partly
  }
}

/// `knowledge`.
struct KnowledgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "knowledge", abstract: "The shop's own answers and policies.", subcommands: [Check.self],
    defaultSubcommand: Check.self)

  /// `knowledge check`.
  struct Check: Command {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Find dead links, products that left (links like 'sku:123') and empty answers.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var shop: OneShopOptions

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let job = try shop.job(context)
      let published = PublishedDocuments(job: job)
      let files = try published.knowledge()
      let offered = Set(
        try published.head().catalog.entries.filter { $0.standing == .offered }.map(\.offer.sku.text))
      let findings = KnowledgeCheck.findings(files) { offered.contains($0) }
      for finding in findings {
        context.terminal.say("\(finding.place): \(finding.message) \(finding.hint ?? "") [\(finding.rule)]")
      }
      if findings.isEmpty { context.terminal.say("\(files.count) files, nothing to mend") }
      context.terminal.document([
        "format": 1, "files": .integer(files.count),
        "findings": .array(
          findings.map {
            [
              "rule": .string($0.rule), "severity": .string($0.severity.rawValue),
              "place": .string($0.place.description), "message": .string($0.message),
            ]
          }),
      ])
      return findings.contains { $0.severity == .error } ? .badInput : .done
    }
  }
}
