import FoundationEssentials
import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// A shop with many fresh orders whose notifier is killed again and again while the server misbehaves.
struct KillProof {
  /// How large, and with which programs.
  struct Size: Sendable {
    var orders = 40
    var kills = 5
    var seed = 1
    /// A folder with builds of notifier and simulator; `nil` for those beside the tests.
    var programs: FilePath?

    /// Reads `KASPI_PROOF_ORDERS`, `KASPI_PROOF_KILLS`, `KASPI_PROOF_SEED` and `KASPI_PROOF_PROGRAMS`.
    init(_ surroundings: [String: String]) {
      func number(_ name: String) -> Int? { surroundings["KASPI_PROOF_\(name)"].flatMap { Int($0) } }
      orders = number("ORDERS") ?? orders
      kills = number("KILLS") ?? kills
      seed = number("SEED") ?? seed
      programs = surroundings["KASPI_PROOF_PROGRAMS"].map { FilePath($0) }
    }
  }

  /// When a run is killed.
  enum Moment {
    case after(Duration)
    /// The journal has grown by so many bytes, and so much time has passed since.
    case grown(Int, Duration)
  }

  static let evening = "2026-11-23T05:00:00Z"
  static let morning = "2026-11-24T05:00:00Z"

  let size: Size
  let bench: Workbench
  /// What the notifier remembers, and what it is killed by.
  let journal: FilePath
  private(set) var random: SeededGenerator
  /// The day that the runs take it to be: a later one once new people have to be left alone.
  private(set) var day = 0
  private let began = ContinuousClock.now
  /// Runs of `send`, and how many of them and of the scans were killed.
  private(set) var runs = 0
  private(set) var killed = 0
  private(set) var scansKilled = 0

  init(_ simulator: SimulatorProcess, _ size: Size) throws {
    self.size = size
    random = SeededGenerator(seed: UInt64(size.seed))
    let base = try simulator.base("base")
    bench = try Workbench(simulator)
    var text = String(decoding: try bench.folder.read("kaspi.yaml"), as: UTF8.self)
    for (old, new) in [
      // Hanging answers hang longer than that.
      ("url: \"\(base)/waha\",", "timeouts: {send: 400ms}, url: \"\(base)/waha\","),
      // After a 463 new people are left alone for half a day, and more than one day may go by so.
      (
        "order_created: {send: true, delay: 0s, latest: 24h}",
        "order_created: {send: true, delay: 0s, latest: 3000d}"
      ),
    ] {
      let changed = text.replacing(old, with: new)
      try #require(changed != text)
      text = changed
    }
    journal = bench.shop.outbox.appending("journal.jsonl")
    try bench.folder.write("kaspi.yaml", Array(text.utf8))
    try bench.folder.write("empty.json", CanonicalJSON.line(Self.page(0)))
    try bench.folder.write("orders.json", CanonicalJSON.line(Self.page(size.orders)))
  }

  /// The number of an order.
  static func code(_ index: Int) -> String { "\(800_000_000 + index)" }

  /// The chat of its buyer.
  static func chat(_ index: Int) -> String { "7701\(1_000_000 + index)@c.us" }

