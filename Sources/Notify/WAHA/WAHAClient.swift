public import HTTP
public import Model
import Store

/// A client of one session of one WAHA.
///
/// Bodies are capped and never logged; telephones stand in requests only.
public struct WAHAClient: Sendable {
  private let client: any HTTPClient
  private let base: String
  private let key: String?
  private let timeouts: Timeouts
  /// The session's name.
  public let session: String

  /// How long answers may take.
  public struct Timeouts: Sendable, Hashable {
    /// For everything that only reads.
    public var read: Duration
    /// For a text; shorter than 60 s makes unknown fates out of slow answers.
    public var send: Duration
    /// For a picture or a document.
    public var media: Duration

    /// Names times.
    ///
    /// - Parameters:
    ///   - read: For everything that only reads.
    ///   - send: For a text.
    ///   - media: For a picture or a document.
    public init(
      read: Duration = WAHAClient.readTimeout, send: Duration = WAHAClient.sendTimeout,
      media: Duration = WAHAClient.mediaTimeout
    ) {
      self.read = read
      self.send = send
      self.media = media
    }
  }

  /// Longest time of a reading.
  public static let readTimeout = Duration.seconds(10)
  /// Longest time of a text: WAHA itself waits up to 15 s for the session, the engine about 30 s for WhatsApp.
  public static let sendTimeout = Duration.seconds(60)
  /// Longest time of a picture or a document.
  public static let mediaTimeout = Duration.seconds(120)
  static let maximumBytes = 1 << 20

  /// Makes a client.
  ///
  /// - Parameters:
  ///   - client: Sends the requests, without retries of its own: a repeated send is a decision, not a reflex.
  ///   - base: Like `http://127.0.0.1:3000`.
  ///   - key: The plain key, or `nil` for a WAHA without one.
  ///   - session: The session's name.
  ///   - timeouts: How long answers may take.
  public init(
    client: any HTTPClient, base: String, key: String?, session: String, timeouts: Timeouts = Timeouts()
  ) {
    self.client = client
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.key = key
    self.session = session
    self.timeouts = timeouts
  }

  // MARK: Server and session

  /// What runs there.
  ///
  /// - Returns: Version, engine, and whether ids of ours are honoured.
  /// - Throws: ``WAHAError``.
  public func server() async throws(WAHAError) -> WAHAServer {
    _ = try await read("GET", "/ping")
    let value = try await read("GET", "/api/server/version")
    guard let version = value["version"]?.string, let engine = value["engine"]?.string else {
      throw WAHAError(.badAnswer, "GET /api/server/version", "the answer names no version")
    }
    return WAHAServer(version: version, engine: engine)
  }

  /// The session's state.
  ///
  /// - Returns: State and the account's own number, when linked.
  /// - Throws: ``WAHAError``; `notFound` when WAHA has no session of that name.
  public func sessionInfo() async throws(WAHAError) -> WAHASession {
    try Self.info(await read("GET", "/api/sessions/\(sessionPath)"), "GET /api/sessions/…")
  }

  /// Starts the session; safe to repeat.
  ///
  /// - Throws: ``WAHAError``.
  public func start() async throws(WAHAError) {
    _ = try await read("POST", "/api/sessions/\(sessionPath)/start")
  }

  /// Stops the session; the link stays.
  ///
  /// - Throws: ``WAHAError``.
  public func stop() async throws(WAHAError) {
    _ = try await read("POST", "/api/sessions/\(sessionPath)/stop")
  }

  /// Stops and starts the session; the link stays.
  ///
  /// - Throws: ``WAHAError``.
  public func restart() async throws(WAHAError) {
    _ = try await read("POST", "/api/sessions/\(sessionPath)/restart")
  }

  /// Drops the link to the phone.
  ///
  /// - Throws: ``WAHAError``.
  public func logout() async throws(WAHAError) {
    _ = try await read("POST", "/api/sessions/\(sessionPath)/logout")
  }

  /// Makes the session when WAHA does not have it yet, set up for a notifier.
  ///
  /// - Throws: ``WAHAError``.
  public func create() async throws(WAHAError) {
    let ignore: JSONValue = ["status": true, "groups": true, "channels": true, "broadcast": true]
    _ = try await read(
      "POST", "/api/sessions",
      body: ["name": .string(session), "start": true, "config": ["ignore": ignore]])
  }

