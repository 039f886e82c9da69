import Synchronization
public import SystemPackage

/// Many contents in one file that only grows, each under its SHA-256; the format is described in the article PackFormat.
///
/// A file a content would cost the system more than all the rest of a crawl. One process writes at a time; the caller
/// holds a ``FileLock`` for that. Readers need none. What is damaged is not there: whoever keeps contents here can have
/// them again.
public final class PackFile: Sendable {
  /// Most bytes of one content: what ten digits can say of memory.
  public static let maximumContent = 1 << 32 - 1

  private struct Place: Sendable {
    /// Where the content begins, behind its header.
    var start: Int
    var length: UInt32

    var range: Range<Int> { start..<start + Int(length) }
    /// Bytes in the file, header and line end included.
    var size: Int { Int(length) + PackHeader.size }
  }

  private struct State: Sendable {
    /// `nil` while there is no file.
    var file: OpenFile?
    var isWritable = false
    /// Where the next content goes.
    var end = 0
    var places: [ContentName: Place] = [:]
    /// Whether something stands between the contents that belongs to none.
    var isDamaged = false
    /// Bytes behind the last content: a killed process left them, the next writing cuts them off.
    var torn = 0
    /// Set when it is unknown what the disk holds; nothing is written after that.
    var failure: StoreError?
  }

  private final class OpenFile: Sendable {
    let descriptor: FileDescriptor

    init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { Calls.closeReadOnly(descriptor) }
  }

  private let path: FilePath
  private let state: Mutex<State>

  /// Opens a pack; nothing is made or changed before the first ``keep(_:)``.
  ///
  /// - Parameter path: The file; it need not be there.
  /// - Throws: ``StoreError`` when the disk refuses; `damaged` for a file of a later format.
  public init(_ path: FilePath) throws(StoreError) {
    self.path = path
    state = Mutex(try Self.scan(path))
  }

  // MARK: Keeping and reading

  /// Keeps a content unless it is there; it outlives the process when this returns.
  ///
  /// - Parameters:
  ///   - bytes: Any; at most ``maximumContent``.
  ///   - known: Their SHA-256, where it has been taken already; under a wrong one they could not be read again.
  /// - Returns: Its SHA-256.
  /// - Throws: ``StoreError`` when it could not be written; it is then not there. After a failure that leaves the
  ///   disk's state unknown every further writing throws too.
  public func keep(_ bytes: [UInt8], digest known: String? = nil) throws(StoreError) -> String {
    precondition(bytes.count <= Self.maximumContent)
    let digest = known ?? Digest.sha256(bytes)
    guard try read(digest) == nil else { return digest }
    var record = PackHeader.line(digest: digest, length: bytes.count)
    record.reserveCapacity(record.count + bytes.count + 1)
    record += bytes
    record.append(0x0A)
    let outcome: Result<Void, StoreError> = state.withLock { state in
      do throws(StoreError) { return .success(try append(record, digest, bytes.count, &state)) } catch {
        return .failure(error)
      }
    }
    try outcome.get()
    return digest
  }

  /// Reads a content.
  ///
  /// - Parameter digest: Its SHA-256.
  /// - Returns: The bytes, or `nil` when they are not there or no longer what they were.
  /// - Throws: ``StoreError`` when the disk refuses.
  public func read(_ digest: String) throws(StoreError) -> [UInt8]? {
    guard let name = ContentName(digest.utf8) else { return nil }
    let found = state.withLock { state in state.places[name].map { (state.file, $0) } }
    guard case (let file?, let place)? = found else { return nil }
    let bytes = try Calls.read(file.descriptor, place.range, path)
    return bytes.count == place.range.count && Digest.sha256(bytes) == digest ? bytes : nil
  }

  /// The length of a content; what is in it is seen when it is read.
  ///
  /// - Parameter digest: Its SHA-256.
  /// - Returns: `nil` when it is not there.
  public func length(of digest: String) -> Int? {
    ContentName(digest.utf8).flatMap { name in state.withLock { $0.places[name].map { Int($0.length) } } }
  }

