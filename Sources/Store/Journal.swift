import Synchronization
public import SystemPackage

/// An append-only file of JSON objects, one a line, each with its checksum.
///
/// A line is the canonical JSON of the object, one blank, eight hexadecimal digits of the CRC-32C of the JSON
/// bytes, and LF. One process writes at a time; the caller holds a ``FileLock`` for that. Readers need none.
public final class Journal: Sendable {
  private struct State {
    var length: Int
    /// Set when it is unknown what the disk holds; nothing is written after that.
    var failure: StoreError?
  }

  private let path: FilePath
  private let descriptor: FileDescriptor
  private let state: Mutex<State>

  private init(path: FilePath, descriptor: FileDescriptor, length: Int) {
    self.path = path
    self.descriptor = descriptor
    state = Mutex(State(length: length))
  }

  deinit { Calls.closeReadOnly(descriptor) }

  /// Opens a journal for writing, or makes an empty one.
  ///
  /// What stands behind the last LF was never acknowledged: it is cut off, on disk, before this returns.
  ///
  /// - Parameters:
  ///   - path: The file; folders above are made.
  ///   - mode: Permissions; an existing file that allows more is restricted to them.
  /// - Returns: The open journal, its records in order, and how many bytes were cut.
  /// - Throws: ``StoreError``; `damaged` with the line's number for a whole line that does not check, and the
  ///   file is left as it is.
  public static func open(
    _ path: FilePath, mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
  ) throws(StoreError) -> (journal: Journal, records: [JSONValue], tornBytes: Int) {
    var records: [JSONValue] = []
    let (journal, tornBytes) = try open(path, mode: mode) { line in
      guard let record = line.record else { return false }
      records.append(record)
      return true
    }
    return (journal, records, tornBytes)
  }

