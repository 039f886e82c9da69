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
    let jobs = try shops.jobs(context, now: now)
    let (documents, statuses) = try await eachShop(jobs, name: { $0.shop.name }, context) { job in
      let plan = try await job.locked { try PublishStage(job: job).plan() }
      context.terminal.say(
        Reports(language: job.configuration.language.rawValue).plan(plan, digest: plan.digest))
      let document = context.terminal.manner.json ? try JSONValue(parsing: plan.document) : .null
      return (document, plan.isAllowed ? .done : .refused)
    }
    context.terminal.document(["format": 1, "plans": .array(documents)])
    let isJudgement = Set(statuses) == [.done, .refused]
    return isJudgement ? .refused : statuses.together
  }
}
