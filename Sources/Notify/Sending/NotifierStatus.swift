public import Model
public import Store

/// Where a shop's notifier stands: what `status` shows.
public struct NotifierStatus: Sendable, Hashable {
  /// Messages by state, without states that have none.
  public var states: [OutboxState: Int]
  /// When the newest snapshot was taken, or `nil`.
  public var lastSnapshot: Instant?
  /// Orders in it.
  public var orders: Int
  /// When the last scan was written down, or `nil`.
  public var lastScan: Instant?
  /// Whether the newest snapshot has not been scanned yet.
  public var isScanDue: Bool
  /// When the last attempt was made, or `nil`.
  public var lastAttempt: Instant?
  /// Due moment of the oldest waiting message, or `nil`.
  public var oldestDue: Instant?
  /// Until when new people are left alone, or `nil`.
  public var newContactsHeldUntil: Instant?
  /// People who want no messages.
  public var optedOut: Int
  /// Messages that WAHA has taken more than a day ago and WhatsApp has not confirmed.
  public var unconfirmed: Int
  /// Messages that need a person: parked, refused, unknown; recipients print masked.
  public var troubled: [OutboxEntry]

  /// Gathers a status.
  ///
  /// - Parameters:
  ///   - outbox: The outbox's content.
  ///   - latest: When the newest snapshot was taken, or `nil`.
  ///   - orders: Orders in it.
  ///   - now: The moment of asking.
  public init(outbox: OutboxContent, latest: Instant?, orders: Int, now: Instant) {
    states = outbox.counts
    lastSnapshot = latest
    self.orders = orders
    lastScan = outbox.scannedAt
    isScanDue = latest.map { $0 > outbox.scanned ?? Instant(milliseconds: .min) } ?? false
    lastAttempt = outbox.attempts.last?.at
    oldestDue = outbox.waiting.first?.due
    newContactsHeldUntil = outbox.newContactsHeldUntil.flatMap { $0 > now ? $0 : nil }
    optedOut = outbox.optedOut
    unconfirmed = outbox.entries(in: .accepted).count { now.since($0.changed) > .seconds(86_400) }
    troubled = outbox.entries(in: .unknown, .parked, .refused)
  }

  /// What `status --json` shows.
  public var summary: JSONValue {
    var counts: [String: JSONValue] = [:]
    for (state, count) in states { counts[state.rawValue] = .integer(count) }
    func moment(_ instant: Instant?) -> JSONValue { instant.map { .string($0.description) } ?? .null }
    return [
      "format": 1, "states": .object(counts), "last_snapshot": moment(lastSnapshot),
      "orders": .integer(orders),
      "last_scan": moment(lastScan), "scan_due": .bool(isScanDue), "last_attempt": moment(lastAttempt),
      "oldest_due": moment(oldestDue), "new_contacts_held_until": moment(newContactsHeldUntil),
      "opted_out": .integer(optedOut), "unconfirmed": .integer(unconfirmed),
      "troubled": .array(troubled.map(\.summary)),
    ]
  }
}
