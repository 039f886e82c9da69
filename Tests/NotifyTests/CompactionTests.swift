import FoundationEssentials
import Model
import Store
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Notify

@Suite struct CompactionTests {
  static let year = Duration.seconds(365 * 86_400)

  @Test func identitiesStopsAndAcquaintanceStayForEver() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(3))
    let phone = try #require(PhoneNumber("77011234569"))
    try desk.outbox().optOut(phone, source: "chat", now: desk.time.now)
    _ = try await desk.run()
    let before = try desk.content()
    desk.time.advance(Self.year)
    let outbox = try desk.outbox()
    let report = try outbox.compact(before: desk.time.now.advanced(by: .seconds(-86_400)), now: desk.time.now)
    #expect(report.closed == 3)
    let bytes = String(decoding: try desk.temporary.read("outbox/journal.jsonl"), as: UTF8.self)
    for secret in ["7701123456", "Здравствуйте", "Алия"] { #expect(!bytes.contains(secret), "\(secret)") }
    let after = try desk.content()
    #expect(
      after.counts == before.counts && after.scanned == before.scanned
        && after.firstScanned == before.firstScanned && after.horizon == before.horizon)
    #expect(Set(after.closed.keys) == Set(before.entries.keys))
    let buyer = try #require(PhoneNumber("77011234560"))
    #expect(after.isKnown(buyer) && after.hasOptedOut(phone) && !after.hasOptedOut(buyer))
    // The same orders again, and a base that makes every event anew: nothing is said twice.
    let again = try Scan.plan(desk.input(Desk.orders(3), try desk.outbox()))
    #expect(again.messages.isEmpty)
    #expect(try await desk.run().sends == 0)
    // And the compacted journal goes on: a new order of a known person is planned and sent.
    let fresh = Samples.order("700900000", created: desk.time.now, phone: "7011234560")
    #expect(try desk.plan([fresh]).messages.count == 1)
    #expect(try await desk.run().count(.confirmed) == 1)
  }

  @Test func whatStillWaitsIsKeptWordForWord() async throws {
    let desk = try Desk()
    desk.waha.change { $0.faults = [.noLID, .timeoutBefore] }
    try desk.plan(Desk.orders(3))
    _ = try await desk.run()
    let before = try desk.content()
    try desk.outbox().compact(before: desk.time.now.advanced(by: .seconds(-86_400)), now: desk.time.now)
    let after = try desk.content()
    #expect(after.entries == before.entries && after.identities == before.identities)
    #expect(after.attempts == before.attempts)
    for (digest, person) in before.people {
      #expect(after.people[digest]?.visible == person.visible && after.people[digest]?.phone == person.phone)
      #expect(after.people[digest]?.consent?.source == person.consent?.source)
    }
  }

  @Test func forgettingAPersonKeepsOnlyFingerprints() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(2))
    _ = try await desk.run()
    let phone = try #require(PhoneNumber("77011234560"))
    try desk.outbox().optOut(phone, source: "chat", now: desk.time.now)
    #expect(try desk.outbox().forget(phone, now: desk.time.now) == 1)
    let bytes = String(decoding: try desk.temporary.read("outbox/journal.jsonl"), as: UTF8.self)
    #expect(!bytes.contains("77011234560") && bytes.contains("77011234561"))
    let content = try desk.content()
    #expect(content.hasOptedOut(phone), "a stop outlives the person's data")
    #expect(content.isKnown(phone) && content.closed(of: phone).count == 1)
    #expect(try Scan.plan(desk.input(Desk.orders(2), try desk.outbox())).messages.isEmpty)
  }

  /// A kill while the journal is replaced leaves the old one or the new one, and both say the same.
  @Test func aKilledCompactionChangesNothing() throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(2))
    let before = try desk.content()
    // What a killed writer leaves beside the journal is not read.
    try desk.temporary.write("outbox/.kaspi-new-abc-journal.jsonl", Array("{".utf8))
    #expect(try desk.content().entries == before.entries)
  }
}

@Suite struct ByHandTests {
  private func parked() async throws -> (Desk, OutboxEntry) {
    let desk = try Desk()
    desk.waha.change { $0.faults = [.noLID] }
    try desk.plan(Desk.orders(1))
    _ = try await desk.run()
    return (desk, try #require(try desk.content().entries(in: .parked).first))
  }

  @Test func aRetryGoesOutWithItsOldTextAndId() async throws {
    let (desk, entry) = try await parked()
    try desk.outbox().retry(entry.identity, now: desk.time.now)
    #expect(try await desk.run().count(.confirmed) == 1)
    #expect(desk.waha.now.visible.map(\.id) == [entry.messageID])
    #expect(desk.waha.now.visible.map(\.text) == [entry.text])
  }

  @Test func whatMayHaveArrivedIsLookedForBeforeItIsSentAgain() async throws {
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [.timeoutAfter]
      $0.lag = 100
    }
    try desk.plan(Desk.orders(1))
    let outbox = try desk.outbox()
    let entry = try #require(outbox.content.waiting.first)
    try outbox.move(entry.identity, to: .reserved, at: desk.time.now)
    desk.waha.change { $0.visible = [.init(chat: "77011234560@c.us", id: entry.messageID, text: entry.text)] }
    desk.time.advance(.seconds(3600))
    #expect(try await desk.run().count(.parked) == 1)
    desk.waha.change { $0.lag = 0 }
    try desk.outbox().retry(entry.identity, now: desk.time.now)
    let report = try await desk.run()
    #expect(report.count(.confirmed) == 1 && report.sends == 0)
    #expect(desk.waha.now.visible.count == 1)
  }

