public import Model

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

  /// Makes a rule.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - isSent: Whether a message goes out.
  ///   - delay: Time from the event to the message.
  ///   - latest: Greatest age of the event.
  ///   - locale: The language, or `nil` for the shop's.
  public init(
    event: OrderEventKind, isSent: Bool, delay: Duration, latest: Duration, locale: MessageLocale? = nil
  ) {
    self.event = event
    self.isSent = isSent
    self.delay = delay
    self.latest = latest
    self.locale = locale
  }

  /// The rules of a shop that has said nothing: thanks for the order, and a word after the delivery.
  public static let standard: [NotificationRule] = [
    NotificationRule(event: .orderCreated, isSent: true, delay: .zero, latest: .seconds(86_400)),
    NotificationRule(
      event: .orderDelivered, isSent: true, delay: .seconds(3600), latest: .seconds(3 * 86_400)),
  ]

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
