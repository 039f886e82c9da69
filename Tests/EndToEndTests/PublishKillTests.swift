import FoundationEssentials
import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// `publish` killed with signal 9 at random moments: HEAD, projection and feed are old or new, and the next run heals
/// the rest.
///
/// `KASPI_PUBLISH_KILLS` sets how many kills there are; the default keeps the suite quick. The same is tried before
/// every single system call, without a process, in PublishTests.
@Suite struct PublishKillTests {
  static let kills =
    ProcessInfo.processInfo.environment["KASPI_PUBLISH_KILLS"].flatMap { Int($0) } ?? 3

  private static let configuration = """
    language: ru
    shops:
      demo:
        merchant: "14000001"
        company: Demo
        city: "750000000"
        sources: [{kind: feed, url: list.xml}]
        enrich: {pages: false}
        channels: [csv, yml]

    """

  /// The list of one night: one price moves.
  private static func list(_ night: Int) -> [UInt8] {
    let offers = (0..<400).map { index in
      "<offer sku=\"\(index)\"><model>Чайник \(index)</model><availabilities>"
        + "<availability available=\"yes\" storeId=\"PP1\" stockCount=\"3\"/></availabilities>"
        + "<price>\(index == night % 400 ? 1000 + night : 1000)</price></offer>"
    }
    return Array(
      ("<kaspi_catalog date=\"d\" xmlns=\"kaspiShopping\"><company>Demo</company>"
        + "<merchantid>14000001</merchantid><offers>\(offers.joined())</offers></kaspi_catalog>").utf8)
  }

  private static func now(_ night: Int) -> String {
    "2026-\(night / 28 % 12 + 1 < 10 ? "0" : "")\(night / 28 % 12 + 1)-\(night % 28 < 9 ? "0" : "")\(night % 28 + 1)T21:00:00Z"
  }

  @Test func leavesOldOrNewAndHeals() async throws {
    // The killed shop and one that is never killed live through the same nights.
    let (bench, calm) = (try Workbench(Self.configuration), try Workbench(Self.configuration))
    for workspace in [bench, calm] {
      try workspace.folder.write("list.xml", Self.list(0))
      #expect(try await workspace.catalog("nightly", "--now", Self.now(0)).exit == 0)
    }
    var generator = SeededGenerator(seed: 20)
    let clock = ContinuousClock()
    var (bitten, halfway, night) = (0, 0, 0)
    while bitten < Self.kills, night < Self.kills * 6 {
      night += 1
      for workspace in [bench, calm] {
        try workspace.folder.write("list.xml", Self.list(night))
        #expect(try await workspace.catalog("crawl", "--now", Self.now(night)).exit == 0)
      }
      let old = try Self.world(bench)
      let start = clock.now
      #expect(try await calm.catalog("publish", "--now", Self.now(night)).exit == 0)
      let new = try Self.world(calm)
      let life = (clock.now - start) * Double.random(in: 0.2...1, using: &generator)
      let wasKilled = try await Self.killed(bench, night: night, after: life)
      let world = try Self.world(bench)
      #expect(world.head == old.head || world.head == new.head, "night \(night)")
      for (name, digest) in world.files {
        #expect(digest == old.files[name] || digest == new.files[name], "\(name), night \(night)")
        #expect(
          world.head == new.head || digest == old.files[name], "\(name) is ahead of HEAD, night \(night)")
      }
      bitten += wasKilled ? 1 : 0
      halfway += world != old && world != new ? 1 : 0
      let again = try await bench.catalog("publish", "--now", Self.now(night))
      #expect(again.exit == 0, "night \(night): \(again.out)\(again.err)")
      #expect(try Self.world(bench).files == new.files, "night \(night)")
      let verified = try await bench.catalog("verify")
      #expect(verified.exit == 0, "night \(night): \(verified.out)")
    }
    #expect(bitten == Self.kills, "the signal came too late too often")
    print("publish: \(bitten) kills in \(night) nights, \(halfway) of them between old and new")
  }

  private struct World: Equatable {
    var head: Int?
    var files: [String: String]
  }

  private static func world(_ bench: Workbench) throws -> World {
    var files: [String: String] = [:]
    for folder in [bench.shop.catalog, bench.shop.feeds] {
      for name in try Folder.files(in: folder) where !name.hasPrefix(".") {
        files[name] = Digest.sha256(try AtomicFile.read(folder.appending(name)))
      }
    }
    return World(head: try bench.head(), files: files)
  }

  /// Runs `publish` for a while and kills it; says whether the signal ended it.
  private static func killed(_ bench: Workbench, night: Int, after life: Duration) async throws -> Bool {
    let clock = ContinuousClock()
    let outcome = try await run(
      .path(try BuiltProgram.path("kaspi-catalog")), arguments: ["publish", "--now", now(night)],
      environment: ProgramRun.surroundings([:]), workingDirectory: bench.root, input: .none,
      output: .sequence, error: .discarded
    ) { execution in
      let end = clock.now + life
      while clock.now < end { await Task.yield() }
      // A program that was faster has nothing left to be killed.
      try? execution.send(signal: .kill)
      for try await _ in execution.standardOutput.strings() {}
    }
    return outcome.terminationStatus == .signaled(9)
  }
}
