import HTTP
import Model
import Store
import Testing

@testable import Notify

@Suite struct SendVerdictTests {
  static let id = "3EB0A1B2C3D4E5F60718AB"

  static func exception(_ message: String) -> String {
    """
    {"statusCode":500,"exception":{"message":"\(message)","details":"","name":"Error"},
    "request":{"path":"/api/sendText","method":"POST","body":{"text":"error 463 no LID found rate-overlimit"}}}
    """
  }

  /// Every row of the table in WAHAErrors.md: status, content type is a page, body, class, reason.
  static let answers: [(Int, Bool, String, SendVerdict.Outcome, String)] = [
    (201, false, "{\"id\":\"true_77012345678@c.us_\(id)\"}", .accepted, "accepted"),
    (200, false, "{\"key\":{\"id\":\"\(id)\"}}", .accepted, "accepted"),
    (201, false, "{\"id\":\"true_120000000000001@lid_\(id)\"}", .accepted, "accepted"),
    (201, false, "{\"id\":\"true_77012345678@c.us_3EB0000000000000000000\"}", .unknown, "foreign_id"),
    (201, false, "", .unknown, "answer_without_id"),
    (201, false, "{", .unknown, "answer_without_id"),
    (201, false, "null", .unknown, "answer_without_id"),
    (201, false, "{\"id\":null}", .unknown, "answer_without_id"),
    (200, true, "<html>", .unknown, "proxy_page"),
    (200, false, " <!doctype html>", .unknown, "proxy_page"),
    (302, false, "", .refused, "no_such_call"),
    (
      400, false, "{\"message\":[\"bad\"],\"error\":\"Bad Request\",\"statusCode\":400}", .refused,
      "bad_request"
    ),
    (401, false, "{\"message\":\"Unauthorized\",\"statusCode\":401}", .refused, "unauthorized"),
    (403, false, "", .refused, "unauthorized"),
    (404, false, "{\"message\":\"Cannot POST /x\"}", .refused, "no_such_call"),
    (405, true, "<html>", .refused, "no_such_call"),
    (408, true, "<html>", .unknown, "timed_out"),
    (413, true, "<html>", .notSent, "too_large"),
    (
      422, false, "{\"error\":\"x\",\"session\":\"default\",\"status\":\"STARTING\"}", .notSent,
      "session_not_working"
    ),
    (429, true, "<html>", .notSent, "too_many_requests"),
    (501, false, "{\"message\":\"not implemented\"}", .refused, "no_such_call"),
    (502, true, "<html>", .unknown, "gateway_error"),
    (503, true, "<html>", .unknown, "gateway_error"),
    (504, true, "<html>", .unknown, "gateway_error"),
    (500, true, "<html>error 463</html>", .unknown, "gateway_error"),
    (500, false, "", .unknown, "server_error"),
    (500, false, exception("2 UNKNOWN: server returned error 463"), .notSent, "new_contacts_limited"),
    (500, false, exception("server returned error 4630"), .unknown, "server_error"),
    (500, false, exception("server returned error 400"), .notSent, "device_session_broken"),
    (500, false, exception("server returned error 479"), .notSent, "device_session_broken"),
    (
      500, false, exception("2 UNKNOWN: no LID found for 77012345678@s.whatsapp.net from server"), .notSent,
      "no_lid"
    ),
    (500, false, exception("No LID for user"), .notSent, "no_lid"),
    (500, false, exception("rate-overlimit"), .notSent, "rate_overlimit"),
    (500, false, exception("request entity too large"), .notSent, "too_large"),
    (500, false, exception("websocket not connected"), .notSent, "websocket_not_connected"),
    (500, false, exception("4 DEADLINE_EXCEEDED: Deadline exceeded"), .unknown, "deadline"),
    (500, false, exception("timed out waiting for message send response"), .unknown, "deadline"),
    (500, false, exception("Timed Out"), .unknown, "deadline"),
    (500, false, exception("ProtocolError: Runtime.callFunctionOn timed out"), .unknown, "deadline"),
    (500, false, exception("Cannot read properties of undefined"), .unknown, "server_error"),
  ]

  @Test(arguments: answers)
  func answersMeanWhatTheTableSays(
    status: Int, isPage: Bool, body: String, outcome: SendVerdict.Outcome, reason: String
  ) {
    let response = HTTPResponse(
      status: status, headers: isPage ? [("content-type", "text/html; charset=utf-8")] : [],
      body: Array(body.utf8),
      url: "")
    let verdict = SendVerdict.judge(.success(response), sentID: Self.id)
    #expect(verdict.outcome == outcome)
    #expect(verdict.reason == reason)
  }

