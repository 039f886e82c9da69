import FoundationEssentials
import Store
import SystemPackage
import TestKit
import Testing

/// The commands around messages, from outside: texts, the session, people, the owner.
@Suite struct NotifierCommandTests {
  private static let morning = "2026-11-24T05:00:00Z"

  // MARK: Texts

  @Test func templatesAreImportedLintedAndPreviewed() async throws {
    let bench = try Workbench(Self.configuration)
    try bench.copyTemplates()
    try bench.folder.write(
      "old.txt", Array("{user_name}, ваш заказ {order_num} на {total_amount} принят!!".utf8))
    let taken = try await bench.notifier("templates", "import", "old.txt", "--event", "order_created")
    #expect(taken.exit == 64, "a template is never overwritten unasked: \(taken.err)")
    let shown = try await bench.notifier(
      "templates", "import", "old.txt", "--event", "order_created", "--replace", "--dry-run")
    #expect(shown.exit == 0 && shown.out.contains("{{buyer}}, ваш заказ {{order_code}}"))
    let before = try bench.folder.read("templates/order_created.ru.mustache")
    #expect(!before.isEmpty && !String(decoding: before, as: UTF8.self).contains("принят!!"))
    let done = try await bench.notifier(
      "templates", "import", "old.txt", "--event", "order_created", "--replace", "--json")
    #expect(done.exit == 0, "\(done.err)")
    #expect(try done.json()["notes"]?.array?.count == 1)
    let lint = try await bench.notifier("templates", "lint", "--json")
    #expect(lint.exit == 65)
    let rules = try #require(try lint.json()["findings"]?.array).compactMap { finding in
      finding["file"]?.string == "templates/order_created.ru.mustache" ? finding["rule"]?.string : nil
    }
    #expect(rules == ["no-opt-out", "no-sender", "shouting"])
    let preview = try await bench.notifier("templates", "preview", "--json")
    let texts = try #require(try preview.json()["texts"]?.array)
    #expect(texts.contains { $0["text"]?.string?.contains("принят!!") == true })
    try bench.folder.write("bad.txt", Array("Привет, {user_nam}".utf8))
    let bad = try await bench.notifier(
      "templates", "import", "bad.txt", "--event", "order_created", "--replace")
    #expect(
      bad.exit == 78 && bad.complaint.contains { $0.contains("order_created.ru.mustache:1:9") }, "\(bad.err)")
  }

  @Test func theTextsOfThisRepositoryHaveNothingAgainstThem() async throws {
    let bench = try Workbench(Self.configuration)
    try bench.copyTemplates()
    let lint = try await bench.notifier("templates", "lint")
    #expect(lint.exit == 0, "\(lint.out)\(lint.err)")
    let check = try await bench.notifier("templates", "check", "--json")
    #expect(check.exit == 0)
    #expect(try check.json()["shops"]?[0]?["rendered"]?.int ?? 0 > 100)
  }

  /// A shop of which nothing is asked over the network.
  private static let configuration = """
    language: ru
    shops:
      demo:
        merchant: "14000001"
        company: "Demo Home"
        city: "750000000"
        sources:
          - {kind: feed, url: "http://127.0.0.1:1/feed.xml"}
    notifier:
      orders: {token: {env: KASPI_TOKEN}}
      waha: {url: "http://127.0.0.1:1/waha", key: {env: WAHA_API_KEY}, session: default}
      locale: ru
      rules:
        order_created: {send: true, delay: 0s, latest: 24h}

    """

  // MARK: The session

  @Test func theShopsPhoneIsLinkedByACodeWhileTimeIsLeft() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      try await simulator.control("POST", "/waha", ["status": "SCAN_QR_CODE"])
      let run = try await ProgramRun.talking(
        "kaspi-notifier", ["session", "link", "--phone", "8 701 000 00 01", "--wait", "100"], in: bench.root
      ) { line in
        // The owner types the code as soon as there is one.
        if line.hasPrefix("code: ") { try await simulator.control("POST", "/waha", ["link": true]) }
      }
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let code = try #require(run.out.split(separator: "\n").first).dropFirst("code: ".count)
      #expect(code.wholeMatch(of: /[1-9A-Z]{4}-[1-9A-Z]{4}/) != nil)
      #expect(run.out.contains("linked"))
      #expect(run.err.contains("+7 701 ***-**-01") && run.err.contains("Link with phone number"))
      #expect(!(run.out + run.err).contains("77010000001"))
      // Nothing is asked of a session that is linked.
      let again = try await bench.notifier("session", "link", "--phone", "77010000001", "--json")
      #expect(again.exit == 0)
      #expect(try again.json()["linked"]?.bool == true)
      let asked = try await simulator.requests("waha").filter {
        $0["path"]?.string?.hasSuffix("/auth/request-code") == true
      }
      #expect(asked.count == 1, "codes are asked for rarely")
    }
  }

  @Test func theTimeLeftIsToldAndACodeRunsOut() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      try await simulator.control("POST", "/waha", ["status": "SCAN_QR_CODE"])
      let run = try await bench.notifier("session", "link", "--phone", "77010000001", "--wait", "3")
      #expect(run.exit == 1)
      #expect(run.err.contains(" s left to type the code"), "\(run.err)")
      #expect(run.out.contains("The code has run out"), "\(run.out)")
    }
  }

  /// WhatsApp may want a passkey in place of the code; a program cannot give it.
  @Test(arguments: [true, false])
  func aPasskeyIsForTheDashboard(isJSON: Bool) async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      try await simulator.control("POST", "/waha", ["status": "SCAN_QR_CODE"])
      let run = try await ProgramRun.talking(
        "kaspi-notifier",
        ["session", "link", "--phone", "77010000001", "--wait", "100"] + (isJSON ? ["--json"] : []),
        in: bench.root
      ) { line in
        // With --json the code is on standard error: whoever types it needs it before the end.
        if line.hasPrefix("code: ") {
          try await simulator.control("POST", "/waha", ["status": "PASSKEY_REQUIRED"])
        }
      }
      #expect(run.exit == 1)
      let told = isJSON ? try run.json()["advice"]?.string ?? "" : run.out
      #expect(told.contains("dashboard"), "\(run.out)")
      if isJSON { #expect(try run.json()["status"]?.string == "PASSKEY_REQUIRED") }
    }
  }

  @Test func aSessionIsStoppedStartedAndLoggedOut() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      for (verb, status, exit) in [
        ("stop", "STOPPED", 1), ("start", "WORKING", 0), ("restart", "WORKING", 0),
        ("logout", "SCAN_QR_CODE", 1),
      ] {
        let run = try await bench.notifier("session", verb)
        #expect(run.exit == 0, "\(verb): \(run.out)\(run.err)")
        var seen = try await bench.notifier("session", "status", "--json")
        // A session that was running connects for a moment before it asks to be linked.
        while try seen.json()["status"]?.string == "STARTING" {
          seen = try await bench.notifier("session", "status", "--json")
        }
        #expect(try seen.json()["status"]?.string == status)
        #expect(seen.exit == exit, "\(seen.out)")
      }
    }
  }

  // MARK: People

  /// A workspace in which a dozen buyers were written to, one of whom has answered.
  private static func talkative(_ simulator: SimulatorProcess) async throws -> (Workbench, phone: String) {
    let bench = try Workbench(simulator, notifier: [#"owner: "+7 701 000 00 02""#])
    #expect(try await bench.notifier("run", "--now", "2026-11-23T05:00:00Z").exit == 0)
    try await simulator.nextNight()
    let run = try await bench.notifier("run", "--now", morning)
    #expect(run.exit == 0, "\(run.out)\(run.err)")
    let chat = try #require(try await simulator.messages().first?["chat"]?.string)
    let phone = String(chat.prefix { $0 != "@" })
    try await simulator.control(
      "POST", "/waha", ["incoming": ["from": .string(phone), "text": "Когда привезёте мой чайник?"]])
    #expect(try await bench.notifier("inbox", "--now", morning).exit == 0)
    return (bench, phone)
  }

  @Test func aPersonIsShownAndForgottenAndNeverWrittenToAgain() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, phone) = try await Self.talkative(simulator)
      func shown() async throws -> JSONValue {
        let run = try await bench.notifier("contact", "show", phone, "--json")
        #expect(run.exit == 0 && !run.out.contains(phone), "\(run.out)")
        return try #require(try run.json()["shops"]?[0])
      }
      let known = try await shown()
      #expect(known["known"]?.bool == true && known["replies"]?.int == 1)
      #expect(known["messages"]?.array?.isEmpty == false)
      #expect(known["consent"]?["source"]?.string?.hasPrefix("order ") == true)
      let people = try await bench.notifier("contact", "show", phone)
      #expect(people.out.contains("consent: order ") && people.out.contains("wrote 1 messages"))
      #expect(try await bench.notifier("contact", "stop", phone).exit == 0)
      #expect(try await shown()["stopped"]?.string != nil)
      let rehearsed = try await bench.notifier("contact", "forget", phone, "--dry-run")
      #expect(rehearsed.exit == 0)
      #expect(try await shown()["known"]?.bool == true)

      #expect(try await bench.notifier("contact", "forget", phone).exit == 0)
      let left = try await shown()
      #expect(left["messages"]?.array?.isEmpty == true && (left["closed"]?.int ?? 0) > 0)
      #expect(left["stopped"]?.string != nil, "the stop is kept")
      let all = try bench.everything(below: bench.root)
      for trace in [phone, String(phone.dropFirst()), "чайник?"] { #expect(!all.contains(trace)) }
      // Kaspi still has the order; the fingerprint keeps it from being said again.
      let before = try await simulator.messages().count
      let run = try await bench.notifier("run", "--now", Self.morning)
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      #expect(try await simulator.messages().count == before)
    }
  }

  @Test func theOwnersDigestGoesOutOnceADay() async throws {
    try await SimulatorProcess.with { simulator in
      let (bench, _) = try await Self.talkative(simulator)
      let before = try await simulator.messages().count
      func digest(_ more: String...) async throws -> ProgramRun {
        try await ProgramRun.of(
          "kaspi-notifier", ["digest", "--day", "2026-11-24", "--now", Self.morning] + more, in: bench.root)
      }
      let shown = try await digest()
      #expect(shown.exit == 0 && shown.out.contains("Отправлено: ") && !shown.out.contains("Отправлено: 0"))
      #expect(try await digest("--send", "--dry-run").exit == 0)
      #expect(try await simulator.messages().count == before)
      for outcome in ["accepted", "known"] {
        let sent = try await digest("--send", "--json")
        #expect(try sent.json()["shops"]?[0]?["sent"]?.string == outcome, "\(sent.err)")
      }
      let messages = try await simulator.messages()
      #expect(messages.count == before + 1 && messages.last?["chat"]?.string == "77010000002@c.us")
      #expect(messages.last?["text"]?.string.map { shown.out.contains($0) } == true)
    }
  }
}
