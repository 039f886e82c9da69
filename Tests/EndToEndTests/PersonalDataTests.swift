import FoundationEssentials
import Store
import SystemPackage
import TestKit
import Testing

/// Telephones, names and what was said to whom stay where they belong.
@Suite struct PersonalDataTests {
  private static let morning = "2026-11-24T05:00:00Z"
  private static let reply = "Когда привезёте мой чайник? Мой домофон 4711"

  /// Everything that must be nowhere else: what the snapshots know of buyers, and what messages say.
  private struct Secrets {
    var words: Set<String> = []

    init(_ bench: Workbench) throws {
      for name in try Folder.files(in: bench.shop.orders, suffix: ".json") {
        let text = String(decoding: try AtomicFile.read(bench.shop.orders.appending(name)), as: UTF8.self)
        for line in text.split(separator: "\n") where line.contains("\"customer\"") {
          let order = try JSONValue(parsing: Array(line.utf8.last == 0x2C ? line.dropLast().utf8 : line.utf8))
          let customer = try #require(order["customer"])
          for key in ["first_name", "last_name"] {
            guard let name = customer[key]?.string, name.count > 2 else { continue }
            // As it came, and as people write it.
            words.formUnion([name, name.prefix(1).uppercased() + name.dropFirst().lowercased()])
          }
          guard let phone = customer["phone"]?.string, phone.count == 11 else { continue }
          words.formUnion([phone, String(phone.dropFirst())])
        }
      }
      #expect(words.count > 20)
      // Lines that every message has stand in the templates, where everybody may read them.
      let templates = try bench.everything(below: bench.root.appending("templates"))
      var lines = 0
      for record in try Journal.read(bench.shop.outbox.appending("journal.jsonl")) {
        guard record["record"]?.string == "planned", let text = record["text"]?.string else { continue }
        for line in text.split(separator: "\n") where line.count > 12 && !templates.contains(line) {
          words.insert(String(line))
          lines += 1
        }
      }
      #expect(lines > 20)
    }

    /// Those that occur in a text.
    func found(in text: String) -> [String] { words.filter { text.contains($0) } }
  }

  /// All that the notifier can do, one after another, in both ways of speaking.
  private static let commands: [[String]] = [
    ["run", "--now", morning, "--verbose"], ["snapshot", "--now", morning],
    ["scan", "--now", morning, "--dry-run"],
    ["send", "--now", morning, "--dry-run"], ["send", "--now", morning], ["status"], ["outbox", "list"],
    ["outbox", "list", "--state", "parked"], ["inbox", "--now", morning], ["session", "status"],
    ["templates", "list"], ["templates", "check"], ["audit"], ["digest", "--day", "2026-11-24"],
    ["purge", "--older-than", "9000d", "--dry-run"], ["outbox", "compact", "--dry-run"],
  ]

  @Test func nothingPersonalIsSaidOrKeptElsewhere() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      #expect(try await bench.notifier("run", "--now", "2026-11-23T05:00:00Z").exit == 0)
      try await simulator.nextNight()
      // Errors that repeat the whole request, a recipient that is refused, and a fate that stays unknown.
      try await simulator.control(
        "POST", "/waha",
        ["sendErrors": ["2 UNKNOWN: no LID found", "something broke inside", "server returned error 479"]])
      var heard = ""
      for command in Self.commands {
        for manner in [[], ["--json"]] {
          let run = try await ProgramRun.of("kaspi-notifier", command + manner, in: bench.root)
          #expect(run.signal == nil && run.exit != 64 && run.exit != 78, "\(command): \(run.err)")
          heard += run.out + run.err
          if command[0] == "run" {
            let chat = try #require(try await simulator.messages().first?["chat"]?.string)
            try await simulator.control(
              "POST", "/waha",
              ["incoming": ["from": .string(String(chat.prefix { $0 != "@" })), "text": .string(Self.reply)]])
          }
        }
      }
      let phone = try #require(try await simulator.messages().first?["chat"]?.string).prefix { $0 != "@" }
      for command in [
        ["contact", "show", String(phone)], ["contact", "stop", String(phone)], ["outbox", "retry", "--all"],
      ] {
        for manner in [[], ["--json"]] {
          let run = try await ProgramRun.of("kaspi-notifier", command + manner, in: bench.root)
          heard += run.out + run.err
        }
      }
      #expect(heard.count > 5000 && heard.contains("+7 7") && heard.contains("no_lid"), "\(heard.count)")

      var secrets = try Secrets(bench)
      secrets.words.formUnion(["чайник?", "4711", "demo-token", "demo-waha-key"])
      #expect(secrets.found(in: heard) == [])
      var files = 0
      for (path, _) in try bench.state(of: bench.root) {
        let inside = path.dropFirst(bench.root.string.count)
        if inside.contains("/orders/") || inside.contains("/outbox/") || inside.hasPrefix("/templates/") {
          continue
        }
        files += 1
        let text = String(decoding: try AtomicFile.read(FilePath(path)), as: UTF8.self)
        #expect(secrets.found(in: text) == [], "\(inside)")
      }
      #expect(files >= 4, "reports, metrics and the audit log are there")
      // The check itself: the journal is full of what it looks for.
      let journal = try AtomicFile.read(bench.shop.outbox.appending("journal.jsonl"))
      #expect(secrets.found(in: String(decoding: journal, as: UTF8.self)).count > 20)
    }
  }
}
