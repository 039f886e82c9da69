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
    @OptionGroup var who: PersonOptions
    var common: CommonOptions { who.common }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let number = try who.number
      var documents: [JSONValue] = []
      for job in try who.shops.jobs(context) {
        let known = ContactStory(of: number, in: try job.outboxContent())
        for line in known.lines(shop: job.shop.name) { context.terminal.say(line) }
        documents.append(known.document(shop: job.shop.name))
      }
      context.terminal.document(["format": 1, "shops": .array(documents)])
      return .done
    }
  }

  struct Stop: Command {
    static let configuration = CommandConfiguration(abstract: "Note that a person wants no messages.")
    @OptionGroup var who: PersonOptions
    @OptionGroup var change: ChangeOptions
    var common: CommonOptions { who.common }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let number = try who.number
      for job in try who.shops.jobs(context) {
        if !change.dryRun {
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
    @OptionGroup var who: PersonOptions
    @OptionGroup var change: ChangeOptions
    var common: CommonOptions { who.common }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let number = try who.number
      for job in try who.shops.jobs(context) {
        if !change.dryRun {
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
      abstract: "Erase a person: telephone, names, texts, replies, events that wait to be read.",
      discussion: """
        Fingerprints stay, so that nothing is ever sent again and a stop is kept. Kaspi still has the orders: the \
        next snapshot may bring name and telephone back for as long as they are within the look-back.
        """)
    @OptionGroup var who: PersonOptions
    @OptionGroup var change: ChangeOptions
    var common: CommonOptions { who.common }

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let number = try who.number
      var documents: [JSONValue] = []
      for job in try who.shops.jobs(context) {
        let (messages, orders) = try await job.locked {
          if change.dryRun {
            return (try job.outboxContent().entries.values.count { $0.recipient == number }, 0)
          }
          let outbox = try job.outbox()
          // First what was not read yet: who is behind an opaque id is forgotten next.
          _ = try await job.spool().forget(number, outbox: outbox, now: job.time.now)
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

/// Who a command is about.
struct PersonOptions: ParsableArguments {
  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Argument(help: "The telephone.")
  var phone: String

  /// The telephone in its one form.
  var number: PhoneNumber {
    get throws {
      guard let number = PhoneNumber(phone) else {
        throw CommandError(
          .usage, what: "this is no telephone number", place: "contact",
          remedy: "Write it like +7 701 123 45 67.")
      }
      return number
    }
  }
}

/// For commands that change something.
struct ChangeOptions: ParsableArguments {
  @Flag(help: "Change nothing.")
  var dryRun = false
}
