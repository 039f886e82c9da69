internal import HTTP
public import Model
public import Store
internal import Synchronization
public import SystemPackage

/// A folder of recorded answers: a whole crawl that runs again without a network, and a bug report that may be sent.
///
/// What is kept is an allow-list: of headers ``Cassette/headers``, of bodies what ``Redaction`` lets through. The crawl
/// that records works on the very bytes that are kept, so that its replay gives the same; what a night publishes of a
/// price list or a sheet, above all its SKUs, is never touched. The format is described in the article CassetteFormat.
public final class Cassette: Sendable {
  /// The number of the format.
  static let format = 1
  /// Headers of an answer that are kept.
  static let headers = ["content-type", "etag", "last-modified", "retry-after"]

  /// When the recorded crawl was started: the clock of recording and of every replay.
  public let started: Instant
  /// Whether it stands in for the network.
  public let isReplay: Bool
  private let bodies: Shelves
  private let journal: Journal?
  private let secrets: Secrets
  private let exchanges: Mutex<[String: [Exchange]]>

  private struct Exchange: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: String
    var isElsewhere: Bool
    var error: String?
  }

  private init(
    started: Instant, isReplay: Bool, bodies: Shelves, journal: Journal?, secrets: Secrets,
    exchanges: [String: [Exchange]]
  ) {
    self.started = started
    self.isReplay = isReplay
    self.bodies = bodies
    self.journal = journal
    self.secrets = secrets
    self.exchanges = Mutex(exchanges)
  }

  /// Begins a recording.
  ///
  /// - Parameters:
  ///   - folder: Made when missing; a cassette that is already there is refused.
  ///   - started: The moment of the crawl, which stands still while recording.
  ///   - secrets: What must not reach the disk: cookies, keys in addresses.
  /// - Returns: A cassette to hand to the crawler.
  /// - Throws: `StoreError`.
  public static func recording(
    in folder: FilePath, started: Instant, secrets: Secrets
  ) throws(StoreError) -> Cassette {
    let file = folder.appending("cassette.json")
    if try Folder.exists(file) {
      throw StoreError(
        code: .failed, path: folder.string, detail: "there is a cassette in this folder already",
        hint: "Name another folder, or remove this one.")
    }
    try AtomicFile.write(
      CanonicalJSON.document(["format": .integer(format), "started": .string(started.description)]), to: file)
    let journal = try Journal.open(folder.appending("exchanges.jsonl")).journal
    return Cassette(
      started: started, isReplay: false, bodies: Shelves(folder.appending("pages")), journal: journal,
      secrets: secrets, exchanges: [:])
  }

  /// Opens a recording in place of the network.
  ///
  /// - Parameter folder: Where it was recorded.
  /// - Returns: A cassette to hand to the crawler.
  /// - Throws: `StoreError` when there is none, or its format is another one.
  public static func replaying(from folder: FilePath) throws(StoreError) -> Cassette {
    let file = folder.appending("cassette.json")
    let damaged = StoreError(
      code: .damaged, path: file.string, detail: "this is no cassette of format \(format)",
      hint: "Record it again with this version: crawl --record DIR.")
    let value: JSONValue
    do { value = try JSONValue(parsing: try AtomicFile.read(file)) } catch let error as StoreError {
      throw error
    } catch { throw damaged }
    guard value["format"]?.int == format, let started = value["started"]?.string.flatMap({ Instant($0) })
    else {
      throw damaged
    }
    var exchanges: [String: [Exchange]] = [:]
    try Journal.read(folder.appending("exchanges.jsonl")) { record in
      guard let name = record["name"]?.string, let surface = record["surface"]?.string else { return }
      exchanges["\(surface) \(name)", default: []].append(
        Exchange(
          status: record["status"]?.int ?? 0,
          headers: (record["headers"]?.object ?? [:]).compactMap { name, value in
            value.string.map { (name: name, value: $0) }
          }, body: record["body"]?.string ?? "", isElsewhere: record["elsewhere"]?.bool ?? false,
          error: record["error"]?.string))
    }
    return Cassette(
      started: started, isReplay: true, bodies: Shelves(folder.appending("pages")), journal: nil,
      secrets: Secrets(), exchanges: exchanges)
  }

  // MARK: Recording

  /// Keeps an answer, and gives back what was kept of it.
  func record(_ response: HTTPResponse, to question: Fetcher.Question) throws -> HTTPResponse {
    var kept = response
    kept.headers = response.headers.filter { Self.headers.contains($0.name.lowercased()) }.map {
      (name: $0.name.lowercased(), value: secrets.blanked($0.value))
    }
    kept.body = redacted(response, question)
    let isElsewhere =
      WebAddress.parts(of: response.url).host != WebAddress.parts(of: question.address).host
    kept.url = isElsewhere ? Self.elsewhere : question.address
    var members: [String: JSONValue] = [
      "surface": .string(question.surface.rawValue), "name": .string(secrets.blanked(question.name)),
      "status": .integer(response.status), "body": .string(try bodies.keep(kept.body)),
      "headers": .object(
        Dictionary(kept.headers.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { first, _ in first })
      ),
    ]
    if isElsewhere { members["elsewhere"] = true }
    try journal?.appendLazily(.object(members))
    return kept
  }

  /// Keeps that no answer came.
  func record(_ error: HTTPError, to question: Fetcher.Question) throws(StoreError) {
    try journal?.appendLazily([
      "surface": .string(question.surface.rawValue), "name": .string(secrets.blanked(question.name)),
      "error": .string(Self.names.first { $0.code == error.code }?.name ?? "not-connected"),
    ])
  }

  private static let elsewhere = "https://elsewhere.invalid/"

  private static let names: [(name: String, code: HTTPError.Code)] = [
    ("invalid-request", .invalidRequest), ("not-connected", .notConnected), ("timed-out", .timedOut),
    ("connection-lost", .connectionLost), ("too-large", .tooLarge), ("bad-answer", .badAnswer),
    ("bad-redirect", .badRedirect), ("cancelled", .cancelled),
  ]

  private func redacted(_ response: HTTPResponse, _ question: Fetcher.Question) -> [UInt8] {
    let body = response.body
    guard response.status == 200 else { return Redaction.unreadable(body) }
    return switch question.surface {
    case .page: secrets.blanked(Redaction.withoutContacts(PageRedaction.withoutPeople(body)))
    case .feed: FeedRedaction.kept(of: body, secrets)
    case .robots: secrets.blanked(Redaction.withoutContacts(body))
    // Its columns are codes, prices and stock, and every one of them is published.
    case .sheet: StockSheet.withoutOtherColumns(body)
    case .listing: secrets.blanked(Redaction.listing(body))
    case .reviews: secrets.blanked(Redaction.reviews(body))
    case .offers: secrets.blanked(Redaction.offers(body))
    case .cabinet:
      secrets.blanked(
        question.address.contains("/offer-view/details")
          ? CabinetRedaction.details(body) : CabinetRedaction.list(body))
    case .images: body
    }
  }

  // MARK: Replaying

  /// The recorded answer; of several to one question, one after another, the last again and again.
  func answer(to question: Fetcher.Question) throws -> HTTPResponse {
    let key = "\(question.surface.rawValue) \(question.name)"
    let exchange: Exchange? = exchanges.withLock { all in
      guard let list = all[key], let first = list.first else { return nil }
      if list.count > 1 { all[key] = Array(list.dropFirst()) }
      return first
    }
    guard let exchange else {
      throw HTTPError(
        code: .notConnected, mayHaveReachedServer: false, url: question.address,
        message: "the cassette holds no answer to this")
    }
    if let error = exchange.error {
      throw HTTPError(
        code: Self.names.first { $0.name == error }?.code ?? .notConnected, mayHaveReachedServer: false,
        url: question.address, message: "recorded: \(error)")
    }
    guard let body = try bodies.read(exchange.body) else {
      throw StoreError(
        code: .damaged, path: "pages/\(exchange.body)",
        detail: "a body of the cassette is missing or was changed",
        hint: "Record again: crawl --record DIR.")
    }
    return HTTPResponse(
      status: exchange.status, headers: exchange.headers, body: body,
      url: exchange.isElsewhere ? Self.elsewhere : question.address)
  }
}
