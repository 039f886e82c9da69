import ArgumentParser
import Console
import Model
import Notify
import Store

/// `contact show|stop|start|forget`.
struct ContactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contact", abstract: "What is known about a person, and what the person wants.",
    subcommands: [Show.self, Stop.self, Start.self, Forget.self])

  struct Show: Command {
    static let configuration = CommandConfiguration(
      abstract: "Show consent, wishes and messages of a person.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions
    @Argument(help: "The telephone.") var phone: String

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let number = try telephone(phone)
      var documents: [JSONValue] = []
      for job in try shops.jobs(context) {
        let content = try job.outboxContent()
        let person = content.person(number)
        let entries = content.identities.compactMap { content.entries[$0] }.filter { $0.recipient == number }
        let closed = content.closed(of: number)
        let terminal = context.terminal
        terminal.say("\(job.shop.name): \(number)" + (person == nil ? ", a stranger" : ""))
        if let consent = person?.consent {
          terminal.say("  consent: \(consent.source), \(consent.at.almaty)")
        }
        if let stopped = person?.stopped {
          terminal.say("  wants no messages since \(stopped.almaty) (\(person?.stopSource ?? "?"))")
        }
        for entry in entries { terminal.say("  \(entry.shortID)  \(entry)  \(entry.changed.almaty)") }
        for message in closed {
          terminal.say("  \(message.order) \(message.event.rawValue) \(message.state.rawValue), text erased")
        }
        let replies = content.replies.filter { $0.contact?.phone == number }
        if !replies.isEmpty { terminal.say("  wrote \(replies.count) messages; see 'inbox'") }
        var members: [String: JSONValue] = [
          "shop": .string(job.shop.name), "contact": .string("\(number)"), "known": .bool(person != nil),
          "stopped": person?.stopped.map { .string($0.description) } ?? .null,
          "messages": .array(entries.map(\.summary)), "closed": .integer(closed.count),
          "replies": .integer(replies.count),
        ]
        if let consent = person?.consent {
          members["consent"] = ["source": .string(consent.source), "at": .string(consent.at.description)]
        }
        documents.append(.object(members))
      }
      context.terminal.document(["format": 1, "shops": .array(documents)])
      return .done
    }
  }

  struct Stop: Command {
    static let configuration = CommandConfiguration(abstract: "Note that a person wants no messages.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions
    @Argument(help: "The telephone.") var phone: String
    @Flag(help: "Change nothing.") var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let number = try telephone(phone)
      for job in try shops.jobs(context) {
        if !dryRun {
          try await job.locked { try job.outbox().optOut(number, source: "owner", now: job.time.now) }
        }
        context.terminal.say("\(job.shop.name): \(number) gets no more messages")
      }
      context.terminal.document(["format": 1, "contact": .string("\(number)"), "stopped": true])
      return .done
    }
  }

  struct Start: Command {
    static let configuration = CommandConfiguration(
      abstract: "Note that a person who had said stop asked for messages again.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions
    @Argument(help: "The telephone.") var phone: String
    @Flag(help: "Change nothing.") var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let number = try telephone(phone)
      for job in try shops.jobs(context) {
        if !dryRun {
          try await job.locked { try job.outbox().optIn(number, source: "owner", now: job.time.now) }
        }
        context.terminal.say("\(job.shop.name): \(number) gets messages again")
      }
      context.terminal.document(["format": 1, "contact": .string("\(number)"), "stopped": false])
      return .done
    }
  }

  struct Forget: Command {
    static let configuration = CommandConfiguration(
      abstract: "Erase a person: telephone, names, texts, replies.",
      discussion: """
        Fingerprints stay, so that nothing is ever sent again and a stop is kept. Kaspi still has the orders: the \
        next snapshot may bring name and telephone back for as long as they are within the look-back.
        """)
    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions
    @Argument(help: "The telephone.") var phone: String
    @Flag(help: "Change nothing.") var dryRun = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let number = try telephone(phone)
      var documents: [JSONValue] = []
      for job in try shops.jobs(context) {
        let (messages, orders) = try await job.locked {
          if dryRun {
            return (try job.outboxContent().entries.values.count { $0.recipient == number }, 0)
          }
          let outbox = try job.outbox()
          let messages = try outbox.forget(number, now: job.time.now)
          try DeadLetters.write(outbox.content, in: job.folders.outbox)
          return (messages, try SnapshotFolder(job.folders.orders).forget(number))
        }
        context.terminal.say(
          "\(job.shop.name): \(messages) messages and \(orders) orders know nobody any more")
        documents.append([
          "shop": .string(job.shop.name), "messages": .integer(messages), "orders": .integer(orders),
        ])
      }
      context.terminal.document(["format": 1, "shops": .array(documents)])
      return .done
    }
  }
}

private func telephone(_ text: String) throws -> PhoneNumber {
  guard let number = PhoneNumber(text) else {
    throw CommandError(
      .usage, what: "this is no telephone number", place: "contact", remedy: "Write it like +7 701 123 45 67."
    )
  }
  return number
}
