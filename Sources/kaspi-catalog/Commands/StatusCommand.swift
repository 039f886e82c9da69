import ArgumentParser
import Console
import Model
import Publish
import Store

/// `status`.
struct StatusCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say what is published and how the last night went.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    for job in try shops.jobs(context) {
      let head = try History(job.folders).head()
      let last = try StatusFile(job: job).read()
      let terminal = context.terminal
      if let head {
        let counts = head.manifest.counts
        terminal.say(
          "\(job.shop.name): version \(head.manifest.version) of \(head.manifest.created.almaty), "
            + "\(counts.offered) offered, \(counts.withdrawn) withdrawn")
      } else {
        terminal.say("\(job.shop.name): nothing published yet")
      }
      if let last, let finished = last["finished"]?.string, let exit = last["exit"]?.int {
        terminal.say("  last night: \(finished), exit \(exit)")
      }
      documents.append([
        "shop": .string(job.shop.name), "version": head.map { .integer($0.manifest.version) } ?? .null,
        "last": last ?? .null,
      ])
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return .done
  }
}
