public import SystemPackage

/// A file that is written piece by piece and put in place as a whole, like one of ``AtomicFile``.
///
/// Nothing is at the path before ``commit()``; a file that is let go without it leaves nothing. Not sendable: one task
/// owns it.
public final class PieceFile {
  private let path: FilePath
  private let temporary: FilePath
  private let descriptor: FileDescriptor
  private var buffer: [UInt8] = []
  private var isOpen = true
  private let hash = SideDigest()
  private var written = 0
  /// Bytes that the disk was asked to take ahead of the end.
  private var hastened = 0
  /// Bytes put in so far.
  public var count: Int { written + buffer.count }

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - path: Where it goes; folders above are made.
  ///   - mode: Permissions, less the process's mask.
  /// - Throws: ``StoreError``.
  public init(
    _ path: FilePath, mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
  ) throws(StoreError) {
    guard let name = path.lastComponent, name.kind == .regular else {
      throw StoreError(code: .failed, path: path.string, detail: "not a path of a file")
    }
    let folder = path.removingLastComponent()
    try Folder.make(folder)
    self.path = path
    temporary = folder.appending(TemporaryName.make(for: name.string))
    descriptor = try Calls.open(
      temporary, .writeOnly, options: [.create, .exclusiveCreate, .noFollow], permissions: mode)
  }

  /// Begins a file of a folder that nobody sees yet: it needs no place of its own until it is whole.
  ///
  /// - Parameters:
  ///   - path: Where it is made; nothing is there yet.
  ///   - mode: Permissions, less the process's mask.
  /// - Throws: ``StoreError``.
  init(draft path: FilePath, mode: FilePermissions) throws(StoreError) {
    self.path = path
    temporary = path
    descriptor = try Calls.open(
      path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow], permissions: mode)
  }

  /// The SHA-256 of what was put in, in hexadecimal, once it is in place.
  public var digest: String { hash.hexadecimal }

  deinit {
    guard isOpen else { return }
    Calls.closeReadOnly(descriptor)
    // Whoever gave up has told why; a file that stays is swept with the others.
    try? Calls.unlink(temporary)
  }

  /// Writes the next piece.
  ///
  /// - Parameter bytes: Any.
  /// - Throws: ``StoreError``.
  public func append(_ bytes: [UInt8]) throws(StoreError) {
    buffer += bytes
    if buffer.count >= 1 << 18 { try flush() }
  }

  /// Writes the next piece.
  ///
  /// - Parameter bytes: Any; copied before this returns.
  /// - Throws: ``StoreError``.
  public func append(_ bytes: RawSpan) throws(StoreError) {
    unsafe bytes.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
    if buffer.count >= 1 << 18 { try flush() }
  }

  /// Puts the file in place; it is on disk when this returns.
  ///
  /// - Throws: ``StoreError``; what was at the path stands then.
  public func commit() throws(StoreError) {
    try flush()
    try Calls.sync(descriptor, temporary)
    isOpen = false
    if path == temporary { return try Calls.close(descriptor, path) }
    do throws(StoreError) {
      try Calls.close(descriptor, temporary)
      try Calls.rename(temporary, path)
    } catch {
      try Calls.unlink(temporary)
      throw error
    }
    try Calls.syncFolder(path.removingLastComponent().orCurrent)
  }

  /// Bytes that the disk is given at a time, while the next are being made: the end then waits for little.
  private static let stride = 8 << 20

  private func flush() throws(StoreError) {
    guard !buffer.isEmpty else { return }
    try Calls.write(descriptor, buffer, temporary)
    hash.add(buffer)
    written += buffer.count
    if written - hastened >= Self.stride {
      Calls.hasten(descriptor, hastened..<written)
      hastened = written
    }
    let capacity = buffer.capacity
    buffer = []
    buffer.reserveCapacity(capacity)
  }
}
