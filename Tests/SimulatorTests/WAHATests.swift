import Store
import Testing

@testable import kaspi_simulator

@Suite struct WAHATests {
  private static let id = "3EB0A1B2C3D4E5F60718AB"

  private func text(_ chat: String, _ words: String, id: String?) -> JSONValue {
    ["session": .string("default"), "chatId": .string(chat), "text": .string(words), "id": .text(id)]
  }

  @Test func onlyPingNeedsNoKey() async throws {
    try await Running.with { running in
      #expect(try await running.get("/waha/ping").json == ["message": .string("pong")])
      let refused = try await running.get("/waha/api/sessions")
      #expect(refused.status == 401)
      #expect(refused.json == ["message": .string("Unauthorized"), "statusCode": .integer(401)])
      let version = try await running.get("/waha/api/server/version", Running.waha).json
      #expect(version?["version"]?.string == "2026.7.1" && version?["engine"]?.string == "GOWS")
      #expect(try await running.get("/waha/nowhere", Running.waha).json?["error"]?.string == "Not Found")
    }
  }

  @Test func oneIdIsVisibleOnceHoweverOftenItIsSent() async throws {
    try await Running.with { running in
      for _ in 0..<3 {
        let answer = try await running.post(
          "/waha/api/sendText", text("77012345678@c.us", "Заказ 1", id: Self.id), Running.waha)
        #expect(answer.status == 201)
        #expect(answer.json?["id"]?.string?.hasSuffix(Self.id) == true)
        #expect(answer.json?["_data"]?["Info"]?["ID"]?.string == Self.id)
      }
      var seen = try await running.get("/control/messages").json
      #expect(seen?["total"]?.int == 1 && seen?["sends"]?.int == 3)
      // The same id in another chat is another message.
      _ = try await running.post(
        "/waha/api/sendText", text("77012345679", "Заказ 1", id: Self.id), Running.waha)
      seen = try await running.get("/control/messages").json
      #expect(seen?["total"]?.int == 2)
      _ = try await running.post("/control/waha", ["dedupe": .string("none")])
      _ = try await running.post(
        "/waha/api/sendText", text("77012345678", "Заказ 1", id: Self.id), Running.waha)
      #expect(try await running.get("/control/messages").json?["total"]?.int == 3)
    }
  }

  @Test func someAnswersAreFiledUnderAnOpaqueId() {
    let chats = (0..<200).map { "7701\(2_000_000 + $0)@c.us" }
    let opaque = chats.count { WAHAState.filed($0).hasSuffix("@lid") }
    #expect((10...90).contains(opaque))
  }

  @Test func aMessageIsReadBackByRawIdWithLagAndGrowingAcks() async throws {
    try await Running.with { running in
      _ = try await running.post("/control/waha", ["readLag": .integer(1)])
      _ = try await running.post(
        "/waha/api/sendText", text("77012345678@c.us", "Заказ 2", id: Self.id), Running.waha)
      let path = "/waha/api/default/chats/all/messages/\(Self.id)?downloadMedia=false"
      #expect(try await running.get(path, Running.waha).status == 404)
      var acks: [Int] = []
      for _ in 0..<3 { acks.append(try await running.get(path, Running.waha).json?["ack"]?.int ?? -9) }
      #expect(acks == [2, 3, 3])
      let list = try await running.get(
        "/waha/api/default/chats/77012345678%40c.us/messages?limit=5&filter.fromMe=true", Running.waha)
      #expect(list.json?[0]?["body"]?.string == "Заказ 2")
      #expect(try await running.get("/waha/api/default/chats/all/messages/3EB0", Running.waha).status == 404)
    }
  }

  @Test func acksCanStayPendingForEver() async throws {
    try await Running.with { running in
      _ = try await running.post("/control/waha", ["ackLimit": .integer(0)])
      _ = try await running.post(
        "/waha/api/sendText", text("77012345678@c.us", "Заказ", id: Self.id), Running.waha)
      for _ in 0..<4 {
        let read = try await running.get("/waha/api/default/chats/all/messages/\(Self.id)", Running.waha)
        #expect(read.json?["ackName"]?.string == "PENDING")
      }
    }
  }

  @Test func numbersExistOrDoNot() async throws {
    try await Running.with { running in
      let yes = try await running.get(
        "/waha/api/contacts/check-exists?phone=%2B77012345678&session=default", Running.waha)
      #expect(yes.json == ["numberExists": .bool(true), "chatId": .string("77012345678@c.us")])
      let no = try await running.get(
        "/waha/api/contacts/check-exists?phone=77012345699&session=default", Running.waha)
      #expect(no.json?["numberExists"]?.bool == false)
      let failed = try await running.post(
        "/waha/api/sendText", text("77012345699@c.us", "Заказ", id: nil), Running.waha)
      #expect(failed.status == 500)
      #expect(failed.json?["exception"]?["message"]?.string?.contains("no LID found") == true)
      #expect(failed.json?["request"]?["body"]?["text"]?.string == "Заказ")
    }
  }

