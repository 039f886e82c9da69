import ArgumentParser
import Console
import HTTP
import Model
import Notify
import Store
import SystemPackage

/// `receive`.
struct ReceiveCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "receive", abstract: "Take WAHA's webhooks on loopback and keep them for the next run.",
    discussion: """
      Listens on 127.0.0.1 only. With notifier.inbox.hmac each event must carry its signature. Events are kept in \
      output/<shop>/inbox and read by 'run', 'send' and 'inbox'; the same event twice is kept once.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Option(help: "Port on 127.0.0.1; 0 takes any free one.")
  var port: UInt16 = 4020

  @Option(help: "File that gets the address when it listens.")
  var readyFile: String?

  @Option(help: "End after so many events; 0 for never.")
  var count = 0

  @Flag(help: "Check events and answer, keep none.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    let jobs = try shops.jobs(context)
    guard let job = jobs.first, jobs.count == 1 else {
      throw CommandError(
        .usage, what: "events belong to one shop", place: "receive", remedy: "Name it with --shop.")
    }
    let spool = try await job.spool()
    let key = try await job.notifier.extras.webhookKey?.value(
      workspace: job.workspace, environment: context.environment)
    let server: LoopbackServer
    do throws(LoopbackServer.Failure) {
      server = try LoopbackServer(port: port, maximumBody: InboxSpool.maximumBytes)
    } catch {
      throw CommandError(
        .failed, what: error.detail, place: "127.0.0.1:\(port)",
        remedy: "Another program may hold the port; --port 0 takes a free one.")
    }
    let address = "http://127.0.0.1:\(server.port)/"
    if let readyFile { try AtomicFile.write(Array((address + "\n").utf8), to: context.path(readyFile)) }
    context.terminal.remark("listening on \(address)" + (key == nil ? ", signatures are not checked" : ""))
    var (kept, refused, known) = (0, 0, 0)
    var failure: StoreError?
    while failure == nil, count == 0 || kept < count {
      try Task.checkCancellation()
      _ = server.serve(waiting: 200) { question in
        guard question.method == "POST" else { return 405 }
        let signature = question.header("X-Webhook-Hmac")
        if let reason = InboxSpool.objection(
          to: question.body, signature: signature, key: key.map { Array($0.utf8) })
        {
          refused += 1
          context.terminal.detail("refused: \(reason)")
          return reason.contains("sign") ? 401 : 400
        }
        do throws(StoreError) {
          if dryRun {
            kept += 1
          } else if try spool.keep(question.body, signature: signature) {
            kept += 1
          } else {
            known += 1
          }
          return 200
        } catch {
          failure = error
          return 500
        }
      }
    }
    if let failure { throw failure }
    context.terminal.say(
      "\(job.shop.name): \(kept) events \(dryRun ? "would be " : "")kept, \(known) known, \(refused) refused")
    context.terminal.document([
      "format": 1, "kept": .integer(kept), "known": .integer(known), "refused": .integer(refused),
    ])
    return .done
  }
}