  @Test(arguments: 200...599)
  func noStatusIsTakenForAFailureThatMayBeRepeatedBlindly(status: Int) {
    let verdict = SendVerdict.judge(
      .success(HTTPResponse(status: status, headers: [], body: [], url: "")), sentID: Self.id)
    if verdict.outcome == .accepted || verdict.outcome == .notSent {
      #expect([413, 422, 429].contains(status))
    }
  }

  @Test(arguments: [
    (HTTPError.Code.notConnected, false, SendVerdict.Outcome.notSent), (.timedOut, false, .notSent),
    (.connectionLost, false, .notSent), (.cancelled, false, .notSent), (.invalidRequest, false, .refused),
    (.notConnected, true, .unknown), (.timedOut, true, .unknown), (.connectionLost, true, .unknown),
    (.tooLarge, true, .unknown), (.badAnswer, true, .unknown), (.badRedirect, true, .unknown),
    (.cancelled, true, .unknown), (.invalidRequest, true, .unknown),
  ])
  func whatLeftIsUnknownWhatDidNotIsNotSent(code: HTTPError.Code, left: Bool, outcome: SendVerdict.Outcome) {
    let error = HTTPError(code: code, mayHaveReachedServer: left, url: "x", message: "")
    #expect(SendVerdict.judge(.failure(error), sentID: Self.id).outcome == outcome)
  }

  @Test func aProxysRetryAfterIsObeyed() {
    for status in [429, 503] {
      let response = HTTPResponse(status: status, headers: [("retry-after", "120")], body: [], url: "")
      #expect(SendVerdict.judge(.success(response), sentID: nil).step == .backOff(.seconds(120)))
    }
  }

