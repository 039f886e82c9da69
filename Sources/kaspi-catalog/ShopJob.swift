import ArgumentParser
import Console
import Model
import Publish
import Store
import SystemPackage

/// The shops a command works on.
struct ShopOptions: ParsableArguments, Sendable {
  @Option(
    name: .long, parsing: .upToNextOption, help: "The shops to work on; all of kaspi.yaml when left out.")
  var shop: [String] = []

  /// Opens the workspace and names the shops.
  func jobs(_ context: CommandContext, now: Instant? = nil) throws -> [ShopJob] {
    let (folder, configuration) = try context.workspace()
    let known = configuration.shops.map(\.name)
    for name in shop where !known.contains(name) {
      throw CommandError(
        .usage, what: "no shop is called '\(name)'", place: folder.appending(WorkspaceFinder.fileName).string,
        remedy: "Known shops: \(known.joined(separator: ", ")).")
    }
    return configuration.shops.filter { shop.isEmpty || shop.contains($0.name) }.map {
      ShopJob(
        context: context, configuration: configuration, shop: $0,
        folders: ShopFolders(workspace: folder, shop: $0.name), fixedNow: now)
    }
  }
}

/// One shop, and only one.
struct OneShopOptions: ParsableArguments, Sendable {
  @Option(help: "The shop; may be left out when kaspi.yaml has only one.")
  var shop: String?

  /// Opens the workspace and names the shop.
  func job(_ context: CommandContext, now: Instant? = nil) throws -> ShopJob {
    var options = ShopOptions()
    options.shop = shop.map { [$0] } ?? []
    let jobs = try options.jobs(context, now: now)
    guard let job = jobs.first, jobs.count == 1 else {
      throw CommandError(
        .usage, what: "several shops are configured", place: "kaspi.yaml",
        remedy: "Name one with --shop: \(jobs.map(\.shop.name).joined(separator: ", ")).")
    }
    return job
  }
}

/// One shop with everything that a stage needs to know.
struct ShopJob: Sendable {
  let context: CommandContext
  let configuration: Configuration
  let shop: ShopConfiguration
  let folders: ShopFolders
  /// `--now`, or `nil` for the clock.
  let fixedNow: Instant?

  var terminal: Terminal { context.terminal }
  var now: Instant { fixedNow ?? SystemClock.now }
  var clock: @Sendable () -> Instant {
    let fixed = fixedNow
    return { fixed ?? SystemClock.now }
  }

  /// Does something that writes, while no other run of the shop does.
  func locked<Result>(_ body: () async throws -> Result) async throws -> Result {
    let lock = try FileLock(at: folders.lockFile)
    let result: Result
    do { result = try await body() } catch {
      // The error of the run is the one to tell; a seal that could not be written shows in `verify`.
      try? RunSeal(folders).write()
      lock.release()
      throw error
    }
    try RunSeal(folders).write()
    lock.release()
    return result
  }
}
