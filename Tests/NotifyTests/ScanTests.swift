import FoundationEssentials
import Model
import Store
import SystemPackage
import TestKit
import Testing

@testable import Notify

@Suite struct ScanTests {
  @Test func theFirstRunIsSilentAndRemembers() throws {
    let desk = try Desk()
    let outbox = try desk.outbox()
    let plan = try Scan.plan(desk.input(Desk.orders(3), outbox, previous: nil))
    #expect(plan.isSilent && plan.messages.isEmpty && plan.settled.isEmpty)
    try outbox.record(plan, now: desk.time.now)
    #expect(try desk.content().scanned == desk.time.now)
  }

  /// Orders move between the pages of a reading: the first run may miss some.
  @Test func whatTheFirstReadingMissedIsNotToldLater() throws {
    let desk = try Desk()
    let outbox = try desk.outbox()
    let (first, old) = (
      Samples.order("1"), Samples.order("2", created: Samples.noon.advanced(by: .seconds(-60)))
    )
    try outbox.record(try Scan.plan(desk.input([first], outbox, previous: nil)), now: desk.time.now)
    let seen = OrderSnapshot(taken: desk.time.now, orders: [first])
    desk.time.advance(.seconds(600))
    let new = Samples.order("3", created: desk.time.now.advanced(by: .seconds(-30)))
    let plan = try Scan.plan(desk.input([first, old, new], desk.outbox(), previous: seen))
    #expect(plan.messages.map(\.order) == ["3"])
    // Asked for by hand it is planned after all.
    var input = try desk.input([first, old, new], desk.outbox(), previous: seen)
    input.since = Samples.noon.advanced(by: .seconds(-3600))
    #expect(try Scan.plan(input).messages.map(\.order) == ["2", "3"])
    // What happens to it from now on is told like anything else.
    let next = OrderSnapshot(taken: desk.time.now, orders: [first, old, new])
    try outbox.record(plan, now: desk.time.now)
    desk.time.advance(.seconds(600))
    let delivered = Samples.order(
      "2", state: .archive, status: .completed, created: old.created, handedOver: desk.time.now)
    let later = try Scan.plan(desk.input([first, delivered, new], desk.outbox(), previous: next))
    #expect(later.messages.map(\.order) == ["2"])
  }

  @Test func aLanguageWithoutATextIsTold() throws {
    let desk = try Desk()
    var orders = Desk.orders(2)
    for index in orders.indices { orders[index].language = "kk" }
    var input = try desk.input(orders, desk.outbox())
    #expect(try Scan.plan(input).messages.map(\.locale) == [.kazakh, .kazakh])
    input.templates = try TemplateSet(StarterTemplates.all.filter { $0.name != "order_created.kk.mustache" })
    let plan = try Scan.plan(input)
    #expect(plan.messages.map(\.locale) == [.russian, .russian])
    #expect(plan.findings.map(\.rule) == ["template-language"], "once, and not for every order")
  }

  /// Saved answers lack no order that moved between pages: what later ones add is new, however old.
  @Test func whatLaterSavedAnswersAddIsNew() throws {
    let desk = try Desk()
    let folder = SnapshotFolder(desk.temporary.path.appending("orders"))
    var first = OrderSnapshot(taken: Samples.noon, orders: [Samples.order("1")])
    first.isSaved = true
    try folder.write(first)
    #expect(try folder.read(Samples.noon) == first)
    let outbox = try desk.outbox()
    var input = try desk.input([], outbox, previous: nil)
    input.changes = try folder.changes(ChangesQuestion(base: nil, current: Samples.noon))
    try outbox.record(try Scan.plan(input), now: desk.time.now)
    desk.time.advance(.seconds(600))
    let old = Samples.order("2", created: Samples.noon.advanced(by: .seconds(-60)))
    try folder.write(OrderSnapshot(taken: desk.time.now, orders: first.orders + [old]))
    input = try desk.input([], desk.outbox())
    input.changes = try folder.changes(ChangesQuestion(base: Samples.noon, current: desk.time.now))
    #expect(try Scan.plan(input).messages.map(\.order) == ["2"])
  }

