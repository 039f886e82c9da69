import Store

/// Where the gateway tells what happens, as a session's configuration or the control endpoint asks for it.
struct Webhook: Sendable {
  /// An address on 127.0.0.1.
  var url: String
  /// Names of events; `*` for all.
  var events: [String]
  /// What bodies are signed with, or `nil`.
  var key: String?
  /// How the pauses between tries grow.
  var policy = Policy.constant
  /// The first pause, in seconds.
  var delay = 2.0
  /// Tries after the first one.
  var attempts = 15
  /// Whether each event is delivered twice: delivery is at least once.
  var isDoubled = false

  /// How the pauses between tries grow.
  enum Policy: String, Sendable {
    case constant, linear, exponential
  }

  /// Reads one of `config.webhooks`: `{"url","events","hmac":{"key"},"retries":{"policy","delaySeconds","attempts"}}`.
  ///
  /// `"twice": true` is ours. Gives `nil` for one without an address on loopback.
  init?(_ value: JSONValue) {
    guard let url = value["url"]?.string,
      ["http://127.0.0.1:", "http://localhost:"].contains(where: { url.hasPrefix($0) })
    else { return nil }
    self.url = url
    events = value["events"]?.array?.compactMap(\.string) ?? ["*"]
    key = value["hmac"]?["key"]?.string
    let retries = value["retries"]
    policy = retries?["policy"]?.string.flatMap(Policy.init(rawValue:)) ?? policy
    delay = retries?["delaySeconds"]?.double ?? delay
    attempts = retries?["attempts"]?.int ?? attempts
    isDoubled = value["twice"]?.bool ?? false
  }

  /// Whether it wants to hear of an event.
  func wants(_ event: String) -> Bool { events.contains(event) || events.contains("*") }

  /// The pause in milliseconds behind a try, counted from 1; what the receiver asks for lengthens it.
  func pause(behind attempt: Int, retryAfter: Int?) -> Int {
    let factor =
      switch policy {
      case .constant: 1.0
      case .linear: Double(attempt)
      case .exponential: Double(1 << min(attempt, 20))
      }
    return max(Int(delay * factor * 1000), (retryAfter ?? 0) * 1000)
  }
}

/// One event on its way to one address.
struct WebhookDelivery: Sendable {
  var hook: Webhook
  /// `evt_` and a ULID.
  var event: String
  /// What happened, like `message.ack`.
  var name: String
  /// The same over all tries.
  var request: String
  /// Epoch milliseconds of the event.
  var timestamp: Int64
  var body: [UInt8]
  /// Tries so far, and what the last one was answered; `nil` for nothing at all.
  var tries = 0
  var status: Int?
  /// Whether it arrived or was given up.
  var isOver = false

  /// As the control endpoint shows it; no body, which may hold texts.
  var json: JSONValue {
    [
      "event": .string(event), "name": .string(name), "url": .string(hook.url), "tries": .integer(tries),
      "status": .number(status), "over": .bool(isOver),
    ]
  }
}

extension WAHAState {
  /// Notes an event for every address that wants it.
  ///
  /// - Parameters:
  ///   - name: What happened.
  ///   - payload: What it is about.
  ///   - session: Where.
  ///   - now: Epoch milliseconds.
  mutating func note(_ name: String, _ payload: JSONValue, session: String, now: Int64) {
    let own = sessions[session]?.config["webhooks"]?.array?.compactMap { Webhook($0) } ?? []
    for hook in hooks + own where hook.wants(name) {
      noted += 1
      var source = SplitMix(0, "event", noted)
      let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
      let event = "evt_01" + String((0..<24).map { _ in source.pick(alphabet) })
      let metadata = sessions[session]?.config["metadata"]
      var members: [String: JSONValue] = [
        "id": .string(event), "timestamp": .moment(now), "event": .string(name), "session": .string(session),
        "payload": payload, "engine": .string(engine.rawValue),
        "me": ["id": .string("\(Self.account)@c.us"), "pushName": .string(World.company)],
        "environment": [
          "version": .string(version), "engine": .string(engine.rawValue), "tier": "CORE", "browser": .null,
        ],
      ]
      members["metadata"] = metadata
      let delivery = WebhookDelivery(
        hook: hook, event: event, name: name, request: source.hex(32), timestamp: now,
        body: CanonicalJSON.line(.object(members)))
      deliveries += Array(repeating: delivery, count: hook.isDoubled ? 2 : 1)
    }
  }

  /// Notes a message: ours as `message.any`, others' as `message` too.
  mutating func note(_ message: WAHAMessage, session: String, now: Int64) {
    let payload = message.json(filedUnder: Self.filed(message.chat))
    if !message.isOurs { note("message", payload, session: session, now: now) }
    note("message.any", payload, session: session, now: now)
  }

  /// Notes how far a message of ours has come; this engine tells of phones only.
  mutating func noteAck(_ message: WAHAMessage, session: String, now: Int64) {
    guard message.ack >= 2 else { return }
    let filed = Self.filed(message.chat)
    note(
      "message.ack",
      [
        "id": .string(message.fullID(in: filed)), "from": .string(filed), "to": .null, "participant": .null,
        "fromMe": true, "ack": .integer(message.ack), "ackName": .string(message.ackName),
        "_data": .object([:]),
      ], session: session, now: now)
  }

  /// Notes the state of a session.
  mutating func noteStatus(of session: String, now: Int64) {
    guard let status = sessions[session]?.status.rawValue else { return }
    note(
      "session.status",
      [
        "name": .string(session), "status": .string(status), "data": .null,
        "statuses": [["status": .string(status), "timestamp": .moment(now)]],
      ], session: session, now: now)
  }

  /// Time passes: every message of ours comes one step further.
  mutating func acknowledgeAll(now: Int64) {
    for index in messages.indices where messages[index].isOurs {
      let limit = messages[index].ackLimit ?? ackLimit
      guard messages[index].ack < limit else { continue }
      messages[index].ack = min(limit, messages[index].ack + ackStep)
      noteAck(messages[index], session: "default", now: now)
    }
  }
}
