import FoundationEssentials
import HTTP
import Model
import Store
import Synchronization
import SystemPackage
import TestKit

@testable import Notify

/// A WAHA in memory that keeps what buyers would see, and loses replies on request.
final class FakeWAHA: HTTPClient {
  /// What happens to one `sendText`.
  enum Fault: String, Sendable, CaseIterable {
    case lostAfter, timeoutAfter, deadlineAfter, pageAfter, emptyAfter, cutAfter, hugeAfter, foreignIdAfter
    case lostBefore, timeoutBefore, deadlineBefore, pageBefore, gateway
    case notConnected, limited463, noLID, overlimit, unauthorized, badRequest, tooLarge, device, session,
      retryLater

    /// Whether the buyer sees the message although the reply is bad.
    var delivers: Bool {
      switch self {
      case .lostAfter, .timeoutAfter, .deadlineAfter, .pageAfter, .emptyAfter, .cutAfter, .hugeAfter,
        .foreignIdAfter:
        true
      default: false
      }
    }
  }

  struct Sent: Sendable, Hashable {
    var chat: String
    var id: String?
    var text: String
  }

  struct State: Sendable {
    var visible: [Sent] = []
    var faults: [Fault] = []
    var engine = "GOWS"
    var version = "2026.7.1"
    var status = "WORKING"
    /// Looks that miss before a message shows up in read-back.
    var lag = 0
    var dropsRepeats = true
    /// Whether ids are ignored, whatever the version promises.
    var ignoresIDs = false
    var canRead = true
    /// Looks for one message that fail before one succeeds.
    var badReads = 0
    var ack = 2
    var absent: Set<String> = []
    var sends: [Sent] = []
    var calls: [String] = []
    var looks: [String: Int] = [:]
    /// What people wrote, as the gateway reads it back.
    var incoming: [JSONValue] = []
    /// Who is behind opaque ids.
    var lids: [String: String] = [:]
    var media: [String] = []
    var mediaFault: Fault?
    var onCall: (@Sendable (State, Bool) -> Void)?
  }

  private let state: Mutex<State>
  init(_ state: State = State()) { self.state = Mutex(state) }

