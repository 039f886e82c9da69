import ArgumentParser
import Console
import Model
import Notify
import Store

/// `outbox list|show|retry|park|resume|drop|compact`.
struct OutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox", abstract: "Look at messages, and decide about those that need a person.",
    subcommands: [
      List.self, Show.self, Retry.self, Park.self, Resume.self, Drop.self, Release.self, Compact.self,
    ])

  struct List: Command {
    static let configuration = CommandConfiguration(
      abstract: "List messages; no text, no name, recipients masked.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions

    @Option(name: .long, parsing: .upToNextOption, help: "Only these states, like parked unknown.")
    var state: [String] = []

    func validate() throws {
      for word in state where OutboxState(rawValue: word) == nil {
        throw ValidationError(
          "'\(word)' is no state; states are \(OutboxState.allCases.map(\.rawValue).joined(separator: ", "))")
      }
    }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let wanted = Set(state.compactMap(OutboxState.init(rawValue:)))
      var documents: [JSONValue] = []
      for job in try shops.jobs(context) {
        let content = try job.outboxContent()
        let entries = content.identities.compactMap { content.entries[$0] }.filter {
          wanted.isEmpty || wanted.contains($0.state)
        }
        for entry in entries { context.terminal.say("\(entry.shortID)  \(entry)") }
        if wanted.isEmpty, !content.closed.isEmpty {
          context.terminal.say("\(content.closed.count) older messages, of which only the identity is left")
        }
        documents.append([
          "shop": .string(job.shop.name), "messages": .array(entries.map(\.summary)),
          "closed": .integer(content.closed.count),
        ])
      }
      context.terminal.document(["format": 1, "shops": .array(documents)])
      return .done
    }
  }

  struct Show: Command {
    static let configuration = CommandConfiguration(
      abstract: "Show one message and what may be done with it.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions

    @Argument(help: "The first digits of its id, its raw WhatsApp id, or the number of its order.")
    var message: String

    @Flag(help: "Show the text too.")
    var text = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      var documents: [JSONValue] = []
      var isFound = false
      for job in try shops.jobs(context) {
        for entry in try job.outboxContent().messages(named: message) {
          isFound = true
          let terminal = context.terminal
          terminal.say("\(entry.shortID)  \(entry)")
          terminal.say(
            "  message \(entry.messageID), due \(entry.due.almaty), too late \(entry.expires.almaty)")
          terminal.say("  attempts \(entry.attempts), in this state since \(entry.changed.almaty)")
          terminal.say("  \(OutboxAdvice.sentence(entry))")
          if text { terminal.say(entry.text) }
          var members = entry.summary.object ?? [:]
          members["shop"] = .string(job.shop.name)
          members["advice"] = .string(OutboxAdvice.sentence(entry))
          if text { members["text"] = .string(entry.text) }
          documents.append(.object(members))
        }
      }
      guard isFound else { throw OutboxAdvice.unknown(message) }
      context.terminal.document(["format": 1, "messages": .array(documents)])
      return .done
    }
  }

  struct Retry: Command {
    static let configuration = CommandConfiguration(
      abstract: "Put parked, refused or expired messages back into the plan, with their old text and id.",
      discussion: """
        A message that has no text because its template failed is written now, with the template as it is and the \
        order as the newest snapshot has it.
        """)
    @OptionGroup var decision: Decision
    var common: CommonOptions { decision.common }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await decision.apply(context, "planned again", .parked, .refused) {
        try $0.writeAnew($2, in: $1)
        try $1.retry($2.identity, now: $3)
      }
    }
  }

  struct Park: Command {
    static let configuration = CommandConfiguration(abstract: "Put waiting messages aside.")
    @OptionGroup var decision: Decision
    var common: CommonOptions { decision.common }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await decision.apply(context, "parked", .planned) { try $1.park($2.identity, now: $3) }
    }
  }

  struct Resume: Command {
    static let configuration = CommandConfiguration(
      abstract: "Take messages that were parked by hand back into the plan.")
    @OptionGroup var decision: Decision
    var common: CommonOptions { decision.common }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await decision.apply(context, "planned again", .parked) { try $1.resume($2.identity, now: $3) }
    }
  }

  struct Drop: Command {
    static let configuration = CommandConfiguration(abstract: "Give messages up for good.")
    @OptionGroup var decision: Decision
    var common: CommonOptions { decision.common }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      try await decision.apply(context, "dropped", .planned, .parked, .refused) {
        try $1.drop($2.identity, now: $3)
      }
    }
  }

  struct Release: Command {
    static let configuration = CommandConfiguration(
      abstract: "Write to new people again after WhatsApp had limited the account.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions

    @Flag(help: "Say until when they are left alone, change nothing.")
    var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      for job in try shops.jobs(context) {
        if dryRun {
          let until = try job.outboxContent().newContactsHeldUntil
          context.terminal.say(
            "\(job.shop.name): "
              + (until.map { "new people are left alone until \($0.almaty)" } ?? "new people are written to"))
          continue
        }
        try await job.locked { try job.outbox().releaseNewContacts(now: job.time.now) }
        context.terminal.say("\(job.shop.name): new people may be written to again")
      }
      context.terminal.document(["format": 1, "released": .bool(!dryRun)])
      return .done
    }
  }

  struct Compact: Command {
    static let configuration = CommandConfiguration(
      abstract: "Erase telephones and texts of what ended long ago; identities stay for ever.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions

    @Option(help: "Age in days from which on telephones and texts are erased.")
    var olderThan = 90

    @Option(help: "The moment to stand for the clock, ISO 8601.")
    var now: Instant?

    @Flag(help: "Count only.")
    var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      var documents: [JSONValue] = []
      for job in try shops.jobs(context, now: now) {
        let cutoff = job.time.now.advanced(by: .seconds(-86_400 * olderThan))
        let closed = try await job.locked {
          if dryRun { return try job.outboxContent().closable(before: cutoff).count }
          return try job.outbox().compact(before: cutoff, now: job.time.now).closed
        }
        context.terminal.say("\(job.shop.name): telephones and texts of \(closed) messages erased")
        documents.append(["shop": .string(job.shop.name), "closed": .integer(closed)])
      }
      context.terminal.document(["format": 1, "shops": .array(documents)])
      return .done
    }
  }
}

