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
  /// A message as it stands, carried over by a compaction.
  case kept(OutboxEntry)
  /// What compaction and forgetting leave of a message.
  case closed(ClosedMessage)
  /// A message changes its state.
  case moved(identity: String, to: OutboxState, reason: String?, isNewContact: Bool, at: Instant)
  /// A person wants a message tried again, under its old id and with its old text.
  case retried(identity: String, due: Instant, expires: Instant, at: Instant)
  /// The picture or document behind a text changes its state.
  case media(identity: String, to: MediaState, at: Instant)
  /// An attempt of the last days, carried over by a compaction.
  case attempted(SendAttempt)
  /// All events up to this snapshot are in the journal.
  case scanned(snapshot: Instant, horizon: Instant? = nil, at: Instant)
  /// When an order was delivered: what timed events count from.
  case delivered(order: String, at: Instant)
  /// Why a person may be written to.
  case consent(Contact, source: String, at: Instant)
  /// A person wants no messages, for ever.
  case stop(Contact, source: String, at: Instant)
  /// A person who had said stop wants messages again.
  case start(Contact, source: String, at: Instant)
  /// The language that a person writes in.
  case language(Contact, MessageLocale, at: Instant)
  /// Whether a number is on WhatsApp, and where.
  case number(PhoneNumber, chat: String?, at: Instant)
  /// Who is behind an opaque id of WhatsApp.
  case alias(String, PhoneNumber?, at: Instant)
  /// Somebody wrote to the shop.
  case reply(Reply)
  /// Everything written to the shop before a moment is in the journal.
  case looked(until: Instant, at: Instant)
  /// No messages to new people before a moment.
  case hold(until: Instant, reason: String, at: Instant)
  /// New people may be written to again.
  case release(at: Instant)

  static let format = 2
  /// Formats that this program reads.
  static let formats = 1...2

  var json: JSONValue {
    switch self {
    case .header(let shop, let at):
      Self.object("outbox", at, ["format": .integer(Self.format), "shop": .string(shop)])
    case .planned(let entry): entry.record("planned")
    case .settled(let entry): entry.record("settled")
    case .kept(let entry): entry.record("kept")
    case .closed(let message): message.record
    case .moved(let identity, let state, let reason, let isNewContact, let at):
      Self.object(
        "moved", at,
        [
          "identity": .string(identity), "to": .string(state.rawValue), "reason": reason.map { .string($0) },
          "new_contact": isNewContact ? true : nil,
        ])
    case .retried(let identity, let due, let expires, let at):
      Self.object(
        "retried", at,
        [
          "identity": .string(identity), "due": .string(due.description),
          "expires": .string(expires.description),
        ])
    case .media(let identity, let state, let at):
      Self.object("media", at, ["identity": .string(identity), "to": .string(state.rawValue)])
    case .attempted(let attempt): Self.object("attempted", attempt.at, ["new": .bool(attempt.isNew)])
    case .scanned(let snapshot, let horizon, let at):
      Self.object(
        "scanned", at,
        ["snapshot": .string(snapshot.description)].merging(
          horizon.map { ["horizon": .string($0.description)] } ?? [:]
        ) { $1 })
    case .delivered(let order, let at): Self.object("delivered", at, ["order": .string(order)])
    case .consent(let contact, let source, let at): Self.about(contact, "consent", at, source: source)
    case .stop(let contact, let source, let at): Self.about(contact, "stop", at, source: source)
    case .start(let contact, let source, let at): Self.about(contact, "start", at, source: source)
    case .language(let contact, let locale, let at):
      Self.object("language", at, [contact.member.0: contact.member.1, "locale": .string(locale.rawValue)])
    case .number(let phone, let chat, let at):
      Self.object("number", at, ["recipient": .string(phone.digits), "chat": chat.map { .string($0) }])
    case .alias(let alias, let phone, let at):
      Self.object(
        "alias", at, ["alias": .string(alias), "recipient": phone.map { .string($0.digits) }])
    case .reply(let reply): reply.record
    case .looked(let until, let at): Self.object("looked", at, ["until": .string(until.description)])
    case .hold(let until, let reason, let at):
      Self.object("hold", at, ["until": .string(until.description), "reason": .string(reason)])
    case .release(let at): Self.object("release", at, [:])
    }
  }

  /// An object with the members that have a value.
  static func object(_ kind: String, _ at: Instant, _ members: [String: JSONValue?]) -> JSONValue {
    var object = members.compactMapValues(\.self)
    object["record"] = .string(kind)
    object["at"] = .string(at.description)
    return .object(object)
  }

  private static func about(_ contact: Contact, _ kind: String, _ at: Instant, source: String) -> JSONValue {
    object(kind, at, [contact.member.0: contact.member.1, "source": .string(source)])
  }
}

extension OutboxEntry {
  fileprivate func record(_ kind: String) -> JSONValue {
    var members: [String: JSONValue?] = [
      "identity": .string(identity), "order": .string(order), "event": .string(event.rawValue),
      "message": .string(messageID), "text": .string(text), "due": .string(due.description),
      "expires": .string(expires.description), "state": .string(state.rawValue),
      "recipient": recipient.map { .string($0.digits) }, "locale": locale.map { .string($0.rawValue) },
      "variant": variant.map { .string($0) }, "reason": reason.map { .string($0) },
    ]
    if let attachment {
      members["attachment"] = [
        "kind": .string(attachment.kind.rawValue), "file": .string(attachment.file),
      ]
    }
    if kind == "kept" {
      members["attempts"] = .integer(attempts)
      members["first_reserved"] = firstReserved.map { .string($0.description) }
      members["media"] = media.map { .string($0.rawValue) }
    }
    return OutboxRecord.object(kind, changed, members)
  }
}

extension ClosedMessage {
  fileprivate var record: JSONValue {
    OutboxRecord.object(
      "closed", changed,
      [
        "identity": .string(identity), "order": .string(order), "event": .string(event.rawValue),
        "state": .string(state.rawValue), "contact": contact.map { .string($0) },
        "reason": reason.map { .string($0) }, "seen": isSeen ? true : nil,
      ])
  }
}

extension Reply {
  fileprivate var record: JSONValue {
    var members: [String: JSONValue?] = [
      "id": .string(id), "intent": .string(intent.rawValue), "text": .string(text),
    ]
    if let contact { members[contact.member.0] = contact.member.1 }
    if let chat { members["chat"] = .string(chat) }
    return OutboxRecord.object("reply", at, members)
  }
}