  @Test(arguments: [
    (#"{"id":"true_77012345678@c.us_RAW"}"#, "RAW"), (#"{"id":"RAW"}"#, "RAW"),
    (#"{"id":"true_1-2@g.us_RAW_77010000001@c.us"}"#, "RAW"),
    (#"{"id":{"id":"RAW","_serialized":"x"}}"#, "RAW"),
    (#"{"id":{"_serialized":"true_7@c.us_RAW"}}"#, "RAW"), (#"{"key":{"id":"RAW"}}"#, "RAW"),
    (#"{"_data":{"Info":{"ID":"RAW"}}}"#, "RAW"), (#"{"id":"true_7@c.us_"}"#, nil), (#"{"id":""}"#, nil),
    ("{}", nil), ("[]", nil), ("null", nil), (#"{"id":{}}"#, nil),
  ])
  func findsTheRawIdOfEveryEngine(body: String, raw: String?) throws {
    #expect(WAHAAnswer.rawID(try JSONValue(parsing: Array(body.utf8))) == raw)
  }

  @Test(arguments: [
    ("GOWS", "2026.7.1", true), ("NOWEB", "2026.4.3", true), ("GOWS", "2026.4.2", false),
    ("GOWS", "2027.1.1", true),
    ("GOWS", "2025.12.9", false), ("WEBJS", "2026.7.1", false), ("WPP", "2026.7.1", false),
    ("GOWS", "x", false),
    ("GOWS", "2026.10.1", true), ("gows", "2026.7.1-beta", true),
  ])
  func knowsWhichEnginesKeepOurIds(engine: String, version: String, honours: Bool) {
    #expect(WAHAServer(version: version, engine: engine).honoursIDs == honours)
  }

  @Test(arguments: [
    ("77012345678@c.us", true), ("120000000000001@lid", true), ("1-2@g.us", false), ("1@newsletter", false),
    ("status@broadcast", false), ("77012345678@s.whatsapp.net", false), ("77012345678", false),
    ("@c.us", false),
  ])
  func writesToPersonsOnly(chat: String, isPerson: Bool) { #expect(WAHAClient.isPerson(chat) == isPerson) }

  @Test(arguments: ["+7 (701) 234-56-78", "8 701 234 56 78", "7012345678", "77012345678"])
  func everySpellingIsOneChat(text: String) throws {
    #expect(WAHAClient.chat(for: try #require(PhoneNumber(text))) == "77012345678@c.us")
  }

  @Test func everyStatusHasItsAdvice() {
    #expect(SessionAdvice.of(SessionStatus(wire: "WORKING")) == .send)
    #expect(SessionAdvice.of(SessionStatus(wire: "STOPPED")) == .start)
    #expect(SessionAdvice.of(SessionStatus(wire: "STARTING")) == .wait)
    #expect(SessionAdvice.of(SessionStatus(wire: "FAILED")) == .restart)
    for word in ["SCAN_QR_CODE", "PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED", "CONNECTED", ""] {
      let status = SessionStatus(wire: word)
      #expect(status.wire == word)
      guard case .tell = SessionAdvice.of(status) else {
        Issue.record("\(word) is no case for a person")
        continue
      }
    }
  }
}

@Suite struct WAHAClientTests {
  func client(_ answer: @escaping @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse) -> (
    WAHAClient, ScriptedClient
  ) {
    let script = ScriptedClient(answer)
    return (WAHAClient(client: script, base: "http://w:3000/", key: "k", session: "my shop"), script)
  }

  @Test func errorsNameNeitherPhoneNorText() async throws {
    let phone = try #require(PhoneNumber("77012345678"))
    let body = SendVerdictTests.exception("no LID found for 77012345678@s.whatsapp.net")
    for status in [400, 401, 404, 422, 429, 500, 502] {
      let (waha, _) = client { (_) throws(HTTPError) in .json(body, status: status) }
      let error = await #expect(throws: WAHAError.self) { _ = try await waha.chat(of: phone) }
      let shown = try "\(#require(error)) \(#require(error).hint)"
      #expect(!shown.contains("77012345678") && !shown.contains("2345678"))
      let second = await #expect(throws: WAHAError.self) {
        try await waha.typing(true, chat: "77012345678@c.us")
      }
      #expect(try !"\(#require(second))".contains("2345678"))
    }
  }

  @Test func theKeyGoesIntoAHeaderAndNotWithThePing() async throws {
    let (waha, script) = client { (request) throws(HTTPError) in
      let hasKey = request.headers.contains { $0.name == "X-Api-Key" && $0.value == "k" }
      if request.url.hasSuffix("/ping") {
        return hasKey ? .json("", status: 500) : .json("{\"message\":\"pong\"}")
      }
      return hasKey ? .json("{\"version\":\"2026.7.1\",\"engine\":\"GOWS\"}") : .json("", status: 401)
    }
    #expect(try await waha.server() == WAHAServer(version: "2026.7.1", engine: "GOWS"))
    #expect(script.requests == ["GET http://w:3000/ping", "GET http://w:3000/api/server/version"])
  }

  @Test(arguments: [
    (404, "{\"message\":\"Message not found\"}", true), (404, "{\"message\":\"Session not found\"}", false),
    (500, "{\"exception\":{\"message\":\"Message not found\"}}", true), (500, "{}", false), (200, "", false),
    (200, "{\"id\":\"true_7@c.us_OTHER\",\"ack\":2}", false),
  ])
  func onlyAClearMissIsAMiss(status: Int, body: String, isMiss: Bool) async throws {
    let (waha, _) = client { (_) throws(HTTPError) in .json(body, status: status) }
    if isMiss {
      #expect(try await waha.acknowledgement(of: SendVerdictTests.id) == nil)
    } else {
      await #expect(throws: WAHAError.self) { try await waha.acknowledgement(of: SendVerdictTests.id) }
    }
  }

  @Test func linksByPhone() async throws {
    let (waha, script) = client { (request) throws(HTTPError) in
      request.body == Array("{\"phoneNumber\":\"77010000001\"}".utf8)
        ? .json("{\"code\":\"ABCD-EFGH\"}", status: 201) : .json("{}", status: 400)
    }
    #expect(try await waha.requestCode(for: try #require(PhoneNumber("8 701 000 00 01"))) == "ABCD-EFGH")
    #expect(script.requests == ["POST http://w:3000/api/my%20shop/auth/request-code"])
  }

  @Test func aBadStateSaysWhatToDo() async throws {
    let (waha, _) = client { (_) throws(HTTPError) in
      .json(
        "{\"error\":\"x\",\"session\":\"my shop\",\"status\":\"SCAN_QR_CODE\",\"expected\":[\"WORKING\"]}",
        status: 422)
    }
    let error = await #expect(throws: WAHAError.self) {
      try await waha.typing(true, chat: "77012345678@c.us")
    }
    #expect(error?.status == .scanCode)
    #expect(error?.hint.contains("session link") == true)
  }
}
