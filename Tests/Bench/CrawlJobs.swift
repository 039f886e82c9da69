import Crawl
import HTTP
import Model
import Store
import Synchronization
import SystemPackage

/// Fetching and reading pages.
enum CrawlJobs {
  static let all: [String: @Sendable ([String]) async throws -> Work] = [
    "pages": pages, "fetch": fetch,
  ]

  /// `pages TIMES FILE...`: saved product pages to products, each so many times.
  @Sendable private static func pages(_ arguments: [String]) async throws -> Work {
    let times = try BenchUsage.number(arguments, 0, "TIMES")
    let pages = try arguments.dropFirst().map { try AtomicFile.read(FilePath($0)) }
    return try await Work.measure {
      var (bytes, check) = (0, 0)
      for _ in 0..<times {
        for page in pages {
          check += try ProductPage.extract(html: page).product.characteristics.count
          bytes += page.count
        }
      }
      return (times * pages.count, bytes, check)
    }
  }

  /// `fetch BASE COUNT CONNECTIONS`: `BASE/0` … `BASE/COUNT-1` over kept-alive connections, without limits.
  @Sendable private static func fetch(_ arguments: [String]) async throws -> Work {
    let base = try BenchUsage.argument(arguments, 0, "BASE")
    let count = try BenchUsage.number(arguments, 1, "COUNT")
    let connections = try BenchUsage.number(arguments, 2, "CONNECTIONS")
    var configuration = CurlClient.Configuration()
    configuration.maximumConnectionsPerHost = connections
    let client = CurlClient(configuration: configuration)
    let work = try await Work.measure {
      let counter = Counter()
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
