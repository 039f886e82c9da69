import Model
import PriceList
import Publish
import Store
import SystemPackage
import TestKit
import Testing

/// Small shops to plan and publish.
enum Shops {
  static let now = Instant(milliseconds: 1_795_449_600_000)

  static func merchant() throws -> MerchantID { try #require(MerchantID("14000001")) }

  static func offer(_ sku: String, price: Int = 1000, stock: Int = 5, model: String = "Чайник") throws
    -> CrawledOffer
  {
    CrawledOffer(
      offer: Offer(
        sku: try #require(SKU(sku)), model: "\(model) \(sku)", brand: nil,
        availabilities: [Availability(store: try #require(StoreID("PP1")), isAvailable: true, stock: stock)],
        pricing: .everywhere(try #require(Tenge(price)))))
  }

  static func crawl(_ offers: [CrawledOffer], heldBack: Int = 0, gaps: [Gap] = []) -> CrawledShop {
    CrawledShop(
      company: "Demo", merchant: MerchantID("14000001"), offers: offers,
      heldBack: (0..<heldBack).map {
        HeldBackOffer(
          sku: "h\($0)", rule: "zero-price", place: Place("feed.xml", line: $0 + 1), message: "price 0")
      }, gaps: gaps,
      sources: [SourceSummary(kind: "feed", source: "feed.xml", digest: nil, offers: offers.count)])
  }

  static func crawl(count: Int, price: Int = 1000) throws -> CrawledShop {
    crawl(try (0..<count).map { try offer("\(10_000 + $0)", price: price) })
  }
}

extension Absences {
  /// Counts a whole crawl against what is published.
  func counting(_ crawled: CrawledShop, taken: Instant, head: Catalog?) -> Absences {
    guard counts(crawled, taken: taken) else { return self }
    let present = Set(crawled.offers.map(\.offer.sku))
    let missing = (head?.entries ?? []).filter { $0.standing == .offered && !present.contains($0.offer.sku) }
    return counting(missing.map(\.offer.sku), taken: taken)
  }
}

/// A shop on disk that lives through nights.
struct Shop {
  let folder: TemporaryFolder
  let folders: ShopFolders
  var policy = Policy()
  private var absences = Absences()
  private var night = 0

  init() throws {
    folder = try TemporaryFolder()
    folders = ShopFolders(workspace: folder.path, shop: "demo")
  }

  /// Plans the next night.
  mutating func plan(_ crawled: CrawledShop) throws -> Plan {
    night += 1
    let head = try History(folders).head()
    let taken = Shops.now.advanced(by: .seconds(night * 86_400))
    absences = absences.counting(crawled, taken: taken, head: head?.catalog)
    return Plan(
      shop: "demo", company: "Demo", merchant: try Shops.merchant(), crawled: crawled, base: head?.base,
      head: head?.catalog, absences: absences, policy: policy, day: Day(of: taken))
  }

  /// Plans and publishes the next night.
  @discardableResult
  mutating func publish(_ crawled: CrawledShop, approve: Bool = false) throws -> Publisher.Outcome {
    let plan = try plan(crawled)
    return try Publisher(folders, language: "ru").publish(
      plan, approval: approve ? plan.digest : nil, now: Shops.now)
  }

  /// Every byte of the served feed and the tracked catalog.
  func publicBytes() throws -> [String: [UInt8]] {
    var bytes: [String: [UInt8]] = [:]
    for folder in [folders.catalog, folders.feeds] where try Folder.exists(folder) {
      for name in try Folder.files(in: folder) { bytes[name] = try AtomicFile.read(folder.appending(name)) }
    }
    return bytes
  }
}
