import Console
import Model
import Publish
import Store
import SystemPackage

/// How the night of one shop went, for people and programs.
struct NightReport {
  let job: ShopJob
  let plan: Plan
  /// `nil` when nothing was to be published.
  let outcome: Publisher.Outcome?
  /// What was made of the price list in the same run.
  var derived = Derived()

  /// How the run ends.
  var status: ExitStatus {
    switch outcome {
    case .refused: .refused
    case nil where !plan.isAllowed: .refused
    case .published, .unchanged, nil: isWhole ? .done : .partly
    }
  }

  private var isWhole: Bool {
    plan.gaps.isEmpty && derived.troubles.isEmpty && !derived.exported.contains(where: \.isKept)
  }

  /// The version that is out; `nil` where nothing was published.
  var version: Int? {
    switch outcome {
    case .published(let version), .unchanged(let version): version
    case .refused, nil: nil
    }
  }

  /// Prints it; with `--quiet` only what a person has to look at.
  func say() {
    let terminal = job.terminal
    if terminal.manner.quiet, status == .done, outcome != nil { return }
    let summary = plan.diff.summary
    let name = job.shop.name
    switch outcome {
    case .published(let version):
      terminal.say(
        "\(name): version \(version) is out: +\(summary.added) new, \(summary.price) prices, \(summary.stock) stock, "
          + "\(summary.text + summary.card) texts, \(summary.withdrawn) withdrawn, \(summary.returned) returned"
          + (plan.rulePrices.isEmpty ? "" : "; \(plan.rulePrices.count) prices by other rules")
      )
      terminal.say("  \(job.folders.feeds.appending("kaspi.xml"))")
      terminal.say("  \(job.folders.catalog.appending("CHANGES.md"))")
    case .unchanged(let version):
      terminal.say("\(name): nothing changed; version \(version) stays")
    case nil:
      terminal.say(Reports(language: job.configuration.language.rawValue).plan(plan, digest: plan.digest))
    case .refused:
      terminal.say("\(name): REFUSED; the last good price list stays as it is")
      terminal.say(
        Reports(language: job.configuration.language.rawValue).plan(plan, digest: plan.digest))
    }
    if !plan.heldBack.isEmpty { terminal.say("  held back: \(plan.heldBack.count) offers; see \(planPath)") }
    if !plan.notSeen.isEmpty { terminal.say("  not seen this time: \(plan.notSeen.count); see \(planPath)") }
    if !plan.gaps.isEmpty { terminal.say("  did not come: \(plan.gaps.count) parts; see \(planPath)") }
    if !plan.echoes.isEmpty {
      terminal.say("  our own words coming back: \(plan.echoes.count); see \(planPath)")
    }
    for result in derived.exported { terminal.say("  " + ExportCommand.line(result)) }
    if let indexed = derived.indexed { terminal.say("  search index: \(indexed) documents") }
    for trouble in derived.troubles { terminal.remark(trouble.lines.joined(separator: "\n")) }
  }

  private var planPath: String { job.folders.plan.appending("plan.txt").string }

  var document: JSONValue {
    let summary = plan.diff.summary
    var members: [String: JSONValue] = [
      "shop": .string(job.shop.name), "exit": .integer(Int(status.rawValue)),
      "offers": .integer(plan.offered),
      "added": .integer(summary.added), "withdrawn": .integer(summary.withdrawn),
      "returned": .integer(summary.returned), "archived": .integer(summary.archived),
      "price": .integer(summary.price), "stock": .integer(summary.stock), "text": .integer(summary.text),
      "card": .integer(summary.card), "rule_prices": .integer(plan.rulePrices.count),
      "held_back": .integer(plan.heldBack.count),
      "not_seen": .integer(plan.notSeen.count), "gaps": .integer(plan.gaps.count),
      "echoes": .integer(plan.echoes.count),
      "objections": .array(plan.objections.map { .string($0.rule.rawValue) }),
    ]
    switch outcome {
    case .published(let version):
      members["outcome"] = "published"
      members["version"] = .integer(version)
    case .unchanged(let version):
      members["outcome"] = "unchanged"
      members["version"] = .integer(version)
    case nil: members["outcome"] = "planned"
    case .refused:
      members["outcome"] = "refused"
      members["approve"] = .string(plan.digest)
    }
    if !derived.exported.isEmpty {
      members["channels"] = .array(derived.exported.map(ExportCommand.document))
    }
    if let indexed = derived.indexed { members["indexed"] = .integer(indexed) }
    if !derived.troubles.isEmpty {
      members["troubles"] = .array(
        derived.troubles.map {
          ["error": .string($0.what), "at": .string($0.place), "do": .string($0.remedy)]
        })
    }
    return .object(members)
  }
}
