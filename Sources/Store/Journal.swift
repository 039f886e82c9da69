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
    try Folder.make(path.removingLastComponent())
    let isNew = try !Folder.exists(path)
    let descriptor = try Calls.open(path, .readWrite, options: [.create, .append], permissions: mode)
    do throws(StoreError) {
      let current = try Calls.attempt(path, "look at") { try Stat(descriptor).permissions }
      if !current.subtracting(mode).isEmpty {
        try Calls.restrict(descriptor, to: current.intersection(mode), path)
      }
      let bytes = try AtomicFile.read(path, maximumBytes: .max - 1)
      var records: [JSONValue] = []
      let length = try parse(bytes, path) { records.append($0) }
      if length < bytes.count {
        try Calls.cut(descriptor, to: length, path)
        try Calls.sync(descriptor, path)
      }
      if isNew { try Calls.syncFolder(path.removingLastComponent().orCurrent) }
      let journal = Journal(path: path, descriptor: descriptor, length: length)
      return (journal, records, bytes.count - length)
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

  /// Brings every record to disk.
  ///
  /// - Throws: ``StoreError``, as ``append(_:)``.
  public func sync() throws(StoreError) { try write([], isDurable: true) }

  private func write(_ lines: [UInt8], isDurable: Bool) throws(StoreError) {
    let failure: StoreError? = state.withLock { state in
      if let failure = state.failure { return failure }
      do throws(StoreError) {
        if !lines.isEmpty { try Calls.write(descriptor, lines, path) }
      } catch {
        // Take back the part that was written; when that fails too, nobody knows what stands there.
        do throws(StoreError) {
          try Calls.cut(descriptor, to: state.length, path)
        } catch {
          state.failure = error
        }
        return error
      }
      do throws(StoreError) {
        if isDurable { try Calls.syncContent(descriptor, path) }
      } catch {
        // After a failed sync the system may have dropped the pages; a second sync would lie.
        state.failure = error
        return error
      }
      state.length += lines.count
      return nil
    }
    if let failure { throw failure }
  }

  /// The bytes of a journal that holds some records, for replacing a whole file at once.
  ///
  /// - Parameter records: Objects, in order.
  /// - Returns: One line a record, with its checksum.
  public static func lines(_ records: [JSONValue]) -> [UInt8] {
    var lines: [UInt8] = []
    for record in records {
      precondition(record.object != nil, "a journal holds objects")
      let json = CanonicalJSON.line(record)
      lines += json
      lines.append(0x20)
      lines += CRC32C.text(json)
      lines.append(0x0A)
    }
    return lines
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
    _ = try parse(AtomicFile.read(path, maximumBytes: .max - 1), path, take)
  }

  /// Checks every whole line and gives its record; returns where the last whole line ends.
  private static func parse(
    _ bytes: [UInt8], _ path: FilePath, _ take: (JSONValue) -> Void
  ) throws(StoreError) -> Int {
    var count = 0
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      guard let record = record(bytes[start..<end]) else {
        throw StoreError(
          code: .damaged, path: path.string, detail: "line \(count + 1) does not match its checksum",
          hint:
            "Keep a copy of the file, then restore it or take out that line; the lines behind it are intact.")
      }
      take(record)
      count += 1
      start = end + 1
    }
    return start
  }

  private static func record(_ line: ArraySlice<UInt8>) -> JSONValue? {
    guard line.count > 9, line[line.endIndex - 9] == 0x20 else { return nil }
    let json = line[..<(line.endIndex - 9)]
    guard line.suffix(8).elementsEqual(CRC32C.text(json)) else { return nil }
    do throws(JSONError) {
      let value = try JSONValue(parsing: json)
      return value.object == nil ? nil : value
    } catch {
      // A line that matches its checksum and is no JSON was not written by us: the caller calls it damaged.
      return nil
    }
  }
}
