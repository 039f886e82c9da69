import FoundationEssentials
import Model
import Store
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Publish

/// Publishing stopped before each of its system calls in turn, and read by others while it goes on.
@Suite struct PublishKillTests {
  /// Every file the world may look at, by name.
  private struct World: Equatable {
    var head: Int?
    var files: [String: [UInt8]]

    init(_ shop: Shop) throws {
      head = try VersionStore(shop.folders.versions).head()
      files = try shop.publicBytes().filter { !$0.key.hasPrefix(".") }
    }
  }

  private static func nights() throws -> [CrawledShop] {
    let first = try Shops.crawl(count: 6)
    var second = first
    second.offers[0] = try Shops.offer("10000", price: 1010)
    second.offers[3] = try Shops.offer("10003", stock: 4)
    return [first, second]
  }

  /// Reads a file again and again, beside whoever writes it, until both have done enough.
  private final class Reader: Sendable {
    private let state = Mutex((nights: 0, reads: 0))
    /// Whether there were 10,000 readings and 20 nights.
    var isDone: Bool { state.withLock { $0.nights >= 20 && $0.reads >= 10_000 } }

    func night() { state.withLock { $0.nights += 1 } }

    @concurrent func read(_ file: FilePath) async throws -> Set<String> {
      var digests: Set<String> = []
      while !isDone {
        for _ in 0..<100 { digests.insert(Digest.sha256(try AtomicFile.read(file))) }
        state.withLock { $0.reads += 100 }
        await Task.yield()
      }
      return digests
    }
  }

  @Test func isOldOrNewAtEverySystemCallAndHealedByTheNextRun() throws {
    let nights = try Self.nights()
    var reference = try Shop()
    try reference.publish(nights[0])
    let old = try World(reference)
    try reference.publish(nights[1])
    let new = try World(reference)
    #expect(old != new)

    var shop = try Shop()
    var halfways = 0
    let calls = try Killing.everywhere {
      shop = try Shop()
      try shop.publish(nights[0])
    } run: {
      try shop.publish(nights[1])
    } check: { count in
      let world = try World(shop)
      #expect(world.head == old.head || world.head == new.head, "call \(count)")
      for (name, bytes) in world.files {
        #expect(bytes == old.files[name] || bytes == new.files[name], "\(name) after call \(count)")
        #expect(
          world.head == new.head || bytes == old.files[name], "\(name) is ahead of HEAD at call \(count)")
      }
      if world != old, world != new { halfways += 1 }
      _ = try shop.publish(nights[1])
      #expect(try World(shop) == new, "healed after call \(count)")
      #expect(try History(shop.folders).verify() == [], "call \(count)")
      #expect(try SeriesFile(shop.folders).points().map(\.version) == [1, 2])
    }
    #expect(calls.count > 60 && halfways > 5, "\(calls.count) calls, \(halfways) halfway states")
  }

  @Test func aReaderNeverSeesABrokenOrHalfFile() async throws {
    let nights = try Self.nights()
    var shop = try Shop()
    try shop.publish(nights[0])
    let feed = shop.folders.kaspiFeed
    let reader = Reader()
    async let digests = reader.read(feed)
    var night = 0
    while !reader.isDone {
      night += 1
      try shop.publish(nights[night % 2])
      reader.night()
      await Task.yield()
    }
    let seen = try await digests
    let store = VersionStore(shop.folders.versions)
    let known = try Set(
      store.numbers().map { number in
        let manifest = try Manifest.decode(store.read(number, "manifest.json"), path: "manifest.json")
        let list = String(decoding: try store.read(number, "pricelist.xml"), as: UTF8.self)
        let dated = list.replacing(
          "<kaspi_catalog", with: "<kaspi_catalog date=\"\(manifest.created.almaty)\"", maxReplacements: 1)
        return Digest.sha256(Array(dated.utf8))
      })
    #expect(
      seen.isSubset(of: known) && seen.count > 1,
      "\(seen.count) of \(known.count) states were seen in \(night) nights")
  }

  @Test func aLockThatWasTakenAwaySwitchesNothing() throws {
    let nights = try Self.nights()
    var shop = try Shop()
    try shop.publish(nights[0])
    let before = try World(shop)
    let lock = try FileLock(at: shop.folders.lockFile)
    try Folder.remove(shop.folders.lockFile)
    let error = #expect(throws: StoreError.self) { try shop.publish(nights[1]) }
    #expect(error?.code == .locked)
    #expect(try World(shop) == before)
    lock.release()
    #expect(try shop.publish(nights[1]) == .published(2))
  }
}
