public import Model
import Store

/// What the shop wants to say, and how late at most.
public struct NotificationRule: Sendable, Hashable {
  /// The event it is about.
  public var event: OrderEventKind
  /// Whether a message goes out.
  public var isSent: Bool
  /// Time from the event to the message.
  public var delay: Duration
  /// Greatest age of the event at sending; later is `expired`.
  public var latest: Duration
  /// The language of this event's messages, or `nil` for the shop's.
  public var locale: MessageLocale?
  /// Which orders it is about.
  public var filter: RuleFilter
  /// The texts that take turns; empty for the one without a name.
  public var variants: [RuleVariant]
  /// What follows the text, or `nil`.
  public var attachment: Attachment?

  /// Makes a rule.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - isSent: Whether a message goes out.
  ///   - delay: Time from the event to the message.
  ///   - latest: Greatest age of the event.
  ///   - locale: The language, or `nil` for the shop's.
  ///   - filter: Which orders it is about.
  ///   - variants: The texts that take turns.
  ///   - attachment: What follows the text.
  public init(
    event: OrderEventKind, isSent: Bool, delay: Duration, latest: Duration, locale: MessageLocale? = nil,
    filter: RuleFilter = .none, variants: [RuleVariant] = [], attachment: Attachment? = nil
  ) {
    self.event = event
    self.isSent = isSent
    self.delay = delay
    self.latest = latest
    self.locale = locale
    self.filter = filter
    self.variants = variants
    self.attachment = attachment
  }

  /// The text that a person gets: the same one every time, whatever else is compared.
  ///
  /// - Parameters:
  ///   - shop: The shop's key.
  ///   - phone: The person.
  /// - Returns: A name of ``variants``, or ``RuleVariant/main`` when there are none with a weight.
  func variant(shop: String, phone: PhoneNumber) -> String {
    let weights = variants.map { max(0, $0.weight) }
    let total = weights.reduce(0, +)
    guard total > 0 else { return RuleVariant.main }
    let parts: JSONValue = [.string(shop), .string(event.rawValue), .string(phone.digits)]
    let digest = Digest.sha256(CanonicalJSON.line(parts)).prefix(12)
    var place = (Int(digest, radix: 16) ?? 0) % total
    for (variant, weight) in zip(variants, weights) {
      if place < weight { return variant.name }
      place -= weight
    }
    return RuleVariant.main
  }

  /// The rules of a shop that has said nothing: thanks for the order, and a word after the delivery.
  public static let standard: [NotificationRule] = [
    NotificationRule(event: .orderCreated, isSent: true, delay: .zero, latest: .seconds(86_400)),
    NotificationRule(
      event: .orderDelivered, isSent: true, delay: .seconds(3600), latest: .seconds(3 * 86_400)),
  ]

  /// Whether a timed event has come: its delay is over, and it is not too late yet.
  ///
  /// - Parameters:
  ///   - delivered: When the order arrived.
  ///   - now: The moment of asking.
  /// - Returns: `false` for a rule that does not send, or is about something that is not made by time.
  func isDue(after delivered: Instant, now: Instant) -> Bool {
    isSent && event.isTimed && due(after: delivered) <= now && now < expiry(after: delivered)
  }

  /// When a message about an event becomes due.
  ///
  /// - Parameter occurred: When the event happened.
  /// - Returns: The earliest moment.
  public func due(after occurred: Instant) -> Instant { occurred.advanced(by: delay) }

  /// When a message about an event is too late.
  ///
  /// - Parameter occurred: When the event happened.
  /// - Returns: The first moment at which nothing is sent any more.
  public func expiry(after occurred: Instant) -> Instant { occurred.advanced(by: max(latest, delay)) }
}
