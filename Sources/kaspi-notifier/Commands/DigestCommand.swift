import ArgumentParser
import Console
import Model
import Notify
import Store
import SystemPackage

/// `digest`.
struct DigestCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "digest", abstract: "Sum up a day for the owner; with --send also to the owner's number.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "The day, like 2026-11-23; yesterday when left out.")
  var day: String?

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Flag(help: "Send it to notifier.owner, once for each day.")
  var send = false

  @Flag(help: "With --send: send nothing.")
  var dryRun = false

  func validate() throws {
    if let day, Day(day) == nil { throw ValidationError("--day is a day like 2026-11-23") }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    for job in try shops.jobs(context, now: now) {
      let wanted = day.flatMap { Day($0) } ?? Day(number: Day(of: job.time.now).number - 1)
      let text = OwnerDigest.text(
        try job.outboxContent(), shop: job.profile, day: wanted, locale: job.locale)
      context.terminal.say(text)
      var outcome = "not_sent"
      if send, !dryRun {
        guard let owner = job.notifier.extras.owner.flatMap({ PhoneNumber($0) }) else {
          throw CommandError(
            .configuration, what: "'notifier.owner' names no telephone", place: "kaspi.yaml",
            remedy: "Write it like owner: \"+7 701 123 45 67\".")
        }
        outcome = try await job.locked {
          try await job.withClient { client in
            try await OwnerDigest.send(
              text, day: wanted, to: owner, shop: job.shop.name, waha: try await job.waha(client),
              folder: job.folders.outbox, now: job.time.now)
          }
        }
        context.terminal.remark("digest: \(outcome)")
      }
      documents.append([
        "shop": .string(job.shop.name), "day": .string(wanted.description), "sent": .string(outcome),
      ])
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return .done
  }
}
