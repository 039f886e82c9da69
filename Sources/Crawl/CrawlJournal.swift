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
    /// What is known of the kept bytes without reading them again; `nil` when they must be read.
    var looks: Looks?
  }

  /// What was seen in an answer when it was read.
  struct Looks: Sendable, Hashable {
    /// The version of the parser that read it.
    var parser: Int
    /// Length of the kept bytes.
    var size: Int
    /// Number of its ``Shape`` in the journal.
    var shape: Int
  }

  /// Shapes by number and numbers by shape; an answer names its shape by number.
  struct Shapes: Sendable {
    private(set) var list: [Shape] = []
    private var numbers: [Shape: Int] = [:]

    /// Shapes that are numbered at most: an honest shop has a few dozen, a hostile one as many as pages.
    static let maximum = 1000

    func number(of shape: Shape) -> Int? { numbers[shape] }

    /// Numbers one more.
    mutating func add(_ shape: Shape) {
      numbers[shape] = numbers[shape] ?? list.count
      list.append(shape)
    }
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
  private let answers: Mutex<[String: Answer]>
  private let shapes: Mutex<Shapes>
  /// What the last finished crawl was answered.
  private let previous: [String: Answer]

  private let clock = ContinuousClock()
  private let synced: Mutex<ContinuousClock.Instant>

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
    if damage == nil, !found.isEnded, found.fingerprint == fingerprint, let began = found.started,
      began <= now, now.since(began) <= resumeWithin
    {
      run = found.run
      started = began
      isResumed = true
      previous = try Self.previous(in: folder)
      journal = try Journal.open(path).journal
      answers = Mutex(found.answers)
      shapes = Mutex(found.shapes)
    } else {
      if damage == nil, found.isEnded {
        // What the finished crawl was answered is what the new one is compared with.
        try AtomicFile.write(try AtomicFile.read(path), to: folder.appending(Self.previousName))
        previous = found.answers
      } else {
        previous = try Self.previous(in: folder)
      }
      try AtomicFile.write([], to: path)
      let fresh = try Journal.open(path).journal
      journal = fresh
      run = now.description
      started = now
      isResumed = false
      answers = Mutex([:])
      shapes = Mutex(Shapes())
      try fresh.append(
        .object([
          "record": "run", "format": .integer(Self.format), "run": .string(now.description),
          "started": .string(now.description), "settings": .string(fingerprint),
        ]))
    }
    synced = Mutex(clock.now)
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
    answers = Mutex(found.answers)
    shapes = Mutex(found.shapes)
    previous = [:]
    synced = Mutex(clock.now)
  }

  private static func previous(in folder: FilePath) throws(StoreError) -> [String: Answer] {
    let path = folder.appending(previousName)
    guard try Folder.exists(path) else { return [:] }
    do { return try Reading(of: path).answers } catch  where error.code == .damaged {
      // Without it everything is asked anew.
      return [:]
    }
  }

  /// The usable answer of this crawl to a request, or `nil` when it is still to be asked.
  ///
  /// - Parameter name: The request's name.
  /// - Returns: What was noted.
  func answer(to name: String) -> Answer? { answers.withLock { $0[name] } }

  /// What the last finished crawl was answered, or `nil`.
  ///
  /// - Parameter name: The request's name.
  /// - Returns: What was noted then.
  func previousAnswer(to name: String) -> Answer? { previous[name] }

  /// Notes an answer; it outlives the process when this returns, and a power cut a second later.
  ///
  /// - Parameter answer: What came.
  /// - Throws: ``StoreError`` when it could not be written.
  func note(_ answer: Answer) throws(StoreError) {
    try append(answer.record)
    answers.withLock { $0[answer.name] = answer }
  }

  /// Gives a shape its number, noted before the first answer that has it.
  ///
  /// - Parameter shape: Any.
  /// - Returns: `nil` when there are too many to number.
  /// - Throws: ``StoreError`` when it could not be written.
  func number(of shape: Shape) throws(StoreError) -> Int? {
    try shapes.withLock { shapes throws(StoreError) in
      if let number = shapes.number(of: shape) { return number }
      guard journal != nil, shapes.list.count < Shapes.maximum else { return nil }
      try append(shape.record)
      shapes.add(shape)
      return shapes.list.count - 1
    }
  }

  /// The shape of an answer that this parser has read already.
  ///
  /// - Parameter answer: What was noted.
  /// - Returns: `nil` when it is to be read.
  func shape(of answer: Answer) -> Shape? {
    guard let looks = answer.looks, looks.parser == ProductPage.parserVersion else { return nil }
    return shapes.withLock { $0.list.indices.contains(looks.shape) ? $0.list[looks.shape] : nil }
  }

  private func append(_ record: JSONValue) throws(StoreError) {
    guard let journal else { return }
    try journal.appendLazily(record)
    let isDue = synced.withLock { last in
      guard clock.now - last >= .seconds(1) else { return false }
      last = clock.now
      return true
    }
    if isDue { try journal.sync() }
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
    try append(
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
    try journal?.append(.object(["record": "end", "at": .string(now.description)]))
  }

  /// Names of everything that this crawl kept.
  var kept: Set<String> { answers.withLock { Set($0.values.compactMap(\.kept)) } }

  /// All answers, for reading them anew without asking.
  var all: [String: Answer] { answers.withLock { $0 } }

  /// One crawl as its journal tells it.
  struct Reading: Sendable {
    var run = ""
    var started: Instant?
    var fingerprint = ""
    var isEnded = false
    var answers: [String: Answer] = [:]
    var shapes = Shapes()

    static let laterFormat =
      "Run the newer program that wrote it, or remove the file: only requests are saved by it."

    /// Nothing.
    init() {}

    /// Reads a journal; one of an earlier format gives nothing to take up.
    init(of path: FilePath) throws(StoreError) {
      var reading = Reading()
      var isLater = false
      try Journal.read(path) { record in
        switch record["record"]?.string {
        case "run":
          let number = record["format"]?.int ?? .max
          isLater = isLater || number > CrawlJournal.format
          reading = Reading()
          guard number == CrawlJournal.format else { return }
          reading.run = record["run"]?.string ?? ""
          reading.started = record["started"]?.string.flatMap { Instant($0) }
          reading.fingerprint = record["settings"]?.string ?? ""
        case "answer":
          if let answer = Answer(record) { reading.answers[answer.name] = answer }
        case "shape": reading.shapes.add(Shape(record))
        case "end": reading.isEnded = true
        default: break
        }
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
  var record: JSONValue {
    var members: [String: JSONValue] = [
      "record": "answer", "surface": .string(surface.rawValue), "url": .string(name),
      "status": .integer(status), "digest": .string(digest), "bytes": .integer(bytes),
      "fetched": .string(fetched.description),
    ]
    members["kept"] = kept.map { .string($0) }
    members["stars"] = rating.map { .integer($0.hundredths) }
    members["count"] = rating?.count.map { .integer($0) }
    members["etag"] = etag.map { .string($0) }
    members["modified"] = modified.map { .string($0) }
    members["mark"] = mark.map { .string($0) }
    if isCarried { members["carried"] = true }
    if let looks {
      members["parser"] = .integer(looks.parser)
      members["size"] = .integer(looks.size)
      members["shape"] = .integer(looks.shape)
    }
    return .object(members)
  }

  /// Reads a line of the journal; gives `nil` when it is no answer.
  init?(_ record: JSONValue) {
    guard let surface = record["surface"]?.string.flatMap(CrawlReport.Surface.init),
      let name = record["url"]?.string, let status = record["status"]?.int,
      let digest = record["digest"]?.string, let bytes = record["bytes"]?.int,
      let fetched = record["fetched"]?.string.flatMap({ Instant($0) })
    else { return nil }
    var looks: CrawlJournal.Looks?
    if let parser = record["parser"]?.int, let size = record["size"]?.int, let shape = record["shape"]?.int {
      looks = CrawlJournal.Looks(parser: parser, size: size, shape: shape)
    }
    let rating = record["stars"]?.int.map { Rating(hundredths: $0, count: record["count"]?.int) }
    self.init(
      surface: surface, name: name, status: status, digest: digest, bytes: bytes,
      kept: record["kept"]?.string, fetched: fetched, rating: rating, etag: record["etag"]?.string,
      modified: record["modified"]?.string, isCarried: record["carried"]?.bool ?? false,
      mark: record["mark"]?.string, looks: looks)
  }
}

extension Shape {
  /// The shape as a line of the journal.
  var record: JSONValue {
    func names(_ set: Set<String>) -> JSONValue { .array(set.sorted().map { .string($0) }) }
    var members: [String: JSONValue] = [
      "record": "shape", "filled": names(filled), "empty": names(empty), "unknown": names(unknown),
    ]
    members["language"] = language.map { .string($0) }
    if isOtherCity { members["other_city"] = true }
    return .object(members)
  }

  /// Reads a line of the journal.
  init(_ record: JSONValue) {
    func names(_ key: String) -> Set<String> { Set((record[key]?.array ?? []).compactMap(\.string)) }
    filled = names("filled")
    empty = names("empty")
    unknown = names("unknown")
    language = record["language"]?.string
    isOtherCity = record["other_city"]?.bool ?? false
  }
}
