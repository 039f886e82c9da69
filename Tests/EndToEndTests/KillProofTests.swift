import FoundationEssentials
import Store
import Subprocess
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
  private static let surroundings = ProcessInfo.processInfo.environment
  private static let orders = surroundings["KASPI_PROOF_ORDERS"].flatMap { Int($0) } ?? 40
  private static let kills = surroundings["KASPI_PROOF_KILLS"].flatMap { Int($0) } ?? 5
  private static let seed = surroundings["KASPI_PROOF_SEED"].flatMap { Int($0) } ?? 1
  private static let programs = surroundings["KASPI_PROOF_PROGRAMS"].map { FilePath($0) }
  private static let evening = "2026-11-23T05:00:00Z"
  private static let morning = "2026-11-24T05:00:00Z"

  /// One page of the orders API with so many fresh orders.
  static func page(_ count: Int) -> JSONValue {
    let created = 1_795_490_000_000
    let orders = (0..<count).map { index -> JSONValue in
      let code = "\(800_000_000 + index)"
      let attributes: JSONValue = [
        "code": .string(code), "totalPrice": 12_990.0, "creationDate": .integer(created + index),
        "state": "NEW", "status": "APPROVED_BY_BANK", "deliveryMode": "DELIVERY_LOCAL",
        "isKaspiDelivery": true, "plannedDeliveryDate": .null, "deliveryAddress": .null,
        "customer": [
          "firstName": index.isMultiple(of: 5) ? .null : "АЛИЯ", "lastName": "Пробная",
          "cellPhone": .string("701\(1_000_000 + index)"),
        ],
      ]
      return ["type": "orders", "id": .string("b\(index)"), "attributes": attributes, "relationships": .null]
    }
    return ["data": .array(orders), "included": [], "meta": ["pageCount": 1, "totalCount": .integer(count)]]
  }

  private static func workbench(_ simulator: SimulatorProcess) throws -> Workbench {
    let base = try simulator.base("base")
    let bench = try Workbench(simulator)
    let text = String(decoding: try bench.folder.read("kaspi.yaml"), as: UTF8.self)
    // Quick looks: this server stores at once, or after two readings.
    let quick = text.replacing(
      "waha: {url: \"\(base)/waha\",",
      with: "waha: {look_after: [50ms, 100ms, 200ms, 400ms], timeouts: {send: 5s}, url: \"\(base)/waha\",")
    try #require(quick != text)
    try bench.folder.write("kaspi.yaml", Array(quick.utf8))
    try bench.folder.write("empty.json", CanonicalJSON.line(Self.page(0)))
    try bench.folder.write("orders.json", CanonicalJSON.line(Self.page(Self.orders)))
    return bench
  }

  /// When a run is killed.
  private enum Moment {
    case after(Duration)
    /// The journal has grown by so many bytes, and so much time has passed since.
    case grown(Int, Duration)
  }

  /// Runs the notifier, and kills it where that is asked for; gives its exit code, or `nil` for one that was killed.
  private static func run(_ bench: Workbench, _ arguments: [String], kill moment: Moment? = nil) async throws
    -> Int?
  {
    let program = try programs?.appending("kaspi-notifier") ?? BuiltProgram.path("kaspi-notifier")
    let outcome = try await Subprocess.run(
      .path(program), arguments: Arguments(arguments), environment: ProgramRun.surroundings([:]),
      workingDirectory: bench.root, input: .none, output: .discarded, error: .discarded
    ) { execution in
      // The moment of a kill is the one thing here that has to be left to the clock.
      switch moment {
      case nil: return
      case .after(let life): try await Task.sleep(for: life)
      case .grown(let bytes, let more):
        let start = size(bench)
        while size(bench) < start + bytes, isRunning(execution.processIdentifier.value) {
          try await Task.sleep(for: .milliseconds(1))
        }
        try await Task.sleep(for: more)
      }
      // It may have ended before: then there is nothing to kill.
      try? execution.send(signal: .kill)
    }
    guard case .exited(let code) = outcome.terminationStatus else { return nil }
    return Int(code)
  }

  private static func size(_ bench: Workbench) -> Int {
    let path = bench.shop.outbox.appending("journal.jsonl").string
    return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64).map(Int.init) ?? 0
  }

  /// Whether a process of ours still does something; one that has ended and was not asked for yet is a zombie.
  private static func isRunning(_ process: Int32) -> Bool {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
    return String(decoding: bytes, as: UTF8.self).split(separator: ") ").last?.first != "Z"
  }

  /// Where the next kill falls: on the average, all kills together take in all of the work.
  private static func moment(done: Int, killsLeft: Int, _ random: inout SeededGenerator) -> Moment {
    if Int.random(in: 0..<10, using: &random) == 0 {
      return .after(.milliseconds(Int.random(in: 5...300, using: &random)))
    }
    // A message adds about 550 bytes: its number, its reservation and its answer.
    let share = max(0, orders * 550 - done) / max(1, killsLeft)
    return .grown(
      Int.random(in: 0...(2 * share), using: &random), .microseconds(Int.random(in: 0...8000, using: &random))
    )
  }

  @Test(arguments: ["once", "none"])
  func everyMessageIsSeenOnceAndNothingIsLost(dedupe: String) async throws {
    try await SimulatorProcess.with(program: Self.programs?.appending("kaspi-simulator")) { simulator in
      let bench = try Self.workbench(simulator)
      var random = SeededGenerator(seed: UInt64(Self.seed))
      var counts = Counts()
      for (file, now) in [("empty.json", Self.evening), ("orders.json", Self.morning)] {
        #expect(try await Self.run(bench, ["snapshot", "--shop", "demo", "--from", file, "--now", now]) == 0)
        // The scan dies as well: what it had planned is found by the next one.
        if now == Self.morning {
          for _ in 0..<3 {
            let life = Duration.milliseconds(Int.random(in: 5...60, using: &random))
            if try await Self.run(bench, ["scan", "--now", now], kill: .after(life)) == nil {
              counts.scansKilled += 1
            }
          }
        }
        #expect(try await Self.run(bench, ["scan", "--now", now]) == 0)
      }
      try await simulator.control(
        "POST", "/waha",
        [
          "dedupe": .string(dedupe), "readLag": 2, "missingSuffixes": [], "ackStep": 1,
          "chaos": ["seed": .integer(Self.seed), "share": 25],
        ])
      let send = ["send", "--shop", "demo", "--now", Self.morning, "--quiet"]
      let start = Self.size(bench)
      while counts.killed < Self.kills, counts.runs < 4 * Self.kills {
        counts.runs += 1
        let moment = Self.moment(
          done: Self.size(bench) - start, killsLeft: Self.kills - counts.killed, &random)
        if try await Self.run(bench, send, kill: moment) == nil { counts.killed += 1 }
      }
      for _ in 0..<(40 + Self.orders / 10) {
        counts.runs += 1
        _ = try await Self.run(bench, send)
        let states = try Self.states(bench)
        if Set(states.keys).isSubset(of: ["confirmed", "parked", "accepted"]) { break }
      }
      try await Self.judge(bench, simulator, dedupe: dedupe, &counts)
      // Once more, with everything well: nothing is left to say.
      try await simulator.control("POST", "/waha", ["chaos": .null])
      let before = try await simulator.control("GET", "/messages")["sends"]?.int
      #expect(try await Self.run(bench, ["scan", "--now", Self.morning]) == 0)
      _ = try await Self.run(bench, send)
      #expect(
        try await simulator.control("GET", "/messages")["sends"]?.int == before, "a second run is silent")
    }
  }

  /// What a proof has gone through.
  private struct Counts {
    var scansKilled = 0
    var runs = 0
    var killed = 0
    /// Kills after the reservation was on disk and before the answer was.
    var bitten = 0
    /// Of these, messages that had been taken by the server.
    var wereThere = 0
    /// Of these, messages that were not found and went out again under their id.
    var repeated = 0
    /// Messages whose fate was unknown because of a bad answer.
    var badAnswers = 0
  }

  private static func journal(_ bench: Workbench) throws -> [JSONValue] {
    try Journal.read(bench.shop.outbox.appending("journal.jsonl"))
  }

  /// Messages by state, folded from the journal.
  private static func states(_ bench: Workbench) throws -> [String: Int] {
    var last: [String: String] = [:]
    for record in try journal(bench) {
      guard let identity = record["identity"]?.string else { continue }
      if let state = record["state"]?.string ?? record["to"]?.string { last[identity] = state }
    }
    return Dictionary(last.values.map { ($0, 1) }, uniquingKeysWith: +)
  }

  private static func judge(
    _ bench: Workbench, _ simulator: SimulatorProcess, dedupe: String, _ counts: inout Counts
  ) async throws {
    var (planned, last): ([String: String], [String: String]) = ([:], [:])
    var interrupted: Set<String> = []
    for record in try journal(bench) {
      guard let identity = record["identity"]?.string else { continue }
      if record["record"]?.string == "planned" { planned[identity] = record["message"]?.string }
      let (state, reason) = (record["state"]?.string ?? record["to"]?.string, record["reason"]?.string)
      if let state { last[identity] = state }
      if state == "unknown", reason == "interrupted" {
        counts.bitten += 1
        interrupted.insert(identity)
      } else if state == "unknown" {
        counts.badAnswers += 1
      } else if interrupted.remove(identity) != nil {
        if state == "accepted" { counts.wereThere += 1 }
        if state == "reserved" { counts.repeated += 1 }
      }
    }
    #expect(planned.count == Self.orders, "every order has its message")
    let visible = Dictionary(
      grouping: try await simulator.messages().compactMap { $0["id"]?.string }, by: \.self
    ).mapValues(\.count)
    let expected = Set(planned.values)
    #expect(Set(visible.keys).isSubset(of: expected), "nothing else is said")
    let twice = visible.filter { $0.value != 1 }
    #expect(twice.isEmpty, "nobody hears twice: \(twice.keys.sorted().prefix(5))")
    var (parked, parkedAndSeen) = (0, 0)
    for (identity, message) in planned {
      switch last[identity] {
      case "confirmed", "accepted": #expect(visible[message] == 1, "\(message) is counted as said and is not")
      case "parked":
        parked += 1
        if visible[message] != nil { parkedAndSeen += 1 }
      default: Issue.record("\(message) is \(last[identity] ?? "nothing")")
      }
    }
    #expect(parked * 10 <= max(10, Self.orders), "most of what could be known is known")
    // A proof whose kills fall beside the work proves nothing; a few kills in the suite may do so by chance.
    if Self.kills >= 50 {
      #expect(counts.killed == Self.kills, "\(counts)")
      #expect(counts.bitten * 10 >= Self.kills, "\(counts)")
    }
    let sends = try await simulator.control("GET", "/messages")["sends"]?.int ?? 0
    print(
      "proof: dedupe \(dedupe), \(Self.orders) orders, \(visible.count) seen once, "
        + "\(parked) parked (\(parkedAndSeen) of them seen), \(sends) calls, "
        + "\(counts.badAnswers) bad answers, \(counts.runs) runs, \(counts.killed) killed and \(counts.scansKilled) scans; \(counts.bitten) between reservation and answer, "
        + "of which \(counts.wereThere) had arrived and \(counts.repeated) went again")
  }
}