  /// Names of all contents; what is in them is seen when they are read.
  public var names: Set<ContentName> { state.withLock { Set($0.places.keys) } }

  /// Brings every content to disk; others may keep meanwhile.
  ///
  /// - Throws: ``StoreError``, and so does every further writing: nobody knows what the disk holds.
  public func sync() throws(StoreError) {
    let file = state.withLock { $0.isWritable ? $0.file : nil }
    guard let file else { return }
    do throws(StoreError) {
      try Calls.syncContent(file.descriptor, path)
    } catch {
      state.withLock { $0.failure = error }
      throw error
    }
  }

  private func append(
    _ record: [UInt8], _ digest: String, _ length: Int, _ state: inout State
  ) throws(StoreError) {
    if let failure = state.failure { throw failure }
    let file = try writable(&state)
    do throws(StoreError) {
      try Calls.write(file.descriptor, record, path)
    } catch {
      try Self.takeBack(error, file, path, &state)
    }
    guard let name = ContentName(digest.utf8) else { return }
    state.places[name] = Place(start: state.end + PackHeader.size - 1, length: UInt32(length))
    state.end += record.count
  }

  /// Cuts off the part that was written; when that fails too, nobody knows what stands there.
  private static func takeBack(
    _ error: StoreError, _ file: OpenFile, _ path: FilePath, _ state: inout State
  ) throws(StoreError) -> Never {
    do throws(StoreError) {
      try Calls.cut(file.descriptor, to: state.end, path)
    } catch {
      state.failure = error
    }
    throw error
  }

