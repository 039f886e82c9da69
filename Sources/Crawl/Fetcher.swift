internal import HTTP
internal import Model
internal import Store
internal import Synchronization

/// Asks the shop on behalf of a crawl: never twice for the same thing, never again once the shop refuses.
///
/// Rates, waits and repetitions are the client's business; what comes back here is final.
final class Fetcher: Sendable {
  /// One question.
  struct Question: Sendable {
    /// Which surface.
    var surface: CrawlReport.Surface
    /// The whole address, which may carry secrets.
    var address: String
    /// The page that a browser would come from, or `nil`.
    var referer: String?
    /// Largest answer.
    var maximumBytes: Int
    /// What may be kept of an answer on disk, or `nil` for nothing.
    var keep: (@Sendable ([UInt8]) -> [UInt8])?
  }

  /// An answer with its origin.
  struct Answer<Value: Sendable>: Sendable {
    /// What was read out of it.
    var value: Value
    /// Where and when.
    var provenance: Provenance
  }

  /// Why there is no value.
  enum Problem: Error, Sendable {
    /// 404 or 410: there is no such thing.
    case gone
    /// The asking has ended; see ``Stop``.
    case stopped(Stop)
    /// A usable answer came, but not a readable one.
    case unreadable(PageError)
    /// No usable answer came.
    case failed(String, isTemporary: Bool)
  }

  /// Why nothing more is asked.
  enum Stop: Sendable {
    /// The shop refuses to talk.
    case refused
    /// Nothing usable has come for a long while: the shop is down, or answers with something else altogether.
    case silent
  }

  /// Refusals in a row that end the asking.
  ///
  /// One may be an accident.
  static let refusalLimit = 3
  /// Requests in a row without a usable answer that end the asking.
  ///
  /// Each has been repeated by the client already, so this is a matter of minutes, not of an accident.
  static let silenceLimit = 20

  private struct State {
    var refusalsInRow = 0
    var failuresInRow = 0
    var stop: Stop?
    var counts: [CrawlReport.Surface: CrawlReport.Requests] = [:]
  }

  private let client: any HTTPClient
  private let journal: CrawlJournal
  private let archive: PageArchive
  private let settings: CrawlSettings
  private let now: @Sendable () -> Instant
  private let state = Mutex(State())

  init(
    client: any HTTPClient, journal: CrawlJournal, archive: PageArchive, settings: CrawlSettings,
    now: @escaping @Sendable () -> Instant
  ) {
    self.client = client
    self.journal = journal
    self.archive = archive
    self.settings = settings
    self.now = now
  }

  /// Why nothing more is asked, or `nil`.
  var stop: Stop? { state.withLock { $0.stop } }

  /// Requests by surface.
  var requests: [CrawlReport.Requests] {
    state.withLock { state in
      CrawlReport.Surface.allCases.map { state.counts[$0] ?? CrawlReport.Requests(surface: $0) }
    }
  }

  /// Asks, or takes the answer that an interrupted crawl has noted.
  ///
  /// - Parameters:
  ///   - question: What to ask.
  ///   - rating: Where the value is a rating: takes it out of the value, so that it is noted instead of the body.
  ///   - restore: Makes a value of noted figures, for answers whose body is not kept.
  ///   - read: Reads the body; a `blocked` counts as a refusal, a `cut` as no answer.
  /// - Returns: The value, or why there is none.
  /// - Throws: ``StoreError`` when the disk refuses; `CancellationError` when the crawl was cancelled.
  func ask<Value: Sendable>(
    _ question: Question, rating: (@Sendable (Value) -> Rating?)? = nil,
    restore: (@Sendable (Rating?) -> Value)? = nil,
    read: @Sendable ([UInt8]) throws(PageError) -> Value
  ) async throws -> Result<Answer<Value>, Problem> {
    let name = Self.name(of: question)
    if let noted = journal.answer(to: name),
      let result = try replay(noted, question, restore: restore, read: read)
    {
      count(question.surface) { $0.reused += 1 }
      return result
    }
    try Task.checkCancellation()
    if let stop { return .failure(.stopped(stop)) }
    count(question.surface) { $0.asked += 1 }
    let response: HTTPResponse
    do {
      response = try await client.send(request(for: question))
    } catch {
      if error.code == .cancelled { throw CancellationError() }
      let (reason, isTemporary) = Self.words(for: error.code)
      return try fail(name, question.surface, reason, isTemporary: isTemporary)
    }
    let fetched = now()
    guard WebAddress.parts(of: response.url).host == WebAddress.parts(of: question.address).host else {
      return try fail(name, question.surface, "redirected to another host", isTemporary: false)
    }
    switch response.status {
    case 200: break
    case 404, 410:
      settle()
      try journal.note(
        CrawlJournal.Answer(
          surface: question.surface, name: name, status: response.status,
          digest: Digest.sha256(response.body), bytes: response.body.count, fetched: fetched))
      return .failure(.gone)
    case 401, 403: return try refuse(name, question.surface, "status \(response.status)")
    case let status:
      return try fail(
        name, question.surface, "status \(status)",
        isTemporary: status == 408 || status == 429 || status >= 500)
    }
    let result: Result<Value, PageError>
    do { result = .success(try read(response.body)) } catch { result = .failure(error) }
    if case .failure(let error) = result {
      switch error.code {
      case .blocked: return try refuse(name, question.surface, error.detail)
      case .cut, .empty: return try fail(name, question.surface, error.detail, isTemporary: true)
      case .notHTML, .notJSON, .notAProduct:
        // Something else altogether: perhaps a refusal in words nobody knows yet, so it is asked again next time.
        let _: Result<Answer<Value>, Problem> = try fail(
          name, question.surface, error.detail, isTemporary: false)
        return .failure(.unreadable(error))
      case .damaged, .encoding: break
      }
    }
    settle()
    var noted = CrawlJournal.Answer(
      surface: question.surface, name: name, status: 200, digest: Digest.sha256(response.body),
      bytes: response.body.count, fetched: fetched)
    if let keep = question.keep { noted.kept = try archive.keep(keep(response.body)) }
    switch result {
    case .success(let value):
      noted.rating = rating?(value)
      try journal.note(noted)
    case .failure(let error):
      // An unreadable answer whose body is not kept could not be told from one without figures.
      if noted.kept != nil {
        try journal.note(noted)
      } else {
        try journal.noteFailure(name, question.surface, reason: error.code.rawValue, now: fetched)
      }
    }
    return finish(result, noted, question.surface)
  }

