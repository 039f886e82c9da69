import FoundationEssentials
import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// Every buyer hears exactly once, whatever the server answers and whenever the program dies.
///
/// The counts are small here; `KASPI_PROOF_ORDERS`, `KASPI_PROOF_KILLS`, `KASPI_PROOF_LIFE` and `KASPI_PROOF_SEED` change them, and
/// `KASPI_PROOF_PROGRAMS` names a folder with release builds to prove those.
@Suite struct KillProofTests {
  private static let surroundings = ProcessInfo.processInfo.environment
  private static let orders = surroundings["KASPI_PROOF_ORDERS"].flatMap { Int($0) } ?? 40
  private static let kills = surroundings["KASPI_PROOF_KILLS"].flatMap { Int($0) } ?? 5
  private static let seed = surroundings["KASPI_PROOF_SEED"].flatMap { Int($0) } ?? 1
  /// Longest life of a killed run in milliseconds.
  private static let life = surroundings["KASPI_PROOF_LIFE"].flatMap { Int($0) } ?? 700
  private static let evening = "2026-11-23T05:00:00Z"
  private static let morning = "2026-11-24T05:00:00Z"

  /// One page of the orders API with so many fresh orders.
  static func page(_ count: Int) -> JSONValue {
    let created = 1_795_496_400_000
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

  /// Runs the notifier, and kills it after a while where that is asked for.
  private static func run(_ bench: Workbench, _ arguments: [String], killAfter: Duration? = nil) async throws
    -> Int?
  {
    let program =
      try surroundings["KASPI_PROOF_PROGRAMS"].map { FilePath($0).appending("kaspi-notifier") }
      ?? BuiltProgram.path("kaspi-notifier")
    let outcome = try await Subprocess.run(
      .path(program), arguments: Arguments(arguments), environment: ProgramRun.surroundings([:]),
      workingDirectory: bench.root, input: .none, output: .discarded, error: .discarded
    ) { execution in
      guard let killAfter else { return }
      // The moment of a kill is the one thing here that has to be left to the clock.
      try await Task.sleep(for: killAfter)
      // It may have ended before: then there is nothing to kill.
      try? execution.send(signal: .kill)
    }
    guard case .exited(let code) = outcome.terminationStatus else { return nil }
    return Int(code)
  }

  @Test(arguments: ["once", "none"])
  func everyMessageIsSeenOnceAndNothingIsLost(dedupe: String) async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Self.workbench(simulator)
      var random = SeededGenerator(seed: UInt64(Self.seed))
      for (file, now) in [("empty.json", Self.evening), ("orders.json", Self.morning)] {
        #expect(try await Self.run(bench, ["snapshot", "--shop", "demo", "--from", file, "--now", now]) == 0)
        // The scan dies as well: what it had planned is found by the next one.
        if now == Self.morning {
          for _ in 0..<3 {
            _ = try await Self.run(
              bench, ["scan", "--now", now], killAfter: .milliseconds(Int.random(in: 5...60, using: &random)))
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
      for _ in 0..<Self.kills {
        _ = try await Self.run(
          bench, send, killAfter: .milliseconds(Int.random(in: 100...Self.life, using: &random)))
      }
      for _ in 0..<40 {
        _ = try await Self.run(bench, send)
        let states = try Self.states(bench)
        if Set(states.keys).isSubset(of: ["confirmed", "parked", "accepted"]) { break }
      }
      try await Self.judge(bench, simulator, dedupe: dedupe)
      // Once more, with everything well: nothing is left to say.
      try await simulator.control("POST", "/waha", ["chaos": .null])
      let before = try await simulator.control("GET", "/messages")["sends"]?.int
      #expect(try await Self.run(bench, ["scan", "--now", Self.morning]) == 0)
      _ = try await Self.run(bench, send)
      #expect(
        try await simulator.control("GET", "/messages")["sends"]?.int == before, "a second run is silent")
    }
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

  private static func judge(_ bench: Workbench, _ simulator: SimulatorProcess, dedupe: String) async throws {
    var (planned, last): ([String: String], [String: String]) = ([:], [:])
    for record in try journal(bench) {
      guard let identity = record["identity"]?.string else { continue }
      if record["record"]?.string == "planned" { planned[identity] = record["message"]?.string }
      if let state = record["state"]?.string ?? record["to"]?.string { last[identity] = state }
    }
    #expect(planned.count == Self.orders, "every order has its message")
    let visible = Dictionary(
      grouping: try await simulator.messages().compactMap { $0["id"]?.string }, by: \.self
    ).mapValues(\.count)
    let expected = Set(planned.values)
    #expect(Set(visible.keys).isSubset(of: expected), "nothing else is said")
    #expect(visible.values.allSatisfy { $0 == 1 }, "nobody hears twice")
    var parked = 0
    for (identity, message) in planned {
      switch last[identity] {
      case "confirmed", "accepted": #expect(visible[message] == 1, "\(message) is counted as said and is not")
      case "parked": parked += 1
      default: Issue.record("\(message) is \(last[identity] ?? "nothing")")
      }
    }
    #expect(parked * 10 <= max(10, Self.orders), "most of what could be known is known")
    let sends = try await simulator.control("GET", "/messages")["sends"]?.int ?? 0
    print(
      "proof: dedupe \(dedupe), \(Self.orders) orders, \(Self.kills) kills, \(visible.count) seen once, "
        + "\(parked) parked, \(sends) calls")
  }
}
