import FoundationEssentials
import Store
import SystemPackage
import TestKit
import Testing

/// Every buyer hears exactly once, whatever the server answers and whenever the program dies.
///
/// Kills fall at random points of the work, not of the clock: a run dies once its journal has grown by a random number of bytes
/// and a few random milliseconds more have passed; every tenth dies while it starts. What they interrupted is counted from the journal.
///
/// The counts are small here; `KASPI_PROOF_ORDERS`, `KASPI_PROOF_KILLS` and `KASPI_PROOF_SEED` change them, and
/// `KASPI_PROOF_PROGRAMS` names a folder with release builds of notifier and simulator to prove those.
@Suite struct KillProofTests {
  private static let size = KillProof.Size(ProcessInfo.processInfo.environment)

  /// Numbers that are not on WhatsApp end so.
  private static let missing = "99"

  @Test(arguments: ["once", "none"])
  func everyMessageIsSeenOnceAndNothingIsLost(dedupe: String) async throws {
    try await SimulatorProcess.with(program: Self.size.programs?.appending("kaspi-simulator")) { simulator in
      var proof = try KillProof(simulator, Self.size)
      try await proof.plan()
      try await simulator.control(
        "POST", "/waha",
        [
          "dedupe": .string(dedupe), "missingSuffixes": [.string(Self.missing)], "ackStep": 1,
          "chaos": [
            "seed": .integer(Self.size.seed), "share": 20, "rare": 4, "hang": 600, "unacked": 1, "lag": 3,
          ],
        ])
      try await proof.sendAndDie()
      try await proof.sendToTheEnd()
      try await Self.judge(proof, simulator, dedupe: dedupe)
      // Once more, with everything well: nothing is left to say.
      try await simulator.control("POST", "/waha", ["chaos": .null])
      let before = try await Self.sends(simulator)
      try await proof.sendAgain()
      #expect(try await Self.sends(simulator) == before, "a second run is silent")
    }
  }

  private static func list(_ counts: [String: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  private static func sends(_ simulator: SimulatorProcess) async throws -> Int {
    try #require(try await simulator.control("GET", "/state")["sends"]?.int)
  }

  /// What the journal says of all messages.
  private struct Story {
    /// Message ids by identity, as planned.
    var planned: [String: String] = [:]
    /// Orders by message id.
    var orders: [String: String] = [:]
    /// The last state and reason by identity, and when it came to that.
    var last: [String: (state: String, reason: String, at: String)] = [:]
    /// Kills after the reservation was on disk and before the answer was.
    var bitten = 0
    /// Of these, messages that had been taken by the server.
    var wereThere = 0
    /// Of these, messages that were not found and went out again under their id.
    var repeated = 0
    /// Answers to sends by what they meant, beside good ones.
    var answers: [String: Int] = [:]

    init(_ journal: [JSONValue]) {
      var interrupted: Set<String> = []
      for record in journal {
        guard let identity = record["identity"]?.string else { continue }
        let (state, reason) = (record["state"]?.string ?? record["to"]?.string, record["reason"]?.string)
        if record["record"]?.string == "planned", let message = record["message"]?.string {
          planned[identity] = message
          orders[message] = record["order"]?.string
        }
        guard let state else { continue }
        let before = last[identity]?.state
        last[identity] = (state, reason ?? "", record["at"]?.string ?? "")
        if state == "unknown", reason == "interrupted" {
          bitten += 1
          interrupted.insert(identity)
          continue
        }
        if before == "reserved", let reason, state != "accepted" { answers[reason, default: 0] += 1 }
        if state != "unknown", interrupted.remove(identity) != nil {
          if state == "accepted" { wereThere += 1 }
          if state == "reserved" { repeated += 1 }
        }
      }
    }
  }

  private static func judge(
    _ proof: KillProof, _ simulator: SimulatorProcess, dedupe: String
  ) async throws {
    let size = proof.size
    let story = Story(try Journal.read(proof.journal))
    #expect(story.planned.count == size.orders, "every order has its message")
    #expect(Set(story.orders.values) == Set((0..<size.orders).map(KillProof.code)))
    // What the phones show, and whether each message is on the right one.
    var visible: [String: Int] = [:]
    for message in try await simulator.messages() {
      let (id, text) = (try #require(message["id"]?.string), try #require(message["text"]?.string))
      visible[id, default: 0] += 1
      let order = try #require(story.orders[id], "something else was said")
      let index = try #require(Int(order)) - 800_000_000
      #expect(message["chat"]?.string == KillProof.chat(index) && text.contains(order), "order \(order)")
    }
    let twice = visible.filter { $0.value != 1 }
    #expect(twice.isEmpty, "nobody hears twice: \(twice.keys.sorted().prefix(5))")
    var (parked, parkedAndSeen, pending, unacknowledged, skipped) = (0, 0, 0, 0, 0)
    var reasons: [String: Int] = [:]
    for (identity, message) in story.planned {
      let (state, reason, at) = try #require(story.last[identity])
      let isSeen = visible[message] != nil
      switch state {
      case "confirmed", "accepted":
        if state == "accepted" {
          unacknowledged += 1
          // Acknowledgements are looked for during a day; a run that died before it looked leaves that to the next.
          if at.prefix(10) == proof.now.prefix(10) { pending += 1 }
        }
        #expect(isSeen, "\(message) is counted as said and is not")
      case "skipped":
        skipped += 1
        let order = try #require(story.orders[message])
        #expect(reason == "not_on_whatsapp" && order.hasSuffix(missing) && !isSeen, "\(order)")
      case "parked":
        parked += 1
        reasons[reason, default: 0] += 1
        if isSeen { parkedAndSeen += 1 }
      default: Issue.record("\(message) is \(state)")
      }
    }
    #expect(parked * 10 <= max(20, size.orders), "most of what could be known is known")
    #expect(pending * 20 <= max(40, size.orders), "most of what was taken is confirmed")
    // A proof whose kills fall beside the work proves nothing; a few kills in the suite may do so by chance.
    if size.kills >= 50 {
      #expect(proof.killed == size.kills)
      #expect(story.bitten * 10 >= size.kills, "\(story.bitten)")
    }
    print(
      """
      proof: dedupe \(dedupe), \(size.orders) orders, \(visible.count) seen once, \(skipped) not on WhatsApp, \
      \(parked) parked (\(Self.list(reasons)); \(parkedAndSeen) of them seen), \(unacknowledged) not acknowledged in their day, \
      \(try await sends(simulator)) calls, \(proof.runs) runs over \(proof.day + 1) days, \
      \(proof.killed) killed and \(proof.scansKilled) scans; \(story.bitten) between reservation and answer, \
      of which \(story.wereThere) had arrived and \(story.repeated) went again
      proof: answers that were not good: \(Self.list(story.answers))
      """)
  }
}
