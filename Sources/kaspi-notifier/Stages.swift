import Console
import HTTP
import Model
import Notify
import Store
import SystemPackage

/// The three stages of a run, each as its command does it alone.
extension NotifierJob {
  /// Reads the orders and keeps them as a snapshot.
  func snapshot() async throws -> SnapshotReport {
    guard let secret = notifier.token else {
      throw CommandError(
        .configuration, what: "'notifier.orders.token' is missing",
        place: workspace.appending(WorkspaceFinder.fileName).string,
        remedy: "Make a token in the cabinet (Settings, API token) and name where it is kept.")
    }
    let token = try await secret.value(workspace: workspace, environment: context.environment)
    let folder = SnapshotFolder(folders.orders)
    let previous = try folder.latest()
    let now = time.now
    let report = try await withClient { client in
      let polite = PoliteClient(
        client,
        limit: RateLimiter.Limit(
          perSecond: notifier.ordersRate > 0 ? notifier.ordersRate : 1_000_000, maximumInFlight: 4),
        retries: RetryPolicy(maximumAttempts: 3))
      return try await SnapshotService.take(
        OrdersAPI(client: polite, base: shop.endpoints.api, token: token), previous: previous, now: now,
        lookBack: notifier.lookBack)
    }
    _ = try folder.write(report.snapshot)
    return report
  }

  /// Makes a snapshot of saved answers and keeps it.
  func snapshot(pages: [FilePath], entries: FilePath?) throws -> SnapshotReport {
    let report = try SnapshotService.saved(
      pages: try pages.map { ($0.string, try AtomicFile.read($0)) },
      entries: try entries.map { ($0.string, try AtomicFile.read($0)) }, taken: time.now)
    _ = try SnapshotFolder(folders.orders).write(report.snapshot)
    return report
  }

  /// Plans the messages of the newest snapshot.
  ///
  /// - Parameters:
  ///   - since: Events before it are left alone; also lifts the silence of a first run.
  ///   - outbox: What was said before.
  /// - Returns: The plan; nothing is written.
  /// - Throws: ``CommandError`` before the first snapshot; errors of files and templates.
  func scan(since: Instant?, outbox: OutboxContent) throws -> ScanPlan {
    let folder = SnapshotFolder(folders.orders)
    guard let current = try folder.latest() else {
      throw CommandError(
        .failed, what: "there is no snapshot to scan", place: folders.orders.string,
        remedy: "kaspi-notifier snapshot --shop \(shop.name)")
    }
    let previous = try outbox.scanned.flatMap { try folder.base($0) }
    return try Scan.plan(
      ScanInput(
        shop: profile, previous: previous, current: current, outbox: outbox, rules: rules,
        templates: try templates(), locale: locale, links: try links(), now: time.now, since: since))
  }

  /// Sends what is planned.
  func send(_ outbox: Outbox) async throws -> SendReport {
    // One sender for the WhatsApp session, whichever shop it writes for.
    let lock = try FileLock(
      at: workspace.appending("output").appending(
        ".sender-\(Digest.sha256(Array(notifier.waha.session.utf8)).prefix(8)).lock"))
    let report: SendReport
    do { report = try await sendLocked(outbox) } catch {
      lock.release()
      throw error
    }
    lock.release()
    return report
  }

  private func sendLocked(_ outbox: Outbox) async throws -> SendReport {
    let quiet = notifier.quietHours
    guard let quietHours = QuietHours(from: Self.clock(quiet.from), to: Self.clock(quiet.to)) else {
      throw CommandError(
        .configuration, what: "the quiet hours are no times of day", place: "kaspi.yaml",
        remedy: "Write 21:00.")
    }
    let pacing = notifier.pacing
    let settings = SendSettings(
      pacing: Pacing(
        gap: pacing.gap, block: pacing.block, blockPause: pacing.blockPause, hourly: pacing.hourly,
        daily: pacing.daily, dailyNew: pacing.dailyNew, showsTyping: pacing.typing),
      quietHours: quietHours, checksNumbers: notifier.checksNumbers)
    let bar = terminal.progress(shop.name)
    let report = try await withClient { client in
      try await Sender(
        waha: try await waha(client), settings: settings, time: time, seed: .random(in: 0...(.max))
      ).run(outbox) { bar.show($0, of: $1, note: "messages") }
    }
    bar.finish()
    return report
  }

  private static func clock(_ minutes: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
