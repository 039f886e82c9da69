public import Model
public import Store
public import SystemPackage

/// The snapshots of one shop: `orders/<UTC instant>.json`, readable by their owner alone.
public struct SnapshotFolder: Sendable {
  private let folder: FilePath
  /// A snapshot that is looked at like the others and lies elsewhere.
  private let draft: (moment: Instant, path: FilePath)?

  /// Names a folder; nothing is made yet.
  ///
  /// - Parameter folder: `output/<shop>/orders`.
  public init(_ folder: FilePath) { self.init(folder, draft: nil) }

  private init(_ folder: FilePath, draft: (moment: Instant, path: FilePath)?) {
    (self.folder, self.draft) = (folder, draft)
  }

  /// Looks at a snapshot as if it had been kept; nothing of it is left afterwards.
  ///
  /// - Parameters:
  ///   - snapshot: The snapshot.
  ///   - look: Given this folder with the snapshot in it.
  /// - Returns: What `look` gives.
  /// - Throws: `StoreError`, and what `look` throws.
  public func trying<Result>(
    _ snapshot: OrderSnapshot, _ look: (SnapshotFolder) throws -> Result
  ) throws -> Result {
    try Folder.make(folder, mode: [.ownerReadWriteExecute])
    let file = try PrivateDraft(SnapshotCodec.bytes(snapshot), in: folder)
    defer { withExtendedLifetime(file) {} }
    return try look(SnapshotFolder(folder, draft: (snapshot.taken, file.path)))
  }

  /// Writes a snapshot, whole or not at all.
  ///
  /// - Parameter snapshot: The snapshot; one of the same moment is replaced.
  /// - Returns: The file.
  /// - Throws: `StoreError`.
  @discardableResult
  public func write(_ snapshot: OrderSnapshot) throws(StoreError) -> FilePath {
    let path = self.path(of: snapshot.taken)
    try Folder.make(folder, mode: [.ownerReadWriteExecute])
    try AtomicFile.write(
      SnapshotCodec.bytes(snapshot), to: path, mode: [.ownerReadWrite])
    return path
  }

  /// When snapshots were taken.
  ///
  /// - Returns: Oldest first; empty also when the folder was never made. Other files do not count.
  /// - Throws: `StoreError`.
  public func moments() throws(StoreError) -> [Instant] {
    guard try Folder.exists(folder) else { return [] }
    let kept = try Folder.files(in: folder, suffix: ".json").compactMap(Self.moment)
    return Set(kept + [draft?.moment].compactMap(\.self)).sorted()
  }

  /// Reads one snapshot.
  ///
  /// - Parameter moment: When it was taken.
  /// - Returns: The snapshot.
  /// - Throws: `StoreError`: `missing`, `damaged`.
  public func read(_ moment: Instant) throws(StoreError) -> OrderSnapshot {
    let path = path(of: moment)
    if let lines = try SnapshotLines(path) {
      var orders: [Order] = []
      orders.reserveCapacity(lines.count)
      while let line = try lines.next() { orders.append(try lines.order(line)) }
      var snapshot = OrderSnapshot(taken: moment, orders: orders)
      snapshot.isSaved = lines.isSaved
      return snapshot
    }
    let bytes = try AtomicFile.read(path)
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw StoreError(
        code: .damaged, path: path.string, detail: "no JSON: \(error)",
        hint: "Move the file away; the next snapshot makes a new one.")
    }
    return try SnapshotCodec.snapshot(value, path: path.string)
  }

  /// How many orders a snapshot holds.
  ///
  /// - Parameter moment: When it was taken.
  /// - Returns: The number, from the file's first line where it has one.
  /// - Throws: `StoreError`: `missing`, `damaged`.
  public func count(_ moment: Instant) throws(StoreError) -> Int {
    if let lines = try SnapshotLines(path(of: moment)) { return lines.count }
    return try read(moment).orders.count
  }

  /// The newest snapshot.
  ///
  /// - Returns: `nil` when there is none.
  /// - Throws: `StoreError`.
  public func latest() throws(StoreError) -> OrderSnapshot? {
    guard let last = try moments().last else { return nil }
    return try read(last)
  }

  /// The snapshot to compare with: the one that was scanned last, or the next older one that is still there.
  ///
  /// An older one only makes more events, and the outbox knows those that were told already.
  ///
  /// - Parameter moment: The snapshot that was scanned last.
  /// - Returns: `nil` when nothing that old is left.
  /// - Throws: `StoreError`.
  public func base(_ moment: Instant) throws(StoreError) -> Instant? {
    try moments().last { $0 <= moment }
  }

  /// Where the snapshot of a moment lies.
  ///
  /// - Parameter moment: When it was taken.
  /// - Returns: The path, whether the file exists or not.
  public func path(of moment: Instant) -> FilePath {
    if let draft, draft.moment == moment { return draft.path }
    return folder.appending(Self.name(of: moment))
  }

  /// `2026-11-23T16-00-00.000Z.json`: names sort like moments, and every file system takes them.
  static func name(of moment: Instant) -> String {
    let text = moment.description.dropLast()
    let whole = moment.milliseconds % 1000 == 0 ? text + ".000" : text
    return String(whole.map { $0 == ":" ? "-" : $0 }) + "Z.json"
  }

  static func moment(_ name: String) -> Instant? {
    var text = Array(name.dropLast(".json".count))
    guard text.count == 24 else { return nil }
    text[13] = ":"
    text[16] = ":"
    guard let moment = Instant(String(text)), Self.name(of: moment) == name else { return nil }
    return moment
  }
}