  var now: State { state.withLock { $0 } }
  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    now.onCall?(now, false)
    let result: Result<HTTPResponse, HTTPError> = state.withLock { Self.answer(request, &$0) }
    now.onCall?(now, true)
    return try result.get()
  }

  private static func failure(_ code: HTTPError.Code, left: Bool) -> Result<HTTPResponse, HTTPError> {
    .failure(HTTPError(code: code, mayHaveReachedServer: left, url: "x", message: "scripted"))
  }

  private static func exception(_ message: String, _ body: JSONValue) -> Result<HTTPResponse, HTTPError> {
    let value: JSONValue = [
      "statusCode": 500, "exception": ["message": .string(message)], "request": ["body": body],
    ]
    return .success(.json(String(decoding: CanonicalJSON.line(value), as: UTF8.self), status: 500))
  }

  private static func answer(_ request: HTTPRequest, _ state: inout State) -> Result<HTTPResponse, HTTPError>
  {
    let path = request.url.dropFirst("http://w".count)
    state.calls.append("\(request.method) \(path.prefix { $0 != "?" })")
    if path == "/ping" { return .success(.json("{\"message\":\"pong\"}")) }
    guard request.headers.contains(where: { $0.name == "X-Api-Key" && $0.value == "k" }) else {
      return .success(.json("{\"message\":\"Unauthorized\",\"statusCode\":401}", status: 401))
    }
    switch path {
    case "/api/server/version":
      return .success(.json("{\"version\":\"\(state.version)\",\"engine\":\"\(state.engine)\"}"))
    case "/api/sessions/default":
      return .success(.json("{\"name\":\"default\",\"status\":\"\(state.status)\"}"))
    case "/api/sessions/default/start", "/api/sessions/default/restart":
      state.status = "WORKING"
      return .success(.json("{}", status: 201))
    case "/api/startTyping", "/api/stopTyping": return .success(.json("{\"result\":true}", status: 201))
    case "/api/sendText": return sendText(request, &state)
    default: break
    }
    if path.hasPrefix("/api/contacts/check-exists") {
      let digits = path.split(separator: "phone=").last.map { String($0.prefix { $0.isNumber }) } ?? ""
      return .success(
        .json(
          state.absent.contains(digits)
            ? "{\"numberExists\":false}" : "{\"numberExists\":true,\"chatId\":\"\(digits)@c.us\"}"))
    }
    if path == "/api/sendImage" || path == "/api/sendFile" {
      let fault = state.mediaFault
      if fault?.delivers ?? true { state.media.append(String(path)) }
      return fault == nil
        ? .success(.json("{\"id\":\"true_x_3EB0BBBBBBBBBBBBBBBBBB\"}", status: 201))
        : failure(.timedOut, left: true)
    }
    if path.hasPrefix("/api/default/lids/") {
      let lid = String(path.dropFirst("/api/default/lids/".count)).replacing("%40", with: "@")
      let pn = state.lids[lid].map { "\"\($0)@c.us\"" } ?? "null"
      return .success(.json("{\"lid\":\"\(lid)\",\"pn\":\(pn)}"))
    }
    guard state.canRead else { return exception("engine is busy", .null) }
    if path.hasPrefix("/api/default/chats/"), path.contains("filter.fromMe=false") {
      let chat = path.dropFirst("/api/default/chats/".count).prefix { $0 != "/" }.replacing("%40", with: "@")
      let found = state.incoming.filter { chat == "all" || $0["from"]?.string == String(chat) }
      return .success(.json(String(decoding: CanonicalJSON.line(.array(found)), as: UTF8.self)))
    }
    if path.hasPrefix("/api/default/chats/all/messages/") {
      let id = path.dropFirst("/api/default/chats/all/messages/".count).prefix { $0 != "?" }
      if state.badReads > 0 {
        state.badReads -= 1
        return failure(.connectionLost, left: true)
      }
      state.looks[String(id), default: 0] += 1
      guard let sent = state.visible.first(where: { $0.id == String(id) }),
        state.looks[String(id), default: 0] > state.lag
      else { return .success(.json("{\"message\":\"Message not found\",\"statusCode\":404}", status: 404)) }
      return .success(.json("{\"id\":\"true_\(sent.chat)_\(id)\",\"ack\":\(state.ack),\"fromMe\":true}"))
    }
    if path.hasPrefix("/api/default/chats/") {
      let messages = state.visible.map { sent -> JSONValue in
        ["id": "true_x_y", "body": .string(sent.text), "fromMe": true, "ack": .integer(state.ack)]
      }
      return .success(.json(String(decoding: CanonicalJSON.line(.array(messages)), as: UTF8.self)))
    }
    return .success(.json("{\"message\":\"Cannot \(path)\"}", status: 404))
  }

  private static func sendText(_ request: HTTPRequest, _ state: inout State) -> Result<
    HTTPResponse, HTTPError
  > {
    guard let body = request.body, let value = try? JSONValue(parsing: body),
      let chat = value["chatId"]?.string,
      let text = value["text"]?.string
    else { return .success(.json("{}", status: 400)) }
    let honours = ["GOWS", "NOWEB"].contains(state.engine) && !state.ignoresIDs
    let sent = Sent(chat: chat, id: honours ? value["id"]?.string : nil, text: text)
    state.sends.append(sent)
    let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
    if fault?.delivers ?? true {
      let isRepeat = sent.id != nil && state.visible.contains { $0.id == sent.id && $0.chat == chat }
      if !(isRepeat && state.dropsRepeats) { state.visible.append(sent) }
    }
    let good = "{\"id\":\"true_\(chat)_\(sent.id ?? "3EB0AAAAAAAAAAAAAAAAAA")\"}"
    switch fault {
    case nil: return .success(.json(good, status: 201))
    case .lostAfter, .lostBefore: return failure(.connectionLost, left: true)
    case .timeoutAfter, .timeoutBefore: return failure(.timedOut, left: true)
    case .deadlineAfter, .deadlineBefore: return exception("4 DEADLINE_EXCEEDED: Deadline exceeded", value)
    case .pageAfter, .pageBefore: return .success(.page(200))
    case .emptyAfter: return .success(.json("", status: 201))
    case .cutAfter: return .success(.json(String(good.dropLast(9)), status: 201))
    case .hugeAfter: return failure(.tooLarge, left: true)
    case .foreignIdAfter:
      return .success(.json("{\"id\":\"true_\(chat)_3EB0FFFFFFFFFFFFFFFFFF\"}", status: 201))
    case .gateway: return .success(.page(502))
    case .notConnected: return failure(.notConnected, left: false)
    case .limited463: return exception("2 UNKNOWN: server returned error 463", value)
    case .noLID: return exception("2 UNKNOWN: no LID found for \(chat) from server", value)
    case .overlimit: return exception("rate-overlimit", value)
    case .unauthorized: return .success(.json("{\"message\":\"Unauthorized\"}", status: 401))
    case .badRequest: return .success(.json("{\"message\":[\"text\"]}", status: 400))
    case .tooLarge: return exception("request entity too large", value)
    case .device: return exception("server returned error 479", value)
    case .session:
      return .success(.json("{\"error\":\"x\",\"session\":\"default\",\"status\":\"STARTING\"}", status: 422))
    case .retryLater:
      return .success(HTTPResponse(status: 429, headers: [("Retry-After", "30")], body: [], url: ""))
    }
  }
}