/// Which messages a person decides about.
struct Decision: ParsableArguments, Sendable {
  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Argument(help: "First digits of ids, raw WhatsApp ids, or numbers of orders.")
  var messages: [String] = []

  @Flag(help: "All messages that the command is about.")
  var all = false

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Flag(help: "Show which messages it would be, change nothing.")
  var dryRun = false

  func validate() throws {
    guard all == messages.isEmpty else { throw ValidationError("name messages, or say --all") }
  }

  /// Does something with each message.
  func apply(
    _ context: CommandContext, _ done: String, _ states: OutboxState...,
    change: @Sendable (NotifierJob, Outbox, OutboxEntry, Instant) throws -> Void
  ) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    var refused: [String] = []
    var unknown = Set(messages)
    for job in try shops.jobs(context, now: now) {
      let (changed, objections, named) = try await job.locked {
        let content = try job.outboxContent()
        var (changed, objections, named): ([OutboxEntry], [String], Set<String>) = ([], [], [])
        var chosen = all ? content.identities.compactMap { content.entries[$0] } : []
        if all { chosen = chosen.filter { states.contains($0.state) } }
        for name in messages {
          let found = content.messages(named: name)
          if !found.isEmpty { named.insert(name) }
          // The number of an order may name several messages: those that the command is about are meant.
          let fitting = found.filter { states.contains($0.state) }
          chosen += fitting.isEmpty ? found : fitting
        }
        if dryRun { return (chosen, objections, named) }
        let outbox = try job.outbox()
        for entry in chosen {
          do throws(OutboxRefusal) {
            try Self.change(entry) { try change(job, outbox, entry, job.time.now) }
            changed.append(entry)
          } catch {
            objections.append("\(entry.shortID): \(error.detail). \(error.hint)")
          }
        }
        try DeadLetters.write(outbox.content, in: job.folders.outbox)
        try job.report(outbox.content, inbox: InboxReport())
        return (changed, objections, named)
      }
      unknown.subtract(named)
      refused += objections
      for entry in changed { context.terminal.say("\(entry.shortID)  \(entry): \(done)") }
      documents.append([
        "shop": .string(job.shop.name), "changed": .array(changed.map { .string($0.shortID) }),
      ])
    }
    if let name = unknown.sorted().first { throw OutboxAdvice.unknown(name) }
    for line in refused { context.terminal.remark(line) }
    context.terminal.document([
      "format": 1, "shops": .array(documents), "refused": .array(refused.map { .string($0) }),
    ])
    return refused.isEmpty ? .done : .partly
  }

  private static func change(
    _ entry: OutboxEntry, _ change: () throws -> Void
  ) throws(OutboxRefusal) {
    do {
      try change()
    } catch let refusal as OutboxRefusal {
      throw refusal
    } catch {
      throw OutboxRefusal("\(error)", hint: "Nothing was changed; run it again.")
    }
  }
}

/// What a person may do about a message.
enum OutboxAdvice {
  static func sentence(_ entry: OutboxEntry) -> String {
    switch entry.state {
    case .planned: "It goes with the next 'send'; 'outbox park' or 'outbox drop' stops it."
    case .reserved, .unknown: "The next 'send' finds out what became of it."
    case .accepted: "WAHA has it; WhatsApp has not confirmed it yet."
    case .confirmed: "WhatsApp has it."
    case .parked where entry.attempts > 0:
      "It may have arrived: look into the chat. 'outbox retry' looks again and sends what is not there."
    case .parked where entry.text.isEmpty && entry.reason?.hasPrefix("template_") == true:
      "Its template failed: correct it, then 'outbox retry' writes and sends it."
    case .refused, .parked: "It did not go out: 'outbox retry' sends it, 'outbox drop' gives it up."
    case .expired: "It was too late; 'outbox retry' sends it all the same."
    case .optedOut: "The person wants no messages."
    case .skipped: "There was nobody to write to, or nothing to say any more."
    }
  }

  static func unknown(_ name: String) -> CommandError {
    CommandError(
      .usage, what: "no message is called '\(name)'", place: "outbox",
      remedy: "kaspi-notifier outbox list shows them; use at least six digits of an id.")
  }
}
