import Console
import Model
import Publish
import Store

/// The whole night of one shop, and the line it leaves behind.
struct Night {
  let job: ShopJob
  let publishes: Bool
  /// What of the crawl is asked for in a special way.
  var wish = CrawlWish()

  /// Runs every stage.
  ///
  /// - Returns: How it went; the same stands in `status.json`.
  /// - Throws: What a stage threw; the last good feed is served then, and `status.json` says why.
  func run() async throws -> NightReport {
    let started = job.now
    do {
      var night: NightReport?
      // A night that dies while it publishes has asked everything already: the next one only publishes.
      _ = try await CrawlStage(job: job, wish: wish).run { _ in night = try await use() }
      guard let night else { throw CancellationError() }
      night.say()
      // A night that only looked is not the one that monitors ask about.
      guard publishes else { return night }
      try StatusFile(job: job).write(started: started, status: night.status, result: night.document)
      try CatalogMetrics(job: job, started: started).write(night.status, night)
      return night
    } catch {
      guard publishes else { throw error }
      let failure = NightlyCommand.failure(error)
      try StatusFile(job: job).write(
        started: started, status: Signals.status ?? failure.status,
        result: [
          "error": .string(failure.what), "at": .string(failure.place), "do": .string(failure.remedy),
        ])
      try CatalogMetrics(job: job, started: started).write(Signals.status ?? failure.status, nil)
      throw error
    }
  }

  /// Everything behind the crawl.
  private func use() async throws -> NightReport {
    try Task.checkCancellation()
    let stage = PublishStage(job: job)
    let plan = try stage.plan(keepsCounts: publishes)
    var report = NightReport(job: job, plan: plan, outcome: publishes ? try stage.publish(plan) : nil)
    switch report.outcome {
    case .published, .unchanged: report.derived = try await Derived.make(for: job)
    case .refused, nil: break
    }
    return report
  }
}

/// `status.json`: how the last night went, for monitors.
struct StatusFile {
  let job: ShopJob

  static let format = 1

  func write(started: Instant, status: ExitStatus, result: JSONValue) throws(StoreError) {
    try AtomicFile.write(
      CanonicalJSON.document([
        "format": .integer(Self.format), "shop": .string(job.shop.name),
        "started": .string(started.description),
        "finished": .string(job.now.description), "exit": .integer(Int(status.rawValue)), "result": result,
      ]), to: job.folders.statusFile)
  }

  /// What the last night left, or `nil` before the first.
  func read() throws -> JSONValue? {
    do { return try JSONValue(parsing: try AtomicFile.read(job.folders.statusFile)) } catch let error
      as StoreError
      where error.code == .missing
    { return nil }
  }
}