  /// Saved answers that are looked at from an earlier moment: nothing happens later than that moment.
  @Test func answersSavedLaterAreLookedAtFromAnEarlierMoment() throws {
    let desk = try Desk()
    let outbox = try desk.outbox()
    let saved = Samples.noon.advanced(by: .seconds(200 * 86_400))
    var input = try desk.input([Samples.order("1")], outbox, previous: nil)
    input.changes.taken = saved
    try outbox.record(try Scan.plan(input), now: desk.time.now)
    #expect(try desk.content().horizon == Samples.noon)
    desk.time.advance(.seconds(3600))
    let new = Samples.order("2", created: desk.time.now.advanced(by: .seconds(-60)))
    let done = Samples.order("1", state: .archive, status: .completed, handedOver: Samples.noon)
    input = try desk.input(
      [done, new], desk.outbox(), previous: OrderSnapshot(taken: saved, orders: [Samples.order("1")]))
    for index in input.changes.events.indices where input.changes.events[index].kind == .orderDelivered {
      input.changes.events[index].occurred = saved.advanced(by: .seconds(60))
    }
    let plan = try Scan.plan(input)
    #expect(plan.messages.map(\.order).sorted() == ["1", "2"])
    #expect(plan.delivered.map(\.at) == [desk.time.now])
  }

  @Test func aLostOutboxIsSilent() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(2))
    #expect(try await desk.run().count(.confirmed) == 2)
    try FileManager.default.removeItem(atPath: desk.folder.string)
    let outbox = try desk.outbox()
    // A fresh outbox is at no snapshot, so there is nothing to compare with.
    #expect(outbox.content.scanned == nil)
    let plan = try Scan.plan(desk.input(Desk.orders(2), outbox, previous: nil))
    try outbox.record(plan, now: desk.time.now)
    #expect(try await desk.run().entries.isEmpty)
    #expect(desk.waha.now.visible.count == 2)
  }

  @Test func sinceLiftsTheSilenceForWhatIsNewer() throws {
    let desk = try Desk()
    var input = try desk.input(
      [
        Samples.order("1", created: Samples.noon.advanced(by: .seconds(-7200))),
        Samples.order("2", created: Samples.noon.advanced(by: .seconds(-60))),
      ], desk.outbox(), previous: nil)
    input.since = Samples.noon.advanced(by: .seconds(-3600))
    #expect(try Scan.plan(input).messages.map(\.order) == ["2"])
  }

  @Test func aBaseThatIsGoneIsSilentAndSaysSo() throws {
    let desk = try Desk()
    try desk.plan([])
    let plan = try Scan.plan(desk.input(Desk.orders(1), desk.outbox(), previous: nil))
    #expect(plan.isSilent)
    #expect(plan.findings.map(\.rule) == ["base-missing"])
  }

  @Test func scanningTwicePlansOnce() throws {
    let desk = try Desk()
    #expect(try desk.plan(Desk.orders(2)).messages.count == 2)
    #expect(try desk.plan(Desk.orders(2)).messages.isEmpty)
  }

  @Test func nobodyToWriteToIsAReasonNotAnError() throws {
    let desk = try Desk()
    let plan = try desk.plan([
      Samples.order("1", phone: "0000000000"), Samples.order("2", phone: nil),
      Samples.order("3", phone: "79161234567"),
    ])
    #expect(plan.messages.isEmpty)
    #expect(plan.settled.map(\.reason) == ["masked_phone", "no_phone", "not_mobile"])
    #expect(plan.settled.allSatisfy { $0.state == .skipped })
  }

  @Test func tooLateIsExpiredAndOptedOutIsObeyed() throws {
    let desk = try Desk()
    let phone = try #require(PhoneNumber("7011234560"))
    try desk.outbox().optOut(phone, source: "owner", now: desk.time.now)
    let plan = try desk.plan([
      Samples.order("1", phone: phone.digits),
      Samples.order("2", created: Samples.noon.advanced(by: .seconds(-86_400)), phone: "7011234561"),
    ])
    #expect(plan.settled.map(\.state) == [.optedOut, .expired])
  }

  @Test func onlyTheFirstMessageToAPersonCarriesTheOptOutLine() throws {
    let desk = try Desk()
    let plan = try desk.plan(["1", "2"].map { Samples.order($0) })
    #expect(plan.messages.map { $0.text.contains("СТОП") } == [true, false])
  }

  @Test func anOvertakenMessageIsNotSent() async throws {
    let desk = try Desk()
    try desk.plan([Samples.order("1")])
    let outbox = try desk.outbox()
    let cancelled = Samples.order("1", state: .archive, status: .cancelled)
    let plan = try Scan.plan(
      desk.input(
        [cancelled], outbox, previous: OrderSnapshot(taken: Samples.noon, orders: [Samples.order("1")])))
    #expect(plan.overtaken.count == 1)
    try outbox.record(plan, now: desk.time.now)
    #expect(try await desk.run().entries.isEmpty)
    #expect(try desk.content().entries(in: .skipped).map(\.reason) == ["overtaken"])
  }

  @Test func aMissingTemplatePlansNothing() throws {
    let desk = try Desk()
    var input = try desk.input(Desk.orders(1), desk.outbox())
    input.templates = try TemplateSet([
      TemplateSource(name: "order_created.ru.mustache", text: "x {{order_code}}")
    ])
    #expect(throws: TemplateProblems.self) { try Scan.plan(input) }
  }

  @Test func aTextThatCannotBeMadeIsParkedAndReported() throws {
    let desk = try Desk()
    var input = try desk.input(Desk.orders(1), desk.outbox())
    input.templates = try TemplateSet(
      StarterTemplates.all.filter { !$0.name.hasPrefix("order_created") } + [
        TemplateSource(name: "order_created.ru.mustache", text: "{{#pickup}}x{{/pickup}}")
      ])
    let plan = try Scan.plan(input)
    #expect(plan.settled.map(\.reason) == ["template_blank"])
    #expect(plan.findings.map(\.rule) == ["template-blank"])
  }

  @Test func rulesThatDoNotSendPlanNothing() throws {
    let desk = try Desk()
    var input = try desk.input(Desk.orders(1), desk.outbox())
    input.rules = input.rules.map {
      var rule = $0
      rule.isSent = false
      return rule
    }
    let plan = try Scan.plan(input)
    #expect(plan.messages.isEmpty && plan.settled.isEmpty)
    #expect(plan.events == [.orderCreated: 1, .orderAccepted: 1])
  }

  @Test func theIdentityKnowsNothingOfTemplatesAndTime() throws {
    let desk = try Desk()
    let first = try Scan.plan(desk.input(Desk.orders(1), desk.outbox()))
    desk.time.advance(.seconds(60))
    var input = try desk.input(Desk.orders(1), desk.outbox())
    input.templates = try TemplateSet(
      StarterTemplates.all.map { TemplateSource(name: $0.name, text: "Иначе {{order_code}}") })
    let second = try Scan.plan(input)
    #expect(first.messages.map(\.identity) == second.messages.map(\.identity))
    #expect(first.messages.map(\.messageID) == second.messages.map(\.messageID))
    #expect(first.messages.map(\.text) != second.messages.map(\.text))
  }

  @Test func theMessageIdIsTheContractsForm() throws {
    let identity = MessageIdentity(shop: "demo", order: "1", event: .orderCreated, recipient: "77011234567")
    #expect(identity.messageID.count == 22)
    #expect(identity.messageID.hasPrefix("3EB0"))
    #expect(identity.messageID == identity.messageID.uppercased())
    // Pinned: another value would let every message of a running shop go out once more.
    #expect(identity.digest == Digest.sha256(Array(#"["demo","1","order_created","77011234567",0]"#.utf8)))
    let others = [
      MessageIdentity(shop: "demo2", order: "1", event: .orderCreated, recipient: "77011234567"),
      MessageIdentity(shop: "demo", order: "11", event: .orderCreated, recipient: "77011234567"),
      MessageIdentity(shop: "demo", order: "1", event: .orderDelivered, recipient: "77011234567"),
      MessageIdentity(shop: "demo", order: "1", event: .orderCreated, recipient: "77011234568"),
      MessageIdentity(shop: "demo", order: "1", event: .orderCreated, recipient: "77011234567", counter: 1),
    ]
    #expect(Set(others + [identity]).count == 6)
  }
}

