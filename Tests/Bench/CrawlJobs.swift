import CatalogFormat
import Crawl
import HTTP
import Model
import Store
import Synchronization
import SystemPackage

/// Fetching and reading pages.
enum CrawlJobs {
  static let all: [String: @Sendable ([String]) async throws -> Work] = [
    "pages": pages, "markup": markup, "fetch": fetch, "listing": listing, "cabinet": cabinet, "crawl": crawl,
    "crawl-pages": crawlPages, "offers": offers,
  ]

  /// `pages TIMES FILE...`: saved product pages to products, each so many times.
  @Sendable private static func pages(_ arguments: [String]) async throws -> Work {
    let times = try BenchUsage.number(arguments, 0, "TIMES")
    let pages = try arguments.dropFirst().map { try AtomicFile.read(FilePath($0)) }
    return try await extract(pages, times)
  }

  /// Reads pages again and again; checked by their groups of characteristics.
  private static func extract(_ pages: [[UInt8]], _ times: Int) async throws -> Work {
    try await repeated(pages, times) { try ProductPage.extract(html: $0).product.characteristics.count }
  }

  /// Reads documents again and again; what is read of each is added up as the check.
  private static func repeated(
    _ documents: [[UInt8]], _ times: Int, _ read: ([UInt8]) throws -> Int
  ) async throws -> Work {
    try await Work.measure {
      var (bytes, check) = (0, 0)
      for _ in 0..<times {
        for document in documents {
          check += try read(document)
          bytes += document.count
        }
      }
      return (times * documents.count, bytes, check)
    }
  }

  /// `listing TIMES FILE...`: answers of the listing to cards, each so many times.
  @Sendable private static func listing(_ arguments: [String]) async throws -> Work {
    let times = try BenchUsage.number(arguments, 0, "TIMES")
    return try await repeated(try arguments.dropFirst().map { try AtomicFile.read(FilePath($0)) }, times) {
      try ListingPage($0, source: "bench").cards.reduce(0) { $0 + ($1.price?.amount ?? 0) }
    }
  }

  /// `cabinet TIMES FILE...`: list pages of the cabinet to offers, each so many times.
  @Sendable private static func cabinet(_ arguments: [String]) async throws -> Work {
    let times = try BenchUsage.number(arguments, 0, "TIMES")
    return try await repeated(try arguments.dropFirst().map { try AtomicFile.read(FilePath($0)) }, times) {
      try CabinetList($0, source: "bench").size
    }
  }

  /// `offers TIMES OUT FILE...`: the cards of listings as a crawl's result, written so many times, and left in OUT.
  @Sendable private static func offers(_ arguments: [String]) async throws -> Work {
    let times = try BenchUsage.number(arguments, 0, "TIMES")
    let out = FilePath(try BenchUsage.argument(arguments, 1, "OUT"))
    guard let city = CityID("750000000"), let store = StoreID("PP1") else {
      throw BenchUsage(description: "codes of our own")
    }
    var offers: [CrawledOffer] = []
    for file in arguments.dropFirst(2) {
      for card in try ListingPage(try AtomicFile.read(FilePath(file)), source: "bench").cards {
        guard let sku = SKU(card.id.text), let price = card.price else { continue }
        let offer = Offer(
          sku: sku, model: card.title, brand: card.brand,
          availabilities: [Availability(store: store, isAvailable: true, stock: 3)],
          pricing: .byCity([city: price]))
        let origin = Provenance(
          source: "https://shop.example/\(sku)", fetched: Instant(milliseconds: 1_790_000_000_000),
          digest: Digest.sha256(Array(sku.text.utf8)), parser: 1)
        offers.append(
          CrawledOffer(
            offer: offer, productID: card.id, product: card.product(in: city), provenance: [origin]))
      }
    }
    let shop = CrawledShop(
      company: "Bench", merchant: MerchantID("1"), offers: offers, heldBack: [], gaps: [], sources: [])
    let record = CrawlRecord(taken: Instant(milliseconds: 1_790_000_000_000), shop: shop)
    try AtomicFile.write(CrawlRecordJSON.encode(record), to: out)
    return await Work.measure {
      var bytes = 0
      for _ in 0..<times { bytes += CrawlRecordJSON.encode(record).count }
      return (times * shop.offers.count, bytes, bytes)
    }
  }