  @Test func parkResumeAndDropLeadWhereTheySay() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(2))
    let outbox = try desk.outbox()
    let (first, second) = (outbox.content.waiting[0].identity, outbox.content.waiting[1].identity)
    try outbox.park(first, now: desk.time.now)
    try outbox.drop(second, now: desk.time.now)
    #expect(try await desk.run().sends == 0)
    #expect(throws: OutboxRefusal.self) { try outbox.park(second, now: desk.time.now) }
    let again = try desk.outbox()
    try again.resume(first, now: desk.time.now)
    #expect(throws: OutboxRefusal.self) { try again.resume(second, now: desk.time.now) }
    #expect(throws: OutboxRefusal.self) { try again.retry(second, now: desk.time.now) }
    #expect(try await desk.run().count(.confirmed) == 1)
  }

  @Test func deadLettersFollowTheJournalAndBelongToTheirOwner() async throws {
    let (desk, entry) = try await parked()
    let names = try DeadLetters.write(try desk.content(), in: desk.folder)
    #expect(names == ["700100000-order_created-\(entry.shortID).json"])
    let path = desk.folder.appending("dead").appending(names[0])
    let mode = try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions]
    #expect((mode as? Int) == 0o600)
    #expect(try JSONValue(parsing: try AtomicFile.read(path))["text"]?.string == entry.text)
    try desk.outbox().drop(entry.identity, now: desk.time.now)
    #expect(try DeadLetters.write(try desk.content(), in: desk.folder).isEmpty)
    #expect(try Folder.files(in: desk.folder.appending("dead")).isEmpty)
  }

  @Test func theAuditLogIsAChain() async throws {
    let (desk, _) = try await parked()
    let log = desk.temporary.path.appending("audit.jsonl")
    #expect(try AuditLog.append(try desk.content(), to: log, now: desk.time.now) == 1)
    #expect(try AuditLog.append(try desk.content(), to: log, now: desk.time.now) == 0, "nothing new")
    try desk.plan(Desk.orders(3))
    _ = try await desk.run()
    #expect(try AuditLog.append(try desk.content(), to: log, now: desk.time.now) == 2)
    #expect(try AuditLog.verify(log) == 3)
    let text = String(decoding: try AtomicFile.read(log), as: UTF8.self)
    for secret in ["7701123456", "Здравствуйте", "Алия"] { #expect(!text.contains(secret)) }
    // A line taken out breaks the chain, although every line's own checksum is right.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    try desk.temporary.write("audit.jsonl", Array((lines[0] + "\n" + lines[2] + "\n").utf8))
    let error = #expect(throws: StoreError.self) { try AuditLog.verify(log) }
    #expect(error?.code == .damaged)
  }

  @Test(arguments: [nil, FakeWAHA.Fault.timeoutAfter, .timeoutBefore])
  func aPictureIsTriedOnceWhateverBecomesOfIt(fault: FakeWAHA.Fault?) async throws {
    let desk = try Desk()
    desk.waha.change { $0.mediaFault = fault }
    try desk.temporary.write("x.jpg", [0xFF, 0xD8, 0xFF])
    let outbox = try desk.outbox()
    var input = try desk.input(Desk.orders(1), outbox)
    input.rules[0].attachment = Attachment(kind: .image, file: "x.jpg")
    try outbox.record(try Scan.plan(input), now: desk.time.now)
    let media = MediaSource(workspace: desk.temporary.path)
    for _ in 0..<3 {
      let client = WAHAClient(client: desk.waha, base: "http://w", key: "k", session: "default")
      _ = try await Sender(
        waha: client, settings: desk.settings, time: desk.time.keeper, seed: 1, media: media
      ).run(try desk.outbox())
    }
    #expect(desk.waha.now.visible.count == 1, "the text comes first, and once")
    #expect(desk.waha.now.calls.count { $0.hasSuffix("/api/sendImage") } == 1)
    let entry = try #require(try desk.content().entries.values.first)
    #expect(entry.media == (fault == nil ? .accepted : .unknown))
  }

  @Test func onlyPicturesThatWhatsAppTakesAndFilesOfTheWorkspaceAreSent() throws {
    let temporary = try TemporaryFolder()
    let media = MediaSource(workspace: temporary.path.appending("w"))
    try temporary.write("w/a.jpg", [0xFF, 0xD8, 0xFF])
    try temporary.write("w/b.jpg", Array("PNG".utf8))
    try temporary.write("w/c.pdf", [])
    try temporary.write("secret.jpg", [0xFF, 0xD8, 0xFF])
    #expect(media.objection(to: Attachment(kind: .image, file: "a.jpg")) == nil)
    for file in ["b.jpg", "c.pdf", "d.jpg", "../secret.jpg"] {
      #expect(media.objection(to: Attachment(kind: .image, file: file)) != nil, "\(file)")
    }
    for (bytes, text) in [([], ""), ([0x66], "Zg=="), ([0x66, 0x6F], "Zm8="), ([0x66, 0x6F, 0x6F], "Zm9v")] {
      #expect(Base64.text(bytes.map { UInt8($0) }) == text)
    }
  }
}

