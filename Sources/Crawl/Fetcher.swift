internal import HTTP
internal import Model
internal import Store
internal import Synchronization

/// Asks the shop on behalf of a crawl: never twice for the same thing, never again once the shop refuses.
///
/// Rates, waits and repetitions are the client's business; what comes back here is final.
final class Fetcher: Sendable {
  /// Refusals in a row that end the asking.
  ///
  /// One may be an accident.
  static let refusalLimit = 3
  /// Requests in a row without a usable answer that end the asking.
  ///
  /// Each has been repeated by the client already, so this is a matter of minutes, not of an accident.
  static let silenceLimit = 20

  private struct State {
    var refusalsInRow: [Party: Int] = [:]
    var failuresInRow: [Party: Int] = [:]
    var stops: [Party: Stop] = [:]
    var counts: [CrawlReport.Surface: CrawlReport.Requests] = [:]
    var shapes: [CrawlReport.Surface: ShapeCount] = [:]
  }

  let settings: CrawlSettings
  let archive: PageArchive
  let wire: CrawlWire
  let journal: CrawlJournal
  /// What was read in kept pages before; `nil` where everything is to be read anew.
  let parsed: ParsedPages?
  private let now: @Sendable () -> Instant
  private let state = Mutex(State())

  init(
    wire: CrawlWire, journal: CrawlJournal, archive: PageArchive, parsed: ParsedPages?,
    settings: CrawlSettings, now: @escaping @Sendable () -> Instant
  ) {
    self.wire = wire
    self.journal = journal
    self.archive = archive
    self.parsed = parsed
    self.settings = settings
    self.now = now
  }

  /// What the clock says.
  var moment: Instant { now() }

  /// Why a party is not asked any more, or `nil`.
  func stop(_ party: Party) -> Stop? { state.withLock { $0.stops[party] } }

  /// Whether any party is not asked any more.
  var isStopped: Bool { state.withLock { !$0.stops.isEmpty } }

  /// Requests by surface.
  var requests: [CrawlReport.Requests] {
    state.withLock { state in
      CrawlReport.Surface.allCases.map { state.counts[$0] ?? CrawlReport.Requests(surface: $0) }
    }
  }

  /// What the answers looked like, by surface.
  var shapes: [CrawlReport.Surface: ShapeCount] { state.withLock { $0.shapes } }

  /// Notes the looks of an answer.
  func note(_ shape: Shape, _ surface: CrawlReport.Surface) {
    state.withLock { $0.shapes[surface, default: ShapeCount()].add(shape) }
  }

  /// Asks, or takes the answer that an interrupted crawl has noted.
  ///
  /// - Parameters:
  ///   - question: What to ask.
  ///   - rating: Where the value is a rating: takes it out of the value, so that it is noted instead of the body.
  ///   - restore: Makes a value of noted figures, for answers whose body is not kept.
  ///   - recall: Makes a value of the name of kept bytes without reading them, where that is possible.
  ///   - remember: Told a value with the name and length of its kept bytes, before the answer is noted.
  ///   - doubt: Whether a value cannot be what was asked for: it is used, and the next crawl asks again.
  ///   - read: Reads the body; a `blocked` counts as a refusal, a `cut` as no answer.
  /// - Returns: The value, or why there is none.
  /// - Throws: ``StoreError`` when the disk refuses; `CancellationError` when the crawl was cancelled.
  func ask<Value: Sendable>(
    _ question: Question, rating: (@Sendable (Value) -> Rating?)? = nil,
    restore: (@Sendable (Rating?) -> Value)? = nil, recall: Recall<Value>? = nil,
    remember: Remember<Value>? = nil, doubt: (@Sendable (Value) -> Bool)? = nil,
    read: @Sendable ([UInt8]) throws(PageError) -> Value
  ) async throws -> Result<Answer<Value>, Problem> {
    let name = question.name
    if let noted = try journal.answer(to: name),
      let result = try replay(
        noted, question, restore: restore, recall: recall, remember: remember, read: read)
    {
      count(question.surface) { if noted.isCarried { $0.carried += 1 } else { $0.reused += 1 } }
      return result
    }
    if question.mayBeCarried, let old = try journal.previousAnswer(to: name), !old.isDoubtful,
      let result = try replay(
        old, question, restore: restore, recall: recall, remember: remember, read: read)
    {
      var carried = old
      carried.isCarried = true
      try journal.note(carried)
      count(question.surface) { $0.carried += 1 }
      return result
    }
    try Task.checkCancellation()
    let party = question.surface.party
    if let stop = stop(party) { return .failure(.stopped(stop)) }
    count(question.surface) { $0.asked += 1 }
    let old = question.isConditional && !settings.asksAnew ? try journal.previousAnswer(to: name) : nil
    let response: HTTPResponse
    do {
      response = try await wire.send(question, settings: settings, since: try usable(old))
    } catch let error as HTTPError {
      if error.code == .cancelled { throw CancellationError() }
      let (reason, isTemporary) = Self.words(for: error)
      return try fail(question, reason, isTemporary: isTemporary)
    }
    return try settle(
      response, question, old, rating: rating, remember: remember, doubt: doubt, read: read)
  }

