public import Model

/// What one WhatsApp session has done lately on behalf of other shops: WhatsApp counts numbers, not shops.
public struct SessionHistory: Sendable, Hashable {
  /// Attempts of the last two days, oldest first.
  public var attempts: [SendAttempt]
  /// Nothing to new people before this moment.
  public var heldUntil: Instant?

  /// Nothing.
  public init() { attempts = [] }

  /// Takes it from what an outbox says.
  ///
  /// - Parameters:
  ///   - content: The outbox.
  ///   - now: Older than two days before it is left out.
  public init(of content: OutboxContent, now: Instant) {
    let recent = now.advanced(by: .seconds(-2 * 86_400))
    attempts = content.attempts.filter { $0.at >= recent }
    heldUntil = content.newContactsHeldUntil
  }

  /// Adds another shop's.
  ///
  /// - Parameter other: The other history.
  public mutating func add(_ other: SessionHistory) {
    attempts = Self.merged(attempts, other.attempts)
    if let until = other.heldUntil { heldUntil = max(heldUntil ?? until, until) }
  }

  /// Two histories as one, oldest first.
  static func merged(_ left: [SendAttempt], _ right: [SendAttempt]) -> [SendAttempt] {
    if right.isEmpty { return left }
    if left.isEmpty { return right }
    return (left + right).sorted { $0.at < $1.at }
  }
}
