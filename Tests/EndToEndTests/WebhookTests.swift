import FoundationEssentials
import HTTP
import Store
import SystemPackage
import TestKit
import Testing

/// What WAHA tells by itself: the simulator's webhooks, `receive`, the spool folder, and the run that reads it.
@Suite struct WebhookTests {
  private static let morning = "2026-11-24T05:00:00Z"
  private static let key = "my-secret-key"

  /// A workspace whose chats are not read: a stop can be heard through webhooks only.
  private static func bench(_ simulator: SimulatorProcess) throws -> Workbench {
    try Workbench(simulator, notifier: ["inbox: {chats: false, hmac: {env: WEBHOOK_KEY}}"])
  }

  private static let secrets: [String: String?] = ["WEBHOOK_KEY": key]

  @Test func aStopIsHeardThroughReceiveAndReplaysChangeNothing() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Self.bench(simulator)
      #expect(
        try await bench.notifier("run", "--now", "2026-11-23T05:00:00Z", environment: Self.secrets).exit == 0)
      try await simulator.nextNight()
      #expect(try await bench.notifier("snapshot", "--now", Self.morning).exit == 0)
      let plan = try await bench.notifier("scan", "--now", Self.morning, environment: Self.secrets)
      #expect(plan.exit == 0, "\(plan.err)")
      let phone = try #require(try Self.planned(bench).first)
      // Each event comes twice, and the message once more as `message.any`.
      let received = try await ProgramRun.talking(
        "kaspi-notifier", ["receive", "--port", "0", "--count", "2", "--verbose"], environment: Self.secrets,
        in: bench.root
      ) { line in
        guard let url = line.split(separator: " ").first(where: { $0.hasPrefix("http://127.0.0.1:") }) else {
          return
        }
        try await Self.pester(String(url.filter { $0 != "," }))
        try await simulator.control(
          "POST", "/waha",
          [
            "webhooks": [
              [
                "url": .string(String(url.filter { $0 != "," })), "events": ["message", "message.any"],
                "hmac": ["key": .string(Self.key)], "twice": true,
                "retries": ["attempts": 1, "delaySeconds": 0.1],
              ]
            ], "incoming": ["from": .string(phone), "text": "СТОП"],
          ])
      }
      #expect(received.exit == 0, "\(received.out)\(received.err)")
      #expect(received.out.contains("2 events kept"), "\(received.out)")
      #expect(received.out.contains("6 refused"), "\(received.out)\(received.err)")
      #expect(!(received.out + received.err).contains(phone))
      let files = try Folder.files(in: bench.shop.output.appending("inbox"), suffix: ".json")
      #expect(files.count == 2)
      let mode = try FileManager.default.attributesOfItem(
        atPath: bench.shop.output.appending("inbox").appending(files[0]).string)[.posixPermissions]
      #expect((mode as? Int) == 0o600)
      let body = try AtomicFile.read(bench.shop.output.appending("inbox").appending(files[0]))
      // Somebody drops a forged one and one that is far too large beside them.
      try bench.folder.write("output/demo/inbox/forged.json", body)
      try bench.folder.write(
        "output/demo/inbox/forged.json.hmac", Array(String(repeating: "0", count: 128).utf8))
      try bench.folder.write("output/demo/inbox/large.json", Array(repeating: 0x20, count: (1 << 20) + 1))
      let send = try await bench.notifier(
        "send", "--now", Self.morning, "--json", environment: Self.secrets)
      #expect(send.exit == 0 || send.exit == 3, "\(send.err)")
      let inbox = try #require(try send.json()["shops"]?[0]?["report"]?["inbox"])
      #expect(inbox["stops"]?.int == 1 && inbox["files"]?.int == 2, "\(inbox)")
      #expect(inbox["refused"]?["wrong_signature"]?.int == 1 && inbox["refused"]?["too_large"]?.int == 1)
      #expect(try Folder.files(in: bench.shop.output.appending("inbox"), suffix: ".json").isEmpty)
      let chats = try await simulator.messages().filter { $0["fromMe"]?.bool == true }.compactMap {
        $0["chat"]?.string
      }
      #expect(chats.count > 3 && !chats.contains("\(phone)@c.us"), "whoever said stop hears nothing")
      // The same event once more: a signature does not make it new.
      try bench.folder.write("output/demo/inbox/again.json", body)
      try bench.folder.write(
        "output/demo/inbox/again.json.hmac", Array(Digest.hmacSHA512(body, key: Array(Self.key.utf8)).utf8))
      let again = try await bench.notifier(
        "inbox", "--now", Self.morning, "--json", environment: Self.secrets)
      let found = try #require(try again.json()["shops"]?[0]?["found"])
      #expect(found["files"]?.int == 1 && found["stops"]?.int == 0 && found["messages"]?.int == 0)
    }
  }

  /// Telephones of planned messages.
  private static func planned(_ bench: Workbench) throws -> [String] {
    try Journal.read(bench.shop.outbox.appending("journal.jsonl")).compactMap { record in
      record["record"]?.string == "planned" ? record["recipient"]?.string : nil
    }
  }

  /// Sends what must not be kept: unsigned, wrongly signed, signed and senseless, too large, of another method.
  private static func pester(_ url: String) async throws {
    let client = CurlClient(configuration: CurlClient.Configuration())
    func send(_ method: String, _ body: [UInt8], _ signature: String?) async throws -> Int {
      var headers = [("User-Agent", "WAHA/2026.7.1"), ("Content-Type", "application/json")]
      if let signature { headers.append(("X-Webhook-Hmac", signature)) }
      return try await client.send(HTTPRequest(method, url, headers: headers, body: body)).status
    }
    func signed(_ body: [UInt8]) -> String { Digest.hmacSHA512(body, key: Array(key.utf8)) }
    let event = Array(#"{"event":"message","session":"default","payload":{}}"#.utf8)
    let senseless = [Array("no JSON".utf8), Array("[]".utf8), Array("{}".utf8)]
    var answers: [Int] = []
    answers.append(try await send("POST", event, nil))
    answers.append(try await send("POST", event, String(signed(event).dropLast()) + "x"))
    answers.append(try await send("POST", event + [0x20], signed(event)))
    for body in senseless { answers.append(try await send("POST", body, signed(body))) }
    let large = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
    answers.append(try await send("POST", large, signed(large)))
    answers.append(try await send("GET", [], nil))
    await client.close()
    #expect(answers == [401, 401, 401, 400, 400, 400, 413, 405])
  }

  @Test func anAckThatIsToldConfirms() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Self.bench(simulator)
      try await simulator.control("POST", "/waha", ["ackLimit": 0])
      #expect(
        try await bench.notifier("run", "--now", "2026-11-23T05:00:00Z", environment: Self.secrets).exit == 0)
      try await simulator.nextNight()
      let run = try await bench.notifier("run", "--now", Self.morning, environment: Self.secrets)
      #expect(run.exit == 0 || run.exit == 3, "\(run.out)\(run.err)")
      let sent = try await simulator.messages().count
      #expect(sent > 3 && run.out.contains("not confirmed by WhatsApp yet: \(sent)"), "\(run.out)")
      let received = try await ProgramRun.talking(
        "kaspi-notifier", ["receive", "--port", "0", "--count", "\(sent)"], environment: Self.secrets,
        in: bench.root
      ) { line in
        guard let url = line.split(separator: " ").first(where: { $0.hasPrefix("http://127.0.0.1:") }) else {
          return
        }
        try await simulator.control(
          "POST", "/waha",
          [
            "webhooks": [
              [
                "url": .string(String(url.filter { $0 != "," })), "events": ["message.ack"],
                "hmac": ["key": .string(Self.key)],
              ]
            ], "ackLimit": 3, "ackStep": 2, "acknowledge": true,
          ])
      }
      #expect(received.exit == 0, "\(received.out)\(received.err)")
      let inbox = try await bench.notifier(
        "inbox", "--now", Self.morning, "--json", environment: Self.secrets)
      #expect(try inbox.json()["shops"]?[0]?["found"]?["confirmed"]?.int == sent, "\(inbox.out)")
    }
  }
}
