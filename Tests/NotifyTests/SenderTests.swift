import Model
import Store
import Testing

@testable import Notify

/// The way of a message when all is well, and what is told about it.
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

  /// A run dies with a message reserved, somebody changes the text, and the next run has to say it after all.
  @Test(arguments: [true, false])
  func aRetryAfterACrashKeepsTextAndId(hadLeft: Bool) async throws {
    let desk = try Desk()
    let first = try #require(try desk.plan(Desk.orders(1)).messages.first)
    try desk.outbox().move(first.identity, to: .reserved, at: desk.time.now)
    let sent = FakeWAHA.Sent(
      chat: WAHAClient.chat(for: try #require(first.recipient)), id: first.messageID, text: first.text)
    if hadLeft { desk.waha.change { $0.visible = [sent] } }
    var input = try desk.input(Desk.orders(1), try desk.outbox())
    input.templates = try TemplateSet(
      StarterTemplates.all.map { TemplateSource(name: $0.name, text: "Иначе {{order_code}}") })
    #expect(try Scan.plan(input).messages.isEmpty, "a changed text is no new message")
    desk.time.advance(.seconds(60))
    #expect(try await desk.run().count(.confirmed) == 1)
    #expect(desk.waha.now.visible == [sent])
    #expect(desk.waha.now.sends == (hadLeft ? [] : [sent]))
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
}
