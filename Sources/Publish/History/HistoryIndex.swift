public import Model
public import Store
import SystemPackage

/// What every version changed, kept so that a question about one offer reads a few lines a version.
///
/// Derived from the versions and nothing else: a segment that is missing, damaged or made for another pair of versions
/// is made anew from the two catalogs. The folder may be deleted at any time.
public struct HistoryIndex: Sendable {
  private let folders: ShopFolders
  private let history: History
  private let store: VersionStore

  /// Opens the index of a shop; nothing is read yet.
  ///
  /// - Parameter folders: The shop's places.
  public init(_ folders: ShopFolders) {
    self.folders = folders
    history = History(folders)
    store = VersionStore(folders.versions)
  }

  // MARK: Questions

  /// Everything that happened to an offer.
  ///
  /// - Parameter sku: The offer.
  /// - Returns: Events, oldest first; empty for an offer that no version had.
  /// - Throws: `StoreError` or ``PublishError`` when a version cannot be read.
  public func events(of sku: SKU) throws -> [OfferEvent] {
    var events: [OfferEvent] = []
    try eachSegment { segment throws(HistorySegment.Damage) in
      if let event = try segment.event(of: sku) { events.append(event) }
    }
    return events
  }

  /// Everything that happened to all offers.
  ///
  /// - Returns: Events, oldest version first, by SKU within one.
  /// - Throws: `StoreError` or ``PublishError`` when a version cannot be read.
  public func events() throws -> [OfferEvent] {
    var events: [OfferEvent] = []
    try eachSegment { segment throws(HistorySegment.Damage) in events += try segment.events() }
    return events
  }

  /// Sums over each version, oldest first.
  ///
  /// - Returns: A point a version.
  /// - Throws: `StoreError` or ``PublishError`` when a version cannot be read.
  public func series() throws -> [SeriesPoint] {
    var points: [SeriesPoint] = []
    var base: Plan.Base?
    for number in try store.numbers() {
      let here = Plan.Base(version: number, manifest: try digest(of: number))
      guard let (header, count) = try outline(number), header.manifest == here.manifest, header.base == base
      else {
        // One that is not whole is made anew, which takes all of them.
        points = []
        try eachSegment { segment throws(HistorySegment.Damage) in
          points.append(SeriesPoint(segment.header, changed: segment.count))
        }
        return points
      }
      points.append(SeriesPoint(header, changed: count))
      base = here
    }
    return points
  }

  /// The first line of a stored segment and the number of the others, without holding it; `nil` for a damaged one.
  private func outline(_ number: Int) throws(StoreError) -> (header: HistorySegment.Header, lines: Int)? {
    let pieces: PieceReader
    do throws(StoreError) { pieces = try PieceReader(path(of: number)) } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
    var bytes = try pieces.next()
    guard let end = bytes.firstIndex(of: 0x0A), let header = HistorySegment.Header(bytes[..<end]) else {
      return nil
    }
    var lines = -1
    while !bytes.isEmpty {
      lines += bytes.count { $0 == 0x0A }
      bytes = try pieces.next()
    }
    return pieces.position - end - 1 == header.size ? (header, lines) : nil
  }

  // MARK: Keeping it

  /// Notes what a version changed, when both catalogs are at hand.
  ///
  /// - Parameters:
  ///   - version: The version.
  ///   - base: The one before, or `nil`.
  /// - Throws: `StoreError`.
  func add(_ version: PublishedVersion, after base: PublishedVersion?) throws(StoreError) {
    try HistorySegment.write(version, base: base, to: path(of: version.manifest.version))
  }

  /// Removes what belongs to no version.
  func sweep() throws(StoreError) {
    guard try Folder.exists(folders.history) else { return }
    try AtomicFile.sweep(folders.history)
    let known = Set(try store.numbers().map { path(of: $0).lastComponent?.string ?? "" })
    for name in try Folder.files(in: folders.history, suffix: Self.suffix) where !known.contains(name) {
      try Folder.remove(folders.history.appending(name))
    }
  }

  /// What is wrong with the index; the next question mends it.
  func findings() throws -> [Finding] {
    guard try Folder.exists(folders.history) else { return [] }
    var findings: [Finding] = []
    var base: Plan.Base?
    for number in try store.numbers() {
      guard let manifest = try? digest(of: number) else {  // reported by the check of the version itself
        base = nil
        continue
      }
      defer { base = Plan.Base(version: number, manifest: manifest) }
      let path = path(of: number)
      guard try Folder.exists(path) else { continue }
      // What cannot be read is as good as damaged: both are made anew.
      let isWhole =
        (try? AtomicFile.read(path)).flatMap { HistorySegment($0) }.map { segment in
          segment.header.manifest == manifest && segment.header.base == base
            && (try? segment.events()) != nil
        } ?? false
      if !isWhole {
        findings.append(
          Finding(
            rule: "history-index", severity: .error, place: Place(path.string),
            message: "the index of version \(number) is damaged or belongs to other versions",
            hint: "Delete the file; it is made anew from the versions."))
      }
    }
    return findings
  }

  // MARK: Segments

  private static let suffix = ".jsonl"

  private func path(of version: Int) -> FilePath {
    folders.history.appending((store.path(of: version).lastComponent?.string ?? "\(version)") + Self.suffix)
  }

  private func digest(of version: Int) throws(StoreError) -> String {
    Digest.sha256(try store.read(version, VersionFile.manifest))
  }

  /// Hands every segment to `body`, oldest first; one that is not whole is made anew.
  private func eachSegment(_ body: (HistorySegment) throws(HistorySegment.Damage) -> Void) throws {
    var base: Plan.Base?
    var last: PublishedVersion?
    for number in try store.numbers() {
      let here = Plan.Base(version: number, manifest: try digest(of: number))
      defer { base = here }
      if let segment = try stored(number), segment.header.manifest == here.manifest,
        segment.header.base == base
      {
        do throws(HistorySegment.Damage) {
          try body(segment)
          continue
        } catch {
          // Falls through: a damaged segment is made anew, and asked again.
        }
      }
      var before: PublishedVersion?
      if let base { before = last?.base == base ? last : try history.version(base.version) }
      let version = try history.version(number)
      try HistorySegment.write(version, base: before, to: path(of: number))
      guard let segment = try stored(number) else {
        preconditionFailure("a segment reads back as it was written")
      }
      try body(segment)
      last = version
    }
  }

  private func stored(_ number: Int) throws(StoreError) -> HistorySegment? {
    do throws(StoreError) { return HistorySegment(try AtomicFile.read(path(of: number))) } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
  }
}
