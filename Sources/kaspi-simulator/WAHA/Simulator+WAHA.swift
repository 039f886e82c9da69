import Store

extension Simulator {
  /// The WhatsApp gateway: `/waha/…`.
  func waha(_ request: Request) async -> Reply {
    let path = Array(request.segments.dropFirst())
    if path == ["ping"] { return .json(["message": .string("pong")]) }
    guard
      request.header("x-api-key") == settings.wahaKey || request.parameter("x-api-key") == settings.wahaKey
    else {
      return WAHAReply.plain(401, "Unauthorized")
    }
    switch (request.method, path.first, path.count) {
    case ("GET", "health", 1):
      return .json([
        "status": .string("ok"), "info": .object([:]), "error": .object([:]), "details": .object([:]),
      ])
    case (_, "api", 2...): return await troubled(request, Array(path.dropFirst()))
    default: return wahaUnknown(request)
    }
  }

  /// A call with the random trouble that the control endpoint has asked for.
  private func troubled(_ request: Request, _ path: [String]) async -> Reply {
    // Typing and sessions stay as they are: nothing is learned from their failing.
    let isSend = request.method == "POST" && path.first?.hasPrefix("send") == true
    let isReading =
      request.method == "GET" && ["messages", "lids", "contacts"].contains { path.contains($0) }
    guard isSend || isReading, let drawn = with({ $0.waha.chaos?.draw(isReading: isReading) }) else {
      return await wahaCall(request, path)
    }
    let good = drawn.isAfter ? await wahaCall(request, path) : nil
    let now = World.now(night)
    if let bad = with({ $0.waha.chaos?.reply(drawn.trouble, request: request, good: good, now: now) }) {
      return bad
    }
    with { state in
      for name in state.waha.sessions.keys {
        state.waha.sessions[name]?.status = drawn.trouble == .failed ? .failed : .starting
        // Two looks of this call, and one of whoever asks what is wrong.
        state.waha.sessions[name]?.startingReads = 3
      }
    }
    return await wahaCall(request, path)
  }

  private func wahaUnknown(_ request: Request) -> Reply {
    let path = "/" + request.segments.dropFirst().joined(separator: "/")
    return WAHAReply.plain(404, "Cannot \(request.method) \(path)", error: "Not Found")
  }

  private func wahaCall(_ request: Request, _ path: [String]) async -> Reply {
    switch (request.method, path[0], path.count) {
    case ("GET", "server", 2) where path[1] == "version", ("GET", "version", 1):
      var fields = with { WAHAReply.version($0.waha) }.object ?? [:]
      fields["browser"] = .null
      fields["platform"] = .string("linux/x64")
      fields["worker"] = .object(["id": .null])
      return .json(.object(fields))
    case ("GET", "server", 2) where path[1] == "status":
      return .json([
        "startTimestamp": .moment(World.firstNight), "uptime": .moment(World.now(night) - World.firstNight),
        "worker": .object(["id": .string("waha")]),
      ])
    case (_, "sessions", _): return wahaSessions(request, path)
    case ("GET", "contacts", 2) where path[1] == "check-exists", ("GET", "checkNumberStatus", 1):
      return await checkExists(request)
    case ("POST", "sendText", 1): return await sendText(request)
    case ("POST", "sendImage", 1), ("POST", "sendFile", 1): return await sendMedia(request, path[0])
    case ("POST", "startTyping", 1), ("POST", "stopTyping", 1), ("POST", "sendSeen", 1):
      return await inWorkingSession(request) { _, _ in .json(["result": .bool(true)], status: 201) }
    case ("GET", "messages", 1):
      return await readMessages(request, session: request.parameter("session") ?? "", path)
    default: return await wahaSessionCall(request, path)
    }
  }

