public import SystemPackage

/// One run at a time: an exclusive `flock`, given back at the end of the scope or with the process.
///
/// The file stays behind; its existence means nothing.
public struct FileLock: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  /// Takes the lock, or says at once that another holds it.
  ///
  /// - Parameter path: The lock file; made with its folders when missing.
  /// - Throws: ``StoreError`` with code `locked` when another process or another lock of this one holds it.
  public init(at path: FilePath) throws(StoreError) {
    try Folder.make(path.removingLastComponent())
    let descriptor = try Calls.open(
      path, .readWrite, options: .create, permissions: [.ownerReadWrite, .groupRead, .otherRead])
    do throws(StoreError) {
      try Calls.lock(descriptor, path)
    } catch {
      Calls.closeReadOnly(descriptor)
      guard error.code == .locked else { throw error }
      throw StoreError(code: .locked, path: path.string, detail: "another run holds the lock")
    }
    self.descriptor = descriptor
  }

  deinit {
    // Said aloud: a process being started elsewhere in this one holds a copy of the descriptor for a moment.
    Calls.unlock(descriptor)
    Calls.closeReadOnly(descriptor)
  }

  /// Gives the lock back.
  public consuming func release() {}
}
