import Model
import Testing

@testable import Notify

/// When a message waits, and when it never goes.
@Suite struct PolitenessTests {
  @Test func whatDidNotLeaveCountsForNoCap() async throws {
    var desk = try Desk()
    desk.settings.pacing.dailyNew = 1
    desk.waha.change { $0.faults = [.notConnected] }
    try desk.plan(Desk.orders(1))
    #expect(try await desk.run().count(.confirmed) == 1)
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
}
