import ArgumentParser
import Console
import Crawl
import Model
import Store

/// `crawl`.
struct CrawlCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "crawl", abstract: "Fetch the shop's own offers and cards; publish nothing.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var status = ExitStatus.done
    var documents: [JSONValue] = []
    for job in try shops.jobs(context, now: now) {
      let result = try await job.locked { try await CrawlStage(job: job).run() }
      context.terminal.say(result.report.text)
      documents.append(result.report.document)
      if !result.shop.gaps.isEmpty { status = .partly }
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return status
  }
}