/// A clock that stands still until somebody waits.
final class FakeTime: Sendable {
  private let moment: Mutex<Instant>
  private let budget: Mutex<Int>

  init(_ start: Instant, sleeps: Int = .max) {
    moment = Mutex(start)
    budget = Mutex(sleeps)
  }

  var now: Instant { moment.withLock { $0 } }
  func advance(_ duration: Duration) { moment.withLock { $0 = $0.advanced(by: duration) } }

  var keeper: Timekeeper {
    Timekeeper(
      now: { self.now },
      sleep: { duration in
        let isAllowed = self.budget.withLock { left in
          left -= 1
          return left >= 0
        }
        guard isAllowed else { throw CancellationError() }
        self.advance(duration)
      })
  }
}

/// A shop with an outbox in a fresh folder, a WAHA in memory and a clock.
struct Desk {
  let temporary: TemporaryFolder
  let waha: FakeWAHA
  let time: FakeTime
  var settings = SendSettings(pacing: .unlimited, checksNumbers: false, readsInbox: false)

  init(waha: FakeWAHA = FakeWAHA(), start: Instant = Samples.noon, sleeps: Int = .max) throws {
    temporary = try TemporaryFolder()
    self.waha = waha
    time = FakeTime(start, sleeps: sleeps)
  }

  var folder: FilePath { temporary.path.appending("outbox") }
  func outbox() throws -> Outbox { try Outbox.open(folder, shop: "demo", now: time.now) }

  static let before = OrderSnapshot(taken: Samples.noon.advanced(by: .seconds(-3600)), orders: [])

  func input(_ orders: [Order], _ outbox: Outbox, previous: OrderSnapshot? = before) throws -> ScanInput {
    ScanInput(
      shop: Samples.shop,
      changes: OrderChanges(from: previous, to: OrderSnapshot(taken: time.now, orders: orders)),
      outbox: outbox.content, rules: NotificationRule.standard,
      templates: try TemplateSet(StarterTemplates.all),
      locale: .russian, now: time.now)
  }

  /// Plans a message for each of some new orders.
  @discardableResult
  func plan(_ orders: [Order]) throws -> ScanPlan {
    let outbox = try outbox()
    let plan = try Scan.plan(input(orders, outbox))
    try outbox.record(plan, now: time.now)
    return plan
  }

  /// One run with everything read anew from disk, as a new process would.
  func run() async throws -> SendReport {
    let client = WAHAClient(client: waha, base: "http://w", key: "k", session: "default")
    return try await Sender(waha: client, settings: settings, time: time.keeper, seed: 1).run(try outbox())
  }

  func content() throws -> OutboxContent { try Outbox.read(folder, shop: "demo") }

  static func orders(_ count: Int) -> [Order] {
    (0..<count).map { Samples.order("70010000\($0)", phone: "701123456\($0)") }
  }
}
