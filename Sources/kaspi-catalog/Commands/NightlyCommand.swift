import ArgumentParser
import Console
import Model
import Store

/// `nightly`: crawl, plan, publish, index, report.
struct NightlyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "nightly", abstract: "Do the whole night: crawl, plan, publish, index.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions
  @OptionGroup var crawl: CrawlOptions

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Flag(help: "Crawl and plan, publish nothing.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let jobs = try shops.jobs(context, now: now)
    var statuses: [ExitStatus] = []
    var documents: [JSONValue] = []
    for job in jobs {
      do {
        let night = try await job.locked {
          try await Night(job: job, publishes: !dryRun, wish: crawl.wish).run()
        }
        statuses.append(night.status)
        documents.append(night.document)
      } catch let error where jobs.count > 1 && !(error is CancellationError) {
        // One shop's trouble must not take the night from the others.
        let failure = Self.failure(error)
        context.terminal.fail(failure)
        statuses.append(failure.status)
        documents.append(["shop": .string(job.shop.name), "exit": .integer(Int(failure.status.rawValue))])
      }
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    guard let first = statuses.first, statuses.contains(where: { $0 != first }) else {
      return statuses.first ?? .done
    }
    return statuses.allSatisfy { $0 == .done || $0 == .refused } ? .refused : .partly
  }
}
