import Store
import Testing

@testable import kaspi_simulator

@Suite struct FaultTests {
  @Test func aCutBodyAnnouncesMoreThanComes() async throws {
    try await Running.with { running in
      let whole = try await running.get("/feeds/demo.xml")
      #expect(!whole.isCut)
      _ = try await running.post(
        "/control/faults", ["surface": .string("feeds"), "kind": .string("cutBody"), "bytes": .integer(5000)])
      let cut = try await running.get("/feeds/demo.xml")
      #expect(cut.status == 200 && cut.isCut && cut.body.count == 5000)
      #expect(cut.headers["content-length"] == String(whole.body.count))
      // Compared outside `#expect`, which takes minutes over the difference of long lists.
      let isBeginning = whole.body.starts(with: cut.body)
      let isWholeAgain = try await running.get("/feeds/demo.xml").body == whole.body
      #expect(isBeginning && isWholeAgain)
    }
  }

  @Test func aStatusComesAsOftenAsWantedWithItsRetryAfter() async throws {
    try await Running.with { running in
      let fault: JSONValue = [
        "surface": .string("pages"), "kind": .string("status"), "status": .integer(429),
        "retryAfter": .integer(2),
        "html": .bool(true), "times": .integer(2), "skip": .integer(1),
      ]
      #expect(try await running.post("/control/faults", fault).status == 200)
      let path = "/shop/p/-\(running.simulator.world.first[0].card)/"
      var statuses: [Int?] = []
      for _ in 0..<4 { statuses.append(try await running.get(path).status) }
      #expect(statuses == [200, 429, 429, 200])
      _ = try await running.post("/control/faults", fault.adding("skip", .integer(0)))
      let limited = try await running.get(path)
      #expect(
        limited.headers["retry-after"] == "2" && limited.headers["content-type"]?.contains("html") == true)
      // Other stand-ins are not concerned.
      #expect(try await running.get("/feeds/demo.xml").status == 200)
    }
  }

  @Test func withoutUserAgentTheOrdersAPISaysNothing() async throws {
    try await Running.with { running in
      _ = try await running.post("/control/faults", ["hangSeconds": .decimal(0.05)])
      let target = "/shop/api/v2/cities"
      let silent = try await Wire.send("GET", running.port, target, Running.orders, agent: nil)
      #expect(silent.status == nil && silent.body.isEmpty)
      #expect(try await running.api("/cities").status == 200)
      _ = try await running.post("/control/faults", ["hangWithoutUserAgent": .bool(false)])
      #expect(try await Wire.send("GET", running.port, target, Running.orders, agent: nil).status == 200)
    }
  }

  @Test func anAnswerCanBeLostAfterItsWorkWasDone() async throws {
    try await Running.with { running in
      _ = try await running.post(
        "/control/faults",
        ["path": .string("/waha/api/sendText"), "kind": .string("close"), "when": .string("after")])
      let message: JSONValue = [
        "session": .string("default"), "chatId": .string("77012345678@c.us"), "text": .string("Заказ"),
        "id": .string("3EB0A1B2C3D4E5F60718AB"),
      ]
      let lost = try await running.post("/waha/api/sendText", message, Running.waha)
      #expect(lost.status == nil)
      #expect(try await running.get("/control/messages").json?["total"]?.int == 1)
      _ = try await running.post(
        "/control/faults", ["path": .string("/waha/api/sendText"), "kind": .string("close")])
      _ = try await running.post(
        "/waha/api/sendText", message.adding("id", .string("3EB0A1B2C3D4E5F60718AC")), Running.waha)
      #expect(try await running.get("/control/messages").json?["total"]?.int == 1)
    }
  }

  @Test func nonsenseIsRefusedAndChangesNothing() async throws {
    try await Running.with { running in
      let wrong: [JSONValue] = [
        ["kind": .string("earthquake")], ["kind": .string("status")],
        ["kind": .string("delay"), "surface": .string("moon")],
        .array([["kind": .string("delay")], ["kind": .string("nothing")]]),
      ]
      for body in wrong {
        let answer = try await running.post("/control/faults", body)
        #expect(answer.status == 400)
      }
      let left = try await running.get("/control/faults").json
      #expect(left?["faults"]?.array?.isEmpty == true)
    }
  }

  @Test func theLogCountsRequestsAndHidesSecrets() async throws {
    try await Running.with { running in
      _ = try await Wire.send("DELETE", running.port, "/control/requests")
      _ = try await running.get("/waha/api/sessions?x-api-key=demo-waha-key&all=true")
      async let one = running.get("/feeds/demo.xml")
      async let two = running.get("/feeds/demo.xml")
      _ = try await (one, two)
      let log = try #require(try await running.get("/control/requests").json)
      let feeds = (log["requests"]?.array ?? []).filter { $0["surface"]?.string == "feeds" }
      #expect(feeds.count == 2 && feeds.allSatisfy { $0["status"]?.int == 200 })
      #expect(feeds.allSatisfy { $0["userAgent"]?.string == "Mozilla/5.0" })
      #expect((1...2).contains(log["highWater"]?["feeds"]?.int ?? 0))
      let waha = (log["requests"]?.array ?? []).first { $0["surface"]?.string == "waha" }
      #expect(waha?["query"]?.string == "x-api-key=•••&all=true")
    }
  }
}

extension JSONValue {
  /// With one member more or another one.
  func adding(_ name: String, _ value: JSONValue) -> JSONValue {
    var fields = object ?? [:]
    fields[name] = value
    return .object(fields)
  }
}