  /// One page of the orders API with so many fresh orders.
  static func page(_ count: Int) -> JSONValue {
    let created = 1_795_490_000_000
    let orders = (0..<count).map { index -> JSONValue in
      let attributes: JSONValue = [
        "code": .string(code(index)), "totalPrice": 12_990.0, "creationDate": .integer(created + index),
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

  // MARK: The program

  /// Runs the notifier, and kills it where that is asked for; gives its exit code, or `nil` for one that was killed.
  private func run(_ arguments: [String], kill moment: Moment? = nil) async throws -> Int? {
    let outcome = try await Subprocess.run(
      .path(try program), arguments: Arguments(arguments), environment: ProgramRun.surroundings([:]),
      workingDirectory: bench.root, input: .none, output: .discarded, error: .discarded
    ) { execution in
      // The moment of a kill is the one thing here that has to be left to the clock.
      switch moment {
      case nil: return
      case .after(let life): try await Task.sleep(for: life)
      case .grown(let bytes, let more):
        let start = Self.length(journal)
        var looks = 0
        while Self.length(journal) < start + bytes {
          looks += 1
          if looks.isMultiple(of: 10), !Self.isRunning(execution.processIdentifier.value) { break }
          try await Task.sleep(for: .milliseconds(10))
        }
        try await Task.sleep(for: more)
      }
      // It may have ended before: then there is nothing to kill.
      try? execution.send(signal: .kill)
    }
    guard case .exited(let code) = outcome.terminationStatus else { return nil }
    return Int(code)
  }

  private var program: FilePath {
    get throws { try size.programs?.appending("kaspi-notifier") ?? BuiltProgram.path("kaspi-notifier") }
  }

  private static func length(_ file: FilePath) -> Int { (try? Stat(file).size).map(Int.init) ?? 0 }

  /// Whether a process of ours still does something; one that has ended and was not asked for yet is a zombie.
  private static func isRunning(_ process: Int32) -> Bool {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
    return String(decoding: bytes, as: UTF8.self).split(separator: ") ").last?.first != "Z"
  }

  // MARK: The work

  /// Ten in the morning in Almaty of the day it is, and as much later as has really gone by: put back at every start, a clock
  /// would have each run wait for the moment of the last message before it.
  var now: String {
    let gone = began.duration(to: .now) / .seconds(1)
    let moment = Date(timeIntervalSince1970: 1_795_496_400 + 86_400 * Double(day) + gone)
    return moment.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// A silent first run, then the snapshot with all orders and its plan; the scan dies a few times as well.
  mutating func plan() async throws {
    for (file, now) in [("empty.json", Self.evening), ("orders.json", Self.morning)] {
      #expect(try await run(["snapshot", "--shop", "demo", "--from", file, "--now", now]) == 0)
      if now == Self.morning {
        for _ in 0..<3 {
          let life = Duration.milliseconds(Int.random(in: 5...60, using: &random))
          if try await run(["scan", "--now", now], kill: .after(life)) == nil { scansKilled += 1 }
        }
      }
      #expect(try await run(["scan", "--now", now]) == 0)
    }
  }

  /// Sends, and dies while doing it, as often as is asked for.
  ///
  /// A run that ends by itself, because the server stops it, leaves what was still to be written before the next kill to the
  /// runs behind it: the kills keep to the work, however many runs it takes.
  mutating func sendAndDie() async throws {
    var (done, next) = (0, growth(done: 0))
    for _ in 0..<(40 + 4 * size.kills + size.orders / 4) where killed < size.kills {
      let before = Self.length(journal)
      let isEarly = Int.random(in: 0..<10, using: &random) == 0
      let moment =
        isEarly
        ? Moment.after(.milliseconds(Int.random(in: 5...300, using: &random)))
        : .grown(next, .microseconds(Int.random(in: 0...8000, using: &random)))
      let wasKilled = try await send(kill: moment)
      let grown = max(0, Self.length(journal) - before)
      done += grown
      next -= grown
      guard wasKilled || next <= 0 else { continue }
      if wasKilled { killed += 1 }
      next = growth(done: done)
    }
  }

  /// Sends without being killed until nothing is left to decide.
  mutating func sendToTheEnd() async throws {
    var (pending, standstill) = (0, 0)
    for _ in 0..<(40 + size.orders / 10) {
      _ = try await send()
      let states = try await status()["states"]?.object ?? [:]
      guard Set(states.keys).isSubset(of: ["confirmed", "parked", "accepted", "skipped"]) else { continue }
      // Acknowledgements come one by one, and some never do.
      let left = states["accepted"]?.int ?? 0
      standstill = left == pending ? standstill + 1 : 0
      pending = left
      if left == 0 || standstill == 3 { break }
    }
  }

  /// Scans and sends once more; everything is said.
  mutating func sendAgain() async throws {
    #expect(try await run(["scan", "--now", now]) == 0)
    _ = try await send()
  }

  /// One run; gives whether it was killed.
  private mutating func send(kill moment: Moment? = nil) async throws -> Bool {
    runs += 1
    let exit = try await run(["send", "--shop", "demo", "--now", now, "--quiet"], kill: moment)
    if exit == nil { return true }
    // Whoever may not write to new people today tries tomorrow.
    if try await status()["new_contacts_held_until"]?.string != nil { day += 1 }
    return false
  }

  private func status() async throws -> JSONValue {
    let outcome = try await Subprocess.run(
      .path(try program), arguments: ["status", "--shop", "demo", "--now", now, "--json"],
      environment: ProgramRun.surroundings([:]), workingDirectory: bench.root, input: .none,
      output: .bytes(limit: 64 << 20), error: .discarded)
    return try #require(try JSONValue(parsing: outcome.standardOutput)["shops"]?[0]?["status"])
  }

  /// How far the journal grows before the next kill: on the average, all kills together take in all of the work.
  private mutating func growth(done: Int) -> Int {
    // A message adds about 550 bytes: its number, its reservation and its answer.
    let share = max(0, size.orders * 550 - done) / max(1, size.kills - killed)
    return Int.random(in: 0...(2 * share), using: &random)
  }
}
