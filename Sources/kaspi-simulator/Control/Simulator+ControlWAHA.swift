import Store

extension Simulator {
  /// Everything a phone shows, in order of arrival.
  var messagesJSON: JSONValue {
    let (messages, sends) = with { ($0.waha.messages, $0.waha.sends) }
    let list = messages.map { message -> JSONValue in
      [
        "chat": .string(message.chat), "id": .string(message.id), "text": .string(message.text),
        "fromMe": .bool(message.isOurs), "ack": .integer(message.ack),
        "timestamp": .integer(Int(message.timestamp)),
      ]
    }
    return ["messages": .array(list), "total": .integer(list.count), "sends": .integer(sends)]
  }

  /// `POST /control/waha`: wishes, each member on its own.
  func changeWAHA(_ request: Request) -> Reply {
    guard let value = JSONValue(body: request.body), value.object != nil else {
      return refused("a JSON object is needed")
    }
    let name = value["session"]?.string ?? "default"
    let now = World.now(night)
    let reason = with { state -> String? in
      if let word = value["status"]?.string {
        guard let status = WAHAState.Status(rawValue: word) else { return "unknown status \(word)" }
        var session = state.waha.sessions[name] ?? WAHAState.Session(status: status, number: nil)
        session.status = status
        session.shownCodes = 0
        session.startingReads = value["startingReads"]?.int ?? 1
        if status == .working, session.number == nil { session.number = WAHAState.account }
        if status == .scan { session.number = nil }
        state.waha.sessions[name] = session
        state.waha.noteStatus(of: name, now: now)
      }
      if value["link"]?.bool == true {
        guard var session = state.waha.sessions[name], session.status == .scan else {
          return "session \(name) does not wait to be linked"
        }
        // A code that was asked for with another number than the phone's own never links.
        guard session.pairing == nil || session.pairing == WAHAState.account else {
          return "the code was made for another number than \(WAHAState.account)"
        }
        (session.status, session.number, session.pairing) = (.working, WAHAState.account, nil)
        state.waha.sessions[name] = session
        state.waha.noteStatus(of: name, now: now)
      }
      return Self.changeHabits(&state.waha, value, now: now)
    }
    if let reason { return refused(reason) }
    save()
    return .json(with { Self.habits($0.waha) })
  }

  private static func changeHabits(_ waha: inout WAHAState, _ value: JSONValue, now: Int64) -> String? {
    if let word = value["dedupe"]?.string {
      guard let dedupe = WAHAState.Dedupe(rawValue: word) else { return "dedupe is once or none" }
      waha.dedupe = dedupe
    }
    if let word = value["engine"]?.string {
      guard let engine = WAHAEngine(rawValue: word) else { return "engine is GOWS, NOWEB, WEBJS or WPP" }
      waha.engine = engine
    }
    if let version = value["version"]?.string { waha.version = version }
    if let chaos = value["chaos"] {
      waha.chaos = chaos.isNull ? nil : WAHAChaos(chaos)
    }
    if let suffixes = value["missingSuffixes"]?.array { waha.missingSuffixes = suffixes.compactMap(\.string) }
    if let step = value["ackStep"]?.int { waha.ackStep = step }
    if let limit = value["ackLimit"]?.int { waha.ackLimit = limit }
    if let wait = value["waitMilliseconds"]?.int { waha.waitMilliseconds = max(0, wait) }
    if let lag = value["readLag"]?.int { waha.readLag = max(0, lag) }
    if let errors = value["sendErrors"]?.array { waha.sendErrors = errors.compactMap(\.string) }
    if let hooks = value["webhooks"]?.array {
      waha.hooks = hooks.compactMap { Webhook($0) }
      guard waha.hooks.count == hooks.count else { return "a webhook needs an address on 127.0.0.1" }
    }
    if value["acknowledge"]?.bool == true { waha.acknowledgeAll(now: now) }
    if let incoming = value["incoming"] {
      for message in incoming.array ?? [incoming] {
        let number = (message["from"]?.string ?? "").filter { $0.isASCII && $0.isNumber }
        guard !number.isEmpty, let text = message["text"]?.string else {
          return "incoming needs from and text"
        }
        let raw = message["id"]?.string ?? waha.newID(seed: waha.messages.count)
        waha.show(
          WAHAMessage(
            chat: "\(number)@c.us", id: raw, text: text, isOurs: false,
            timestamp: Int64(message["timestamp"]?.int ?? Int(now / 1000) + waha.messages.count), ack: 2),
          session: value["session"]?.string ?? "default", now: now)
      }
    }
    return nil
  }

  private static func habits(_ waha: WAHAState) -> JSONValue {
    [
      "sessions": .object(waha.sessions.mapValues { .string($0.status.rawValue) }),
      "dedupe": .string(waha.dedupe.rawValue), "engine": .string(waha.engine.rawValue),
      "version": .string(waha.version), "chaos": .number(waha.chaos?.share),
      "missingSuffixes": .texts(waha.missingSuffixes),
      "ackStep": .integer(waha.ackStep), "ackLimit": .integer(waha.ackLimit),
      "waitMilliseconds": .integer(waha.waitMilliseconds), "readLag": .integer(waha.readLag),
      "sendErrors": .texts(waha.sendErrors), "messages": .integer(waha.messages.count),
      "sends": .integer(waha.sends),
    ]
  }
}
