import ArgumentParser
import Console
import Model
import Notify
import Store
import SystemPackage

/// `inbox`.
struct InboxCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "inbox", abstract: "Read the inbox now, and sum up what people wrote.",
    discussion: "Shows who wrote when and about which orders; the texts only with --text, digits masked.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Flag(help: "Show the texts, with every digit masked.")
  var text = false

  @Flag(help: "Show what is known; read nothing new.")
  var dryRun = false

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    for job in try shops.jobs(context, now: now) {
      let (report, content) = try await job.locked { () async throws -> (InboxReport, OutboxContent) in
        if dryRun { return (InboxReport(), try job.outboxContent()) }
        let outbox = try job.outbox()
        return (try await job.readInbox(outbox), outbox.content)
      }
      let terminal = context.terminal
      terminal.say("\(job.shop.name): \(content.replies.count) messages kept")
      terminal.say(report)
      var lines: [JSONValue] = []
      for reply in content.replies {
        let who = reply.contact?.phone.map(\.description) ?? "a hidden number"
        let orders = reply.contact?.phone.flatMap { content.person($0)?.orders.sorted() } ?? []
        terminal.say(
          "  \(reply.at.almaty)  \(who)  \(reply.intent.rawValue)"
            + (orders.isEmpty ? "" : "  order \(orders.joined(separator: ", "))"))
        if text, !reply.text.isEmpty {
          terminal.say("    " + String(reply.text.map { $0.isNumber ? "*" : $0 }))
        }
        lines.append([
          "at": .string(reply.at.description), "contact": .string(who),
          "intent": .string(reply.intent.rawValue),
          "orders": .array(orders.map { .string($0) }), "length": .integer(reply.text.count),
        ])
      }
      documents.append([
        "shop": .string(job.shop.name), "found": report.summary, "messages": .array(lines),
      ])
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return .done
  }
}

/// `purge`.
struct PurgeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Erase personal data that is older than some days.",
    discussion: """
      Snapshots go (the newest and the one that the outbox stands at stay), messages that ended lose telephone and \
      text, replies and dropped events go. Identities and stops stay for ever.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "Age in days, like 90 or 90d.")
  var olderThan: String

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Flag(help: "Count only.")
  var dryRun = false

  func validate() throws {
    guard days != nil else { throw ValidationError("--older-than is a number of days, like 90d") }
  }

  private var days: Int? {
    Int(olderThan.hasSuffix("d") ? String(olderThan.dropLast()) : olderThan).flatMap {
      (0...36_500).contains($0) ? $0 : nil
    }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    for job in try shops.jobs(context, now: now) {
      let cutoff = job.time.now.advanced(by: .seconds(-86_400 * (days ?? 0)))
      let folder = SnapshotFolder(job.folders.orders)
      let (snapshots, messages) = try await job.locked {
        let content = try job.outboxContent()
        let old = try folder.purgeable(before: cutoff, keeping: content.scanned)
        if dryRun { return (old.count, content.closable(before: cutoff).count) }
        let outbox = try job.outbox()
        let closed = try outbox.compact(before: cutoff, now: job.time.now).closed
        try folder.purge(old)
        try DeadLetters.write(outbox.content, in: job.folders.outbox)
        try InboxSpool.purge(job.folders.output.appending("inbox"))
        return (old.count, closed)
      }
      context.terminal.say("\(job.shop.name): \(snapshots) snapshots and \(messages) messages erased")
      documents.append([
        "shop": .string(job.shop.name), "snapshots": .integer(snapshots), "messages": .integer(messages),
      ])
    }
    context.terminal.document(["format": 1, "dry_run": .bool(dryRun), "shops": .array(documents)])
    return .done
  }
}

/// `audit`.
struct AuditCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check the chain of the audit log.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    for job in try shops.jobs(context) {
      let path = job.folders.logs.appending("notifier-audit.jsonl")
      let lines = try Folder.exists(path) ? try AuditLog.verify(path) : 0
      context.terminal.say("\(job.shop.name): \(lines) lines, the chain is whole")
      documents.append(["shop": .string(job.shop.name), "lines": .integer(lines)])
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return .done
  }
}
