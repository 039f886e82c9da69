import Model
public import Store
public import SystemPackage

/// Numbers for a monitor, in the text form that Prometheus reads.
public enum NotifierMetrics {
  static let prefix = "kaspi_notifier_"

  /// The lines of one shop.
  ///
  /// - Parameters:
  ///   - status: Where the shop stands.
  ///   - content: The outbox's content.
  ///   - shop: The shop's key.
  /// - Returns: Lines in one order, each with its line end.
  public static func text(_ status: NotifierStatus, content: OutboxContent, shop: String) -> String {
    func seconds(_ instant: Instant?) -> Int { Int((instant?.milliseconds ?? 0) / 1000) }
    var metrics = [
      MetricsFile.Metric(
        "messages", "Messages by state.",
        OutboxState.allCases.map { ([("state", $0.rawValue)], status.states[$0] ?? 0) }),
      MetricsFile.Metric("orders", "Orders in the newest snapshot.", status.orders),
      MetricsFile.Metric("opted_out", "People who want no messages.", status.optedOut),
      MetricsFile.Metric("unconfirmed", "Messages without confirmation for a day.", status.unconfirmed),
      MetricsFile.Metric(
        "last_snapshot_seconds", "When the newest snapshot was taken.", seconds(status.lastSnapshot)),
      MetricsFile.Metric(
        "last_attempt_seconds", "When a message was sent last.", seconds(status.lastAttempt)),
    ]
    var variants: [OrderEventKind: [String: Int]] = [:]
    for entry in content.entries.values where entry.state.isSent {
      variants[entry.event, default: [:]][entry.variant ?? RuleVariant.main, default: 0] += 1
    }
    if !variants.isEmpty {
      let sent = variants.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { event, counts in
        counts.sorted { $0.key < $1.key }.map { variant, count in
          (labels: [("event", event.rawValue), ("variant", variant)], value: count)
        }
      }
      metrics.append(MetricsFile.Metric("sent", "Messages sent, by event and variant.", sent))
    }
    return MetricsFile.text(prefix: prefix, shop: shop, metrics)
  }

  /// Puts the lines into a file that other programs write to as well: only lines of ours are replaced.
  ///
  /// - Parameters:
  ///   - status: Where the shop stands.
  ///   - content: The outbox's content.
  ///   - shop: The shop's key.
  ///   - path: `output/<shop>/metrics.prom`.
  /// - Throws: `StoreError`.
  public static func write(
    _ status: NotifierStatus, content: OutboxContent, shop: String, to path: FilePath
  ) throws(StoreError) {
    try MetricsFile.replace(text(status, content: content, shop: shop), prefix: prefix, in: path)
  }
}

extension OutboxState {
  /// Whether the message went out.
  public var isSent: Bool { self == .accepted || self == .confirmed }
}
