import Store

extension Simulator {
  /// `/api/sessions…`.
  func wahaSessions(_ request: Request, _ path: [String]) -> Reply {
    switch (request.method, path.count) {
    case ("GET", 1):
      let all = request.parameter("all") == "true"
      let list = with { state -> [JSONValue] in
        state.waha.sessions.keys.sorted().compactMap { name in
          guard let status = state.waha.status(of: name), all || status != .stopped else { return nil }
          return Self.info(name, state.waha.sessions[name], status)
        }
      }
      return .json(.array(list))
    case ("POST", 1): return createSession(request)
    case ("POST", 2) where ["start", "stop", "logout"].contains(path[1]):
      let name = JSONValue(body: request.body)?["name"]?.string ?? "default"
      return changeSession(name, path[1])
    case ("GET", 2): return sessionInfo(path[1], status: 200)
    case ("PUT", 2):
      let isKnown = with { state in
        guard state.waha.sessions[path[1]] != nil else { return false }
        state.waha.sessions[path[1]]?.config = JSONValue(body: request.body)?["config"] ?? .object([:])
        return true
      }
      return isKnown ? sessionInfo(path[1], status: 200) : sessionNotFound
    case ("DELETE", 2):
      with { $0.waha.sessions[path[1]] = nil }
      return Reply(200)
    case ("GET", 3) where path[2] == "me":
      guard let session = with({ $0.waha.sessions[path[1]] }) else { return sessionNotFound }
      return session.number.map { .json(Self.me($0)) } ?? Reply(200)
    case ("POST", 3): return changeSession(path[1], path[2])
    default:
      return WAHAReply.plain(
        404, "Cannot \(request.method) /api/\(path.joined(separator: "/"))", error: "Not Found")
    }
  }

  private var sessionNotFound: Reply { WAHAReply.plain(404, "Session not found", error: "Not Found") }

  private func sessionInfo(_ name: String, status code: Int) -> Reply {
    let found = with { state in
      state.waha.status(of: name).map { Self.info(name, state.waha.sessions[name], $0) }
    }
    guard let found else { return sessionNotFound }
    return .json(found, status: code)
  }

  private func createSession(_ request: Request) -> Reply {
    let body = JSONValue(body: request.body) ?? .object([:])
    let name = body["name"]?.string ?? "default"
    let isNew = with { state in
      guard state.waha.sessions[name] == nil else { return false }
      var session = WAHAState.Session(status: .stopped, number: nil)
      session.config = body["config"] ?? .object([:])
      state.waha.sessions[name] = session
      if body["start"]?.bool ?? true { state.waha.start(name) }
      return true
    }
    guard isNew else {
      return WAHAReply.plain(
        422, "Session '\(name)' already exists. Use PUT to update it.", error: "Unprocessable Entity")
    }
    return sessionInfo(name, status: 201)
  }

  private func changeSession(_ name: String, _ verb: String) -> Reply {
    guard ["start", "stop", "restart", "logout"].contains(verb) else {
      return WAHAReply.plain(404, "Cannot POST /api/sessions/\(name)/\(verb)", error: "Not Found")
    }
    let isKnown = with { state in
      guard var session = state.waha.sessions[name] else { return false }
      if verb != "start" {
        let wasRunning = session.status != .stopped
        session.status = .stopped
        if verb == "logout" { session.number = nil }
        state.waha.sessions[name] = session
        guard verb == "restart" || verb == "logout" && wasRunning else { return true }
      }
      state.waha.start(name)
      return true
    }
    guard isKnown else { return sessionNotFound }
    let now = World.now(night)
    return with { state in
      state.waha.noteStatus(of: name, now: now)
      // The answer shows the state as it is now, without the step that a reading takes.
      let session = state.waha.sessions[name]
      return .json(Self.info(name, session, session?.status ?? .stopped), status: 201)
    }
  }

  /// The QR code of a session that waits to be linked; after six nobody waits any more.
  func code(_ request: Request, session name: String) async -> Reply {
    var status = with { $0.waha.status(of: name) }
    if status == .starting {
      await pause(milliseconds: with { $0.waha.waitMilliseconds })
      status = with { $0.waha.status(of: name) }
    }
    guard let status else { return WAHAReply.noSession(name) }
    guard status == .scan else { return WAHAReply.wrongStatus(name, status, expected: .scan) }
    let number = with { state in
      let shown = (state.waha.sessions[name]?.shownCodes ?? 0) + 1
      state.waha.sessions[name]?.shownCodes = shown
      if shown >= 6 { state.waha.sessions[name]?.status = .failed }
      return shown
    }
    if request.parameter("format") == "raw" { return .json(["value": .string("2@demo-\(number)")]) }
    if (request.header("accept") ?? "").contains("application/json") {
      return .json(["mimetype": .string("image/png"), "data": .string(Self.picture)])
    }
    return Reply(200, type: "image/png", Self.pictureBytes)
  }

  /// `POST /api/{session}/auth/request-code`.
  func pairingCode(_ request: Request, session name: String) -> Reply {
    let now = World.now(night)
    guard let status = with({ $0.waha.status(of: name) }), status != .stopped else {
      return WAHAReply.plain(404, "We didn't find a session with name '\(name)'", error: "Not Found")
    }
    guard status == .scan else {
      return WAHAReply.plain(
        422, "Can request code only in SCAN_QR_CODE status. The current status is \(status.rawValue)",
        error: "Unprocessable Entity")
    }
    guard let phone = JSONValue(body: request.body)?["phoneNumber"]?.string else {
      return WAHAReply.plain(400, "phoneNumber must be a string", error: "Bad Request")
    }
    let digits = phone.filter { $0.isASCII && $0.isNumber }
    guard digits.count > 6 else {
      return WAHAReply.thrown("phone number too short", request: request, now: now)
    }
    guard digits.first != "0" else {
      return WAHAReply.thrown(
        "international phone number required (must not start with 0)", request: request, now: now)
    }
    with { $0.waha.sessions[name]?.pairing = digits }
    var source = SplitMix(settings.seed, "pairing \(digits)")
    let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTVWXYZ")
    let letters = String((0..<8).map { _ in source.pick(alphabet) })
    return .json(["code": .string("\(letters.prefix(4))-\(letters.suffix(4))")], status: 201)
  }

  private static func info(_ name: String, _ session: WAHAState.Session?, _ status: WAHAState.Status)
    -> JSONValue
  {
    [
      "name": .string(name), "status": .string(status.rawValue), "config": session?.config ?? .object([:]),
      "me": status == .working ? session?.number.map(me) ?? .null : .null,
      "presence": .string(session?.presence ?? "offline"), "timestamps": .object(["activity": .null]),
      "engine": .object(["engine": .string("GOWS")]),
    ]
  }

  private static func me(_ number: String) -> JSONValue {
    [
      "id": .string("\(number)@c.us"), "lid": .string(WAHAState.lid(number)),
      "jid": .string("\(number):7@s.whatsapp.net"), "pushName": .string(World.company),
    ]
  }

  /// The smallest PNG there is: one pixel.
  private static let picture =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
  private static let pictureBytes: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
    0, 1, 8, 6,
    0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x64, 0xF8,
    0xCF, 0x50,
    0x0F, 0, 3, 0x86, 1, 0x80, 0x5A, 0x34, 0x7D, 0x6B, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60,
    0x82,
  ]
}
