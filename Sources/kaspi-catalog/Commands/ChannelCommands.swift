import ArgumentParser
import Console
import Model
import Publish
import Store
import SystemPackage

/// `export`.
struct ExportCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the files of all channels from what is published.",
    discussion: "Kaspi's price list is written with every version and is not touched here.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Flag(help: "Build and check every file, write none.")
  var dryRun = false

  @Flag(help: "Let a file without any offer replace one that is there.")
  var allowEmpty = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let jobs = try shops.jobs(context)
    let (documents, statuses) = try await eachShop(jobs, name: { $0.shop.name }, context) { job in
      let results = try await job.locked {
        try ChannelStage(job: job).run(isDryRun: dryRun, allowsEmpty: allowEmpty)
      }
      if results.isEmpty, !common.quiet {
        context.terminal.say("\(job.shop.name): no channel but Kaspi's is configured")
      }
      for result in results where !common.quiet || dryRun || result.isKept {
        context.terminal.say(Self.line(result))
      }
      let document: JSONValue = [
        "shop": .string(job.shop.name), "dry_run": .bool(dryRun),
        "channels": .array(results.map(Self.document)),
      ]
      return (document, results.contains(where: \.isKept) ? .refused : .done)
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return Set(statuses) == [.done, .refused] ? .refused : statuses.together
  }

  static func line(_ result: ChannelPublisher.Result) -> String {
    let out = result.file.reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return "\(result.name): \(result.file.items) offers"
      + (out.isEmpty ? "" : ", left out: \(out.joined(separator: ", "))")
      + (result.isKept
        ? ": REFUSED, the last file stays ('export --allow-empty' replaces it)"
        : result.isNew ? "" : ", unchanged")
      + "  \(result.path)"
  }

  static func document(_ result: ChannelPublisher.Result) -> JSONValue {
    [
      "name": .string(result.name), "path": .string(result.path.string), "items": .integer(result.file.items),
      "changed": .bool(result.isNew), "kept": .bool(result.isKept),
      "bytes": .integer(result.file.bytes.count),
      "sha256": .string(Digest.sha256(result.file.bytes)),
      "excluded": .object(result.file.reasons.mapValues { .integer($0) }),
    ]
  }
}

/// `why`.
struct WhyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Say how an offer's price in a channel came about, or why it is not there.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Argument(help: "The offer's SKU.")
  var sku: String

  @Argument(help: "The channel's name; all when left out.")
  var channel: String?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    let sku = try OfferHistory.sku(sku)
    let channels = try ChannelStage(job: job).channels()
    let chosen = channels.filter { channel == nil || $0.name == channel }
    guard !chosen.isEmpty else {
      throw CommandError(
        .usage, what: "no channel is called '\(channel ?? "")'", place: "kaspi.yaml",
        remedy: "Channels: \(channels.map(\.name).joined(separator: ", ")).")
    }
    let history = History(job.folders)
    guard let head = try history.head() else {
      throw CommandError(
        .failed, what: "there are no versions yet", place: job.folders.versions.string,
        remedy: "kaspi-catalog nightly --shop \(job.shop.name)")
    }
    guard let entry = head.catalog.entry(sku) else {
      let last = try HistoryIndex(job.folders).events(of: sku).last
      guard let last, last.kind == .removed else { throw OfferHistory.unknown(sku, job) }
      context.terminal.say("\(sku): left the catalog with version \(last.version), \(last.created.almaty)")
      context.terminal.document([
        "format": 1, "sku": .string(sku.text), "removed": .integer(last.version), "channels": [],
      ])
      return .done
    }
    context.terminal.say("\(sku) · \(entry.offer.model)")
    if case .withdrawn(let day) = entry.standing {
      context.terminal.say("  withdrawn since \(day): the crawl missed it too often")
    }
    var documents: [JSONValue] = []
    for channel in chosen {
      let item = channel.item(entry)
      say(item, channel, context)
      documents.append(Self.document(item, channel))
    }
    context.terminal.document([
      "format": 1, "sku": .string(sku.text), "version": .integer(head.manifest.version),
      "channels": .array(documents),
    ])
    return .done
  }

  private func say(_ item: ChannelItem, _ channel: Channel, _ context: CommandContext) {
    let terminal = context.terminal
    if let exclusion = item.exclusion {
      terminal.say("  \(channel.name): not in \(channel.file): \(exclusion.detail) [\(exclusion.reason)]")
    } else {
      terminal.say("  \(channel.name): in \(channel.file)" + (item.isAvailable ? "" : ", as not available"))
    }
    // Without a price in the channel's city what is shown is the lowest of the others.
    let city = item.exclusion?.reason == "no-price" ? " in another city" : item.city.map { " in city \($0)" }
    terminal.say("    price of the source: \(item.trace.start)" + (city ?? ""))
    for step in item.trace.steps { terminal.say("    \(step.what): \(step.amount)") }
    for block in item.trace.blocks { terminal.say("    blocked: \(block.reason) [\(block.kind.rawValue)]") }
    terminal.say("    price: \(item.price)")
    if !item.category.isEmpty { terminal.say("    category: \(item.category)") }
  }

  private static func document(_ item: ChannelItem, _ channel: Channel) -> JSONValue {
    var members: [String: JSONValue] = [
      "channel": .string(channel.name), "kind": .string(channel.kind.rawValue), "file": .string(channel.file),
      "included": .bool(item.exclusion == nil), "available": .bool(item.isAvailable),
      "source_price": .integer(item.trace.start), "price": .integer(item.price),
      "steps": .array(
        item.trace.steps.map { ["rule": .string($0.what), "price": .integer($0.amount)] }),
      "blocked": .array(
        item.trace.blocks.map { ["reason": .string($0.kind.rawValue), "detail": .string($0.reason)] }),
      "category": .string(item.category),
    ]
    if let exclusion = item.exclusion {
      members["reason"] = .string(exclusion.reason)
      members["detail"] = .string(exclusion.detail)
    }
    if let link = item.link { members["link"] = .string(link) }
    return .object(members)
  }
}
