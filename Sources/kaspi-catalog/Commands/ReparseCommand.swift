import ArgumentParser
import CatalogFormat
import Console
import Crawl
import Model
import Store
import SystemPackage

/// `reparse`.
struct ReparseCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "reparse", abstract: "Read the kept answers of the last crawl anew, without the network.",
    discussion: """
      After an update the parsers may see more in the same pages. Says what is read differently, offer by offer, and \
      why; the next plan works on the new reading.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Flag(help: "Only say what would be read differently.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var status = ExitStatus.done
    var documents: [JSONValue] = []
    for job in try shops.jobs(context) {
      let file = job.folders.crawl.appending("result.json")
      let (result, differences) = try await job.locked {
        () -> (CrawlResult, [Reparse.Difference]) in
        let before = try CrawlRecordJSON.decode(try AtomicFile.read(file))
        let result = try await Reparse(folder: job.folders.crawl).run(try CrawlStage(job: job).settings())
        if let failure = result.report.failure, result.shop.offers.isEmpty { throw CrawlStage.error(failure) }
        if !dryRun {
          // The moment stays: it is the same crawl, read once more.
          try AtomicFile.write(
            CrawlRecordJSON.encode(CrawlRecord(taken: before.taken, shop: result.shop)), to: file)
        }
        return (result, Reparse.differences(from: before.shop, to: result.shop))
      }
      let terminal = context.terminal
      terminal.say(
        differences.isEmpty
          ? "\(job.shop.name): nothing is read differently; \(result.shop.offers.count) offers"
          : "\(job.shop.name): \(differences.count) facts are read differently")
      for difference in differences {
        terminal.say(
          "  \(difference.sku) \(difference.field): “\(difference.before ?? "—")” → “\(difference.after ?? "—")”"
        )
        terminal.say("    \(difference.source): \(difference.why)")
      }
      if !result.shop.gaps.isEmpty { status = .partly }
      documents.append([
        "shop": .string(job.shop.name), "offers": .integer(result.shop.offers.count),
        "differences": .array(
          differences.map { difference in
            [
              "sku": .string(difference.sku), "field": .string(difference.field),
              "before": difference.before.map { .string($0) } ?? .null,
              "after": difference.after.map { .string($0) } ?? .null, "source": .string(difference.source),
              "why": .string(difference.why),
            ]
          }),
      ])
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return status
  }
}