  private func replay<Value: Sendable>(
    _ noted: CrawlJournal.Answer, _ question: Question, restore: (@Sendable (Rating?) -> Value)?,
    read: @Sendable ([UInt8]) throws(PageError) -> Value
  ) throws(StoreError) -> Result<Answer<Value>, Problem>? {
    guard noted.status == 200 else { return .failure(.gone) }
    if let kept = noted.kept {
      guard let bytes = try archive.read(kept) else { return nil }
      let result: Result<Value, PageError>
      do { result = .success(try read(bytes)) } catch { result = .failure(error) }
      return finish(result, noted, question.surface)
    }
    guard let restore else { return nil }
    return finish(.success(restore(noted.rating)), noted, question.surface)
  }

  private func finish<Value: Sendable>(
    _ result: Result<Value, PageError>, _ noted: CrawlJournal.Answer, _ surface: CrawlReport.Surface
  ) -> Result<Answer<Value>, Problem> {
    switch result {
    case .success(let value):
      return .success(
        Answer(
          value: value,
          provenance: Provenance(
            source: noted.name, fetched: noted.fetched, digest: noted.digest,
            parser: ProductPage.parserVersion)))
    case .failure(let error):
      count(surface) { $0.failed += 1 }
      return .failure(.unreadable(error))
    }
  }

  private func fail<Value>(
    _ name: String, _ surface: CrawlReport.Surface, _ reason: String, isTemporary: Bool
  ) throws(StoreError) -> Result<Answer<Value>, Problem> {
    count(surface) { $0.failed += 1 }
    try journal.noteFailure(name, surface, reason: reason, now: now())
    state.withLock { state in
      state.failuresInRow += 1
      if state.failuresInRow >= Self.silenceLimit, state.stop == nil { state.stop = .silent }
    }
    return .failure(.failed(reason, isTemporary: isTemporary))
  }

  private func refuse<Value>(
    _ name: String, _ surface: CrawlReport.Surface, _ reason: String
  ) throws(StoreError) -> Result<Answer<Value>, Problem> {
    count(surface) { $0.failed += 1 }
    try journal.noteFailure(name, surface, reason: "blocked: \(reason)", now: now())
    let stop = state.withLock { state in
      state.refusalsInRow += 1
      if state.refusalsInRow >= Self.refusalLimit, state.stop == nil { state.stop = .refused }
      return state.stop
    }
    return .failure(stop.map { .stopped($0) } ?? .failed("refused: \(reason)", isTemporary: true))
  }

  private func settle() {
    state.withLock { state in
      state.refusalsInRow = 0
      state.failuresInRow = 0
    }
  }

  private func count(_ surface: CrawlReport.Surface, _ change: (inout CrawlReport.Requests) -> Void) {
    state.withLock { state in change(&state.counts[surface, default: CrawlReport.Requests(surface: surface)])
    }
  }

  private func request(for question: Question) -> HTTPRequest {
    var headers: [(name: String, value: String)] = [
      ("User-Agent", settings.userAgent), ("Accept-Language", "ru"),
    ]
    switch question.surface {
    case .feed: headers.append(("Accept", "application/xml,text/xml,*/*"))
    case .page: headers.append(("Accept", "text/html,application/xhtml+xml"))
    case .listing, .reviews:
      headers.append(("Accept", "application/json"))
      if let city = settings.city { headers.append(("X-KS-City", city.code)) }
    }
    if let referer = question.referer { headers.append(("Referer", referer)) }
    return HTTPRequest(
      "GET", question.address, headers: headers, maximumBytes: question.maximumBytes, maximumRedirects: 3)
  }

  /// A request's name in journals and reports.
  ///
  /// Addresses of the public shop are made here and carry no secret. A feed's address is the seller's, and its
  /// query may be a key: a digest stands for it.
  private static func name(of question: Question) -> String {
    guard question.surface == .feed else { return question.address }
    let plain = WebAddress.withoutSecrets(question.address)
    return plain == question.address
      ? plain : plain + "#" + Digest.sha256(Array(question.address.utf8)).prefix(16)
  }

  private static func words(for code: HTTPError.Code) -> (reason: String, isTemporary: Bool) {
    switch code {
    case .invalidRequest: ("the address cannot be asked", false)
    case .notConnected: ("no connection", true)
    case .timedOut: ("no answer in time", true)
    case .connectionLost: ("the connection was lost before the answer was complete", true)
    case .tooLarge: ("the answer is larger than allowed", false)
    case .badAnswer: ("the answer breaks the protocol", true)
    case .badRedirect: ("redirected to another host or too often", false)
    case .cancelled: ("cancelled", true)
    }
  }
}