  /// Asks for a pairing code.
  ///
  /// The owner types it on the phone: Linked devices, Link a device, Link with phone number. It lives about 160
  /// seconds; WhatsApp refuses for hours after a handful.
  ///
  /// - Parameter phone: The account's own number.
  /// - Returns: Like `ABCD-EFGH`.
  /// - Throws: ``WAHAError``; `notReady` unless the session waits to be linked.
  public func requestCode(for phone: PhoneNumber) async throws(WAHAError) -> String {
    let value = try await read(
      "POST", "/api/\(sessionPath)/auth/request-code", body: ["phoneNumber": .string(phone.digits)],
      timeout: .seconds(30))
    guard let code = value["code"]?.string, !code.isEmpty else {
      throw WAHAError(.badAnswer, "POST /api/…/auth/request-code", "the answer has no code")
    }
    return code
  }

  // MARK: Recipients

  /// Whether a number is on WhatsApp, and where to write to.
  ///
  /// - Parameter phone: The number.
  /// - Returns: The chat to send to, or `nil` when the number is not on WhatsApp.
  /// - Throws: ``WAHAError``.
  public func chat(of phone: PhoneNumber) async throws(WAHAError) -> String? {
    let value = try await read(
      "GET",
      URLQuery.append([("phone", phone.digits), ("session", session)], to: "/api/contacts/check-exists"))
    guard let exists = value["numberExists"]?.bool else {
      throw WAHAError(
        .badAnswer, "GET /api/contacts/check-exists", "the answer does not say whether it exists")
    }
    guard exists else { return nil }
    let chat = value["chatId"]?.string ?? Self.chat(for: phone)
    guard Self.isPerson(chat) else {
      throw WAHAError(.badAnswer, "GET /api/contacts/check-exists", "the answer names no person's chat")
    }
    return chat
  }

  /// The chat of a number: `77012345678@c.us`.
  static func chat(for phone: PhoneNumber) -> String { phone.digits + "@c.us" }

  /// Whether a chat is one person's: groups, channels and stories are never written to.
  static func isPerson(_ chat: String) -> Bool {
    let parts = chat.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && (parts[1] == "c.us" || parts[1] == "lid")
      && parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  // MARK: Messages

  /// Shows or hides "typing…".
  ///
  /// - Parameters:
  ///   - isTyping: Shows it.
  ///   - chat: The chat.
  /// - Throws: ``WAHAError``.
  func typing(_ isTyping: Bool, chat: String) async throws(WAHAError) {
    _ = try await read(
      "POST", isTyping ? "/api/startTyping" : "/api/stopTyping",
      body: ["session": .string(session), "chatId": .string(chat)])
  }

  /// Sends one text, once: no retry, whatever comes.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - chat: The chat.
  ///   - id: The raw id, or `nil` for engines that take none.
  /// - Returns: What the answer means.
  func sendText(_ text: String, chat: String, id: String?) async -> SendVerdict {
    var body: [String: JSONValue] = [
      "session": .string(session), "chatId": .string(chat), "text": .string(text), "linkPreview": false,
    ]
    if let id { body["id"] = .string(id) }
    return await send("/api/sendText", body, sentID: id)
  }

  /// Sends once and judges what came back.
  func send(_ path: String, _ body: [String: JSONValue], sentID: String? = nil) async -> SendVerdict {
    let timeout = sentID == nil && path != "/api/sendText" ? timeouts.media : timeouts.send
    let request = request("POST", path, body: .object(body), timeout: timeout)
    do throws(HTTPError) {
      return .judge(.success(try await client.send(request)), sentID: sentID)
    } catch {
      return .judge(.failure(error), sentID: sentID)
    }
  }

  /// Looks a message of ours up by its raw id.
  ///
  /// - Parameter id: The raw id.
  /// - Returns: Its acknowledgement, or `nil` when WAHA does not have it.
  /// - Throws: ``WAHAError``: then nothing is known.
  func acknowledgement(of id: String) async throws(WAHAError) -> Acknowledgement? {
    let path = "/api/\(sessionPath)/chats/all/messages/\(URLQuery.percentEncode(id))?downloadMedia=false"
    let value: JSONValue
    do throws(WAHAError) {
      value = try await read("GET", path)
    } catch  where error.code == .notFound && error.isMissingMessage {
      return nil
    }
    if let raw = WAHAAnswer.rawID(value), raw == id { return Acknowledgement(value["ack"]?.int) }
    throw WAHAError(.badAnswer, "GET /api/…/chats/all/messages/…", "the answer is about another message")
  }

  /// Looks for a text among our latest messages of a chat: for engines that take no ids.
  ///
  /// - Parameters:
  ///   - text: The text; the order's number makes it the only one.
  ///   - chat: The chat.
  ///   - since: The attempt.
  /// - Returns: Its acknowledgement, or `nil` when it is not among them.
  /// - Throws: ``WAHAError``: then nothing is known.
  func acknowledgement(
    ofText text: String, chat: String, since: Instant
  ) async throws(WAHAError) -> Acknowledgement? {
    let path = URLQuery.append(
      [
        ("limit", "100"), ("downloadMedia", "false"), ("filter.fromMe", "true"),
        ("filter.timestamp.gte", "\(since.milliseconds / 1000 - 60)"),
      ], to: "/api/\(sessionPath)/chats/\(URLQuery.percentEncode(chat))/messages")
    guard let list = try await read("GET", path).array else {
      throw WAHAError(.badAnswer, "GET /api/…/chats/…/messages", "the answer is no list")
    }
    // Engines may change line ends and blanks around a text, nothing inside it.
    let wanted = text.replacingLineEnds.trimmed
    return list.first {
      $0["fromMe"]?.bool != false && $0["body"]?.string?.replacingLineEnds.trimmed == wanted
    }
    .map { Acknowledgement($0["ack"]?.int) }
  }

  // MARK: Calls

  private var sessionPath: String { URLQuery.percentEncode(session) }

  private func request(_ method: String, _ path: String, body: JSONValue?, timeout: Duration) -> HTTPRequest {
    var headers: [(name: String, value: String)] = [("Accept", "application/json")]
    // The key never goes with /ping, which needs none.
    if let key, path != "/ping" { headers.append(("X-Api-Key", key)) }
    if body != nil { headers.append(("Content-Type", "application/json")) }
    return HTTPRequest(
      method, base + path, headers: headers, body: body.map(CanonicalJSON.line), timeout: timeout,
      maximumBytes: Self.maximumBytes)
  }

  /// Sends anything but a text and gives the JSON of a 2xx answer; `null` for an empty body.
  func read(
    _ method: String, _ path: String, body: JSONValue? = nil, timeout: Duration? = nil
  ) async throws(WAHAError) -> JSONValue {
    let call = "\(method) \(Self.masked(path))"
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await client.send(request(method, path, body: body, timeout: timeout ?? timeouts.read))
    } catch {
      throw WAHAError(.unreachable, call, "WAHA gave no complete answer")
    }
    guard (200...299).contains(response.status) else { throw Self.error(WAHAFailure(response), call) }
    if response.body.isEmpty { return .null }
    if WAHAAnswer.isPage(response) { throw WAHAError(.proxyPage, call, "a page came instead of an answer") }
    guard let value = WAHAAnswer.json(response) else {
      throw WAHAError(.badAnswer, call, "the answer is not JSON")
    }
    return value
  }

