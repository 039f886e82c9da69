import ArgumentParser
import Console
import Model
import Publish
import Store

/// `publish`.
struct PublishCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Publish the last crawl if the policy, or a person, allows it.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Option(help: "The digest of the plan that you have read and approve; plan.txt ends with it.")
  var approve: String?

  @Flag(help: "Say what would happen, write nothing but the plan.")
  var dryRun = false

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context, now: now)
    return try await job.locked {
      let stage = PublishStage(job: job)
      let plan = try stage.plan(day: approve == nil ? nil : stage.plannedDay())
      if dryRun {
        context.terminal.say(
          Reports(language: job.configuration.language.rawValue).plan(plan, digest: plan.digest))
        try context.terminal.document(["format": 1, "plan": try JSONValue(parsing: plan.document)])
        return plan.isAllowed ? .done : .refused
      }
      let outcome = try stage.publish(plan, approval: approve)
      var night = NightReport(job: job, plan: plan, outcome: outcome)
      // Search answers about what is out now, and not about last night.
      if outcome != .refused { night.derived = try await Derived.make(for: job) }
      night.say()
      context.terminal.document(["format": 1, "shops": .array([night.document])])
      return night.status
    }
  }
}
