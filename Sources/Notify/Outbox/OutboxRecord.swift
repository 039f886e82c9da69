import Model
import Store

/// One line of the outbox journal; the format is in <doc:OutboxFormat>.
enum OutboxRecord: Sendable, Hashable {
  /// The first line.
  case header(shop: String, at: Instant)
  /// A message with its text, before anything is sent.
  case planned(OutboxEntry)
  /// An event that gets no message: entry without text in a final state.
  case settled(OutboxEntry)
  /// A message changes its state.
  case moved(identity: String, to: OutboxState, reason: String?, isNewContact: Bool, at: Instant)
  /// All events up to this snapshot are in the journal.
  case scanned(snapshot: Instant, at: Instant)
  /// A person wants no messages, for ever.
  case stop(recipient: PhoneNumber, source: String, at: Instant)
  /// No messages to new people before a moment.
  case hold(until: Instant, reason: String, at: Instant)

  static let format = 1

  var json: JSONValue {
    switch self {
    case .header(let shop, let at):
      return [
        "record": "outbox", "format": .integer(Self.format), "shop": .string(shop),
        "at": .string(at.description),
      ]
    case .planned(let entry): return Self.json(entry, record: "planned")
    case .settled(let entry): return Self.json(entry, record: "settled")
    case .moved(let identity, let state, let reason, let isNewContact, let at):
      var members: [String: JSONValue] = [
        "record": "moved", "identity": .string(identity), "to": .string(state.rawValue),
        "at": .string(at.description),
      ]
      members["reason"] = reason.map { .string($0) }
      if isNewContact { members["new_contact"] = true }
      return .object(members)
    case .scanned(let snapshot, let at):
      return ["record": "scanned", "snapshot": .string(snapshot.description), "at": .string(at.description)]
    case .stop(let recipient, let source, let at):
      return [
        "record": "stop", "recipient": .string(recipient.digits), "source": .string(source),
        "at": .string(at.description),
      ]
    case .hold(let until, let reason, let at):
      return [
        "record": "hold", "until": .string(until.description), "reason": .string(reason),
        "at": .string(at.description),
      ]
    }
  }

  private static func json(_ entry: OutboxEntry, record: String) -> JSONValue {
    var members: [String: JSONValue] = [
      "record": .string(record), "identity": .string(entry.identity), "order": .string(entry.order),
      "event": .string(entry.event.rawValue), "message": .string(entry.messageID),
      "text": .string(entry.text),
      "due": .string(entry.due.description), "expires": .string(entry.expires.description),
      "state": .string(entry.state.rawValue), "at": .string(entry.changed.description),
    ]
    members["recipient"] = entry.recipient.map { .string($0.digits) }
    members["locale"] = entry.locale.map { .string($0.rawValue) }
    members["reason"] = entry.reason.map { .string($0) }
    return .object(members)
  }

  /// Reads a record back; `nil` for one that this program does not know or cannot read.
  init?(_ value: JSONValue) {
    func moment(_ name: String) -> Instant? { value[name]?.string.flatMap { Instant($0) } }
    guard let at = moment("at") else { return nil }
    switch value["record"]?.string {
    case "outbox":
      guard value["format"]?.int == Self.format, let shop = value["shop"]?.string else { return nil }
      self = .header(shop: shop, at: at)
    case "planned", "settled":
      guard let entry = Self.entry(value, at: at) else { return nil }
      self = value["record"]?.string == "planned" ? .planned(entry) : .settled(entry)
    case "moved":
      guard let identity = value["identity"]?.string,
        let state = value["to"]?.string.flatMap(OutboxState.init)
      else { return nil }
      self = .moved(
        identity: identity, to: state, reason: value["reason"]?.string,
        isNewContact: value["new_contact"]?.bool ?? false, at: at)
    case "scanned":
      guard let snapshot = moment("snapshot") else { return nil }
      self = .scanned(snapshot: snapshot, at: at)
    case "stop":
      guard let phone = value["recipient"]?.string.flatMap({ PhoneNumber($0) }),
        let source = value["source"]?.string
      else { return nil }
      self = .stop(recipient: phone, source: source, at: at)
    case "hold":
      guard let until = moment("until"), let reason = value["reason"]?.string else { return nil }
      self = .hold(until: until, reason: reason, at: at)
    default: return nil
    }
  }

  private static func entry(_ value: JSONValue, at: Instant) -> OutboxEntry? {
    guard let identity = value["identity"]?.string, let order = value["order"]?.string,
      let event = value["event"]?.string.flatMap({ OrderEventKind(rawValue: $0) }),
      let message = value["message"]?.string, let text = value["text"]?.string,
      let due = value["due"]?.string.flatMap({ Instant($0) }),
      let expires = value["expires"]?.string.flatMap({ Instant($0) }),
      let state = value["state"]?.string.flatMap({ OutboxState(rawValue: $0) })
    else { return nil }
    var recipient: PhoneNumber?
    if let digits = value["recipient"]?.string {
      guard let phone = PhoneNumber(digits) else { return nil }
      recipient = phone
    }
    return OutboxEntry(
      identity: identity, order: order, event: event, recipient: recipient, messageID: message, text: text,
      locale: value["locale"]?.string.flatMap { MessageLocale(rawValue: $0) }, due: due, expires: expires,
      state: state, reason: value["reason"]?.string, attempts: 0, firstReserved: nil, changed: at)
  }
}