  private static func error(_ failure: WAHAFailure, _ call: String) -> WAHAError {
    let detail = "WAHA answered \(failure.status)"
    switch failure.status {
    case 401, 403: return WAHAError(.unauthorized, call, detail)
    case 404 where failure.cause.contains("message not found"):
      return WAHAError(.notFound, call, WAHAError.missingMessage)
    case 404, 405, 501: return WAHAError(.notFound, call, detail)
    case 422:
      let status = failure.sessionStatus
      return WAHAError(
        .notReady, call, detail + (status.map { ", session is \($0.wire)" } ?? ""), status: status)
    case 429: return WAHAError(.limited, call, detail)
    case 400...499: return WAHAError(.refused, call, detail)
    default:
      if failure.cause.contains("rate-overlimit") { return WAHAError(.limited, call, detail) }
      if failure.status == 500, failure.cause.contains("message not found") {
        return WAHAError(.notFound, call, WAHAError.missingMessage)
      }
      return WAHAError(failure.isPage ? .proxyPage : .failed, call, detail)
    }
  }

  /// The path without query and without anything that names a person or a message.
  private static func masked(_ path: String) -> String {
    let plain = path.split(separator: "?", maxSplits: 1).first.map(String.init) ?? path
    return plain.split(separator: "/", omittingEmptySubsequences: false).map { part in
      part.utf8.contains { (0x30...0x39).contains($0) || $0 == 0x25 } ? "…" : String(part)
    }.joined(separator: "/")
  }

  static func info(_ value: JSONValue, _ call: String) throws(WAHAError) -> WAHASession {
    guard let status = value["status"]?.string else {
      throw WAHAError(.badAnswer, call, "the answer names no status")
    }
    let id = value["me"]?["id"]?.string
    return WAHASession(
      status: SessionStatus(wire: status),
      account: id.flatMap { $0.split(separator: "@").first }.flatMap { PhoneNumber(String($0)) })
  }
}

extension WAHAError {
  static let missingMessage = "WAHA does not have the message"
  var isMissingMessage: Bool { detail == Self.missingMessage }
}
