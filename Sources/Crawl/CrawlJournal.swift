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
  static let format = 2

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
    /// The answer's tag, so that the next crawl can ask whether it still holds.
    var etag: String?
    /// When the server last changed it, in the server's own words.
    var modified: String?
    /// Whether it was not asked for, but taken over from the crawl before.
    var isCarried = false
    /// What the sources said when it was asked, in a few digits.
    var mark: String?
    /// Whether it cannot be what was asked for: no card in it, another one, or none where a source names one.
    ///
    /// The next crawl asks again, whatever its turn.
    var isDoubtful = false
  }

  /// The crawl's number: the moment of its start.
  let run: String
  /// When the crawl was started first.
  let started: Instant
  /// Whether an interrupted crawl was taken up.
  let isResumed: Bool
  /// What was wrong with the journal that was found, or `nil`.
  let damage: String?
  /// `nil` while the answers are only read.
  private let journal: Journal?
  private let reader: JournalReader
  private let answers: Mutex<AnswerIndex>
  /// What the last finished crawl was answered.
  private let previous: (reader: JournalReader, answers: AnswerIndex)?

  private let cadence = SyncCadence()

  /// The journal that is being written.
  static let name = "journal.jsonl"
  /// The journal of the last crawl that went to its end.
  static let previousName = "previous.jsonl"

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
    let path = folder.appending(Self.name)
    var found = Reading()
    var damage: String?
    do {
      if try Folder.exists(path) { found = try Reading(of: path) }
    } catch  where error.code == .damaged && error.hint != Reading.laterFormat {
      // The journal only saves requests; a damaged one is put aside, and everything is asked anew.
      damage = error.detail
      try AtomicFile.write(try AtomicFile.read(path), to: folder.appending("journal.damaged"))
    }
    self.damage = damage
    let previousPath = folder.appending(Self.previousName)
    if damage == nil, !found.isEnded, found.fingerprint == fingerprint, let began = found.started,
      began <= now, now.since(began) <= resumeWithin
    {
      run = found.run
      started = began
      isResumed = true
      previous = try Self.previous(previousPath)
      // What stands behind the last line end was cut when the journal was read: it is cut on disk here.
      journal = try Journal.open(path, lines: { _ in true }).journal
      reader = try JournalReader(path)
      answers = Mutex(found.answers)
    } else {
      if damage == nil, found.isEnded {
        // What the finished crawl was answered is what the new one is compared with.
        try Folder.move(path, to: previousPath)
        previous = (try JournalReader(previousPath), found.answers)
      } else {
        previous = try Self.previous(previousPath)
      }
      try AtomicFile.write([], to: path)
      let fresh = try Journal.open(path).journal
      journal = fresh
      reader = try JournalReader(path)
      run = now.description
      started = now
      isResumed = false
      answers = Mutex(AnswerIndex())
      try fresh.append(
        .object([
          "record": "run", "format": .integer(Self.format), "run": .string(now.description),
          "started": .string(now.description), "settings": .string(fingerprint),
        ]))
    }
  }

  /// Opens the journal of the last crawl only to read it.
  ///
  /// - Parameter folder: The crawl's folder.
  /// - Throws: ``StoreError``: `missing` without a crawl that went to its end.
  init(reading folder: FilePath) throws(StoreError) {
    let path = folder.appending(Self.name)
    let found = try Reading(of: path)
    guard found.isEnded, let began = found.started else {
      throw StoreError(
        code: .missing, path: path.string, detail: "the last crawl did not come to its end",
        hint: "Run 'crawl' first: it goes on where it stopped.")
    }
    run = found.run
    started = began
    isResumed = false
    damage = nil
    journal = nil
    reader = try JournalReader(path)
    answers = Mutex(found.answers)
    previous = nil
  }

  private static func previous(
    _ path: FilePath
  ) throws(StoreError) -> (reader: JournalReader, answers: AnswerIndex)? {
    guard try Folder.exists(path) else { return nil }
    do { return (try JournalReader(path), try Reading(of: path).answers) } catch  where error.code == .damaged
    {
      // Without it everything is asked anew.
      return nil
    }
  }

  /// The usable answer of this crawl to a request.
  ///
  /// - Parameter name: The request's name.
  /// - Returns: What was noted; `nil` when it is still to be asked.
  /// - Throws: ``StoreError`` when the disk refuses.
  func answer(to name: String) throws(StoreError) -> Answer? {
    guard let place = answers.withLock({ $0[name] }) else { return nil }
    return try Self.answer(to: name, at: place, in: reader)
  }

  /// What the last finished crawl was answered.
  ///
  /// - Parameter name: The request's name.
  /// - Returns: What was noted then, or `nil`.
  /// - Throws: ``StoreError`` when the disk refuses.
  func previousAnswer(to name: String) throws(StoreError) -> Answer? {
    guard let previous, let place = previous.answers[name] else { return nil }
    return try Self.answer(to: name, at: place, in: previous.reader)
  }

  private static func answer(
    to name: String, at place: Range<Int>, in reader: JournalReader
  ) throws(StoreError) -> Answer? {
    guard let line = try reader.read(at: place), let answer = Answer(line: line), answer.name == name else {
      return nil
    }
    return answer
  }

  /// Notes an answer; it outlives the process when this returns, and a power cut a second later.
  ///
  /// - Parameter answer: What came.
  /// - Throws: ``StoreError`` when it could not be written.
  func note(_ answer: Answer) throws(StoreError) {
    guard let journal else { return }
    let place = try journal.appendLazily(json: answer.line)
    answers.withLock { $0[answer.name] = place }
    syncWhenDue(journal)
  }

  private func syncWhenDue(_ journal: Journal) {
    // What it throws, the next line throws as well.
    cadence.piece { try? journal.sync() }
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
    guard let journal else { return }
    try journal.appendLazily(
      .object([
        "record": "failure", "surface": .string(surface.rawValue), "url": .string(name),
        "reason": .string(reason), "at": .string(now.description),
      ]))
    syncWhenDue(journal)
  }

  /// Notes the end of the crawl: the next start begins a new one.
  ///
  /// - Parameter now: When.
  /// - Throws: ``StoreError`` when it could not be written.
  func finish(now: Instant) throws(StoreError) {
    try journal?.append(.object(["record": "end", "at": .string(now.description)]))
  }

  /// Names of everything that this crawl kept.
  ///
  /// - Returns: Each once.
  /// - Throws: ``StoreError`` when the disk refuses.
  func kept() throws(StoreError) -> Set<ContentName> {
    var names: Set<ContentName> = []
    for place in answers.withLock({ $0.lines }) {
      guard let line = try reader.read(at: place), let kept = Answer(line: line)?.kept else { continue }
      if let name = ContentName(kept.utf8) { names.insert(name) }
    }
    return names
  }

  /// One crawl as its journal tells it.
  struct Reading: Sendable {
    var run = ""
    var started: Instant?
    var fingerprint = ""
    var isEnded = false
    var answers = AnswerIndex()

    static let laterFormat =
      "Run the newer program that wrote it, or remove the file: only requests are saved by it."

    /// Nothing.
    init() {}

    /// Reads a journal; one of an earlier format gives nothing to take up.
    init(of path: FilePath) throws(StoreError) {
      var reading = Reading()
      var isLater = false
      try Journal.read(path) { line in
        guard let json = line.json, let record = JSONTape.root(of: Array(json)) else { return false }
        switch record["record"]?.string {
        case "run":
          let number = record["format"]?.int ?? .max
          isLater = isLater || number > CrawlJournal.format
          reading = Reading()
          guard number == CrawlJournal.format else { return true }
          reading.run = record["run"]?.string ?? ""
          reading.started = record["started"]?.string.flatMap { Instant($0) }
          reading.fingerprint = record["settings"]?.string ?? ""
        case "answer":
          if let name = record["url"]?.string { reading.answers[name] = line.place }
        case "end": reading.isEnded = true
        default: break
        }
        return true
      }
      guard !isLater else {
        throw StoreError(
          code: .damaged, path: path.string, detail: "the journal's format is not \(CrawlJournal.format)",
          hint: Self.laterFormat)
      }
      self = reading
    }
  }
}

