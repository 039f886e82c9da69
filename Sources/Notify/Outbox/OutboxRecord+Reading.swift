import Model
import Store

extension OutboxRecord {
  /// Reads a record back; `nil` for one that this program does not know or cannot read.
  ///
  /// - Parameters:
  ///   - value: A line of the journal.
  ///   - shop: The shop's key; fingerprints of people depend on it.
  init?(_ value: JSONValue, shop: String) {
    let fields = RecordFields(value: value, shop: shop)
    guard let at = fields.moment("at"), let record = Self.read(value["record"]?.string, fields, at) else {
      return nil
    }
    self = record
  }

  private static func read(_ kind: String?, _ fields: RecordFields, _ at: Instant) -> OutboxRecord? {
    switch kind {
    case "outbox":
      guard let format = fields.value["format"]?.int, formats.contains(format),
        let shop = fields.text("shop")
      else { return nil }
      return .header(shop: shop, at: at)
    case "planned": return fields.entry(at).map { .planned($0) }
    case "settled": return fields.entry(at).map { .settled($0) }
    case "kept": return fields.entry(at).map { .kept($0) }
    case "closed": return fields.closed(at).map { .closed($0) }
    case "moved":
      guard let identity = fields.text("identity"),
        let state = fields.text("to").flatMap(OutboxState.init(rawValue:))
      else { return nil }
      return .moved(
        identity: identity, to: state, reason: fields.text("reason"),
        isNewContact: fields.value["new_contact"]?.bool ?? false, at: at)
    case "retried":
      guard let identity = fields.text("identity"), let due = fields.moment("due"),
        let expires = fields.moment("expires")
      else { return nil }
      return .retried(identity: identity, due: due, expires: expires, at: at)
    case "media":
      guard let identity = fields.text("identity"),
        let state = fields.text("to").flatMap(MediaState.init(rawValue:))
      else { return nil }
      return .media(identity: identity, to: state, at: at)
    case "attempted":
      return fields.value["new"]?.bool.map { .attempted(SendAttempt(at: at, isNew: $0)) }
    case "scanned":
      return fields.moment("snapshot").map {
        .scanned(snapshot: $0, horizon: fields.moment("horizon"), at: at)
      }
    case "delivered": return fields.text("order").map { .delivered(order: $0, at: at) }
    case "looked": return fields.moment("until").map { .looked(until: $0, at: at) }
    case "hold":
      guard let until = fields.moment("until"), let reason = fields.text("reason") else { return nil }
      return .hold(until: until, reason: reason, at: at)
    case "release": return .release(at: at)
    default: return readPerson(kind, fields, at)
    }
  }

  /// Records about people.
  private static func readPerson(_ kind: String?, _ fields: RecordFields, _ at: Instant) -> OutboxRecord? {
    switch kind {
    case "number":
      return fields.phone("recipient").map { .number($0, chat: fields.text("chat"), at: at) }
    case "alias":
      guard let alias = fields.text("alias") else { return nil }
      return .alias(alias, fields.phone("recipient"), at: at)
    case "reply":
      guard let id = fields.text("id"), let text = fields.text("text"),
        let intent = fields.text("intent").flatMap(ReplyIntent.init(rawValue:))
      else { return nil }
      return .reply(
        Reply(
          id: id, contact: Contact(fields.value, shop: fields.shop), intent: intent, text: text, at: at,
          chat: fields.text("chat")))
    case "language":
      guard let contact = Contact(fields.value, shop: fields.shop),
        let locale = fields.text("locale").flatMap(MessageLocale.init(rawValue:))
      else { return nil }
      return .language(contact, locale, at: at)
    case "consent", "stop", "start":
      guard let contact = Contact(fields.value, shop: fields.shop), let source = fields.text("source") else {
        return nil
      }
      return switch kind {
      case "consent": .consent(contact, source: source, at: at)
      case "stop": .stop(contact, source: source, at: at)
      default: .start(contact, source: source, at: at)
      }
    default: return nil
    }
  }
}

/// The members of one record.
private struct RecordFields {
  var value: JSONValue
  var shop: String

  func text(_ name: String) -> String? { value[name]?.string }
  func moment(_ name: String) -> Instant? { text(name).flatMap { Instant($0) } }
  func phone(_ name: String) -> PhoneNumber? { text(name).flatMap { PhoneNumber($0) } }

  func entry(_ at: Instant) -> OutboxEntry? {
    guard let identity = text("identity"), let order = text("order"),
      let event = text("event").flatMap(OrderEventKind.init(rawValue:)),
      let message = text("message"), let words = text("text"), let due = moment("due"),
      let expires = moment("expires"), let state = text("state").flatMap(OutboxState.init(rawValue:))
    else { return nil }
    let recipient = phone("recipient")
    if recipient == nil, value["recipient"] != nil { return nil }
    var entry = OutboxEntry(
      identity: identity, order: order, event: event, recipient: recipient, messageID: message, text: words,
      locale: text("locale").flatMap { MessageLocale(rawValue: $0) }, due: due, expires: expires,
      state: state, reason: text("reason"), attempts: value["attempts"]?.int ?? 0,
      firstReserved: moment("first_reserved"), changed: at)
    entry.variant = text("variant")
    entry.media = text("media").flatMap(MediaState.init(rawValue:))
    if let attachment = value["attachment"] {
      guard let kind = attachment["kind"]?.string.flatMap(Attachment.Kind.init(rawValue:)),
        let file = attachment["file"]?.string
      else { return nil }
      entry.attachment = Attachment(kind: kind, file: file)
    }
    return entry
  }

  func closed(_ at: Instant) -> ClosedMessage? {
    guard let identity = text("identity"), let order = text("order"),
      let event = text("event").flatMap(OrderEventKind.init(rawValue:)),
      let state = text("state").flatMap(OutboxState.init(rawValue:))
    else { return nil }
    return ClosedMessage(
      identity: identity, order: order, event: event, contact: text("contact"), state: state,
      reason: text("reason"), isSeen: value["seen"]?.bool ?? false, changed: at)
  }
}
