import ArgumentParser
import Console

/// The notifier program: order snapshots in, WhatsApp messages out.
@main
struct KaspiNotifier: AsyncParsableCommand {
  static func main() async { await Program.run(Self.self) }

  static let configuration = CommandConfiguration(
    commandName: "kaspi-notifier",
    abstract: "Tells the buyers of a Kaspi shop about their orders, once, through WAHA.",
    discussion: """
      Exit codes: 0 done, 1 failed, 3 partly, 11 locked, 64 usage, 65 bad input, 75 temporary, \
      78 configuration, 130 and 143 interrupted.
      """,
    version: "0.1.0", subcommands: CommandChoice.narrowed(commands, to: CommandLine.arguments))

  static let commands: [any ParsableCommand.Type] = [
    RunCommand.self, SnapshotCommand.self, ScanCommand.self, SendCommand.self, StatusCommand.self,
    OutboxCommand.self, ContactCommand.self, InboxCommand.self, TemplatesCommand.self, SessionCommand.self,
    PurgeCommand.self, AuditCommand.self, ReceiveCommand.self, DigestCommand.self,
  ]
}
