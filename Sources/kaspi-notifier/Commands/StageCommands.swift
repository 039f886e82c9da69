import ArgumentParser
import Console
import Model
import Notify
import Store

/// `snapshot`.
struct SnapshotCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Read the orders and keep them as a snapshot; send nothing.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(name: .long, parsing: .upToNextOption, help: "Saved answers of the orders API instead of the API.")
  var from: [String] = []

  @Option(help: "A saved map from order id to its lines, with --from.")
  var entries: String?

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Flag(help: "Read and report, keep nothing.")
  var dryRun = false

  func validate() throws {
    guard entries == nil || !from.isEmpty else { throw ValidationError("--entries goes with --from") }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let jobs = try shops.jobs(context, now: now)
    guard from.isEmpty || jobs.count == 1 else {
      throw CommandError(
        .usage, what: "saved answers belong to one shop", place: "--from", remedy: "Name it with --shop.")
    }
    return try await eachShop(jobs, context) { job in
      let report = try await job.locked {
        from.isEmpty
          ? try await job.snapshot(dryRun: dryRun)
          : try job.snapshot(
            pages: from.map(context.path), entries: entries.map(context.path), dryRun: dryRun)
      }
      context.terminal.say(report, shop: job.shop.name)
      return (["snapshot": report.summary], report.status)
    }
  }
}

/// `scan`.
struct ScanCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Plan the messages that would go out; send nothing.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "Leave earlier events alone; on a first run, write about later ones after all.")
  var since: Instant?

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Flag(help: "Show the plan, keep nothing.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    try await eachShop(try shops.jobs(context, now: now), context) { job in
      let plan = try await job.locked {
        if dryRun { return try job.scan(since: since, outbox: try job.outboxContent()) }
        let outbox = try job.outbox()
        let plan = try job.scan(since: since, outbox: outbox.content)
        try outbox.record(plan, now: job.time.now)
        return plan
      }
      context.terminal.say(plan, shop: job.shop.name)
      return (["plan": plan.summary], plan.status)
    }
  }
}

/// `send`.
struct SendCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Send exactly what is planned.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Flag(help: "Show what waits, send nothing.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let status = try await eachShop(try shops.jobs(context, now: now), context) { job in
      if dryRun {
        let waiting = try job.outboxContent().waiting
        context.terminal.say("\(job.shop.name): \(waiting.count) messages wait")
        for entry in waiting { context.terminal.say("  \(entry)  due \(entry.due.almaty)") }
        return (["waiting": .array(waiting.map(\.summary))], .done)
      }
      let report = try await job.locked {
        let outbox = try job.outbox()
        let report = try await job.send(outbox)
        try job.report(outbox.content, inbox: report.inbox, send: report)
        return report
      }
      context.terminal.say(report, shop: job.shop.name)
      return (["report": report.summary], report.status)
    }
    try Task.checkCancellation()
    return status
  }
}

/// `run`.
struct RunCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Do everything: snapshot, inbox, scan, send.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "Leave earlier events alone; on a first run, write about later ones after all.")
  var since: Instant?

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Flag(help: "Read the orders and show the plan; keep nothing, send nothing.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let status = try await eachShop(try shops.jobs(context, now: now), context) { job in
      let name = job.shop.name
      return try await job.locked { () async throws -> ([String: JSONValue], ExitStatus) in
        _ = try job.templates()  // a mistake in a text is told before the network is asked
        let snapshot = try await job.snapshot(dryRun: dryRun)
        context.terminal.say(snapshot, shop: name)
        if dryRun {
          let plan = try job.scan(snapshot.snapshot, since: since, outbox: try job.outboxContent())
          context.terminal.say(plan, shop: name)
          return (["snapshot": snapshot.summary, "plan": plan.summary], .done)
        }
        let outbox = try job.outbox()
        let inbox = try await job.readInbox(outbox)
        let plan = try job.scan(snapshot.snapshot.taken, since: since, outbox: outbox.content)
        try outbox.record(plan, now: job.time.now)
        context.terminal.say(plan, shop: name)
        var report = try await job.send(outbox)
        report.inbox.add(inbox)
        context.terminal.say(report, shop: name)
        try job.report(outbox.content, inbox: report.inbox, send: report, plan: plan)
        return (
          ["snapshot": snapshot.summary, "plan": plan.summary, "report": report.summary],
          [report.status, plan.status, snapshot.status].first { $0 != .done } ?? .done
        )
      }
    }
    try Task.checkCancellation()
    return status
  }
}

/// `status`.
struct StatusCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say what was sent, what waits and what needs a person.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    for job in try shops.jobs(context, now: now) {
      let status = try job.status()
      let states = OutboxState.allCases.compactMap { state in
        status.states[state].map { "\(state.rawValue) \($0)" }
      }
      let terminal = context.terminal
      terminal.say(
        "\(job.shop.name): " + (states.isEmpty ? "nothing said yet" : states.joined(separator: ", ")))
      if let last = status.lastSnapshot {
        terminal.say("  last snapshot \(last.almaty), \(status.orders) orders")
      }
      if let due = status.oldestDue { terminal.say("  oldest waiting message due \(due.almaty)") }
      if let until = status.newContactsHeldUntil {
        terminal.say("  new contacts are left alone until \(until.almaty)")
      }
      if status.unconfirmed > 0 {
        terminal.say("  not confirmed by WhatsApp for a day: \(status.unconfirmed); look into the chats")
      }
      for entry in status.troubled { terminal.say("  needs a person: \(entry)") }
      documents.append(["shop": .string(job.shop.name), "status": status.summary])
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return .done
  }
}
