import Console
import HTTP
import Model
import Notify
import Store
import SystemPackage

/// The three stages of a run, each as its command does it alone.
extension NotifierJob {
  /// Reads the orders and keeps them as a snapshot.
  func snapshot(dryRun: Bool = false) async throws -> SnapshotReport {
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
    if !dryRun { _ = try folder.write(report.snapshot) }
    return report
  }

  /// Makes a snapshot of saved answers and keeps it.
  func snapshot(pages: [FilePath], entries: FilePath?, dryRun: Bool = false) throws -> SnapshotReport {
    let report = try SnapshotService.saved(
      pages: try pages.map { ($0.string, try context.input($0)) },
      entries: try entries.map { ($0.string, try context.input($0)) }, taken: time.now)
    if !dryRun { _ = try SnapshotFolder(folders.orders).write(report.snapshot) }
    return report
  }

  /// Plans the messages of a snapshot.
  ///
  /// - Parameters:
  ///   - taken: When it was taken; the newest one when left out.
  ///   - since: Events before it are left alone; also lifts the silence of a first run.
  ///   - outbox: What was said before.
  /// - Returns: The plan; nothing is written.
  /// - Throws: ``CommandError`` before the first snapshot; errors of files and templates.
  func scan(_ taken: Instant? = nil, since: Instant?, outbox: OutboxContent) throws -> ScanPlan {
    try scan(SnapshotFolder(folders.orders), taken, since: since, outbox: outbox)
  }

  /// Plans the messages of a snapshot that is not kept.
  func scan(_ snapshot: OrderSnapshot, since: Instant?, outbox: OutboxContent) throws -> ScanPlan {
    try SnapshotFolder(folders.orders).trying(snapshot) {
      try scan($0, snapshot.taken, since: since, outbox: outbox)
    }
  }

  private func scan(
    _ folder: SnapshotFolder, _ taken: Instant?, since: Instant?, outbox: OutboxContent
  ) throws -> ScanPlan {
    let (now, moments) = (time.now, try folder.moments())
    let newest = taken ?? Self.newest(moments, now: now)
    if let last = moments.last, let newest, last > newest {
      terminal.remark(
        "\(shop.name): the snapshot of a later moment, \(folder.path(of: last)), is left out; "
          + "if the clock was wrong when it was taken, remove it")
    }
    guard let current = newest else {
      throw CommandError(
        .failed, what: "there is no snapshot to scan", place: folders.orders.string,
        remedy: "kaspi-notifier snapshot --shop \(shop.name)")
    }
    let templates = try templates()
    // Scanned at a moment that is still to come: what is known for certain ends before the newest snapshot.
    let base = outbox.scanned.flatMap { scanned in
      moments.last { scanned > current ? $0 < current : $0 <= scanned }
    }
    let question = Scan.question(
      outbox: outbox, rules: rules, base: base, current: current, since: since, now: now)
    return try Scan.plan(
      ScanInput(
        shop: profile, changes: try folder.changes(question), outbox: outbox, rules: rules,
        templates: templates, locale: locale, links: try links(),
        allowsOtherNumbers: notifier.extras.otherNumbers, now: now, since: since))
  }

  /// The newest snapshot that a scan of some moment believes: one far in the future was taken with a wrong clock.
  ///
  /// Where there are only later ones, they are saved answers that are looked at from an earlier moment.
  private static func newest(_ moments: [Instant], now: Instant) -> Instant? {
    moments.last { $0 <= now.advanced(by: .seconds(3600)) } ?? moments.last
  }

  /// Reads who has said stop, before a scan; a WAHA that does not answer is told by the sending.
  func readInbox(_ outbox: Outbox) async throws -> InboxReport {
    let spool = try await spool()
    return try await withClient { client in
      let waha = try await waha(client)
      var report = InboxReport()
      do {
        report = try await spool.take(into: outbox, waha: waha, now: time.now)
        guard notifier.extras.readsChats else { return report }
        let server = try await waha.server()
        guard server.readsAllChats, try await waha.sessionInfo().status == .working else { return report }
        let chats = try await Inbox(outbox, waha: waha).look(now: time.now)
        report.add(chats)
      } catch let error as WAHAError {
        terminal.remark("\(shop.name): the inbox was not read: \(error)")
      }
      return report
    }
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
    var settings = SendSettings(
      pacing: Pacing(
        gap: pacing.gap, block: pacing.block, blockPause: pacing.blockPause, hourly: pacing.hourly,
        daily: pacing.daily, dailyNew: pacing.dailyNew, showsTyping: pacing.typing),
      quietHours: quietHours, checksNumbers: notifier.checksNumbers,
      lookUpPauses: notifier.extras.lookAfter ?? SendSettings.standardLooks,
      readsInbox: notifier.extras.readsChats)
    let (history, failures) = histories.all(others, now: time.now)
    settings.elsewhere = history
    for failure in failures {
      terminal.remark("\(shop.name): what another shop has sent is not known: \(failure)")
    }
    let bar = terminal.progress(shop.name)
    let spool = try await spool()
    let report = try await withClient { client in
      let waha = try await waha(client)
      var spooled = InboxReport()
      do {
        spooled = try await spool.take(into: outbox, waha: waha, now: time.now)
      } catch let error as WAHAError {
        terminal.remark("\(shop.name): dropped events wait: \(error)")
      }
      var report = try await Sender(
        waha: waha, settings: settings, time: time, seed: .random(in: 0...(.max)), media: media
      ).run(outbox) { bar.show($0, of: $1, note: "messages") }
      report.inbox.add(spooled)
      return report
    }
    bar.finish()
    try DeadLetters.write(outbox.content, in: folders.outbox)
    return report
  }

  private static func clock(_ minutes: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