  /// Calls with the session in the path.
  private func wahaSessionCall(_ request: Request, _ path: [String]) async -> Reply {
    let session = path[0]
    switch (request.method, path.dropFirst().first, path.count) {
    case ("GET", "new-message-id", 2):
      guard with({ $0.waha.sessions[session] != nil }) else { return WAHAReply.noSession(session) }
      guard with({ $0.waha.keepsIDs }) else {
        return WAHAReply.plain(501, "The engine does not implement it", error: "Not Implemented")
      }
      return .json(["id": .string(with { $0.waha.newID(seed: settings.seed) })])
    case ("POST", "presence", 2):
      return await presence(request, session: session)
    case ("GET", "auth", 3) where path[2] == "qr": return await code(request, session: session)
    case ("POST", "auth", 3) where path[2] == "request-code": return pairingCode(request, session: session)
    case ("GET", "auth", 4) where path[2] == "passkey":
      return WAHAReply.plain(422, "No passkey challenge", error: "Unprocessable Entity")
    case ("GET", "lids", 4) where path[2] == "pn":
      let number = path[3].filter(\.isNumber)
      return .json(["lid": .string(WAHAState.lid(number)), "pn": .string("\(number)@c.us")])
    case ("GET", "lids", 3):
      let chats = with { Set($0.waha.messages.map(\.chat)) }
      let owner = chats.sorted().first { WAHAState.lid(String($0.prefix { $0 != "@" })) == path[2] }
      return .json(["lid": .string(path[2]), "pn": .text(owner)])
    case ("GET", "chats", 2): return await chats(request, session: session)
    case ("GET", "chats", 3) where path[2] == "overview": return await chats(request, session: session)
    case ("GET", "chats", 4...5) where path[3] == "messages":
      return await readMessages(request, session: session, path)
    default: return wahaUnknown(request)
    }
  }

  /// Waits for a session to work, as the gateway does before it gives up.
  func workingSession(_ name: String) async -> Reply? {
    var status = with { $0.waha.status(of: name) }
    if status != nil, status != .working {
      await pause(milliseconds: with { $0.waha.waitMilliseconds })
      status = with { $0.waha.status(of: name) }
    }
    guard let status else { return WAHAReply.noSession(name) }
    return status == .working ? nil : WAHAReply.wrongStatus(name, status, expected: .working)
  }

  /// Does something in the session that the body or query names, once it works.
  private func inWorkingSession(_ request: Request, _ body: (JSONValue, String) -> Reply) async -> Reply {
    guard let value = request.method == "GET" ? .object([:]) : JSONValue(body: request.body) else {
      return WAHAReply.plain(400, "Unexpected token in JSON", error: "Bad Request")
    }
    guard let session = value["session"]?.string ?? request.parameter("session"), !session.isEmpty else {
      return .json(["error": .string("Session name is required")], status: 422)
    }
    if let trouble = await workingSession(session) { return trouble }
    return body(value, session)
  }

  private func presence(_ request: Request, session: String) async -> Reply {
    if let trouble = await workingSession(session) { return trouble }
    let value = JSONValue(body: request.body)
    switch (value?["presence"]?.string, value?["chatId"]?.string) {
    case ("typing", .some), ("paused", .some), ("recording", .some): break
    case (.some(let word), nil) where word == "online" || word == "offline":
      with { $0.waha.sessions[session]?.presence = word }
    default:
      return .json(["detail": .string("presence and chatId do not go together")], status: 400)
    }
    return Reply(201)
  }

  // MARK: - Numbers and sending

  private func checkExists(_ request: Request) async -> Reply {
    await inWorkingSession(request) { _, _ in
      let number = (request.parameter("phone") ?? "").filter { $0.isASCII && $0.isNumber }
      guard with({ $0.waha.exists(number) }), number.count >= 10 else {
        return .json(["numberExists": .bool(false)])
      }
      return .json(["numberExists": .bool(true), "chatId": .string("\(number)@c.us")])
    }
  }

  private func sendText(_ request: Request) async -> Reply {
    let night = night
    let now = World.now(night)
    let reply = await inWorkingSession(request) { value, session in
      // Bodies are not validated: what is missing or of another type throws somewhere inside.
      guard let chatID = value["chatId"]?.string else {
        return WAHAReply.thrown(
          "Cannot read properties of undefined (reading 'includes')", name: "TypeError", request: request,
          now: now)
      }
      guard let text = value["text"]?.string else {
        return WAHAReply.thrown(
          "Cannot read properties of undefined (reading 'match')", name: "TypeError", request: request,
          now: now)
      }
      if let id = value["id"], id.string == nil, !id.isNull {
        return WAHAReply.thrown("id.split is not a function", name: "TypeError", request: request, now: now)
      }
      let chat = chatID.contains("@") ? chatID : chatID + "@c.us"
      return with { state in
        state.waha.sends += 1
        if !state.waha.sendErrors.isEmpty {
          return WAHAReply.thrown(state.waha.sendErrors.removeFirst(), request: request, now: now)
        }
        let number = String(chat.prefix { $0 != "@" })
        if chat.hasSuffix("@c.us"), !state.waha.exists(number) {
          return WAHAReply.thrown(
            "2 UNKNOWN: no LID found for \(number)@s.whatsapp.net from server", request: request, now: now)
        }
        // Other engines, and older versions, pay no heed to an id.
        let given = state.waha.keepsIDs ? value["id"]?.string ?? "" : ""
        let raw = given.isEmpty ? state.waha.newID(seed: settings.seed) : given
        // GOWS answers after WhatsApp's own server has it, so it is SERVER at once, unless acks never come.
        let message = WAHAMessage(
          chat: chat, id: raw, text: text, isOurs: true,
          timestamp: now / 1000 + Int64(state.waha.messages.count),
          ack: min(1, state.waha.ackLimit))
        state.waha.show(message, session: session, now: now)
        return .json(state.waha.engine.sent(message), status: 201)
      }
    }
    if reply.status == 201 { save() }
    return reply
  }