  /// Opens a journal for writing without holding its records, as ``open(_:mode:)`` does.
  ///
  /// - Parameters:
  ///   - path: The file; folders above are made.
  ///   - mode: Permissions; an existing file that allows more is restricted to them.
  ///   - take: Given every whole line, in order; `false` says that it is damaged.
  /// - Returns: The open journal, and how many bytes were cut.
  /// - Throws: ``StoreError``, as ``open(_:mode:)``.
  public static func open(
    _ path: FilePath, mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead],
    lines take: (Line) -> Bool
  ) throws(StoreError) -> (journal: Journal, tornBytes: Int) {
    try Folder.make(path.removingLastComponent())
    let isNew = try !Folder.exists(path)
    let descriptor = try Calls.open(path, .readWrite, options: [.create, .append], permissions: mode)
    do throws(StoreError) {
      let current = try Calls.attempt(path, "look at") { try Stat(descriptor).permissions }
      if !current.subtracting(mode).isEmpty {
        try Calls.restrict(descriptor, to: current.intersection(mode), path)
      }
      let scan = try scan(path, take)
      if scan.torn > 0 {
        try Calls.cut(descriptor, to: scan.length, path)
        try Calls.sync(descriptor, path)
      }
      if isNew { try Calls.syncFolder(path.removingLastComponent().orCurrent) }
      return (Journal(path: path, descriptor: descriptor, length: scan.length), scan.torn)
    } catch {
      Calls.closeReadOnly(descriptor)
      throw error
    }
  }

  /// Appends one record; it is on disk when this returns.
  ///
  /// - Parameter record: An object.
  /// - Throws: ``StoreError``; the record is then not in the journal. After a failure that leaves the disk's
  ///   state unknown every further append throws too.
  public func append(_ record: JSONValue) throws(StoreError) { try append(contentsOf: [record]) }

  /// Appends records with one write; all are on disk when this returns.
  ///
  /// A process killed in between leaves the first few of them, each whole.
  ///
  /// - Parameter records: Objects, in order.
  /// - Throws: ``StoreError``, as ``append(_:)``.
  public func append(contentsOf records: [JSONValue]) throws(StoreError) {
    if records.isEmpty { return }
    try write(Self.lines(records), isDurable: true)
  }

  /// Appends one record without waiting for the disk: a killed process leaves it there, a power cut may not.
  ///
  /// For records that can be had again, like answers of a server; ``sync()`` makes all of them durable.
  ///
  /// - Parameter record: An object.
  /// - Throws: ``StoreError``, as ``append(_:)``.
  public func appendLazily(_ record: JSONValue) throws(StoreError) {
    try write(Self.lines([record]), isDurable: false)
  }

  /// Brings every record to disk; others may append meanwhile.
  ///
  /// - Throws: ``StoreError``, as ``append(_:)``.
  public func sync() throws(StoreError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
    do throws(StoreError) {
      try Calls.syncContent(descriptor, path)
    } catch {
      state.withLock { $0.failure = $0.failure ?? error }
      throw error
    }
  }

  /// Appends the bytes of one object without waiting for the disk, as ``appendLazily(_:)`` does.
  ///
  /// - Parameter json: One object on one line.
  /// - Returns: Where its line stands, for ``JournalReader/read(at:)``.
  /// - Throws: ``StoreError``, as ``append(_:)``.
  @discardableResult
  public func appendLazily(json: [UInt8]) throws(StoreError) -> Range<Int> {
    precondition(json.first == 0x7B, "a journal holds objects")
    let line = Self.line(json)
    let end = try write(line, isDurable: false)
    return end - line.count..<end
  }

  /// Writes lines; gives where they end.
  @discardableResult
  private func write(_ lines: [UInt8], isDurable: Bool) throws(StoreError) -> Int {
    let outcome: Result<Int, StoreError> = state.withLock { state in
      if let failure = state.failure { return .failure(failure) }
      do throws(StoreError) {
        if !lines.isEmpty { try Calls.write(descriptor, lines, path) }
      } catch {
        // Take back the part that was written; when that fails too, nobody knows what stands there.
        do throws(StoreError) {
          try Calls.cut(descriptor, to: state.length, path)
        } catch {
          state.failure = error
        }
        return .failure(error)
      }
      do throws(StoreError) {
        if isDurable { try Calls.syncContent(descriptor, path) }
      } catch {
        // After a failed sync the system may have dropped the pages; a second sync would lie.
        state.failure = error
        return .failure(error)
      }
      state.length += lines.count
      return .success(state.length)
    }
    return try outcome.get()
  }

  /// The bytes of a journal that holds some records, for replacing a whole file at once.
  ///
  /// - Parameter records: Objects, in order.
  /// - Returns: One line a record, with its checksum.
  public static func lines(_ records: [JSONValue]) -> [UInt8] {
    var lines: [UInt8] = []
    for record in records {
      precondition(record.object != nil, "a journal holds objects")
      var json = CanonicalJSON.line(record)
      close(&json)
      lines += json
    }
    return lines
  }

  /// The line of one record, for replacing a whole file at once.
  ///
  /// - Parameter json: One object on one line.
  /// - Returns: It with its checksum and line end.
  public static func line(_ json: [UInt8]) -> [UInt8] {
    var line = json
    close(&line)
    return line
  }

  /// Puts the checksum and the line end behind the JSON of a record.
  private static func close(_ json: inout [UInt8]) {
    let checksum = CRC32C.text(json[...])
    json.append(0x20)
    json += checksum
    json.append(0x0A)
  }

  /// Reads all records without touching the file, also while another process writes.
  ///
  /// - Parameter path: The file.
  /// - Returns: The records in order; what stands behind the last LF is not yet one.
  /// - Throws: ``StoreError``; `missing`, or `damaged` with the line's number.
  public static func read(_ path: FilePath) throws(StoreError) -> [JSONValue] {
    var records: [JSONValue] = []
    try read(path) { records.append($0) }
    return records
  }

  /// Reads all records one after another, so that never more than one is held.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - take: Given every record, in order.
  /// - Throws: ``StoreError``, as ``read(_:)``; the records before the damaged one were given.
  public static func read(_ path: FilePath, _ take: (JSONValue) -> Void) throws(StoreError) {
    try read(path) { line in
      guard let record = line.record else { return false }
      take(record)
      return true
    }
  }

  /// Reads all lines one after another, for whoever wants less than a value of each.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - take: Given every whole line, in order; `false` says that it is damaged.
  /// - Throws: ``StoreError``, as ``read(_:)``.
  public static func read(_ path: FilePath, lines take: (Line) -> Bool) throws(StoreError) {
    _ = try scan(path, take)
  }

  /// One whole line of a journal.
  public struct Line {
    /// Everything before the line end.
    public let bytes: ArraySlice<UInt8>
    /// Where it stands, line end included; for ``JournalReader/read(at:)``.
    public let place: Range<Int>

    /// The JSON of its record; `nil` when it does not match its checksum.
    public var json: ArraySlice<UInt8>? {
      guard bytes.count > 9, bytes[bytes.endIndex - 9] == 0x20 else { return nil }
      let json = bytes[..<(bytes.endIndex - 9)]
      return bytes.suffix(8).elementsEqual(CRC32C.text(json)) ? json : nil
    }

    /// Its record; `nil` for a line that was not written by us.
    var record: JSONValue? {
      guard let json else { return nil }
      do throws(JSONError) {
        let value = try JSONValue(parsing: json)
        return value.object == nil ? nil : value
      } catch {
        // A line that matches its checksum and is no JSON: the caller calls it damaged.
        return nil
      }
    }
  }

  /// Gives every whole line; returns where the last one ends, and what stands behind it.
  private static func scan(
    _ path: FilePath, _ take: (Line) -> Bool
  ) throws(StoreError) -> (length: Int, torn: Int) {
    let reader = try LineReader(path, maximumLine: .max - 1)
    var (count, start) = (0, 0)
    while let bytes = try reader.next() {
      guard reader.hasLineEnd else { return (start, bytes.count) }
      let end = start + bytes.count + 1
      guard take(Line(bytes: bytes, place: start..<end)) else {
        throw StoreError(
          code: .damaged, path: path.string, detail: "line \(count + 1) does not match its checksum",
          hint:
            "Keep a copy of the file, then restore it or take out that line; the lines behind it are intact.")
      }
      count += 1
      start = end
    }
    return (start, 0)
  }
}

/// Reads single lines of a journal again, also while it is written.
public final class JournalReader: Sendable {
  private let path: FilePath
  private let descriptor: FileDescriptor

  /// Opens a journal only to read it.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``StoreError``; `missing` when there is none.
  public init(_ path: FilePath) throws(StoreError) {
    self.path = path
    descriptor = try Calls.open(path, .readOnly)
  }

  deinit { Calls.closeReadOnly(descriptor) }

  /// Reads one line again.
  ///
  /// - Parameter place: Where it stands: ``Journal/Line/place``, or what ``Journal/appendLazily(json:)`` gave.
  /// - Returns: Its JSON; `nil` when what stands there is not a whole line.
  /// - Throws: ``StoreError`` when the disk refuses.
  public func read(at place: Range<Int>) throws(StoreError) -> [UInt8]? {
    let bytes = try Calls.read(descriptor, place, path)
    guard bytes.count == place.count, bytes.last == 0x0A else { return nil }
    let line = Journal.Line(bytes: bytes[..<(bytes.count - 1)], place: place)
    return line.json.map(Array.init)
  }
}
