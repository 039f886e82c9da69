import Model
import Testing

@testable import Notify

/// Messages of which an answer does not tell whether they left.
@Suite struct DoubtTests {
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

  /// A version that should take ids and does not: nothing is sent again under one.
  @Test(arguments: [nil, .lostAfter, .timeoutBefore] as [FakeWAHA.Fault?], [0, 1_000])
  func aServerThatIgnoresIDsShowsEachMessageOnce(later: FakeWAHA.Fault?, lag: Int) async throws {
    let desk = try Desk()
    desk.waha.change {
      $0.ignoresIDs = true
      $0.dropsRepeats = false
      $0.lag = lag
    }
    try desk.plan(Desk.orders(1))
    _ = try await desk.run()
    if let later { desk.waha.change { $0.faults = [.foreignIdAfter, later] } }
    try desk.plan(Desk.orders(4))
    for _ in 0..<4 {
      _ = try await desk.run()
      desk.time.advance(.seconds(60))
    }
    let seen = Dictionary(grouping: desk.waha.now.visible, by: \.text).mapValues(\.count)
    #expect(seen.values.allSatisfy { $0 == 1 }, "\(seen.values)")
    #expect(seen.count == (later == .timeoutBefore ? 3 : 4))
    for entry in try desk.content().entries.values {
      #expect([.accepted, .confirmed, .parked].contains(entry.state), "\(entry)")
    }
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

  @Test(arguments: 0...8, [true, false])
  func aLoneMessageThatIsStoredLateIsWaitedFor(lag: Int, dropsRepeats: Bool) async throws {
    // A server that shows every copy is not asked for more patience than there is.
    if lag > 5, !dropsRepeats { return }
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [.timeoutAfter]
      $0.lag = lag
      $0.dropsRepeats = dropsRepeats
    }
    try desk.plan(Desk.orders(1))
    let start = desk.time.now
    let report = try await desk.run()
    #expect(report.sends == (lag > 5 ? 2 : 1))
    #expect(Set(desk.waha.now.sends.map(\.id)).count == 1)
    #expect(desk.waha.now.visible.count == 1)
    if lag > 5 { #expect(desk.time.now.since(start) >= .seconds(60), "a minute of patience") }
  }

  @Test(arguments: FakeWAHA.Fault.allCases, [0, 3, 5, 9, 1000])
  func aLaggingStoreNeverDoublesWhereOtherMessagesFollow(fault: FakeWAHA.Fault, lag: Int) async throws {
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [fault]
      $0.lag = lag
      $0.dropsRepeats = false
    }
    try desk.plan(Desk.orders(4))
    for _ in 0..<8 {
      _ = try await desk.run()
      desk.time.advance(.seconds(120))
    }
    let seen = Dictionary(grouping: desk.waha.now.visible, by: \.id).mapValues(\.count)
    #expect(seen.values.allSatisfy { $0 == 1 }, "somebody got a message twice")
    for entry in try desk.content().entries.values {
      switch entry.state {
      case .confirmed, .accepted: #expect(seen[entry.messageID] == 1)
      case .planned, .refused: #expect(seen[entry.messageID] == nil)
      case .parked: #expect(entry.reason != nil)
      default: Issue.record("\(entry)")
      }
    }
  }

  @Test func aLaterMessageTellsThatAnEarlierOneNeverArrived() async throws {
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [.timeoutBefore]
      $0.lag = 2
      $0.dropsRepeats = false
    }
    let ids = try desk.plan(Desk.orders(3)).messages.map(\.messageID)
    let start = desk.time.now
    let report = try await desk.run()
    #expect(desk.waha.now.sends.map(\.id) == [ids[0], ids[1], ids[0], ids[2]])
    #expect(desk.time.now.since(start) <= .seconds(30), "nobody waits for what is known")
    #expect(report.sends == 4 && desk.waha.now.visible.count == 3)
  }

  @Test func aStoreThatShowsNothingIsNoProofOfAbsence() async throws {
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [.timeoutBefore]
      $0.lag = 1000
    }
    try desk.plan(Desk.orders(3))
    let report = try await desk.run()
    #expect(report.count(.unknown) == 1 && report.sends == 3)
    #expect(report.notes == ["store_lags"])
    desk.time.advance(.seconds(601))
    let next = try await desk.run()
    #expect(next.count(.parked) == 1 && next.sends == 0)
  }

  @Test func aLookThatFailsDoesNotCount() async throws {
    let desk = try Desk()
    desk.waha.change {
      $0.faults = [.timeoutAfter]
      $0.lag = 3
      $0.badReads = 4
      $0.dropsRepeats = false
    }
    try desk.plan(Desk.orders(1))
    #expect(try await desk.run().sends == 1)
    #expect(desk.waha.now.visible.count == 1)
  }

  @Test func whatAPersonIsToHearNextDoesNotOvertake() async throws {
    let desk = try Desk()
    desk.waha.change { $0.faults = [.timeoutBefore] }
    let ids = try desk.plan([
      Samples.order("1", phone: "7011234560"), Samples.order("2", phone: "7011234560"),
    ]).messages.map(\.messageID)
    _ = try await desk.run()
    #expect(desk.waha.now.visible.map(\.id) == ids)
  }

  @Test func withManyDoubtsNothingNewIsSent() async throws {
    let desk = try Desk()
    desk.waha.change { $0.faults = Array(repeating: .timeoutBefore, count: 3) }
    let ids = try desk.plan(Desk.orders(4)).messages.map(\.messageID)
    _ = try await desk.run()
    #expect(desk.waha.now.sends.prefix(6).compactMap(\.id) == Array(ids.prefix(3) + ids.prefix(3)))
    #expect(Set(desk.waha.now.visible.map(\.id)) == Set(ids))
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
}
