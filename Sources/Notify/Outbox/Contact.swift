public import Model
import Store

/// A person in the outbox: by telephone, or, once forgotten, by a fingerprint alone.
public struct Contact: Sendable, Hashable {
  /// The fingerprint: SHA-256 over the shop and the telephone.
  public let digest: String
  /// The telephone, or `nil` when it was erased.
  public let phone: PhoneNumber?

  /// Names a person by telephone.
  ///
  /// - Parameters:
  ///   - phone: The telephone.
  ///   - shop: The shop's key.
  public init(_ phone: PhoneNumber, shop: String) {
    self.phone = phone
    digest = Self.digest(of: phone, shop: shop)
  }

  /// Names a person whose telephone was erased.
  init(digest: String) {
    self.digest = digest
    phone = nil
  }

  static func digest(of phone: PhoneNumber, shop: String) -> String {
    Digest.sha256(CanonicalJSON.line(["contact", .string(shop), .string(phone.digits)]))
  }

  /// The same person without the telephone.
  var forgotten: Contact { Contact(digest: digest) }

  /// The member that a record names the person with.
  var member: (String, JSONValue) {
    phone.map { ("recipient", .string($0.digits)) } ?? ("contact", .string(digest))
  }

  /// Reads the member back.
  init?(_ record: JSONValue, shop: String) {
    if let digits = record["recipient"]?.string {
      guard let phone = PhoneNumber(digits) else { return nil }
      self.init(phone, shop: shop)
    } else if let digest = record["contact"]?.string, digest.utf8.count == 64 {
      self.init(digest: digest)
    } else {
      return nil
    }
  }
}

/// What is kept of a message for ever: enough to never send it again, and no more.
public struct ClosedMessage: Sendable, Hashable {
  /// What it was about.
  public var identity: String
  /// The order's number.
  public var order: String
  /// The event.
  public var event: OrderEventKind
  /// Fingerprint of the recipient, or `nil` when the order named none.
  public var contact: String?
  /// Where it ended.
  public var state: OutboxState
  /// A word for the state, or `nil`.
  public var reason: String?
  /// Whether the recipient may have seen it.
  public var isSeen: Bool
  /// When it came into its state.
  public var changed: Instant
}

/// How far the picture or document behind a text has come.
public enum MediaState: String, Sendable, Hashable, CaseIterable {
  /// About to be sent: after a crash nobody knows, and nobody tries again.
  case reserved
  /// WAHA has it.
  case accepted
  /// WAHA will not take it.
  case refused
  /// Perhaps sent; never sent again.
  case unknown
}

/// What a person wrote to the shop.
public struct Reply: Sendable, Hashable {
  /// The raw id of the message.
  public var id: String
  /// Who wrote, or `nil` where WhatsApp hides the number.
  public var contact: Contact?
  /// What kind of message it was.
  public var intent: ReplyIntent
  /// The text; personal data.
  public var text: String
  /// When it was written.
  public var at: Instant
  /// The opaque id that the number is hidden behind, for asking again later.
  public var chat: String?
}
