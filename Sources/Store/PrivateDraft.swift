public import SystemPackage

/// A file for its owner alone that is gone when nobody holds this any more.
///
/// A killed process may leave it; ``AtomicFile/sweep(_:)`` removes it.
public final class PrivateDraft: Sendable {
  /// Where it lies.
  public let path: FilePath

  /// Writes it.
  ///
  /// - Parameters:
  ///   - bytes: The whole content.
  ///   - folder: Where; it is there already.
  /// - Throws: ``StoreError``.
  public init(_ bytes: [UInt8], in folder: FilePath) throws(StoreError) {
    path = folder.appending(TemporaryName.make(for: "draft"))
    try AtomicFile.create(bytes, at: path, mode: .ownerReadWrite, isDurable: false)
  }

  deinit {
    // What stays is swept with the others.
    try? Calls.unlink(path)
  }
}
