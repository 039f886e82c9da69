import Store
import Synchronization
import TestKit
import Testing

@testable import kaspi_simulator

/// What the gateway tells by itself.
@Suite struct WebhookTests {
  private static let key = "my-secret-key"

  private static func hook(_ receiver: RudeServer, _ events: [JSONValue], _ more: [String: JSONValue] = [:])
    -> JSONValue
  {
    let own: [String: JSONValue] = [
      "url": .string("http://127.0.0.1:\(receiver.port)/hook"), "events": .array(events),
      "hmac": ["key": .string(key)], "retries": ["delaySeconds": 0.01, "attempts": 3],
    ]
    return .object(own.merging(more) { _, new in new })
  }

  /// Waits until nothing is on its way, and gives what was delivered.
  private static func deliveries(_ running: Running) async throws -> [JSONValue] {
    try #require(try await running.get("/control/webhooks?wait=20").json?["deliveries"]?.array)
  }

  @Test func eventsAreSignedAndSayWhatHappened() async throws {
    let receiver = try RudeServer()
    try await Running.with { running in
      _ = try await running.post("/control/waha", ["webhooks": [Self.hook(receiver, ["*"])]])
      _ = try await running.post(
        "/waha/api/sendText",
        ["session": "default", "chatId": "77012345678@c.us", "text": "Сәлем", "id": "3EB0A1"],
        Running.waha)
      _ = try await running.post("/control/waha", ["incoming": ["from": "77012345678", "text": "стоп"]])
      _ = try await running.post("/control/waha", ["ackStep": 2, "acknowledge": true])
      _ = try await running.post("/waha/api/sessions/default/logout", [:], Running.waha)
      let delivered = try await Self.deliveries(running)
      #expect(delivered.allSatisfy { $0["status"]?.int == 200 && $0["tries"]?.int == 1 })
      let requests = receiver.record.requests
      var events: [String: JSONValue] = [:]
      for request in requests {
        #expect(
          request.header("X-Webhook-Hmac") == Digest.hmacSHA512(request.body, key: Array(Self.key.utf8)))
        #expect(request.header("X-Webhook-Hmac-Algorithm") == "sha512")
        #expect(request.header("User-Agent") == "WAHA/2026.7.1")
        let event = try JSONValue(parsing: request.body)
        #expect(request.header("X-Webhook-Timestamp") == event["timestamp"]?.int.map(String.init))
        #expect(event["id"]?.string?.wholeMatch(of: /evt_[0-9a-z]{26}/) != nil)
        #expect(event["session"]?.string == "default" && event["engine"]?.string == "GOWS")
        let name = try #require(event["event"]?.string)
        events["\(name) \(event["payload"]?["fromMe"]?.bool == true ? "ours" : "")"] = event["payload"]
      }
      #expect(Set(requests.map { $0.header("X-Webhook-Request-Id") }).count == requests.count)
      #expect(events["message.any ours"]?["body"]?.string == "Сәлем")
      #expect(events["message "]?["body"]?.string == "стоп" && events["message.any "] != nil)
      #expect(events["message.ack ours"]?["ackName"]?.string == "READ")
      #expect(events["session.status "]?["status"]?.string == "STARTING")
    }
    receiver.stop()
  }

  @Test func whatIsRefusedIsTriedAgainUnderTheSameNumberAndThenLost() async throws {
    let answers = Mutex([503, 500, 200, 500, 500, 500, 500])
    let receiver = try RudeServer { _ in [.answer(answers.withLock { $0.removeFirst() })] }
    try await Running.with { running in
      _ = try await running.post("/control/waha", ["webhooks": [Self.hook(receiver, ["message"])]])
      for count in [3, 4] {
        _ = try await running.post("/control/waha", ["incoming": ["from": "77012345678", "text": "x"]])
        #expect(try await Self.deliveries(running).last?["tries"]?.int == count)
      }
      let requests = receiver.record.requests
      #expect(requests.count == 7)
      #expect(Set(requests.prefix(3).map { $0.header("X-Webhook-Request-Id") }).count == 1)
      #expect(Set(requests.map { $0.header("X-Webhook-Request-Id") }).count == 2)
      #expect(try await Self.deliveries(running).map { $0["status"]?.int } == [200, 500])
    }
    receiver.stop()
  }

  @Test func aReceiverThatResetsIsTriedAgainAndEventsMayComeTwice() async throws {
    let receiver = try RudeServer { request in request.connection == 0 ? [.reset] : [.answer()] }
    try await Running.with { running in
      // In the session's own configuration this time.
      let hooks: JSONValue = ["config": ["webhooks": [Self.hook(receiver, ["message"], ["twice": true])]]]
      _ = try await Wire.send(
        "PUT", running.port, "/waha/api/sessions/default", Running.waha,
        body: String(decoding: CanonicalJSON.line(hooks), as: UTF8.self))
      _ = try await running.post("/control/waha", ["incoming": ["from": "77012345678", "text": "x"]])
      let delivered = try await Self.deliveries(running)
      #expect(delivered.count == 2 && Set(delivered.map { $0["event"]?.string }).count == 1)
      #expect(delivered.allSatisfy { $0["status"]?.int == 200 })
      #expect(delivered.reduce(0) { $0 + ($1["tries"]?.int ?? 0) } == 3)
    }
    receiver.stop()
  }

  @Test(arguments: [
    ("constant", [100, 100, 100]), ("linear", [100, 200, 300]), ("exponential", [200, 400, 800]),
  ])
  func pausesGrowAsConfigured(policy: String, pauses: [Int]) throws {
    let hook = try #require(
      Webhook(["url": "http://127.0.0.1:1/", "retries": ["policy": .string(policy), "delaySeconds": 0.1]]))
    #expect((1...3).map { hook.pause(behind: $0, retryAfter: nil) } == pauses)
    #expect(hook.pause(behind: 1, retryAfter: 7) == 7000 && hook.attempts == 15)
    #expect(Webhook(["url": "http://example.com/"]) == nil, "nothing leaves this machine")
  }

  @Test(arguments: ["before", "after"])
  func aResetIsAResetOnTheWire(when: String) async throws {
    try await Running.with { running in
      let fault: JSONValue = [
        "kind": "reset", "surface": "waha", "when": .string(when), "path": "/waha/api/sendText",
      ]
      #expect(try await running.post("/control/faults", fault).status == 200)
      let answer = try await running.post(
        "/waha/api/sendText", ["session": "default", "chatId": "77012345678@c.us", "text": "x"], Running.waha)
      #expect(answer.status == nil && answer.wasReset)
      let messages = try await running.get("/control/messages").json?["messages"]?.array
      #expect(messages?.count == (when == "after" ? 1 : 0))
    }
  }

  /// Every trouble comes, the rare ones too, and the same seed brings the same.
  @Test func chaosHasEveryTrouble() {
    let wishes: JSONValue = ["seed": 7, "share": 50, "rare": 30, "unacked": 10, "lag": 3]
    var (one, other) = (WAHAChaos(wishes), WAHAChaos(wishes))
    var seen: Set<String> = []
    var quiet = 0
    for _ in 0..<4000 {
      let (drawn, again) = (one.draw(isReading: false), other.draw(isReading: false))
      #expect(drawn?.trouble == again?.trouble && drawn?.isAfter == again?.isAfter)
      if let drawn { seen.insert(drawn.trouble.rawValue) } else { quiet += 1 }
    }
    #expect(seen == Set(WAHAChaos.Trouble.allCases.map(\.rawValue)))
    #expect((1600...2400).contains(quiet))
    #expect(Set((0..<200).map { _ in one.drawLag() }) == [0, 1, 2, 3])
    #expect((100...300).contains((0..<2000).count { _ in one.drawSilentAck() }))
    #expect((0..<500).allSatisfy { _ in one.draw(isReading: true)?.trouble.fitsReading != false })
  }
}
