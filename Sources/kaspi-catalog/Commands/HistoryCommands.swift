import ArgumentParser
import CatalogFormat
import Console
import Model
import PriceList
import Publish
import Store
import SystemPackage

/// `versions`.
struct VersionsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "versions", abstract: "List what was published.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions
  @OptionGroup var answer: AnswerOptions

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let job = try shop.job(context)
    let manifests = try History(job.folders).manifests()
    answer.print(
      ReportTable(
        title: job.shop.name,
        columns: ["version", "date", "offered", "withdrawn", "held back", "approved", "restored"],
        rows: manifests.map { manifest in
          [
            "\(manifest.version)", manifest.created.almaty, "\(manifest.counts.offered)",
            "\(manifest.counts.withdrawn)", "\(manifest.counts.heldBack)",
            manifest.approved.joined(separator: ", "), manifest.restored.map { "\($0)" } ?? "",
          ]
        }, empty: "no versions yet"),
      ["format": 1, "versions": .array(try manifests.map { try JSONValue(parsing: $0.document) })],
      language: job.configuration.language.rawValue, common, context)
    return .done
  }
}

/// `diff`.
struct DiffCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Say what changed between two versions, or between two price list files.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shop: OneShopOptions
  @OptionGroup var answer: AnswerOptions

  @Argument(
    help: "The earlier version's number, or a price list file; the version before the last when left out.")
  var old: String?

  @Argument(help: "The later version's number, or a price list file; the last version when left out.")
  var new: String?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let diff: CatalogDiff
    let language: String
    let later: Int
    let title: String
    if let old, let new, Int(old) == nil || Int(new) == nil {
      diff = CatalogDiff(from: try catalog(old, context), to: try catalog(new, context))
      (language, later, title) = ("en", 0, "\(old) → \(new)")
    } else {
      let job = try shop.job(context)
      let history = History(job.folders)
      let numbers = try history.manifests().map(\.version)
      guard let to = new.flatMap({ Int($0) }) ?? numbers.last else {
        throw CommandError(
          .failed, what: "there are no versions yet", place: job.folders.versions.string,
          remedy: "kaspi-catalog nightly --shop \(job.shop.name)")
      }
      guard let from = old.flatMap({ Int($0) }) ?? numbers.last(where: { $0 < to }) else {
        answer.print(
          ReportTable(
            title: "\(job.shop.name) · \(to)", columns: [],
            rows: [], empty: "version \(to) is the first; there is nothing to compare it with"),
          ["format": 1, "changes": []], language: job.configuration.language.rawValue, common, context)
        return .done
      }
      for number in [from, to] { try history.check(number) }
      diff = try history.diff(from, to)
      (language, later, title) = (
        job.configuration.language.rawValue, to, "\(job.shop.name) · \(from) → \(to)"
      )
    }
    let reports = Reports(language: language)
    answer.print(
      reports.table(diff, title: title),
      ["format": 1, "summary": diff.summary.json, "changes": .array(diff.changes.map(\.json))],
      text: reports.changes(diff, version: later, isFirst: false), language: language, common, context)
    return .done
  }

  private func catalog(_ name: String, _ context: CommandContext) throws -> Catalog {
    let path = context.path(name)
    let reading = try PriceListReader.read(try AtomicFile.read(path), source: name)
    guard let merchant = MerchantID(reading.merchant ?? "-") ?? MerchantID("-"),
      let catalog = Catalog(
        company: reading.company ?? "", merchant: merchant,
        entries: reading.offers.map { CatalogEntry(offer: $0) })
    else {
      throw CommandError(
        .badInput, what: "a SKU occurs twice", place: name, remedy: "kaspi-catalog lint \(name)")
    }
    return catalog
  }
}

/// `verify`.
struct VerifyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every stored file, the chain of versions, the catalog and the feeds.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions
  @OptionGroup var answer: AnswerOptions

  @Option(help: "An address that serves Kaspi's price list: it must answer with what was built.")
  var served: String?

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var all: [Finding] = []
    let jobs = try shops.jobs(context)
    guard served == nil || jobs.count == 1 else {
      throw CommandError(
        .usage, what: "one address serves one shop's price list", place: "--served",
        remedy: "Name the shop with --shop: \(jobs.map(\.shop.name).joined(separator: ", ")).")
    }
    for job in jobs {
      var findings = try VerifyStage(job: job).findings()
      if let served { findings += try await Self.compare(served, with: job) }
      all += findings
    }
    let names = jobs.map(\.shop.name).joined(separator: ", ")
    answer.print(
      ReportTable(
        title: names, columns: ["place", "rule", "what", "do"],
        rows: all.map { ["\($0.place)", $0.rule, $0.message, $0.hint ?? ""] },
        empty: "everything is as its manifests say"),
      ["format": 1, "findings": .array(all.map(CrawlRecordJSON.value(of:)))],
      text: common.quiet && all.isEmpty ? "" : Self.text(all, names: names),
      language: jobs.first?.configuration.language.rawValue ?? "en", common, context)
    return all.isEmpty ? .done : .failed
  }

  private static func text(_ findings: [Finding], names: String) -> String {
    guard !findings.isEmpty else { return "\(names): everything is as its manifests say\n" }
    return findings.map { finding in
      "\(finding.place): \(finding.message) [\(finding.rule)]\n"
        + (finding.hint.map { "   do: \($0)\n" } ?? "")
    }.joined()
  }

  /// Fetches what the world sees and compares it with what was built.
  private static func compare(_ address: String, with job: ShopJob) async throws -> [Finding] {
    let built = try AtomicFile.read(job.folders.kaspiFeed)
    let found = try await LintCommand.read(address, job.context)
    guard found != built else { return [] }
    let position = zip(found, built).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let detail =
      position.map { "it differs from byte \($0) on" } ?? "it has \(found.count) bytes of \(built.count)"
    return [
      Finding(
        rule: "served", severity: .error, place: Place(address),
        message: "what is served is not what was built: \(detail)",
        hint: "Look at the web server's folder and cache; the file is \(job.folders.kaspiFeed).")
    ]
  }
}
