import ArgumentParser
import Console
import Crawl
import Model
import Store

/// `crawl`.
struct CrawlCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "crawl", abstract: "Fetch the shop's own offers and cards; publish nothing.",
    discussion: """
      Killed or stopped at any moment, the next crawl asks only for what is missing. Exit 3 when some part did not \
      come: what is there is complete and consistent, and reports/crawl.txt says what is missing.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions
  @OptionGroup var options: CrawlOptions

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  @Option(help: "Crawl nothing: show what one page or answer holds, and which part of it said so.")
  var explain: String?

  @Flag(help: "Say what would be asked, and how long it may take; ask nobody, write nothing.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let jobs = try shops.jobs(context, now: now)
    if let explain { return try await PageExplanation(jobs: jobs, address: explain).run(context) }
    let (documents, statuses) = try await eachShop(jobs, name: { $0.shop.name }, context) { job in
      if dryRun {
        let forecast = try CrawlForecast(job: job, wish: options.wish)
        for line in forecast.lines { context.terminal.say(line) }
        return (forecast.document, .done)
      }
      let result = try await job.locked { try await CrawlStage(job: job, wish: options.wish).run() }
      if !common.quiet || !result.shop.gaps.isEmpty { context.terminal.say(result.report.text) }
      return (result.report.document, result.shop.gaps.isEmpty ? .done : .partly)
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return statuses.together
  }
}