  @Test func bodiesAreNotValidatedButThrow() async throws {
    try await Running.with { running in
      let noSession = try await running.post("/waha/api/sendText", ["text": .string("a")], Running.waha)
      #expect(noSession.status == 422 && noSession.json?["error"]?.string == "Session name is required")
      let noChat = try await running.post(
        "/waha/api/sendText", ["session": .string("default"), "text": .string("a")], Running.waha)
      #expect(noChat.status == 500 && noChat.json?["exception"]?["name"]?.string == "TypeError")
      _ = try await running.post(
        "/control/waha", ["sendErrors": .texts(["2 UNKNOWN: server returned error 463"])])
      let limited = try await running.post(
        "/waha/api/sendText", text("77012345678", "a", id: nil), Running.waha)
      #expect(limited.json?["exception"]?["details"]?.string == "server returned error 463")
      #expect(try await running.get("/control/messages").json?["total"]?.int == 0)
    }
  }

  @Test func aSessionThatDoesNotWorkRefusesAfterAWait() async throws {
    try await Running.with { running in
      _ = try await running.post(
        "/control/waha", ["status": .string("SCAN_QR_CODE"), "waitMilliseconds": .integer(1)])
      let refused = try await running.post(
        "/waha/api/sendText", text("77012345678", "a", id: nil), Running.waha)
      #expect(refused.status == 422)
      #expect(
        refused.json?["status"]?.string == "SCAN_QR_CODE"
          && refused.json?["expected"]?[0]?.string == "WORKING")
      #expect(refused.json?["message"] == nil)
      let stranger = try await running.get(
        "/waha/api/contacts/check-exists?phone=77012345678&session=no", Running.waha)
      #expect(stranger.json?["error"]?.string == "Session \"no\" does not exist")
    }
  }

  @Test func aPairingCodeLinksOnlyTheAccountsOwnNumber() async throws {
    try await Running.with { running in
      let path = "/waha/api/default/auth/request-code"
      let early = try await running.post(path, ["phoneNumber": .string("77010000001")], Running.waha)
      #expect(
        early.status == 422
          && early.json?["message"]?.string?.hasSuffix("The current status is WORKING") == true)
      _ = try await running.post("/waha/api/sessions/default/logout", .object([:]), Running.waha)
      var status = ""
      for _ in 0..<3 {
        status =
          try await running.get("/waha/api/sessions/default", Running.waha).json?["status"]?.string ?? ""
      }
      #expect(status == "SCAN_QR_CODE")
      let wrong = try await running.post(path, ["phoneNumber": .string("77012222222")], Running.waha)
      #expect(wrong.status == 201)
      let code = try #require(wrong.json?["code"]?.string)
      #expect(code.count == 9 && code.dropFirst(4).first == "-")
      #expect(try await running.post("/control/waha", ["link": .bool(true)]).status == 400)
      #expect(try await running.post(path, ["phoneNumber": .string("0770")], Running.waha).status == 500)
      _ = try await running.post(path, ["phoneNumber": .string("77010000001")], Running.waha)
      #expect(try await running.post("/control/waha", ["link": .bool(true)]).status == 200)
      let me = try await running.get("/waha/api/sessions/default/me", Running.waha)
      #expect(me.json?["id"]?.string == "77010000001@c.us")
    }
  }

  @Test func sixUnscannedCodesEndInFailure() async throws {
    try await Running.with { running in
      _ = try await running.post("/control/waha", ["status": .string("SCAN_QR_CODE")])
      for _ in 0..<6 {
        #expect(try await running.get("/waha/api/default/auth/qr?format=raw", Running.waha).status == 200)
      }
      #expect(
        try await running.get("/waha/api/sessions/default", Running.waha).json?["status"]?.string == "FAILED")
      _ = try await running.post("/waha/api/sessions/default/restart", .object([:]), Running.waha)
      #expect(
        try await running.get("/waha/api/sessions/default", Running.waha).json?["status"]?.string
          == "STARTING")
    }
  }

  @Test func incomingMessagesAreThereToBeRead() async throws {
    try await Running.with { running in
      _ = try await running.post(
        "/control/waha", ["incoming": .object(["from": .string("77012345678"), "text": .string("СТОП")])])
      let list = try await running.get(
        "/waha/api/default/chats/all/messages?filter.fromMe=false&limit=50", Running.waha)
      #expect(list.json?[0]?["body"]?.string == "СТОП" && list.json?[0]?["fromMe"]?.bool == false)
      #expect(try await running.get("/waha/api/default/chats", Running.waha).json?.array?.count == 1)
    }
  }
}
