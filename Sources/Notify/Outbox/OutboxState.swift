public import Model
public import Store

/// Where a message stands.
public enum OutboxState: String, Sendable, Hashable, CaseIterable {
  /// Written down, not tried.
  case planned
  /// About to be sent, or being sent: after a crash, nobody knows.
  case reserved
  /// WAHA has it.
  case accepted
  /// WhatsApp has it.
  case confirmed
  /// WAHA will not take it, whatever is done.
  case refused
  /// Perhaps sent.
  case unknown
  /// Put aside for a person.
  case parked
  /// Too late.
  case expired
  /// The recipient wants no messages.
  case optedOut = "opted_out"
  /// Nobody to send to, or overtaken.
  case skipped

  /// Whether nothing more happens to it by itself.
  public var isFinal: Bool {
    switch self {
    case .planned, .reserved, .accepted, .unknown: false
    case .confirmed, .refused, .parked, .expired, .optedOut, .skipped: true
    }
  }

  /// Whether the recipient may have seen it.
  var mayBeVisible: Bool {
    switch self {
    case .reserved, .accepted, .confirmed, .unknown: true
    case .planned, .refused, .parked, .expired, .optedOut, .skipped: false
    }
  }

  /// Where a message may go from here.
  var successors: Set<OutboxState> {
    switch self {
    // A look before a repeat may find the message already there.
    case .planned: [.reserved, .accepted, .parked, .expired, .optedOut, .skipped]
    case .reserved: [.planned, .accepted, .refused, .unknown, .parked]
    case .unknown: [.accepted, .reserved, .parked, .optedOut]
    case .accepted: [.confirmed]
    // Only a person's word leads on from here.
    case .refused, .parked: [.planned, .skipped]
    case .expired: [.planned]
    case .confirmed, .optedOut, .skipped: []
    }
  }
}

/// One message of the outbox.
///
/// Holds a telephone and a text: for `outbox/` and WAHA only. Prints itself without them.
public struct OutboxEntry: Sendable, Hashable {
  /// What it is about.
  public var identity: String
  /// The order's number.
  public var order: String
  /// The event.
  public var event: OrderEventKind
  /// The recipient, or `nil` when the order named none.
  public var recipient: PhoneNumber?
  /// The raw id in WhatsApp.
  public var messageID: String
  /// The text, exactly as it goes out; empty when there was nobody to write to.
  public var text: String
  /// The language.
  public var locale: MessageLocale?
  /// The text among several, or `nil` for the one without a name.
  public var variant: String?
  /// What follows the text, or `nil`.
  public var attachment: Attachment?
  /// How far the attachment has come; `nil` before it was tried.
  public var media: MediaState?
  /// Earliest moment of sending.
  public var due: Instant
  /// First moment at which it is too late.
  public var expires: Instant
  /// Where it stands.
  public var state: OutboxState
  /// A word for the state, or `nil`.
  public var reason: String?
  /// Attempts so far.
  public var attempts: Int
  /// When the first attempt was reserved, or `nil`.
  public var firstReserved: Instant?
  /// When it came into its state.
  public var changed: Instant
}

extension OutboxEntry: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Order, event, masked recipient, state.
  public var description: String {
    let person = recipient.map(\.description) ?? "nobody"
    return "\(order) \(event.rawValue) \(person) \(state.rawValue)" + (reason.map { " (\($0))" } ?? "")
  }

  /// The same.
  public var debugDescription: String { description }

  /// Nothing to look into, so that test output and `dump` show no text.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// The first digits of the identity, by which the commands know the message.
  public var shortID: String { String(identity.prefix(12)) }

  /// What lists and reports show: no text, no name, the recipient masked.
  public var summary: JSONValue {
    var members: [String: JSONValue] = [
      "order": .string(order), "event": .string(event.rawValue), "state": .string(state.rawValue),
      "message": .string(messageID), "due": .string(due.description), "expires": .string(expires.description),
      "changed": .string(changed.description), "attempts": .integer(attempts),
    ]
    members["recipient"] = recipient.map { .string($0.description) }
    members["reason"] = reason.map { .string($0) }
    members["locale"] = locale.map { .string($0.rawValue) }
    members["variant"] = variant.map { .string($0) }
    members["media"] = media.map { .string($0.rawValue) }
    members["id"] = .string(shortID)
    return .object(members)
  }
}
