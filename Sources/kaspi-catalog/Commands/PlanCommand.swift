import ArgumentParser
import Console
import Model
import Publish
import Store

/// `plan`.
struct PlanCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Compare the last crawl with what is published, and judge the difference.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var status = ExitStatus.done
    var documents: [JSONValue] = []
    for job in try shops.jobs(context, now: now) {
      let plan = try await job.locked { try PublishStage(job: job).plan() }
      context.terminal.say(
        Reports(language: job.configuration.language.rawValue).plan(plan, digest: plan.digest))
      if context.terminal.manner.json { documents.append(try JSONValue(parsing: plan.document)) }
      if !plan.isAllowed { status = .refused }
    }
    context.terminal.document(["format": 1, "plans": .array(documents)])
    return status
  }
}
