import FoundationEssentials
import Model
import Store
import SystemPackage
import TestKit
import Testing

/// Orders to messages: the built notifier against the built simulator.
@Suite struct MessageTests {
  private static let firstMorning = "2026-11-23T05:00:00Z"
  private static let secondMorning = "2026-11-24T05:00:00Z"

  /// A workspace in which the first run has been, and a night has passed.
  private static func afterTheFirstRun(
    _ simulator: SimulatorProcess
  ) async throws -> Workbench {
    let bench = try Workbench(simulator)
    let first = try await bench.notifier("run", "--now", firstMorning)
    #expect(first.exit == 0, "\(first.out)\(first.err)")
    #expect(try await simulator.messages().isEmpty, "the first run is silent")
    try await simulator.nextNight()
    return bench
  }

  private static func ids(_ messages: [JSONValue]) -> [String] { messages.compactMap { $0["id"]?.string } }

  @Test func everyBuyerHearsOnceAndTheSecondRunIsSilent() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try await Self.afterTheFirstRun(simulator)
      let run = try await bench.notifier("run", "--now", Self.secondMorning, "--json")
      #expect(run.exit == 0, "\(run.out)\(run.err)")
      let messages = try await simulator.messages()
      #expect(messages.count > 5 && Set(Self.ids(messages)).count == messages.count)
      let again = try await bench.notifier("run", "--now", Self.secondMorning)
      #expect(again.exit == 0, "\(again.out)\(again.err)")
      #expect(try await simulator.messages().count == messages.count)
      let status = try await bench.notifier("status", "--json")
      #expect(status.exit == 0)
    }
  }

  /// A template that is blank for some orders is mended, and the buyers hear after all.
  @Test func aMessageWhoseTemplateFailedIsWrittenAnew() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try await Self.afterTheFirstRun(simulator)
      let name = "templates/order_created.ru.mustache"
      let good = try bench.folder.read(name)
      try bench.folder.write(name, Array("{{#pickup}}x{{/pickup}}".utf8))
      let run = try await bench.notifier("run", "--now", Self.secondMorning, "--json")
      #expect(run.exit == 3, "\(run.out)\(run.err)")
      let dead = bench.shop.output.appending("outbox").appending("dead")
      let parked = try Folder.files(in: dead, suffix: ".json")
      #expect(!parked.isEmpty)
      let early = try await bench.notifier("outbox", "retry", "--all", "--now", Self.secondMorning)
      #expect(early.exit == 3 && early.err.contains("order_created.ru"), "\(early.out)\(early.err)")
      let sent = try await simulator.messages().count
      try bench.folder.write(name, good)
      let retry = try await bench.notifier("outbox", "retry", "--all", "--now", Self.secondMorning)
      #expect(retry.exit == 0, "\(retry.out)\(retry.err)")
      let send = try await bench.notifier("send", "--now", "2026-11-24T05:10:00Z")
      #expect(send.exit == 0, "\(send.out)\(send.err)")
      let messages = try await simulator.messages()
      let left = try Folder.exists(dead) ? Folder.files(in: dead, suffix: ".json") : []
      #expect(left.isEmpty && messages.count > sent + parked.count / 2, "\(messages.count), \(left)")
      #expect(Set(Self.ids(messages)).count == messages.count)
    }
  }

  @Test func aDryRunOfALaterMomentKeepsNothing() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try await Self.afterTheFirstRun(simulator)
      let before = try bench.state(of: bench.root)
      let dry = try await bench.notifier("run", "--dry-run", "--now", "2026-11-24T20:00:00Z", "--json")
      #expect(dry.exit == 0, "\(dry.out)\(dry.err)")
      #expect(try dry.json()["shops"]?[0]?["plan"]?["messages"]?.array?.isEmpty == false)
      #expect(try bench.state(of: bench.root) == before)
      #expect(try await simulator.messages().isEmpty)
    }
  }

  /// A snapshot that was taken while the clock was wrong must not silence every run until then.
  @Test func aSnapshotOfALaterMomentIsLeftOutAndTold() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try await Self.afterTheFirstRun(simulator)
      #expect(try await bench.notifier("snapshot", "--now", "2026-11-27T05:00:00Z").exit == 0)
      let run = try await bench.notifier("run", "--now", Self.secondMorning)
      #expect(run.exit == 0 && run.err.contains("2026-11-27T05-00-0"), "\(run.out)\(run.err)")
      let count = try await simulator.messages().count
      #expect(count > 5)
      // The same when it has been scanned: what is new is told, and nothing twice.
      #expect(try await bench.notifier("run", "--now", "2026-11-27T06:00:00Z").exit == 0)
      try await simulator.nextNight()
      let next = try await bench.notifier("run", "--now", "2026-11-25T05:00:00Z")
      #expect(next.exit == 0, "\(next.out)\(next.err)")
      let messages = try await simulator.messages()
      #expect(messages.count > count && Set(Self.ids(messages)).count == messages.count)
    }
  }

  /// WhatsApp counts numbers, not shops: two shops that share a session share its caps and its holds.
  @Test func shopsThatShareASessionShareItsPace() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      let base = try simulator.base("base")
      let other = """
        shops:
          alpha:
            merchant: "14000002"
            company: "Other"
            city: "750000000"
            sources:
              - {kind: feed, url: "\(base)/feeds/demo.xml"}
            endpoints: {shop: "\(base)", cabinet: "\(base)/cabinet", api: "\(base)/shop/api/v2"}

        """
      var text = String(decoding: try bench.folder.read("kaspi.yaml"), as: UTF8.self)
      text = text.replacing("shops:\n", with: other).replacing("daily_new: 100000", with: "daily_new: 3")
      try bench.folder.write("kaspi.yaml", Array(text.utf8))
      #expect(try await bench.notifier("run", "--now", Self.firstMorning).exit == 0)
      try await simulator.nextNight()
      let run = try await bench.notifier("run", "--now", Self.secondMorning, "--json")
      let shops = try #require(try run.json()["shops"]?.array)
      #expect(shops.count == 2, "\(run.out)\(run.err)")
      // All are new to either shop; the second finds the day's share used up.
      let people = Set(try await simulator.messages().compactMap { $0["chat"]?.string })
      #expect(people.count == 3)
      #expect(shops[0]["report"]?["sends"]?.int ?? 0 >= 3 && shops[1]["report"]?["sends"]?.int == 0)
      #expect((shops[1]["report"]?["deferred"]?["daily_new"]?.int ?? 0) > 0, "\(run.out)")
    }
  }

  @Test func oneShopsTroubleDoesNotSilenceTheOthers() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try await Self.afterTheFirstRun(simulator)
      let base = try simulator.base("base")
      let other = """
        shops:
          alpha:
            merchant: "14000002"
            company: "Other"
            city: "750000000"
            sources:
              - {kind: feed, url: "\(base)/feeds/demo.xml"}
            endpoints: {shop: "\(base)", cabinet: "\(base)/cabinet", api: "\(base)/nowhere"}

        """
      let text = String(decoding: try bench.folder.read("kaspi.yaml"), as: UTF8.self)
      try bench.folder.write("kaspi.yaml", Array(text.replacing("shops:\n", with: other).utf8))
      let run = try await bench.notifier("run", "--now", Self.secondMorning, "--json")
      #expect(run.exit == 3, "\(run.out)\(run.err)")
      let shops = try #require(try run.json()["shops"]?.array)
      #expect(shops.map { $0["shop"]?.string } == ["alpha", "demo"])
      #expect((shops[0]["exit"]?.int ?? 0) > 0 && shops[1]["report"] != nil)
      #expect(try await simulator.messages().count > 5)
    }
  }

  @Test(
    arguments: [
      ["kind": "close", "when": "after", "times": 3],
      ["kind": "cutBody", "bytes": 5, "when": "after", "times": 3],
      ["kind": "status", "status": 502, "html": true, "when": "after", "times": 3],
      ["kind": "close", "times": 3],
    ] as [JSONValue])
  func aLostReplyNeverBecomesASecondMessage(fault: JSONValue) async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try await Self.afterTheFirstRun(simulator)
      // A server that would show a repeated id twice.
      try await simulator.control("POST", "/waha", ["dedupe": "none"])
      guard case .object(var members) = fault else { return }
      members["surface"] = "waha"
      members["path"] = "/waha/api/sendText"
      try await simulator.fault(.object(members))
      for _ in 0..<3 { _ = try await bench.notifier("run", "--now", Self.secondMorning) }
      let messages = try await simulator.messages()
      #expect(Set(Self.ids(messages)).count == messages.count, "no message twice")
      let status = try await bench.notifier("status", "--json")
      let states = try #require(try status.json()["shops"]?[0]?["status"]?["states"])
      let spoken = (states["confirmed"]?.int ?? 0) + (states["accepted"]?.int ?? 0)
      let unknown = (states["parked"]?.int ?? 0) + (states["unknown"]?.int ?? 0)
      #expect(spoken == messages.count || spoken + unknown >= messages.count, "\(status.out)")
      #expect((states["planned"]?.int ?? 0) == 0 || spoken > 0, "\(status.out)")
    }
  }

  @Test func aSessionThatIsLoggedOutSendsNothingAndSaysWhatToDo() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try await Self.afterTheFirstRun(simulator)
      try await simulator.control("POST", "/waha", ["session": "default", "status": "SCAN_QR_CODE"])
      let run = try await bench.notifier("run", "--now", Self.secondMorning)
      #expect(
        run.exit != 0 && (run.out + run.err).contains("session link"),
        "\(run.exit ?? -1) \(run.out)\(run.err)")
      #expect(try await simulator.messages().isEmpty)
      try await simulator.control("POST", "/waha", ["session": "default", "status": "WORKING"])
      let next = try await bench.notifier("run", "--now", Self.secondMorning)
      #expect(next.exit == 0, "\(next.out)\(next.err)")
      #expect(try await simulator.messages().count > 5)
    }
  }

  @Test func ordersThatMoveBetweenPagesAreAllInTheSnapshotOnce() async throws {
    try await SimulatorProcess.with { simulator in
      func snapshot() async throws -> (orders: JSONValue?, pages: Int) {
        try await simulator.control("DELETE", "/requests")
        let bench = try Workbench(simulator)
        let taken = try await bench.notifier("snapshot", "--shop", "demo", "--now", Self.firstMorning)
        #expect(taken.exit == 0, "\(taken.out)\(taken.err)")
        let files = try FileManager.default.contentsOfDirectory(atPath: bench.shop.orders.string)
        let pages = try await simulator.requests("orders").count {
          $0["path"]?.string == "/shop/api/v2/orders"
        }
        let bytes = try AtomicFile.read(bench.shop.orders.appending(try #require(files.first)))
        return (try JSONValue(parsing: bytes)["orders"], pages)
      }
      let calm = try await snapshot()
      try await simulator.control("POST", "/orders", ["moving": 1])
      let stirred = try await snapshot()
      let isSame = calm.orders != nil && stirred.orders == calm.orders
      #expect(isSame)
      #expect(stirred.pages > calm.pages, "a window that came short is read again")
    }
  }

  /// One page of saved answers; an order without a number cannot be read.
  private static func answers(_ codes: [String?], created: Instant) -> [UInt8] {
    let orders = codes.map { code -> JSONValue in
      var attributes: [String: JSONValue] = [
        "totalPrice": 9_990.0, "creationDate": .integer(Int(created.milliseconds)), "state": "KASPI_DELIVERY",
        "status": "ACCEPTED_BY_MERCHANT", "deliveryMode": "DELIVERY_LOCAL", "isKaspiDelivery": true,
        "customer": ["firstName": "Алия", "lastName": "Пробная", "cellPhone": "7011234567"],
      ]
      attributes["code"] = code.map { .string($0) }
      return ["type": "orders", "id": .string("o\(code ?? "-")"), "attributes": .object(attributes)]
    }
    return CanonicalJSON.line([
      "data": .array(orders), "included": [], "meta": ["pageCount": 1, "totalCount": .integer(orders.count)],
    ])
  }

  /// A clock that was a year ahead once must not silence every scan until then.
  @Test func aSnapshotOfAWrongClockIsPassedOver() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      func planned(_ codes: [String], at now: String, clock: String? = nil) async throws -> (Int?, String) {
        let created = try #require(Instant(now)).advanced(by: .seconds(-60))
        try bench.folder.write("a.json", Self.answers(codes, created: created))
        let made = try await bench.notifier(
          "snapshot", "--shop", "demo", "--from", "a.json", "--now", clock ?? now)
        #expect(made.exit == 0, "\(made.out)\(made.err)")
        let scan = try await bench.notifier("scan", "--shop", "demo", "--now", now, "--json")
        return (try scan.json()["shops"]?[0]?["plan"]?["messages"]?.array?.count, scan.err)
      }
      #expect(try await planned(["1"], at: "2026-11-23T05:00:00Z").0 == 0)
      #expect(try await planned(["1"], at: "2026-11-23T06:00:00Z", clock: "2027-11-23T06:00:00Z").0 == 0)
      let next = try await planned(["1", "2"], at: "2026-11-23T07:00:00Z")
      #expect(next.0 == 1 && next.1.contains("snapshot of a later moment"), "\(next)")
      #expect(try await planned(["1", "2", "3"], at: "2026-11-23T08:00:00Z").0 == 1)
    }
  }

  @Test func anOrderThatCannotBeReadEndsPartly() async throws {
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      let created = try #require(Instant("2026-11-23T05:00:00Z"))
      try bench.folder.write("a.json", Self.answers(["1", nil], created: created))
      let made = try await bench.notifier(
        "snapshot", "--shop", "demo", "--from", "a.json", "--now", "2026-11-23T05:00:00Z")
      #expect(made.exit == 3 && made.out.contains("unreadable-order"), "\(made.out)\(made.err)")
    }
  }

  @Test func aSimulatorWithoutItsFolderDoesNotStart() async throws {
    let folder = try TemporaryFolder()
    let run = try await ProgramRun.of(
      "kaspi-simulator", ["--port", "0", "--data", "nowhere"], in: folder.path)
    #expect(run.exit == 64 && run.err.contains("--data names no folder"), "\(run.out)\(run.err)")
  }

  @Test(.needsSampleData) func savedAnswersMakeASnapshotAndAPlan() async throws {
    let root = try #require(SampleData.root) + "/orders-synthetic"
    try await SimulatorProcess.with { simulator in
      let bench = try Workbench(simulator)
      let made = try await bench.notifier(
        "snapshot", "--shop", "demo", "--from", "\(root)/orders-page-0.json", "\(root)/orders-page-1.json",
        "--entries", "\(root)/entries-by-order.json", "--now", "2026-04-20T05:00:00Z", "--json")
      #expect(made.exit == 0, "\(made.err)")
      let silent = try await bench.notifier(
        "scan", "--shop", "demo", "--now", "2026-04-20T05:00:00Z", "--json")
      #expect(silent.exit == 0, "\(silent.err)")
      let attributes = try FileManager.default.contentsOfDirectory(atPath: bench.shop.orders.string)
      #expect(attributes.count == 1)
      let mode = try FileManager.default.attributesOfItem(
        atPath: bench.shop.orders.appending(try #require(attributes.first)).string)[.posixPermissions]
      #expect((mode as? Int) == 0o600)
    }
  }
}