  /// The file, ready to be written: made, or freed of what a killed process left behind the last content.
  private func writable(_ state: inout State) throws(StoreError) -> OpenFile {
    if let file = state.file, state.isWritable { return file }
    try Folder.make(path.removingLastComponent())
    let file = OpenFile(
      try Calls.open(
        path, .readWrite, options: [.create, .append], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    )
    try Calls.cut(file.descriptor, to: state.end, path)
    state.torn = 0
    state.file = file
    // A header is found by the line end before it, and that may be what is damaged.
    let beginning = state.end == 0 ? PackHeader.head : state.isDamaged ? [0x0A] : []
    if !beginning.isEmpty {
      do throws(StoreError) {
        try Calls.write(file.descriptor, beginning, path)
      } catch {
        try Self.takeBack(error, file, path, &state)
      }
      state.end += beginning.count
    }
    state.isWritable = true
    return file
  }

  // MARK: Opening

  /// Finds every content by its header; the contents themselves are not read.
  private static func scan(_ path: FilePath) throws(StoreError) -> State {
    var state = State()
    do throws(StoreError) {
      state.file = OpenFile(try Calls.open(path, .readOnly))
    } catch  where error.code == .missing {
      return state
    }
    guard let file = state.file else { return state }
    let size = try Calls.attempt(path, "look at") { Int(try Stat(file.descriptor).size) }
    let head = try Calls.read(file.descriptor, 0..<PackHeader.head.count, path)
    if head != PackHeader.head {
      // A name that was cut was never followed by anything.
      if head.count < PackHeader.head.count {
        state.torn = size
        return state
      }
      try refuseLater(head, path)
      state.isDamaged = true
    }
    // Each header is looked for with the line end before it.
    var position = PackHeader.head.count - 1
    state.end = position + 1
    while position + PackHeader.size <= size {
      let bytes = try Calls.read(file.descriptor, position..<position + PackHeader.size, path)
      guard let header = PackHeader(bytes[...]), let name = ContentName(header.digest) else {
        state.isDamaged = true
        guard let next = try nextHeader(file, position + 1, size, path) else { break }
        position = next
        continue
      }
      let start = position + PackHeader.size
      // A content that the file does not hold to its line end was never acknowledged, or lost by a power cut.
      guard start + header.length < size else { break }
      state.places[name] = Place(start: start, length: UInt32(header.length))
      position = start + header.length
      state.end = position + 1
    }
    state.torn = size - state.end
    return state
  }

  private static func refuseLater(_ head: [UInt8], _ path: FilePath) throws(StoreError) {
    let known = PackHeader.head.dropLast(2)
    guard head.starts(with: known), let digit = head.dropLast().last, (0x32...0x39).contains(digit) else {
      return
    }
    throw StoreError(
      code: .damaged, path: path.string, detail: "the format of the kept answers is not 1",
      hint: "Run the newer program that wrote it, or remove the file: only requests are saved by it.")
  }

  /// Looks for the next header behind a damaged place.
  private static func nextHeader(
    _ file: OpenFile, _ from: Int, _ size: Int, _ path: FilePath
  ) throws(StoreError) -> Int? {
    var start = from
    while start + PackHeader.size <= size {
      let piece = try Calls.read(file.descriptor, start..<min(size, start + 1 << 20), path)
      var index = 0
      while index + PackHeader.size <= piece.count {
        if piece[index] == 0x0A, PackHeader(piece[index..<index + PackHeader.size]) != nil {
          return start + index
        }
        index += 1
      }
      start += max(1, piece.count - PackHeader.size + 1)
    }
    return nil
  }

  // MARK: Keeping house

  /// Reads every content again.
  ///
  /// - Returns: What is wrong, in words; empty for a sound file and for none.
  /// - Throws: ``StoreError`` when the disk refuses.
  public func damages() throws(StoreError) -> [String] {
    let (file, places, isDamaged, torn) = state.withLock { ($0.file, $0.places, $0.isDamaged, $0.torn) }
    guard let file else { return [] }
    var damages = isDamaged ? ["something stands between the contents that belongs to none"] : []
    if torn > 0 { damages.append("the last content is torn") }
    for place in places.values.sorted(by: { $0.start < $1.start }) {
      let record = try Calls.read(
        file.descriptor, (place.start - PackHeader.size)..<place.range.upperBound + 1, path)
      guard record.count == place.size + 1, let header = PackHeader(record.prefix(PackHeader.size)) else {
        damages.append("the content at byte \(place.start) is no longer there")
        continue
      }
      let content = Array(record[PackHeader.size..<record.count - 1])
      guard record.last == 0x0A, Digest.sha256(content).utf8.elementsEqual(header.digest) else {
        damages.append("the content at byte \(place.start) is not the one that was kept")
        continue
      }
    }
    return damages
  }

  /// Removes what nobody needs, once most of the file is of that kind or something in it is damaged.
  ///
  /// The file is replaced as a whole; killed in between, the old one stands.
  ///
  /// - Parameter names: The names to keep.
  /// - Returns: Whether the file was written anew.
  /// - Throws: ``StoreError`` when the disk refuses.
  @discardableResult
  public func sweep(keeping names: Set<ContentName>) throws(StoreError) -> Bool {
    let (file, places, end, isDamaged) = state.withLock { ($0.file, $0.places, $0.end, $0.isDamaged) }
    guard let file else { return false }
    let wanted = places.filter { names.contains($0.key) }.sorted { $0.value.start < $1.value.start }
    guard isDamaged || wanted.reduce(0, { $0 + $1.value.size }) < end / 2 else { return false }
    let fresh = try PieceFile(path)
    try fresh.append(PackHeader.head)
    for (_, place) in wanted {
      // Header, content and line end as they stand; what is damaged in them is seen when it is read.
      let record = try Calls.read(
        file.descriptor, (place.start - PackHeader.size + 1)..<place.range.upperBound, path)
      try fresh.append(record + [0x0A])
    }
    try fresh.commit()
    let next = try Self.scan(path)
    state.withLock { $0 = next }
    return true
  }
}
