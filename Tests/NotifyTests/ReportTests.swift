import FoundationEssentials
import Model
import Store
import SystemPackage
import TestKit
import Testing

@testable import Notify

@Suite struct DigestTests {
  private static let day = Day(of: Samples.noon)

  /// Two messages said, one parked, one waiting; one reply and one stop.
  private static func busyDesk() async throws -> Desk {
    let desk = try Desk()
    desk.waha.change { $0.faults = [.noLID] }
    try desk.plan(Desk.orders(3))
    _ = try await desk.run()
    let outbox = try desk.outbox()
    let client = WAHAClient(client: desk.waha, base: "http://w", key: "k", session: "default")
    let messages = [
      InboxTests.message("A1", "77011234561", "Когда привезёте?"),
      InboxTests.message("A2", "77011234562", "СТОП"),
    ].compactMap { IncomingMessage($0) }.map { message in
      var message = message
      message.at = desk.time.now
      return message
    }
    #expect(
      try await Inbox(outbox, waha: client).take(messages, source: "chat", now: desk.time.now).stops == 1)
    try desk.plan([Samples.order("700100009", phone: "7011234569")])
    return desk
  }

  @Test func sumsUpOneDayInTheOwnersLanguage() async throws {
    let content = try await Self.busyDesk().content()
    func text(_ locale: MessageLocale, _ day: Day = Self.day) -> [Substring] {
      OwnerDigest.text(content, shop: Samples.shop, day: day, locale: locale).replacing("\u{A0}", with: " ")
        .split(separator: "\n")
    }
    #expect(
      text(.russian) == [
        "«Demo Home», 23 ноября", "Отправлено: 2, ждут: 1", "Ответов: 1, отписались: 1",
        "Требуют внимания: 1",
      ])
    #expect(text(.kazakh)[1] == "Жіберілді: 2, кезекте: 1")
    #expect(text(.english)[1...] == ["Sent: 2, waiting: 1", "Replies: 1, opted out: 1", "Need a person: 1"])
    #expect(text(.english, Day(number: Self.day.number - 1))[1] == "Sent: 0, waiting: 1")
    let shown = OwnerDigest.text(content, shop: Samples.shop, day: Self.day, locale: .russian)
    for secret in ["77011234", "Алия", "привезёте"] { #expect(!shown.contains(secret)) }
  }

  /// A day is tried once, whatever came of it: a second digest is worse than none.
  @Test(arguments: [nil, FakeWAHA.Fault.timeoutAfter, .timeoutBefore])
  func aDayIsSentOnce(fault: FakeWAHA.Fault?) async throws {
    let desk = try Desk()
    if let fault { desk.waha.change { $0.faults = [fault] } }
    let client = WAHAClient(client: desk.waha, base: "http://w", key: "k", session: "default")
    let owner = try #require(PhoneNumber("77010000002"))
    func send(_ day: Day) async throws -> String {
      try await OwnerDigest.send(
        "x", day: day, to: owner, shop: "demo", waha: client, folder: desk.folder, now: desk.time.now)
    }
    #expect(try await send(Self.day) == (fault == nil ? "accepted" : "timed_out"))
    #expect(try await send(Self.day) == "known")
    #expect(desk.waha.now.sends.count == 1)
    #expect(try await send(Day(number: Self.day.number + 1)) == "accepted")
    #expect(Set(desk.waha.now.sends.map(\.id)).count == 2, "each day has its own id")
  }
}

@Suite struct MetricsTests {
  private static func status(_ content: OutboxContent) -> NotifierStatus {
    NotifierStatus(outbox: content, latest: Samples.noon, orders: 7, now: Samples.noon)
  }

  @Test func everyLineIsOneThatPrometheusReads() async throws {
    let desk = try Desk()
    desk.waha.change { $0.faults = [.noLID] }
    try desk.plan(Desk.orders(3))
    _ = try await desk.run()
    let content = try desk.content()
    let text = NotifierMetrics.text(Self.status(content), content: content, shop: "demo")
    let sample = /kaspi_notifier_[a-z_]+\{shop="demo"(,[a-z]+="[a-z_]+")*\} -?[0-9]+/
    var (named, series): (Set<Substring>, Set<Substring>) = ([], [])
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") {
        #expect(line.hasSuffix(" gauge"))
        #expect(named.insert(line.split(separator: " ")[2]).inserted, "a metric is described twice")
      } else if !line.hasPrefix("# HELP ") {
        #expect(line.wholeMatch(of: sample) != nil, "\(line)")
        #expect(named.contains(line.prefix { $0 != "{" }), "a sample stands before its description")
        #expect(series.insert(line.prefix { $0 != " " }).inserted, "a series is there twice")
      }
    }
    for line in [
      #"kaspi_notifier_messages{shop="demo",state="parked"} 1"#,
      #"kaspi_notifier_messages{shop="demo",state="confirmed"} 2"#,
      #"kaspi_notifier_orders{shop="demo"} 7"#,
      #"kaspi_notifier_last_snapshot_seconds{shop="demo"} 1795417200"#,
      #"kaspi_notifier_sent{shop="demo",event="order_created",variant="main"} 2"#,
    ] {
      #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)\n\(text)")
    }
    for secret in ["7011234", "Алия", "Здравствуйте"] { #expect(!text.contains(secret)) }
  }

  @Test func linesOfOtherProgramsStayAndOursAreReplaced() throws {
    let temporary = try TemporaryFolder()
    let other = "# TYPE kaspi_catalog_offers gauge\nkaspi_catalog_offers{shop=\"demo\"} 5\n"
    let file = try temporary.write("metrics.prom", Array(other.utf8))
    let content = OutboxContent(shop: "demo")
    for _ in 0..<2 {
      try NotifierMetrics.write(Self.status(content), content: content, shop: "demo", to: file)
    }
    let text = String(decoding: try AtomicFile.read(file), as: UTF8.self)
    #expect(text == other + NotifierMetrics.text(Self.status(content), content: content, shop: "demo"))
  }
}