  /// An earlier answer whose bytes are still there: only then may the server say "not modified".
  private func usable(_ old: CrawlJournal.Answer?) throws(StoreError) -> CrawlJournal.Answer? {
    guard let old, let kept = old.kept, old.etag != nil || old.modified != nil else { return nil }
    return try archive.read(kept) == nil ? nil : old
  }

  /// Judges an answer, notes it, and reads it.
  private func settle<Value: Sendable>(
    _ response: HTTPResponse, _ question: Question, _ old: CrawlJournal.Answer?,
    rating: (@Sendable (Value) -> Rating?)?, remember: Remember<Value>?, doubt: (@Sendable (Value) -> Bool)?,
    read: @Sendable ([UInt8]) throws(PageError) -> Value
  ) throws -> Result<Answer<Value>, Problem> {
    let fetched = now()
    if question.redirectHosts.isEmpty,
      WebAddress.parts(of: response.url).host != WebAddress.parts(of: question.address).host
    {
      return try fail(question, "redirected to another host", isTemporary: false)
    }
    if question.surface.party == .cabinet, let stop = Self.cabinetStop(response) {
      return try end(question, stop, "status \(response.status)")
    }
    switch response.status {
    case 200: break
    case 304:
      guard var same = old, let kept = same.kept, let bytes = try archive.read(kept) else {
        return try fail(question, "status 304 to a question that named no earlier answer", isTemporary: true)
      }
      reset(question.surface.party)
      same.fetched = fetched
      count(question.surface) { $0.unchanged += 1 }
      try journal.note(same)
      return finish(Self.result(of: bytes, read), same, question.surface)
    case 404, 410:
      reset(question.surface.party)
      try journal.note(
        CrawlJournal.Answer(
          surface: question.surface, name: question.name, status: response.status,
          digest: Digest.sha256(response.body), bytes: response.body.count, fetched: fetched,
          mark: question.mark, isDoubtful: question.isCertain))
      return .failure(.gone)
    case 401, 403: return try refuse(question, "status \(response.status)")
    case let status:
      return try fail(
        question, "status \(status)", isTemporary: status == 408 || status == 429 || status >= 500)
    }
    let result = Self.result(of: response.body, read)
    if case .failure(let error) = result {
      switch error.code {
      case .blocked: return try refuse(question, error.detail)
      case .cut, .empty: return try fail(question, error.detail, isTemporary: true)
      case .notHTML, .notJSON, .notCSV, .notAProduct:
        // Something else altogether: perhaps a refusal in words nobody knows yet, so it is asked again next time.
        let _: Result<Answer<Value>, Problem> = try fail(question, error.detail, isTemporary: false)
        return .failure(.unreadable(error))
      case .damaged, .encoding: break
      }
    }
    reset(question.surface.party)
    var noted = CrawlJournal.Answer(
      surface: question.surface, name: question.name, status: 200, digest: Digest.sha256(response.body),
      bytes: response.body.count, fetched: fetched, etag: response.header("ETag"),
      modified: response.header("Last-Modified"), mark: question.mark)
    if let keep = question.keep {
      let bytes = keep(response.body)
      let kept = try archive.keep(bytes, digest: bytes == response.body ? noted.digest : nil)
      noted.kept = kept
      if case .success(let value) = result { try remember?(value, kept, bytes.count) }
    }
    switch result {
    case .success(let value):
      noted.rating = rating?(value)
      noted.isDoubtful = doubt?(value) ?? false
      try journal.note(noted)
    case .failure(let error):
      noted.isDoubtful = true
      // An unreadable answer whose body is not kept could not be told from one without figures.
      if noted.kept != nil {
        try journal.note(noted)
      } else {
        try journal.noteFailure(question.name, question.surface, reason: error.code.rawValue, now: fetched)
      }
    }
    return finish(result, noted, question.surface)
  }

  private static func result<Value>(
    of bytes: [UInt8], _ read: ([UInt8]) throws(PageError) -> Value
  ) -> Result<Value, PageError> {
    do { return .success(try read(bytes)) } catch { return .failure(error) }
  }