  /// `markup TIMES FILE...`: the same of pages whose embedded card has another name, so that their markup is read.
  @Sendable private static func markup(_ arguments: [String]) async throws -> Work {
    let times = try BenchUsage.number(arguments, 0, "TIMES")
    let pages = try arguments.dropFirst().map { name in
      let page = String(decoding: try AtomicFile.read(FilePath(name)), as: UTF8.self)
      return Array(page.replacing("BACKEND.components.item", with: "BACKEND.components.other").utf8)
    }
    return try await extract(pages, times)
  }

  /// `crawl BASE FEED FOLDER CONNECTIONS`: a whole crawl without limits: a price list, and the page of every card.
  ///
  /// Taken up where an earlier one stopped, when the folder holds one.
  @Sendable private static func crawl(_ arguments: [String]) async throws -> Work {
    try await wholeCrawl(arguments).work
  }

  /// `crawl-pages BASE FEED FOLDER CONNECTIONS`: the same crawl, timed until the last page is read, kept and noted.
  @Sendable private static func crawlPages(_ arguments: [String]) async throws -> Work {
    var (work, pages) = try await wholeCrawl(arguments)
    work.time = pages
    return work
  }

  private static func wholeCrawl(_ arguments: [String]) async throws -> (work: Work, pages: Duration) {
    let base = try BenchUsage.argument(arguments, 0, "BASE")
    let feed = try BenchUsage.argument(arguments, 1, "FEED")
    let folder = FilePath(try BenchUsage.argument(arguments, 2, "FOLDER"))
    let connections = try BenchUsage.number(arguments, 3, "CONNECTIONS")
    var configuration = CurlClient.Configuration()
    configuration.maximumConnectionsPerHost = connections
    configuration.maximumConnections = connections
    let client = CurlClient(configuration: configuration)
    let settings = CrawlSettings(
      shop: "bench", city: CityID("750000000"), sources: [SourceSettings(kind: .feed, location: feed)],
      enrichPages: true, shopEndpoint: base, concurrency: connections)
    let moment = Instant(milliseconds: 1_790_000_000_000)
    let start = ContinuousClock.now
    let lastPage = Mutex(start)
    let work = try await Work.measure {
      let record = try CrawlRecordWriter(folder.appending("result.json"))
      var read = 0
      let crawler = Crawler(client: client, folder: folder, now: { moment })
      let result = try await crawler.crawl(settings) { step in
        if step.phase == .pages { lastPage.withLock { $0 = .now } }
      } take: { part in
        switch part {
        case .offer(let offer):
          try record.add(offer)
          if offer.product != nil { read += 1 }
        case .finding(let finding): try record.add(finding)
        }
      }
      try record.finish(result.shop, taken: moment)
      let asked = result.report.requests.reduce(0) { $0 + $1.asked }
      return (result.report.offers, asked, read)
    }
    await client.close()
    return (work, lastPage.withLock { $0 } - start)
  }

  /// `fetch BASE COUNT CONNECTIONS`: `BASE/0` … `BASE/COUNT-1` over kept-alive connections, without limits.
  @Sendable private static func fetch(_ arguments: [String]) async throws -> Work {
    let base = try BenchUsage.argument(arguments, 0, "BASE")
    let count = try BenchUsage.number(arguments, 1, "COUNT")
    let connections = try BenchUsage.number(arguments, 2, "CONNECTIONS")
    var configuration = CurlClient.Configuration()
    configuration.maximumConnectionsPerHost = connections
    configuration.maximumConnections = connections
    let client = CurlClient(configuration: configuration)
    let work = try await Work.measure {
      let counter = Counter()
      try await client.onItsThread {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<connections {
            group.addTask {
              while true {
                let number = counter.next.add(1, ordering: .relaxed).oldValue
                guard number < count else { return }
                let answer = try await client.send(HTTPRequest("GET", "\(base)/\(number)"))
                guard answer.status == 200 else {
                  throw BenchUsage(description: "\(base)/\(number) answered \(answer.status)")
                }
                counter.bytes.add(answer.body.count, ordering: .relaxed)
              }
            }
          }
          try await group.waitForAll()
        }
      }
      let bytes = counter.bytes.load(ordering: .relaxed)
      return (count, bytes, bytes)
    }
    await client.close()
    return work
  }

  /// What the fetching tasks share.
  private final class Counter: Sendable {
    let next = Atomic(0)
    let bytes = Atomic(0)
  }
}
