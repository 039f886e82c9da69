import Glibc
public import SystemPackage

/// A whole file in the address space, read-only; nothing is read before it is looked at.
///
/// For files that are never changed once they have their name: an immutable version is replaced by another
/// one, and a mapping keeps what it had. A file that somebody cuts while it is mapped ends the process.
@safe public final class MappedFile: Sendable {
  // Sendable: the bytes are read-only from `init` to `deinit`, and the pointer never changes.
  private nonisolated(unsafe) let base: UnsafeRawPointer?
  /// Its length in bytes.
  public let count: Int

  /// Maps a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``StoreError``: `missing`, `denied`, `failed`.
  public init(_ path: FilePath) throws(StoreError) {
    let descriptor = try Calls.open(path, .readOnly)
    defer { Calls.closeReadOnly(descriptor) }
    count = try Calls.attempt(path, "map") { Int(try Stat(descriptor).size) }
    unsafe base = try Calls.map(descriptor, count, path)
  }

  deinit { unsafe Calls.unmap(base, count) }

  /// Lends the bytes.
  ///
  /// - Parameter body: Handed all bytes; they are good until it returns.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let buffer = unsafe UnsafeBufferPointer(
      start: base?.assumingMemoryBound(to: UInt8.self), count: base == nil ? 0 : count)
    return try body(unsafe Span(_unsafeElements: buffer))
  }
}