@Suite struct MonthTests {
  /// A month of a shop that has more to say than it may, run every two hours, with every run a new process.
  @Test func aMonthKeepsEveryCapEveryNightAndEveryBuyer() async throws {
    let start = Samples.moment("2026-12-10T00:00:00+05:00")
    var desk = try Desk(start: start)
    let pacing = Pacing(
      gap: .seconds(30) ... .seconds(60), block: 5, blockPause: .seconds(300) ... .seconds(600), hourly: 12,
      daily: 30, dailyNew: 8, showsTyping: false)
    desk.settings = SendSettings(pacing: pacing, checksNumbers: false, readsInbox: false)
    let sent = Sent()
    let time = desk.time
    desk.waha.change { state in
      state.onCall = { state, isAfter in
        if isAfter { sent.note(state.sends.count, state.sends.last?.chat, at: time.now) }
      }
    }
    var previous: [Order] = []
    var taken = start.advanced(by: .seconds(-3600))
    for day in 0..<31 {
      let fresh = (0..<12).map { number in
        // Half of the buyers come again and again.
        let buyer = number < 6 ? number : 100 + day * 12 + number
        return Samples.order(
          "\(700_000_000 + day * 100 + number)", created: time.now,
          phone: "701\(1_000_000 + buyer)")
      }
      let outbox = try desk.outbox()
      var input = try desk.input(
        previous + fresh, outbox, previous: OrderSnapshot(taken: taken, orders: previous))
      input.rules = [
        NotificationRule(event: .orderCreated, isSent: true, delay: .zero, latest: .seconds(4 * 86_400))
      ]
      try outbox.record(try Scan.plan(input), now: time.now)
      (previous, taken) = (previous + fresh, time.now)
      let morning = start.advanced(by: .seconds(day * 86_400))
      for hour in stride(from: 0, to: 24, by: 2) {
        let moment = morning.advanced(by: .seconds(hour * 3600))
        if time.now < moment { time.advance(moment.since(time.now)) }
        let report = try await desk.run()
        #expect(report.stopped == nil)
      }
      let midnight = start.advanced(by: .seconds((day + 1) * 86_400))
      if time.now < midnight { time.advance(midnight.since(time.now)) }
    }
    let moments = sent.all
    let quiet = QuietHours.standard
    #expect(moments.count > 300)
    var (perDay, newPerDay, met): ([Day: Int], [Day: Int], Set<String>) = ([:], [:], [])
    for (index, message) in moments.enumerated() {
      #expect(!quiet.isQuiet(at: message.at), "at \(message.at.almaty)")
      if index > 0 { #expect(message.at.since(moments[index - 1].at) >= .seconds(30)) }
      let hour = moments[...index].reversed().prefix { message.at.since($0.at) < .seconds(3600) }.count
      #expect(hour <= 12)
      perDay[Day(of: message.at), default: 0] += 1
      if met.insert(message.chat).inserted { newPerDay[Day(of: message.at), default: 0] += 1 }
    }
    #expect(perDay.values.allSatisfy { $0 <= 30 } && newPerDay.values.allSatisfy { $0 <= 8 })
    let content = try desk.content()
    #expect(Set(desk.waha.now.visible.map(\.id)).count == desk.waha.now.visible.count)
    let ended = content.entries.values.filter { $0.state != .planned }
    #expect(ended.allSatisfy { $0.state == .confirmed || $0.state == .accepted || $0.state == .expired })
    let (waiting, old) = (content.entries(in: .planned), time.now.advanced(by: .seconds(-5 * 86_400)))
    #expect(waiting.allSatisfy { $0.due > old }, "nothing is dropped and nothing waits for ever")
  }

  /// What was sent, to whom and when.
  final class Sent: Sendable {
    private let state = Mutex<[(chat: String, at: Instant)]>([])
    var all: [(chat: String, at: Instant)] { state.withLock { $0 } }

    func note(_ count: Int, _ chat: String?, at: Instant) {
      state.withLock { list in
        if count > list.count, let chat { list.append((chat, at)) }
      }
    }
  }
}
