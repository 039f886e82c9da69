import FoundationEssentials
import Model
import Store
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Notify

@Suite struct SenderTests {
  @Test func sendsExactlyWhatIsPlannedInOrderAndOnlyOnce() async throws {
    let desk = try Desk()
    let plan = try desk.plan(Desk.orders(3))
    let report = try await desk.run()
    #expect(report.isClean && report.count(.confirmed) == 3)
    let visible = desk.waha.now.visible
    #expect(visible.map(\.text) == plan.messages.map(\.text))
    #expect(visible.map(\.id) == plan.messages.map(\.messageID))
    let second = try await desk.run()
    #expect(second.entries.isEmpty && second.sends == 0)
    #expect(desk.waha.now.sends.count == 3)
  }

  @Test func theStoredTextGoesOutWhateverTheTemplateSaysNow() async throws {
    let desk = try Desk()
    let plan = try desk.plan(Desk.orders(1))
    let outbox = try desk.outbox()
    var input = try desk.input(Desk.orders(1), outbox)
    input.templates = try TemplateSet(
      StarterTemplates.all.map { TemplateSource(name: $0.name, text: "Иначе {{order_code}}") })
    let again = try Scan.plan(input)
    #expect(again.messages.isEmpty)
    _ = try await desk.run()
    #expect(desk.waha.now.visible.map(\.text) == plan.messages.map(\.text))
  }

  /// What each fault leads to within one run and the next: the final state, and what the buyer sees.
  static let faults: [(FakeWAHA.Fault, OutboxState, Int)] = [
    (.lostAfter, .confirmed, 1), (.timeoutAfter, .confirmed, 1), (.deadlineAfter, .confirmed, 1),
    (.emptyAfter, .confirmed, 1), (.cutAfter, .confirmed, 1), (.hugeAfter, .confirmed, 1),
    (.foreignIdAfter, .confirmed, 1), (.pageAfter, .confirmed, 1), (.lostBefore, .confirmed, 1),
    (.timeoutBefore, .confirmed, 1), (.deadlineBefore, .confirmed, 1), (.gateway, .confirmed, 1),
    // A page instead of an answer: the run stops, and the next one, minutes later, repeats.
    (.pageBefore, .confirmed, 1), (.notConnected, .confirmed, 1), (.retryLater, .confirmed, 1),
    (.session, .confirmed, 1), (.overlimit, .confirmed, 1), (.noLID, .parked, 0), (.tooLarge, .parked, 0),
    (.badRequest, .refused, 0), (.limited463, .planned, 0), (.unauthorized, .confirmed, 1),
    (.device, .confirmed, 1),
  ]

  @Test(arguments: faults, [true, false])
  func everyFaultEndsInOneVisibleMessageOrAReason(
    fault: (FakeWAHA.Fault, OutboxState, Int), dropsRepeats: Bool
  ) async throws {
    let (fault, state, visible) = fault
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [fault]
      $0.dropsRepeats = dropsRepeats
    }
    try desk.plan(Desk.orders(1))
    _ = try await desk.run()
    desk.time.advance(.seconds(60))
    _ = try await desk.run()
    let entry = try #require(try desk.content().entries.values.first)
    #expect(entry.state == state, "\(entry)")
    #expect(desk.waha.now.visible.count == visible)
    if visible == 0 { #expect(entry.reason != nil) }
  }

  @Test func allFaultsAreInTheTable() {
    #expect(Set(Self.faults.map(\.0)) == Set(FakeWAHA.Fault.allCases))
  }

  @Test func aFaultThatNeverEndsIsParkedAndShownAtMostOnce() async throws {
    for fault in FakeWAHA.Fault.allCases {
      let desk = try Desk()
      desk.waha.change { $0.faults = Array(repeating: fault, count: 100) }
      try desk.plan(Desk.orders(1))
      for _ in 0..<8 {
        _ = try await desk.run()
        desk.time.advance(.seconds(120))
      }
      #expect(desk.waha.now.visible.count <= 1, "\(fault)")
      #expect(desk.waha.now.sends.count <= 24, "\(fault): \(desk.waha.now.sends.count) sends")
      let entry = try #require(try desk.content().entries.values.first)
      #expect(entry.state != .unknown && entry.state != .reserved, "\(fault): \(entry)")
    }
  }