  private func replay<Value: Sendable>(
    _ noted: CrawlJournal.Answer, _ question: Question, restore: (@Sendable (Rating?) -> Value)?,
    recall: Recall<Value>?, remember: Remember<Value>?, read: @Sendable ([UInt8]) throws(PageError) -> Value
  ) throws(StoreError) -> Result<Answer<Value>, Problem>? {
    guard noted.status == 200 else { return .failure(.gone) }
    if let kept = noted.kept {
      if let value = try recall?(kept) { return finish(.success(value), noted, question.surface) }
      guard let bytes = try archive.read(kept) else { return nil }
      let result = Self.result(of: bytes, read)
      if case .success(let value) = result { try remember?(value, kept, bytes.count) }
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
          value: value, provenance: Self.provenance(of: noted, parser: ProductPage.parserVersion)))
    case .failure(let error):
      count(surface) { $0.failed += 1 }
      return .failure(.unreadable(error))
    }
  }

  // MARK: Failing

  private func fail<Value>(
    _ question: Question, _ reason: String, isTemporary: Bool
  ) throws(StoreError) -> Result<Answer<Value>, Problem> {
    let party = question.surface.party
    count(question.surface) { $0.failed += 1 }
    try journal.noteFailure(question.name, question.surface, reason: reason, now: now())
    state.withLock { state in
      state.failuresInRow[party, default: 0] += 1
      if state.failuresInRow[party, default: 0] >= Self.silenceLimit, state.stops[party] == nil {
        state.stops[party] = .silent
      }
    }
    return .failure(.failed(reason, isTemporary: isTemporary))
  }

  private func refuse<Value>(
    _ question: Question, _ reason: String
  ) throws(StoreError) -> Result<Answer<Value>, Problem> {
    let party = question.surface.party
    count(question.surface) { $0.failed += 1 }
    try journal.noteFailure(question.name, question.surface, reason: "blocked: \(reason)", now: now())
    let stop = state.withLock { state in
      state.refusalsInRow[party, default: 0] += 1
      if state.refusalsInRow[party, default: 0] >= Self.refusalLimit, state.stops[party] == nil {
        state.stops[party] = .refused
      }
      return state.stops[party]
    }
    return .failure(stop.map { .stopped($0) } ?? .failed("refused: \(reason)", isTemporary: true))
  }

  /// Ends the asking of a party at once.
  private func end<Value>(
    _ question: Question, _ stop: Stop, _ reason: String
  ) throws(StoreError) -> Result<Answer<Value>, Problem> {
    count(question.surface) { $0.failed += 1 }
    try journal.noteFailure(question.name, question.surface, reason: "\(stop): \(reason)", now: now())
    state.withLock { $0.stops[question.surface.party] = stop }
    return .failure(.stopped(stop))
  }

  private func reset(_ party: Party) {
    state.withLock { state in
      state.refusalsInRow[party] = 0
      state.failuresInRow[party] = 0
    }
  }

  private func count(_ surface: CrawlReport.Surface, _ change: (inout CrawlReport.Requests) -> Void) {
    state.withLock { state in change(&state.counts[surface, default: CrawlReport.Requests(surface: surface)])
    }
  }

  /// What an answer of the cabinet says about its session; `nil` for an answer to be read.
  ///
  /// A session that is over shows as 401, 403, a way to the login page, or that page itself. Markup about access
  /// under 403 is a refusal of the address, not of the session.
  private static func cabinetStop(_ response: HTTPResponse) -> Stop? {
    let start = response.body.skippingBlanks(from: 0)
    let isMarkup = start < response.body.count && response.body[start] == 0x3C
    switch response.status {
    case 300..<304, 305..<400, 401: return .expired
    case 403: return isMarkup && BlockPage.isLikely(response.body, title: nil) ? .refused : .expired
    case 200 where isMarkup: return BlockPage.isLikely(response.body, title: nil) ? .refused : .expired
    default: return nil
    }
  }

  /// The reason of an answer that is longer than its question allows.
  static let tooLarge = "the answer is larger than allowed"

  private static func words(for error: HTTPError) -> (reason: String, isTemporary: Bool) {
    switch error.code {
    // The client's own words, the same on every machine.
    case .invalidRequest: ("it was not asked: \(error.message)", false)
    case .notConnected: ("no connection", true)
    case .timedOut: ("no answer in time", true)
    case .connectionLost: ("the connection was lost before the answer was complete", true)
    case .tooLarge: (tooLarge, false)
    case .badAnswer: ("the answer breaks the protocol", true)
    case .badRedirect: ("redirected to another host or too often", false)
    case .cancelled: ("cancelled", true)
    }
  }
}
