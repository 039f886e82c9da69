import Console
import Model
import Notify
import Store
import SystemPackage

/// What a run leaves for people and programs; no telephone, no name, no text.
extension NotifierJob {
  /// Where the shop stands.
  func status() throws -> NotifierStatus {
    let folder = SnapshotFolder(folders.orders)
    let latest = try folder.moments().last
    return NotifierStatus(
      outbox: try outboxContent(), latest: latest, orders: try latest.map { try folder.count($0) } ?? 0,
      now: time.now)
  }

  /// Writes the run's summary, the metrics and the audit log.
  func report(
    _ content: OutboxContent, inbox: InboxReport, send: SendReport? = nil, plan: ScanPlan? = nil
  ) throws {
    let now = time.now
    let folder = SnapshotFolder(folders.orders)
    let latest = try folder.moments().last
    let status = NotifierStatus(
      outbox: content, latest: latest, orders: try latest.map { try folder.count($0) } ?? 0, now: now)
    var members: [String: JSONValue] = [
      "format": 1, "shop": .string(shop.name), "at": .string(now.description), "status": status.summary,
      "inbox": inbox.summary,
    ]
    members["send"] = send?.summary
    members["plan"] = plan?.summary
    try AtomicFile.write(
      CanonicalJSON.document(.object(members)), to: folders.reports.appending("notifier.json"))
    try NotifierMetrics.write(status, content: content, shop: shop.name, to: folders.metricsFile)
    try AuditLog.append(content, to: folders.logs.appending("notifier-audit.jsonl"), now: now)
  }
}