  @Test func aMessageThatIsStoredLateIsRepeatedUnderItsIdAndSeenOnce() async throws {
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [.timeoutAfter]
      $0.lag = 4
    }
    try desk.plan(Desk.orders(1))
    let report = try await desk.run()
    #expect(report.sends == 2)
    #expect(Set(desk.waha.now.sends.map(\.id)).count == 1)
    #expect(desk.waha.now.visible.count == 1)
  }

  @Test func afterTenMinutesAMessageThatIsNotFoundIsParkedNotRepeated() async throws {
    for (later, sends, state) in [
      (Duration.seconds(500), 1, OutboxState.confirmed), (.seconds(601), 0, .parked),
    ] {
      var desk = try Desk()
      desk.settings.lookUpPauses = []
      try desk.plan(Desk.orders(1))
      let outbox = try desk.outbox()
      let entry = try #require(outbox.content.waiting.first)
      // As a killed run leaves it.
      try outbox.move(entry.identity, to: .reserved, at: desk.time.now)
      desk.time.advance(later)
      _ = try await desk.run()
      #expect(desk.waha.now.sends.count == sends)
      #expect(desk.waha.now.looks.values.reduce(0, +) >= 1, "nothing is repeated without a look")
      #expect(try desk.content().entries.values.first?.state == state)
    }
  }

  @Test func whatDidNotLeaveCountsForNoCap() async throws {
    var desk = try Desk()
    desk.settings.pacing.dailyNew = 1
    desk.waha.change { $0.faults = [.notConnected] }
    try desk.plan(Desk.orders(1))
    #expect(try await desk.run().count(.confirmed) == 1)
  }

  @Test func whatCannotBeLookedUpIsParkedNotRepeated() async throws {
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [.timeoutAfter]
      $0.canRead = false
    }
    try desk.plan(Desk.orders(1))
    let report = try await desk.run()
    #expect(report.sends == 1 && report.count(.unknown) == 1, "while it may be repeated, the next run looks")
    desk.time.advance(.seconds(601))
    let next = try await desk.run()
    #expect(next.sends == 0 && next.count(.parked) == 1)
    #expect(next.entries.first?.reason == "cannot_look_up")
  }

  @Test(arguments: [(FakeWAHA.Fault.timeoutAfter, OutboxState.confirmed), (.timeoutBefore, .parked)])
  func enginesWithoutIdsAreLookedAtByTextAndNeverRepeated(fault: FakeWAHA.Fault, state: OutboxState)
    async throws
  {
    let desk = try Desk()
    desk.waha.change {
      $0.engine = "WEBJS"
      $0.faults = [fault]
    }
    try desk.plan(Desk.orders(1))
    _ = try await desk.run()
    #expect(try desk.content().entries.values.first?.state == state)
    #expect(desk.waha.now.sends.count == 1)
    #expect(desk.waha.now.sends[0].id == nil)
  }

  @Test func limit463StopsMessagesToNewPeopleOnlyAndSurvivesARestart() async throws {
    let desk = try Desk()
    try desk.plan([Samples.order("1", phone: "7011234560")])
    _ = try await desk.run()
    desk.waha.change { $0.faults = [.limited463] }
    try desk.plan([
      Samples.order("2", phone: "7011234561"), Samples.order("3", phone: "7011234560"),
      Samples.order("4", phone: "7011234562"),
    ])
    let report = try await desk.run()
    #expect(report.deferred["new_contacts_held"] == 2)
    #expect(desk.waha.now.visible.count == 2, "the known one is written to")
    #expect(try await desk.run().sends == 0)
    desk.time.advance(.seconds(21 * 3600))
    #expect(try await desk.run().count(.confirmed) == 2)
  }

  @Test func noLIDPutsOnlyThatRecipientAside() async throws {
    let desk = try Desk()
    desk.waha.change { $0.faults = [.noLID] }
    try desk.plan([
      Samples.order("1", phone: "7011234560"), Samples.order("2", phone: "7011234560"),
      Samples.order("3", phone: "7011234561"),
    ])
    let report = try await desk.run()
    #expect(report.count(.parked) == 2 && report.count(.confirmed) == 1)
  }

  @Test func aBrokenDeviceIsRestartedOnceThenTheRunStops() async throws {
    let desk = try Desk()
    desk.waha.change { $0.faults = Array(repeating: .device, count: 10) }
    try desk.plan(Desk.orders(6))
    let report = try await desk.run()
    #expect(report.stopped?.word == "device_session_broken")
    #expect(desk.waha.now.calls.count { $0.hasSuffix("/restart") } == 1)
    #expect(desk.waha.now.sends.count == 4)
    #expect(try desk.content().waiting.count == 6)
  }

  @Test(arguments: [
    ("SCAN_QR_CODE", "session_scan_qr_code"), ("PASSKEY_REQUIRED", "session_passkey_required"),
    ("SOMETHING", "session_something"),
  ])
  func aSessionThatNeedsAPersonSendsNothing(status: String, word: String) async throws {
    let desk = try Desk()
    desk.waha.change { $0.status = status }
    try desk.plan(Desk.orders(1))
    let report = try await desk.run()
    #expect(report.stopped?.word == word && report.stopped?.isTemporary == false)
    #expect(report.deferred == ["stopped": 1] && desk.waha.now.sends.isEmpty)
  }

  @Test(arguments: ["STOPPED", "FAILED"])
  func aSessionThatCanBeStartedIsStarted(status: String) async throws {
    let desk = try Desk()
    desk.waha.change { $0.status = status }
    try desk.plan(Desk.orders(1))
    #expect(try await desk.run().count(.confirmed) == 1)
  }

  @Test func aSessionThatKeepsConnectingEndsTheRunAfterTwoMinutes() async throws {
    let desk = try Desk()
    desk.waha.change { $0.status = "STARTING" }
    try desk.plan(Desk.orders(1))
    let report = try await desk.run()
    #expect(report.stopped?.isTemporary == true)
    #expect((Duration.seconds(120) ... .seconds(126)).contains(desk.time.now.since(Samples.noon)))
  }

  @Test func quietHoursDeferAndTheMorningSends() async throws {
    let evening = Samples.moment("2026-11-23T22:00:00+05:00")
    let desk = try Desk(start: evening)
    try desk.plan([Samples.order("1", created: evening.advanced(by: .seconds(-600)))])
    let report = try await desk.run()
    #expect(report.deferred == ["quiet_hours": 1] && desk.waha.now.sends.isEmpty)
    desk.time.advance(.seconds(11 * 3600))
    #expect(try await desk.run().count(.confirmed) == 1)
  }

  @Test func aRunThatReachesTheQuietHoursEnds() async throws {
    let evening = Samples.moment("2026-11-23T20:58:00+05:00")
    var desk = try Desk(start: evening)
    desk.settings.pacing = Pacing(gap: .seconds(60) ... .seconds(60), showsTyping: false)
    try desk.plan(
      (0..<9).map {
        Samples.order("\($0)", created: evening.advanced(by: .seconds(-60)), phone: "701123456\($0)")
      })
    let report = try await desk.run()
    #expect(desk.waha.now.sends.count == 2)
    #expect(report.deferred == ["quiet_hours": 7])
  }

  @Test func tooLateIsExpired() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(1))
    desk.time.advance(.seconds(86_400))
    let report = try await desk.run()
    #expect(report.count(.expired) == 1 && desk.waha.now.calls.isEmpty)
  }

  @Test func theDelayIsKept() async throws {
    let desk = try Desk()
    let delivered = Samples.order("1", state: .archive, status: .completed)
    let outbox = try desk.outbox()
    let plan = try Scan.plan(
      desk.input(
        [delivered], outbox, previous: OrderSnapshot(taken: Desk.before.taken, orders: [Samples.order("1")])))
    try outbox.record(plan, now: desk.time.now)
    #expect(try await desk.run().deferred == ["not_due": 1])
    desk.time.advance(.seconds(3600))
    #expect(try await desk.run().count(.confirmed) == 1)
  }

  @Test func newPeopleHaveACapOfTheirOwnThatSurvivesARestart() async throws {
    var desk = try Desk()
    desk.settings.pacing.dailyNew = 2
    try desk.plan(Desk.orders(4))
    #expect(try await desk.run().deferred == ["daily_new": 2])
    #expect(try await desk.run().sends == 0)
    desk.time.advance(.seconds(23 * 3600))
    #expect(try await desk.run().count(.confirmed) == 2)
  }

  @Test func theGapIsKeptAcrossRestarts() async throws {
    var desk = try Desk()
    desk.settings.pacing = Pacing(gap: .seconds(30) ... .seconds(60), showsTyping: false)
    try desk.plan([Samples.order("1", phone: "7011234560")])
    _ = try await desk.run()
    try desk.plan([Samples.order("2", phone: "7011234561")])
    let start = desk.time.now
    _ = try await desk.run()
    #expect((Duration.seconds(30) ... .seconds(60)).contains(desk.time.now.since(start)))
  }

  @Test func typingIsShownBeforeTheText() async throws {
    var desk = try Desk()
    desk.settings.pacing.showsTyping = true
    try desk.plan(Desk.orders(1))
    _ = try await desk.run()
    let calls = desk.waha.now.calls.filter { $0.hasPrefix("POST") }
    #expect(calls == ["POST /api/startTyping", "POST /api/stopTyping", "POST /api/sendText"])
  }

  @Test func numbersThatAreNotOnWhatsAppAreSkipped() async throws {
    var desk = try Desk()
    desk.settings.checksNumbers = true
    desk.waha.change { $0.absent = ["77011234560"] }
    try desk.plan(Desk.orders(2))
    let report = try await desk.run()
    #expect(report.count(.skipped) == 1 && report.count(.confirmed) == 1)
    #expect(report.entries.first { $0.state == .skipped }?.reason == "not_on_whatsapp")
  }

  @Test func optedOutBetweenScanAndSendIsObeyed() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(1))
    try desk.outbox().optOut(try #require(PhoneNumber("7011234560")), source: "chat", now: desk.time.now)
    #expect(try await desk.run().count(.optedOut) == 1)
    #expect(desk.waha.now.sends.isEmpty)
  }

  @Test func anUnconfirmedMessageIsReportedNotResent() async throws {
    let desk = try Desk()
    desk.waha.change { $0.ack = 0 }
    try desk.plan(Desk.orders(1))
    #expect(try await desk.run().count(.accepted) == 1)
    #expect(try await desk.run().sends == 0)
    desk.waha.change { $0.ack = 1 }
    #expect(try await desk.run().count(.confirmed) == 1)
    #expect(desk.waha.now.sends.count == 1)
  }

  @Test func aRunThatIsCalledOffKeepsWhatItDid() async throws {
    var desk = try Desk(sleeps: 1)
    desk.settings.pacing = Pacing(gap: .seconds(30) ... .seconds(60), showsTyping: false)
    try desk.plan(Desk.orders(4))
    let report = try await desk.run()
    #expect(report.stopped == .interrupted)
    #expect(report.count(.accepted) == 2 && report.deferred == ["stopped": 2])
  }

  @Test func reportsShowNeitherPhoneNorText() async throws {
    let desk = try Desk()
    desk.waha.change { $0.faults = [.noLID, .unauthorized] }
    try desk.plan(Desk.orders(3))
    let report = try await desk.run()
    let shown = String(decoding: CanonicalJSON.document(report.summary), as: UTF8.self)
    for secret in ["77011234560", "1234561", "Алия", "Здравствуйте"] { #expect(!shown.contains(secret)) }
    #expect(report.stopped?.word == "unauthorized")
  }

  /// What the disk and WhatsApp hold at one instant of a run.
  struct Cut: Sendable {
    var journal: [UInt8]
    var state: FakeWAHA.State
  }

  /// Stops a run before and after every call and at every line of the journal, and starts a new one.
  @Test(arguments: [Duration.seconds(30), .seconds(86_000)], [true, false])
  func aKilledRunNeverDoublesAndNeverLosesSilently(later: Duration, dropsRepeats: Bool) async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(3))
    let file = desk.folder.appending("journal.jsonl")
    let cuts = Mutex<[Cut]>([])
    desk.waha.change {
      $0.dropsRepeats = dropsRepeats
      $0.faults = [.deadlineAfter]
      $0.onCall = { state, _ in
        guard let bytes = try? AtomicFile.read(file) else { return }
        cuts.withLock { $0.append(Cut(journal: bytes, state: state)) }
      }
    }
    _ = try await desk.run()
    let points = cuts.withLock { $0 }
    #expect(points.count >= 18)
    for (index, cut) in points.enumerated() {
      // Every other time with a torn piece of the line that was being written.
      for torn in index.isMultiple(of: 2) ? [[]] : [Array("{\"at\":\"2026".utf8)] {
        var state = cut.state
        state.onCall = nil
        state.faults = []
        let next = try Desk(waha: FakeWAHA(state), start: Samples.noon.advanced(by: later))
        try next.temporary.write("outbox/journal.jsonl", cut.journal + torn)
        _ = try await next.run()
        let seen = Dictionary(grouping: next.waha.now.visible, by: \.id).mapValues(\.count)
        #expect(seen.values.allSatisfy { $0 == 1 }, "cut \(index): somebody got a message twice")
        for entry in try next.content().entries.values {
          switch entry.state {
          case .confirmed: #expect(seen[entry.messageID] == 1, "cut \(index)")
          case .parked: #expect(entry.reason != nil && later > .seconds(600), "cut \(index): \(entry)")
          default: Issue.record("cut \(index): \(entry)")
          }
        }
        #expect(try await next.run().sends == 0)
      }
    }
  }

  /// A journal cut after each of its lines, with what WhatsApp had by then.
  @Test func everyPrefixOfTheJournalLeadsToOneMessage() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(2))
    _ = try await desk.run()
    let lines = try desk.temporary.read("outbox/journal.jsonl").split(separator: 0x0A)
    let final = desk.waha.now
    for count in 0...lines.count {
      let kept = lines.prefix(count).map { String(decoding: $0, as: UTF8.self) }
      // The last reserved line may or may not have led to a message.
      let reserved = kept.count { $0.contains("\"to\":\"reserved\"") }
      for sent in Set([reserved, max(0, reserved - (kept.last?.contains("reserved") == true ? 1 : 0))]) {
        var state = final
        state.visible = Array(final.visible.prefix(sent))
        let next = try Desk(waha: FakeWAHA(state), start: Samples.noon.advanced(by: .seconds(60)))
        try next.temporary.write("outbox/journal.jsonl", Array(kept.map { $0 + "\n" }.joined().utf8))
        // The scan is repeated too, as `run` does; without a base it is silent, as after a lost outbox.
        let outbox = try next.outbox()
        let base = outbox.content.scanned == nil && outbox.content.entries.isEmpty ? nil : Desk.before
        try outbox.record(
          try Scan.plan(next.input(Desk.orders(2), outbox, previous: base)), now: next.time.now)
        _ = try await next.run()
        let seen = Dictionary(grouping: next.waha.now.visible, by: \.id).mapValues(\.count)
        #expect(seen.values.allSatisfy { $0 == 1 }, "prefix \(count)")
        #expect(seen.count == (base == nil ? sent : 2), "prefix \(count), sent \(sent)")
      }
    }
  }
}
