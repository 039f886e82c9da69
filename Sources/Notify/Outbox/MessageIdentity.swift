import Model
import Store

/// The name of one intention: this shop tells this person about this event of this order.
///
/// Template, text, time and session do not enter it, so that nothing that changes later makes a second message.
public struct MessageIdentity: Sendable, Hashable {
  /// SHA-256 in hexadecimal.
  public let digest: String

  /// Names an intention.
  ///
  /// - Parameters:
  ///   - shop: The shop's key.
  ///   - order: The order's number.
  ///   - event: The event.
  ///   - recipient: The telephone's digits; empty when the order names none.
  ///   - counter: 0; a person who wants the same thing said again raises it.
  public init(shop: String, order: String, event: OrderEventKind, recipient: String, counter: Int = 0) {
    let parts: JSONValue = [
      .string(shop), .string(order), .string(event.rawValue), .string(recipient), .integer(counter),
    ]
    digest = Digest.sha256(CanonicalJSON.line(parts))
  }

  /// The id that the message carries in WhatsApp: `3EB0` and 18 hexadecimal digits.
  public var messageID: String { "3EB0" + digest.prefix(18).uppercased() }
}
