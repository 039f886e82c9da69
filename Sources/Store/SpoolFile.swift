public import SystemPackage

/// Pieces of a result that do not fit into memory, put aside until their order is known.
///
/// The file has no name from the start: a killed process leaves nothing behind. Not sendable: one task owns it.
public final class SpoolFile {
  private let path: FilePath
  private let descriptor: FileDescriptor
  private var buffer: [UInt8] = []
  private var written = 0

  /// Opens an empty spool.
  ///
  /// - Parameter folder: Where its bytes lie; made when missing.
  /// - Throws: ``StoreError``.
  public init(in folder: FilePath) throws(StoreError) {
    try Folder.make(folder)
    path = folder.appending(TemporaryName.make(for: "spool"))
    descriptor = try Calls.open(
      path, .readWrite, options: [.create, .exclusiveCreate, .noFollow], permissions: .ownerReadWrite)
    try Calls.unlink(path)
  }

  deinit { Calls.closeReadOnly(descriptor) }

  /// How many bytes were put in.
  public var count: Int { written + buffer.count }

  /// Puts a piece in.
  ///
  /// - Parameter bytes: Any.
  /// - Returns: Where it stands.
  /// - Throws: ``StoreError``.
  @discardableResult
  public func append(_ bytes: [UInt8]) throws(StoreError) -> Range<Int> {
    let start = count
    buffer += bytes
    if buffer.count >= 1 << 18 { try flush() }
    return start..<start + bytes.count
  }

  /// Takes a piece out; it stays in.
  ///
  /// - Parameter range: What ``append(_:)`` gave, or any other part.
  /// - Returns: The bytes.
  /// - Throws: ``StoreError``.
  public func read(_ range: Range<Int>) throws(StoreError) -> [UInt8] {
    try flush()
    let bytes = try Calls.read(descriptor, range, path)
    guard bytes.count == range.count else {
      throw StoreError(code: .failed, path: path.string, detail: "a temporary file lost its end")
    }
    return bytes
  }

  private func flush() throws(StoreError) {
    guard !buffer.isEmpty else { return }
    try Calls.write(descriptor, buffer, path)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }
}
