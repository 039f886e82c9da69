import Model
import Publish
import Store
import SystemPackage
import Testing

/// Publishing is old or new at every step, and damage is found.
@Suite struct DurabilityTests {
  struct Stopped: Error {}

  @Test(arguments: Publisher.Step.allCases)
  func aStopBetweenStepsIsHealedByTheNextRun(step: Publisher.Step) throws {
    var shop = try Shop()
    try shop.publish(Shops.crawl(count: 30))
    var changed = try Shops.crawl(count: 30)
    changed.offers[0] = try Shops.offer("10000", price: 1010)
    let plan = try shop.plan(changed)
    let stopping = Publisher(shop.folders, language: "ru") { if $0 == step { throw Stopped() } }
    #expect(throws: Stopped.self) { try stopping.publish(plan, approval: nil, now: Shops.now) }
    #expect(try History(shop.folders).head()?.manifest.version == 2, "HEAD was switched with the version")
    #expect(try shop.publish(changed) == .unchanged(2))
    #expect(try History(shop.folders).verify() == [])
    var undisturbed = try Shop()
    try undisturbed.publish(Shops.crawl(count: 30))
    try undisturbed.publish(changed)
    #expect(try shop.publicBytes() == undisturbed.publicBytes())
  }

  @Test func adoptsTheProjectionWhenOutputIsGone() throws {
    var shop = try Shop()
    try shop.publish(Shops.crawl(count: 30))
    try Folder.remove(shop.folders.output)
    #expect(try History(shop.folders).head()?.manifest.version == 1)
    #expect(try shop.publish(Shops.crawl(count: 30)) == .unchanged(1))
    #expect(try History(shop.folders).verify() == [])
    var changed = try Shops.crawl(count: 30)
    changed.offers[0] = try Shops.offer("10000", price: 1010)
    try Folder.remove(shop.folders.output)
    #expect(try shop.publish(changed) == .published(2))
    #expect(try History(shop.folders).manifests().map(\.version) == [1, 2])
  }

  @Test func findsAFlippedBitInEveryStoredFile() throws {
    var shop = try Shop()
    try shop.publish(Shops.crawl(count: 5))
    var changed = try Shops.crawl(count: 5)
    changed.offers[0] = try Shops.offer("10000", price: 1010)
    try shop.publish(changed)
    #expect(try History(shop.folders).verify() == [])
    let store = VersionStore(shop.folders.versions)
    var paths: [FilePath] = [shop.folders.kaspiFeed]
    for version in [1, 2] { paths += try store.files(of: version).map { try store.file(version, $0) } }
    paths += try Folder.files(in: shop.folders.catalog).map { shop.folders.catalog.appending($0) }
    #expect(paths.count == 16)
    for path in paths {
      let good = try AtomicFile.read(path)
      var bad = good
      bad[good.count / 2] ^= 0x01
      try AtomicFile.write(bad, to: path)
      let findings = try History(shop.folders).verify()
      #expect(!findings.isEmpty, "\(path)")
      try AtomicFile.write(good, to: path)
    }
    #expect(try History(shop.folders).verify() == [])
  }

  @Test func damagedMemoryIsAnErrorNotAnEmptyShop() throws {
    var shop = try Shop()
    try shop.publish(Shops.crawl(count: 5))
    let before = try shop.publicBytes()
    let store = VersionStore(shop.folders.versions)
    try AtomicFile.write(Array("{}".utf8), to: try store.file(1, "catalog.json"))
    #expect(throws: PublishError.self) { try History(shop.folders).head() }
    #expect(throws: PublishError.self) { try shop.publish(Shops.crawl(count: 5)) }
    #expect(try shop.publicBytes() == before)
  }
}
