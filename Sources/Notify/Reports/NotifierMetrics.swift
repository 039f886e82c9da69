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
    var lines: [String] = []
    func metric(_ name: String, _ help: String, _ values: [(labels: String, value: String)]) {
      lines.append("# HELP \(prefix)\(name) \(help)")
      lines.append("# TYPE \(prefix)\(name) gauge")
      for (labels, value) in values { lines.append("\(prefix)\(name){shop=\"\(shop)\"\(labels)} \(value)") }
    }
    metric(
      "messages", "Messages by state.",
      OutboxState.allCases.map { (",state=\"\($0.rawValue)\"", "\(status.states[$0] ?? 0)") })
    metric("orders", "Orders in the newest snapshot.", [("", "\(status.orders)")])
    metric("opted_out", "People who want no messages.", [("", "\(status.optedOut)")])
    metric("unconfirmed", "Messages without confirmation for a day.", [("", "\(status.unconfirmed)")])
    func seconds(_ instant: Instant?) -> String { "\((instant?.milliseconds ?? 0) / 1000)" }
    metric(
      "last_snapshot_seconds", "When the newest snapshot was taken.", [("", seconds(status.lastSnapshot))])
    metric("last_attempt_seconds", "When a message was sent last.", [("", seconds(status.lastAttempt))])
    var variants: [String: Int] = [:]
    for entry in content.entries.values where entry.state.isSent {
      variants[
        ",event=\"\(entry.event.rawValue)\",variant=\"\(entry.variant ?? RuleVariant.main)\"", default: 0] +=
        1
    }
    if !variants.isEmpty {
      metric(
        "sent", "Messages sent, by event and variant.",
        variants.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
    }
    return lines.map { $0 + "\n" }.joined()
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
    var others = ""
    if try Folder.exists(path) {
      let old = String(decoding: try AtomicFile.read(path, maximumBytes: 1 << 24), as: UTF8.self)
      for line in old.split(separator: "\n") where !line.contains(prefix) { others += line + "\n" }
    }
    try AtomicFile.write(Array((others + text(status, content: content, shop: shop)).utf8), to: path)
  }
}

extension OutboxState {
  /// Whether the message went out.
  public var isSent: Bool { self == .accepted || self == .confirmed }
}