extension CrawlJournal.Answer {
  /// The answer as a line of the journal.
  var line: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("bytes", bytes)
    if isCarried {
      writer.name("carried")
      writer.bool(true)
    }
    writer.member("count", rating?.count)
    writer.member("digest", digest)
    if isDoubtful {
      writer.name("doubtful")
      writer.bool(true)
    }
    writer.member("etag", etag)
    writer.member("fetched", fetched.description)
    writer.member("kept", kept)
    writer.member("mark", mark)
    writer.member("modified", modified)
    writer.member("record", "answer")
    writer.member("stars", rating?.hundredths)
    writer.member("status", status)
    writer.member("surface", surface.rawValue)
    writer.member("url", name)
    writer.endObject()
    return writer.bytes
  }

  /// Reads a line of the journal; gives `nil` when it is no answer.
  init?(line: [UInt8]) {
    guard let record = JSONTape.root(of: line),
      let surface = record["surface"]?.string.flatMap(CrawlReport.Surface.init),
      let name = record["url"]?.string, let status = record["status"]?.int,
      let digest = record["digest"]?.string, let bytes = record["bytes"]?.int,
      let fetched = record["fetched"]?.string.flatMap({ Instant($0) })
    else { return nil }
    let rating = record["stars"]?.int.map { Rating(hundredths: $0, count: record["count"]?.int) }
    self.init(
      surface: surface, name: name, status: status, digest: digest, bytes: bytes,
      kept: record["kept"]?.string, fetched: fetched, rating: rating, etag: record["etag"]?.string,
      modified: record["modified"]?.string, isCarried: record["carried"]?.bool ?? false,
      mark: record["mark"]?.string, isDoubtful: record["doubtful"]?.bool ?? false)
  }
}

extension JSONTape {
  /// A line that we wrote; `nil` for anything that is no object.
  static func root(of line: [UInt8]) -> JSONNode? {
    guard let tape = JSONTape(prefixOf: line, from: 0), tape.end == line.count, tape.root.isObject else {
      return nil
    }
    return tape.root
  }
}