  /// Pictures and documents: no id of the client's is kept, whatever the engine.
  private func sendMedia(_ request: Request, _ call: String) async -> Reply {
    let night = night
    let now = World.now(night)
    let reply = await inWorkingSession(request) { value, session in
      let file = value["file"]
      guard let chat = value["chatId"]?.string, let mime = file?["mimetype"]?.string,
        file?["data"]?.string != nil || file?["url"]?.string != nil
      else {
        return WAHAReply.thrown(
          "Cannot read properties of undefined (reading 'mimetype')", name: "TypeError", request: request,
          now: now)
      }
      return with { state in
        state.waha.sends += 1
        let raw = state.waha.newID(seed: settings.seed)
        let message = WAHAMessage(
          chat: chat, id: raw, text: "[\(mime) \(file?["filename"]?.string ?? "")]", isOurs: true,
          timestamp: now / 1000 + Int64(state.waha.messages.count), ack: min(1, state.waha.ackLimit))
        state.waha.show(message, session: session, now: now)
        return .json(state.waha.engine.sent(message), status: 201)
      }
    }
    if reply.status == 201 { save() }
    return reply
  }

  // MARK: - Reading

  private func chats(_ request: Request, session: String) async -> Reply {
    if let trouble = await workingSession(session) { return trouble }
    let messages = with { $0.waha.messages }
    var last: [String: Int64] = [:]
    for message in messages { last[WAHAState.filed(message.chat)] = message.timestamp }
    let sorted = last.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
    let offset = max(0, Int(request.parameter("offset") ?? "0") ?? 0)
    let limit = max(1, Int(request.parameter("limit") ?? "100") ?? 100)
    return .json(
      .array(
        sorted.dropFirst(offset).prefix(limit).map {
          .object(["id": .string($0.key), "name": .null, "conversationTimestamp": .integer(Int($0.value))])
        }))
  }

  private func readMessages(_ request: Request, session: String, _ path: [String]) async -> Reply {
    if let trouble = await workingSession(session) { return trouble }
    let chat = path.count > 2 ? path[2] : request.parameter("chatId") ?? "all"
    if chat == "all", !with({ $0.waha.engine.readsAllChats }) {
      return WAHAReply.thrown("invalid chat id: all", request: request, now: World.now(night))
    }
    if path.count == 5 {
      let now = World.now(night)
      guard let message = with({ $0.waha.read(path[4], in: chat, session: session, now: now) }) else {
        return WAHAReply.plain(404, "Message not found", error: "Not Found")
      }
      return .json(message.json(filedUnder: WAHAState.filed(message.chat)))
    }
    let isAscending = request.parameter("sortOrder") == "asc"
    let from = request.parameter("filter.timestamp.gte").flatMap { Int64($0) }
    let to = request.parameter("filter.timestamp.lte").flatMap { Int64($0) }
    let chosen = with { $0.waha.messages }.filter { message in
      (chat == "all" || chat == message.chat || chat == WAHAState.filed(message.chat)) && message.lag == 0
        && (from.map { message.timestamp >= $0 } ?? true) && (to.map { message.timestamp <= $0 } ?? true)
        && (request.parameter("filter.fromMe").map { message.isOurs == ($0 == "true") } ?? true)
        && (request.parameter("filter.ack").map { message.ackName == $0 } ?? true)
    }
    let offset = max(0, Int(request.parameter("offset") ?? "0") ?? 0)
    let limit = max(1, Int(request.parameter("limit") ?? "10") ?? 10)
    let sorted = isAscending ? chosen : chosen.reversed()
    return .json(
      .array(sorted.dropFirst(offset).prefix(limit).map { $0.json(filedUnder: WAHAState.filed($0.chat)) }))
  }
}
