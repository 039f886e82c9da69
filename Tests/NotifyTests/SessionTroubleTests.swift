import Model
import Testing

@testable import Notify

/// What WhatsApp and the session refuse.
@Suite struct SessionTroubleTests {
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
}
