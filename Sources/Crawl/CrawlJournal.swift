internal import Model
internal import Store
internal import Synchronization
internal import SystemPackage

/// What a crawl has asked and what was answered, a line each, on disk before the crawl goes on.
///
/// One crawl a file: an unfinished one is taken up, a finished one makes room for the next.
/// The format is described in the article Journal.
final class CrawlJournal: Sendable {
  /// The number of the format.
  static let format = 1

  /// One answer.
  struct Answer: Sendable, Hashable {
    /// Which surface.
    var surface: CrawlReport.Surface
    /// The request's name: an address without secrets.
    var name: String
    /// HTTP status; 200 for a file.
    var status: Int
    /// SHA-256 of the answer as it came.
    var digest: String
    /// Size of the answer as it came.
    var bytes: Int
    /// Name of the kept bytes; `nil` when nothing was kept.
    var kept: String?
    /// When it came.
    var fetched: Instant
    /// The figures of a reviews answer, the only thing of it that is kept.
    var rating: Rating?
  }

  /// The crawl's number: the moment of its start.
  let run: String
  /// When the crawl was started first.
  let started: Instant
  /// Whether an interrupted crawl was taken up.
  let isResumed: Bool
  /// What was wrong with the journal that was found, or `nil`.
  let damage: String?
  private let journal: Journal
  private let answers: Mutex<[String: Answer]>

  /// Opens the journal of a shop: takes up an unfinished crawl or begins a new one.
  ///
  /// - Parameters:
  ///   - folder: The crawl's folder; made when missing.
  ///   - fingerprint: What the settings ask; an unfinished crawl under other settings is not taken up.
  ///   - now: The start of a new crawl.
  ///   - resumeWithin: How old an unfinished crawl may be.
  /// - Throws: ``StoreError`` when the disk refuses, or the journal's format is a later one.
  init(
    folder: FilePath, fingerprint: String, now: Instant, resumeWithin: Duration
  ) throws(StoreError) {
    let path = folder.appending("journal.jsonl")
    var damage: String?
    var found: [JSONValue] = []
    var journal: Journal?
    do {
      let opened = try Journal.open(path)
      (journal, found) = (opened.journal, opened.records)
    } catch  where error.code == .damaged {
      // The journal only saves requests; a damaged one is put aside, and everything is asked anew.
      damage = error.detail
      try AtomicFile.write(try AtomicFile.read(path), to: folder.appending("journal.damaged"))
    }
    if let journal, let state = try Self.unfinished(found, path), state.fingerprint == fingerprint,
      state.started <= now, now.since(state.started) <= resumeWithin
    {
      run = state.run
      started = state.started
      isResumed = true
      self.journal = journal
      answers = Mutex(state.answers)
    } else {
      journal = nil
      try AtomicFile.write([], to: path)
      let fresh = try Journal.open(path).journal
      run = now.description
      started = now
      isResumed = false
      self.journal = fresh
      answers = Mutex([:])
      try fresh.append(
        .object([
          "record": "run", "format": .integer(Self.format), "run": .string(now.description),
          "started": .string(now.description), "settings": .string(fingerprint),
        ]))
    }
    self.damage = damage
  }

  /// The usable answer of this crawl to a request, or `nil` when it is still to be asked.
  ///
  /// - Parameter name: The request's name.
  /// - Returns: What was noted.
  func answer(to name: String) -> Answer? { answers.withLock { $0[name] } }

  /// Notes an answer; on disk when this returns.
  ///
  /// - Parameter answer: What came.
  /// - Throws: ``StoreError`` when it could not be written.
  func note(_ answer: Answer) throws(StoreError) {
    try journal.append(answer.record)
    answers.withLock { $0[answer.name] = answer }
  }

  /// Notes that no usable answer came; the request is asked again when the crawl is taken up.
  ///
  /// - Parameters:
  ///   - name: The request's name.
  ///   - surface: Which surface.
  ///   - reason: Why, in a word or two.
  ///   - now: When.
  /// - Throws: ``StoreError`` when it could not be written.
  func noteFailure(
    _ name: String, _ surface: CrawlReport.Surface, reason: String, now: Instant
  ) throws(StoreError) {
    try journal.append(
      .object([
        "record": "failure", "surface": .string(surface.rawValue), "url": .string(name),
        "reason": .string(reason), "at": .string(now.description),
      ]))
  }

  /// Notes the end of the crawl: the next start begins a new one.
  ///
  /// - Parameter now: When.
  /// - Throws: ``StoreError`` when it could not be written.
  func finish(now: Instant) throws(StoreError) {
    try journal.append(.object(["record": "end", "at": .string(now.description)]))
  }

  /// Names of everything that this crawl kept.
  var kept: Set<String> { answers.withLock { Set($0.values.compactMap(\.kept)) } }

  private struct Unfinished {
    var run: String
    var started: Instant
    var fingerprint: String
    var answers: [String: Answer] = [:]
  }

  private static func unfinished(_ records: [JSONValue], _ path: FilePath) throws(StoreError) -> Unfinished? {
    var state: Unfinished?
    for record in records {
      switch record["record"]?.string {
      case "run":
        guard record["format"]?.int == format else {
          throw StoreError(
            code: .damaged, path: path.string, detail: "the journal's format is not \(format)",
            hint: "Run the newer program that wrote it, or remove the file: only requests are saved by it.")
        }
        state = nil
        if let run = record["run"]?.string, let started = record["started"]?.string.flatMap({ Instant($0) }),
          let fingerprint = record["settings"]?.string
        {
          state = Unfinished(run: run, started: started, fingerprint: fingerprint)
        }
      case "answer":
        if let answer = Answer(record) { state?.answers[answer.name] = answer }
      case "end": state = nil
      default: break
      }
    }
    return state
  }
}

extension CrawlJournal.Answer {
  /// The answer as a line of the journal.
  var record: JSONValue {
    var members: [String: JSONValue] = [
      "record": "answer", "surface": .string(surface.rawValue), "url": .string(name),
      "status": .integer(status), "digest": .string(digest), "bytes": .integer(bytes),
      "fetched": .string(fetched.description),
    ]
    members["kept"] = kept.map { .string($0) }
    members["stars"] = rating.map { .integer($0.hundredths) }
    members["count"] = rating?.count.map { .integer($0) }
    return .object(members)
  }

  /// Reads a line of the journal; gives `nil` when it is no answer.
  init?(_ record: JSONValue) {
    guard let surface = record["surface"]?.string.flatMap(CrawlReport.Surface.init),
      let name = record["url"]?.string, let status = record["status"]?.int,
      let digest = record["digest"]?.string, let bytes = record["bytes"]?.int,
      let fetched = record["fetched"]?.string.flatMap({ Instant($0) })
    else { return nil }
    let rating = record["stars"]?.int.map { Rating(hundredths: $0, count: record["count"]?.int) }
    self.init(
      surface: surface, name: name, status: status, digest: digest, bytes: bytes,
      kept: record["kept"]?.string,
      fetched: fetched, rating: rating)
  }
}
