import Synchronization
public import SystemPackage

/// One run at a time: an exclusive `flock`, given back at the end of the scope or with the process.
///
/// The file stays behind; its existence means nothing. A lock is only worth something while its path still names the
/// file that was locked: when somebody deletes the file, the next run makes another one and locks that.
/// ``checkHeld(_:)`` finds this out, and is asked before a run lets the world see its work.
public struct FileLock: ~Copyable, Sendable {
  private let descriptor: FileDescriptor
  private let path: FilePath

  /// Which file this process locked under a path.
  private static let held = Mutex<[FilePath: Calls.Identity]>([:])

  /// Takes the lock, or says at once that another holds it.
  ///
  /// - Parameter path: The lock file; made with its folders when missing.
  /// - Throws: ``StoreError`` with code `locked` when another process or another lock of this one holds it.
  public init(at path: FilePath) throws(StoreError) {
    try Folder.make(path.removingLastComponent())
    while true {
      let descriptor = try Calls.open(
        path, .readWrite, options: .create, permissions: [.ownerReadWrite, .groupRead, .otherRead])
      do throws(StoreError) {
        try Calls.lock(descriptor, path)
        let identity = try Calls.identity(of: descriptor, path)
        // Deleted between opening and locking: what was locked is a file that nobody will look at.
        guard try Calls.identity(at: path) == identity else {
          Calls.closeReadOnly(descriptor)
          continue
        }
        Self.held.withLock { $0[path] = identity }
        self.descriptor = descriptor
        self.path = path
        return
      } catch {
        Calls.closeReadOnly(descriptor)
        guard error.code == .locked else { throw error }
        throw StoreError(code: .locked, path: path.string, detail: "another run holds the lock")
      }
    }
  }

  /// Whether a run holds a lock at this moment; a moment later that may be otherwise.
  ///
  /// - Parameter path: The lock file; one that is not there is held by nobody.
  /// - Returns: Whether it is taken, by this process or another.
  /// - Throws: ``StoreError`` when it cannot be looked at.
  public static func isHeld(_ path: FilePath) throws(StoreError) -> Bool {
    guard try Folder.exists(path) else { return false }
    let descriptor = try Calls.open(path, .readOnly)
    defer { Calls.closeReadOnly(descriptor) }
    do throws(StoreError) { try Calls.lock(descriptor, path) } catch {
      guard error.code == .locked else { throw error }
      return true
    }
    Calls.unlock(descriptor)
    return false
  }

  /// Fails when a lock of this process has been taken away: its file was deleted or replaced.
  ///
  /// - Parameter path: The lock file; nothing happens when this process has no lock there.
  /// - Throws: ``StoreError`` with code `locked`.
  public static func checkHeld(_ path: FilePath) throws(StoreError) {
    guard let identity = held.withLock({ $0[path] }), try Calls.identity(at: path) != identity else { return }
    throw StoreError(
      code: .locked, path: path.string, detail: "the lock file was deleted or replaced during this run",
      hint: "Nothing was switched. Never delete lock files; run again.")
  }

  deinit {
    Self.held.withLock { $0[path] = nil }
    // Said aloud: a process being started elsewhere in this one holds a copy of the descriptor for a moment.
    Calls.unlock(descriptor)
    Calls.closeReadOnly(descriptor)
  }

  /// Gives the lock back.
  public consuming func release() {}
}
