import ArgumentParser
import Console
import Model
import Publish
import Store
import SystemPackage

/// `restore`.
struct RestoreCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Publish the content of an old version as a new one.",
    discussion: """
      The history stays as it is. Offers that the old version does not know leave the price list; they are named, and
      the next night brings them back if the shop still has them.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Argument(help: "The version whose content is wanted.")
  var version: Int

  @Flag(help: "Say what would change, write nothing.")
  var dryRun = false

  @Option(help: "The moment to stand for the clock, ISO 8601.")
  var now: Instant?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context, now: now)
    return try await job.locked {
      let history = History(job.folders)
      let old = try history.known(version)
      guard let head = try history.head() else {
        throw CommandError(
          .failed, what: "there are no versions yet", place: job.folders.versions.string,
          remedy: "kaspi-catalog nightly --shop \(job.shop.name)")
      }
      let diff = CatalogDiff(from: head.catalog, to: old.catalog)
      let gone = diff.changes.filter { $0.kind == .archived }.map(\.sku.text)
      if !gone.isEmpty {
        context.terminal.remark(
          "warning: \(gone.count) offers are not in version \(version) and leave the price list: "
            + gone.prefix(10).joined(separator: ", ") + (gone.count > 10 ? ", …" : ""))
      }
      var document: [String: JSONValue] = [
        "format": 1, "shop": .string(job.shop.name), "restored": .integer(version), "dry_run": .bool(dryRun),
        "changes": diff.summary.json, "gone": .array(gone.map { .string($0) }),
      ]
      guard dryRun else {
        let outcome = try Publisher(job.folders, language: job.configuration.language.rawValue)
          .restore(
            old, now: job.now, shop: job.shop.name, priceRules: try ChannelStage(job: job).kaspiRules())
        let derived = try await Derived.make(for: job)
        var line: String?
        switch outcome {
        case .published(let number):
          line = "version \(number) is out with the content of version \(version)"
          document["version"] = .integer(number)
        case .unchanged(let number):
          line = "version \(number) says the same as version \(version)"
          document["version"] = .integer(number)
        case .refused: break
        }
        if let line, !common.quiet { context.terminal.say("\(job.shop.name): \(line)") }
        for trouble in derived.troubles { context.terminal.remark(trouble.lines.joined(separator: "\n")) }
        context.terminal.document(.object(document))
        return derived.troubles.isEmpty ? .done : .partly
      }
      context.terminal.say(
        Reports(language: job.configuration.language.rawValue)
          .changes(diff, version: head.manifest.version + 1, isFirst: false))
      context.terminal.document(.object(document))
      return .done
    }
  }
}

/// `pin`.
struct PinCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "pin", abstract: "Keep a version whatever gc's rules say; without a number, list the pins.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions

  @Argument(help: "The version's number.")
  var version: Int?

  @Option(help: "Why it is kept.")
  var note = ""

  @Flag(help: "Take the pin away.")
  var remove = false

  @Flag(help: "Say what would change, write nothing.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    let retention = Retention(job.folders)
    var pinned = try retention.pins()
    if let version {
      if dryRun {
        pinned[version] = remove ? nil : note
      } else {
        try await job.locked { try retention.pin(version, note: remove ? nil : note) }
        pinned = try retention.pins()
      }
    }
    let pins = pinned.sorted { $0.key < $1.key }
    // The list is the answer where nothing else was asked for.
    if !common.quiet || version == nil {
      for (number, note) in pins { context.terminal.say("\(number)  \(note)") }
      if pins.isEmpty { context.terminal.say("no version is pinned") }
    }
    context.terminal.document([
      "format": 1, "shop": .string(job.shop.name),
      "pins": .array(pins.map { ["version": .integer($0.key), "note": .string($0.value)] }),
    ])
    return .done
  }
}

/// `gc`.
struct GcCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Thin out old versions by keep rules; the current and pinned ones stay.",
    discussion: """
      Each rule keeps the newest version of each of its last periods; what no rule keeps is removed. The manifests of
      removed versions stay, so that the chain of digests can still be followed.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "Keep the newest versions.") var keepLast = 0
  @Option(help: "Keep one version a day, for so many days that have one.") var keepDaily = 0
  @Option(help: "Keep one version a week.") var keepWeekly = 0
  @Option(help: "Keep one version a month.") var keepMonthly = 0
  @Option(help: "Keep one version a year.") var keepYearly = 0
  @Option(help: "Keep everything younger than this against the newest version, like 30d.")
  var keepWithin: String?

  @Flag(help: "Say what would go, remove nothing.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let rules = try rules()
    var documents: [JSONValue] = []
    for job in try shops.jobs(context) {
      let retention = Retention(job.folders)
      let verdicts = try await job.locked {
        let verdicts = try retention.plan(rules)
        if !dryRun { _ = try retention.apply(verdicts) }
        return verdicts
      }
      let going = verdicts.filter(\.reasons.isEmpty)
      for verdict in verdicts where common.verbose || dryRun {
        let fate = verdict.reasons.isEmpty ? "remove" : "keep    \(verdict.reasons.joined(separator: ", "))"
        context.terminal.say("  \(verdict.version)  \(verdict.created.almaty)  \(fate)")
      }
      if !common.quiet {
        context.terminal.say(
          "\(job.shop.name): \(going.count) of \(verdicts.count) versions \(dryRun ? "would go" : "removed")")
      }
      documents.append([
        "shop": .string(job.shop.name), "dry_run": .bool(dryRun),
        "removed": .array(going.map { .integer($0.version) }),
        "kept": .array(
          verdicts.filter { !$0.reasons.isEmpty }.map {
            ["version": .integer($0.version), "reasons": .array($0.reasons.map { .string($0) })]
          }),
      ])
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return .done
  }

  private func rules() throws(CommandError) -> KeepRules {
    var rules = KeepRules()
    let counts = [keepLast, keepDaily, keepWeekly, keepMonthly, keepYearly]
    guard counts.allSatisfy({ (0...1_000_000).contains($0) }) else {
      throw CommandError(
        .usage, what: "a keep rule counts from 0", place: "gc",
        remedy: "kaspi-catalog gc --keep-last 30 --dry-run")
    }
    (rules.last, rules.daily, rules.weekly) = (keepLast, keepDaily, keepWeekly)
    (rules.monthly, rules.yearly) = (keepMonthly, keepYearly)
    if let keepWithin {
      guard let days = Int(keepWithin.hasSuffix("d") ? keepWithin.dropLast() : keepWithin[...]), days >= 0
      else {
        throw CommandError(
          .usage, what: "--keep-within is a number of days like 30d, not '\(keepWithin)'", place: "gc",
          remedy: "kaspi-catalog gc --keep-within 30d --dry-run")
      }
      rules.within = .seconds(days * 86_400)
    }
    guard !rules.isEmpty else {
      throw CommandError(
        .usage, what: "no keep rule was given, so nothing would be kept", place: "gc",
        remedy: "kaspi-catalog gc --keep-last 30 --keep-monthly 12 --dry-run")
    }
    return rules
  }
}
