import ArgumentParser
import Console
import Model
import Publish
import Store
import SystemPackage

/// `import-history`.
struct ImportHistoryCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "import-history",
    abstract: "Adopt a series of price lists, oldest first, as versions; identical content makes none.",
    discussion: """
      Every list is read before anything is written: one that cannot be read stops the import with exit 65. A list
      that was imported before is recognised by its bytes. Versions carry the date of their list where it has one.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Argument(help: "Price lists, oldest first.")
  var files: [String]

  @Flag(help: "Say what would become a version, write nothing.")
  var dryRun = false

  @Option(help: "The moment to stand for the clock, ISO 8601; for lists without a date of their own.")
  var now: Instant?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context, now: now)
    let lists = files.map { name in
      let path = context.path(name)
      return HistoryImport.File(name: path.lastComponent?.string ?? name, path: name) {
        do throws(StoreError) { return try AtomicFile.read(path, maximumBytes: 256 << 20) } catch {
          throw CommandError(
            .badInput, what: error.detail, place: name, remedy: "Check the path; nothing was imported.")
        }
      }
    }
    let work = HistoryImport(
      job.folders, company: job.shop.company, merchant: job.shop.merchant,
      language: job.configuration.language.rawValue)
    let report = try await job.locked {
      if dryRun { return try work.plan(lists, now: job.now) }
      let report = try work.run(lists, now: job.now)
      _ = try ChannelStage(job: job).run()
      return report
    }
    let terminal = context.terminal
    for step in report.steps where !common.quiet { terminal.say(step.line) }
    let verb = dryRun ? "would become" : "became"
    if !common.quiet {
      terminal.say(
        "\(job.shop.name): \(report.steps.count) lists \(verb) \(report.versions) versions; \(report.unchanged) "
          + "changed nothing, \(report.known) were known"
          + (report.head.map { "; version \($0) \(dryRun ? "would be" : "is") out" } ?? "")
      )
    }
    for (before, step) in zip(report.steps, report.steps.dropFirst()) {
      guard let earlier = before.date, let date = step.date, date < earlier else { continue }
      terminal.remark(
        "warning: \(step.name) is dated \(date.almaty), before \(before.name) (\(earlier.almaty)), which stands before "
          + "it; the last list is what Kaspi pulls: give them oldest first")
    }
    for step in report.steps {
      guard let other = step.otherMerchant else { continue }
      terminal.remark(
        "note: \(step.name) names the seller \(other); the versions name \(job.shop.merchant) as configured")
      break
    }
    terminal.document(report.document(shop: job.shop.name, isDryRun: dryRun))
    return .done
  }
}
