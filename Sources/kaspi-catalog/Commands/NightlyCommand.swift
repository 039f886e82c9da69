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
    let (documents, statuses) = try await eachShop(jobs, name: { $0.shop.name }, context) { job in
      let night = try await job.locked {
        try await Night(job: job, publishes: !dryRun, wish: crawl.wish).run()
      }
      return (night.document, night.status)
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    let isJudgement = Set(statuses) == [.done, .refused]
    return isJudgement ? .refused : statuses.together
  }
}
