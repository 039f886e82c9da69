import Store

/// What was asked, in order of arrival, and how many questions were under way at once.
struct RequestLog: Sendable {
  /// One question.
  struct Entry: Sendable {
    var number: Int
    var method: String
    var path: String
    var query: String
    var userAgent: String?
    var surface: String
    var status: Int?
    /// Milliseconds since the simulator was started.
    var at: Int
    var host: String?
    /// How many of its surface were under way when it came, itself included.
    var together: Int
    /// SHA-256 of the body's first bytes, where there is one: tells questions of one address apart.
    var bodyDigest: String?
  }

  private let clock = ContinuousClock()
  private let start = ContinuousClock.now

  private(set) var entries: [Entry] = []
  private var dropped = 0
  private var running: [String: Int] = [:]
  private(set) var highest: [String: Int] = [:]
  private var runningInAll = 0
  private(set) var highestInAll = 0

  /// Entries beyond this many push the oldest out.
  static let capacity = 100_000

  /// Notes a question.
  mutating func begin(_ request: Request, surface: Surface) -> Int {
    let number = dropped + entries.count + 1
    let since = (clock.now - start).components
    entries.append(
      Entry(
        number: number, method: request.method, path: request.path, query: request.safeQuery,
        userAgent: request.header("user-agent"), surface: surface.rawValue, status: nil,
        at: Int(since.seconds * 1000 + since.attoseconds / 1_000_000_000_000_000),
        host: request.header("host"), together: running[surface.rawValue, default: 0] + 1,
        bodyDigest: request.body.isEmpty ? nil : String(Digest.sha256(request.body).prefix(16))))
    if entries.count > Self.capacity {
      let surplus = Self.capacity / 10
      entries.removeFirst(surplus)
      dropped += surplus
    }
    running[surface.rawValue, default: 0] += 1
    highest[surface.rawValue] = max(
      highest[surface.rawValue, default: 0], running[surface.rawValue, default: 0])
    runningInAll += 1
    highestInAll = max(highestInAll, runningInAll)
    return number
  }

  /// Notes the answer; `nil` when none was given.
  mutating func end(_ number: Int, surface: Surface, status: Int?) {
    running[surface.rawValue, default: 1] -= 1
    runningInAll -= 1
    let index = number - dropped - 1
    if entries.indices.contains(index), entries[index].number == number { entries[index].status = status }
  }

  /// Forgets entries and high-water marks; questions under way stay counted.
  mutating func clear() {
    dropped += entries.count
    entries = []
    highest = running.filter { $0.value > 0 }
    highestInAll = runningInAll
  }

  /// As the control endpoint shows it.
  func json(surface: String?, path: String?) -> JSONValue {
    let chosen = entries.filter { entry in
      (surface == nil || entry.surface == surface) && (path == nil || entry.path.hasPrefix(path ?? ""))
    }
    return .object([
      "requests": .array(
        chosen.map { entry in
          .object([
            "number": .integer(entry.number), "method": .string(entry.method), "path": .string(entry.path),
            "query": .string(entry.query), "userAgent": .text(entry.userAgent),
            "surface": .string(entry.surface),
            "status": .number(entry.status), "at": .integer(entry.at), "host": .text(entry.host),
            "together": .integer(entry.together), "bodyDigest": .text(entry.bodyDigest),
          ])
        }),
      "total": .integer(chosen.count),
      "inFlight": .object(running.mapValues { .integer($0) }),
      "highWater": .object(highest.mapValues { .integer($0) }),
      "highWaterTotal": .integer(highestInAll),
    ])
  }
}