@Suite struct OutboxTests {
  @Test func theJournalBelongsToItsOwnerAlone() throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(1))
    let attributes = try FileManager.default.attributesOfItem(
      atPath: desk.folder.appending("journal.jsonl").string)
    #expect((attributes[.posixPermissions] as? Int) == 0o600)
  }

  @Test func textAndIdAreOnDiskBeforeAnythingIsSent() throws {
    let desk = try Desk()
    let plan = try desk.plan(Desk.orders(1))
    let entry = try #require(try desk.content().entries.values.first)
    #expect(entry.text == plan.messages[0].text && entry.messageID == plan.messages[0].messageID)
    #expect(entry.state == .planned && desk.waha.now.sends.isEmpty)
  }

  @Test func everyRecordComesBackAsItWas() throws {
    let desk = try Desk()
    let plan = try desk.plan([Samples.order("1"), Samples.order("2", phone: nil)])
    let phone = try #require(PhoneNumber("77011234567"))
    var full = plan.messages[0]
    (full.variant, full.attachment, full.media) = ("b", Attachment(kind: .image, file: "x.jpg"), .unknown)
    (full.attempts, full.firstReserved, full.state) = (2, Samples.noon, .parked)
    let records: [OutboxRecord] = [
      .header(shop: "demo", at: Samples.noon), .planned(plan.messages[0]), .settled(plan.settled[0]),
      .moved(identity: "x", to: .reserved, reason: "r", isNewContact: true, at: Samples.noon),
      .moved(identity: "x", to: .accepted, reason: nil, isNewContact: false, at: Samples.noon),
      .scanned(snapshot: Samples.noon, at: Samples.noon),
      .scanned(snapshot: Samples.noon, horizon: Samples.noon, at: Samples.noon),
      .stop(Contact(phone, shop: "demo"), source: "chat", at: Samples.noon),
      .start(Contact(phone, shop: "demo").forgotten, source: "chat", at: Samples.noon),
      .consent(Contact(phone, shop: "demo"), source: "order 1", at: Samples.noon),
      .language(Contact(phone, shop: "demo"), .kazakh, at: Samples.noon),
      .hold(until: Samples.noon, reason: "463", at: Samples.noon), .release(at: Samples.noon),
      .retried(identity: "x", due: Samples.noon, expires: Samples.noon, at: Samples.noon),
      .media(identity: "x", to: .reserved, at: Samples.noon),
      .attempted(SendAttempt(at: Samples.noon, isNew: true)), .delivered(order: "1", at: Samples.noon),
      .number(phone, chat: "77011234567@c.us", at: Samples.noon), .number(phone, chat: nil, at: Samples.noon),
      .alias("120@lid", phone, at: Samples.noon), .looked(until: Samples.noon, at: Samples.noon),
      .reply(
        Reply(id: "A", contact: Contact(phone, shop: "demo"), intent: .other, text: "т", at: Samples.noon)),
      .closed(plan.messages[0].closed(shop: "demo")), .kept(full),
    ]
    for record in records { #expect(OutboxRecord(record.json, shop: "demo") == record) }
    #expect(plan.settled[0].recipient == nil)
  }

  @Test func anotherShopsOutboxIsRefused() throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(1))
    #expect(throws: StoreError.self) { try Outbox.open(desk.folder, shop: "other", now: Samples.noon) }
  }

  @Test(arguments: [
    [#"{"record":"scanned","snapshot":"2026-11-23T07:00:00Z","at":"2026-11-23T07:00:00Z"}"#],
    [#"{"record":"outbox","format":3,"shop":"demo","at":"2026-11-23T07:00:00Z"}"#],
    [
      #"{"record":"outbox","format":1,"shop":"demo","at":"2026-11-23T07:00:00Z"}"#,
      #"{"record":"moved","identity":"x","to":"accepted","at":"2026-11-23T07:00:00Z"}"#,
    ],
    [
      #"{"record":"outbox","format":1,"shop":"demo","at":"2026-11-23T07:00:00Z"}"#,
      #"{"record":"later","at":"2026-11-23T07:00:00Z"}"#,
    ],
  ])
  func aJournalThatDoesNotFollowIsRefused(lines: [String]) throws {
    let desk = try Desk()
    let (journal, _, _) = try Journal.open(desk.folder.appending("journal.jsonl"))
    for line in lines { try journal.append(try JSONValue(parsing: Array(line.utf8))) }
    let error = #expect(throws: StoreError.self) { try desk.outbox() }
    #expect(error?.code == .damaged)
    #expect(throws: StoreError.self) { try desk.content() }
  }

  @Test func entriesPrintNeitherPhoneNorTextNorName() throws {
    let desk = try Desk()
    let plan = try desk.plan(Desk.orders(1))
    let entry = plan.messages[0]
    var dumped = ""
    dump(plan.messages, to: &dumped)
    let summary = String(decoding: CanonicalJSON.document(plan.summary), as: UTF8.self)
    let status = NotifierStatus(outbox: try desk.content(), latest: nil, orders: 0, now: Samples.noon)
    let shown = "\(entry) \(String(reflecting: entry)) \(dumped) \(summary) \(status.summary)"
    for secret in [entry.recipient?.digits ?? "", "1234560", "Алия", "Здравствуйте"] {
      #expect(!shown.contains(secret), "\(secret) is shown")
    }
    #expect(shown.contains("+7 701 ***-**-60"))
  }

  @Test func noStateIsLeftByAnUnlistedWay() {
    // What is final stays so, unless a person says otherwise.
    for state in OutboxState.allCases where state.isFinal {
      #expect(state.successors.isSubset(of: [.planned, .skipped]), "\(state)")
    }
    for state in OutboxState.allCases where !state.isFinal { #expect(!state.successors.isEmpty) }
  }
}
