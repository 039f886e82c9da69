import FoundationEssentials
import Model
import Store
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Notify

/// Runs that are cut off at any moment, and what the next one makes of it.
@Suite struct KilledRunTests {
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
