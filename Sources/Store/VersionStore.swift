public import SystemPackage

/// The folder of a version that is being made; nobody sees it yet.
public struct VersionDraft {
  let folder: FilePath
  let mode: FilePermissions

  /// Begins a file.
  ///
  /// - Parameter name: New in this version, without slashes.
  /// - Returns: The file; it counts once it is committed.
  /// - Throws: ``StoreError``.
  public func file(_ name: String) throws(StoreError) -> PieceFile {
    try PieceFile(draft: FileName.check(name, in: folder), mode: mode)
  }

  /// The path of a file that was made.
  ///
  /// - Parameter name: Its name.
  /// - Returns: The path.
  /// - Throws: ``StoreError`` for a name that would lead elsewhere.
  public func path(_ name: String) throws(StoreError) -> FilePath { try FileName.check(name, in: folder) }

  /// Takes a file over as it is: under a second name, or as a copy where the file system knows none.
  func keep(_ name: String, of source: FilePath) throws(StoreError) {
    do throws(StoreError) { try Calls.link(source, path(name)) } catch  where error.code != .missing {
      // A copy costs time and room, and is as good.
      let (pieces, copy) = (try PieceReader(source), try file(name))
      while true {
        let piece = try pieces.next()
        if piece.isEmpty { return try copy.commit() }
        try copy.append(piece)
      }
    }
  }

  /// Takes a file out again.
  ///
  /// - Parameter name: Its name.
  /// - Throws: ``StoreError``.
  public func remove(_ name: String) throws(StoreError) { try Calls.unlink(try path(name)) }
}

/// Immutable numbered folders and one small file that says which of them counts.
///
/// A version is complete and on disk before `HEAD` names it, so whoever starts at ``head()`` sees the old
/// version or the new one. Folders above `HEAD` and temporary ones are leftovers of a killed run: they are
/// invisible, and ``sweep()`` removes them. Writers hold a ``FileLock``; readers need none.
public struct VersionStore: Sendable {
  /// Where `HEAD` and the numbered folders lie.
  public let folder: FilePath
  private let mode: FilePermissions

  /// Names a store; nothing is read or made yet.
  ///
  /// - Parameters:
  ///   - folder: Where the versions lie.
  ///   - mode: Permissions of the files in new versions.
  public init(
    _ folder: FilePath, mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
  ) {
    self.folder = folder
    self.mode = mode
  }

  /// The version that counts.
  ///
  /// - Returns: Its number, or `nil` before the first.
  /// - Throws: ``StoreError``; `damaged` when `HEAD` is unreadable, names a version that is not there, or is
  ///   missing beside more than one version.
  public func head() throws(StoreError) -> Int? {
    let file = folder.appending("HEAD")
    let bytes: [UInt8]
    do throws(StoreError) {
      bytes = try AtomicFile.read(file, maximumBytes: 64)
    } catch  where error.code == .missing {
      // A run killed before its very first HEAD leaves one folder; two without HEAD mean that HEAD was lost.
      guard try folders().count <= 1 else { throw damaged(file, "HEAD is missing beside finished versions") }
      return nil
    } catch  where error.code == .full {
      throw damaged(file, "HEAD does not hold a version number")
    }
    guard bytes.last == 0x0A, let number = Self.number(bytes.dropLast()) else {
      throw damaged(file, "HEAD does not hold a version number")
    }
    guard try Folder.exists(path(of: number)) else {
      throw damaged(file, "HEAD names version \(number), which is not there")
    }
    return number
  }

  /// All versions up to `HEAD`.
  ///
  /// - Returns: Numbers in rising order; empty before the first.
  /// - Throws: ``StoreError``, as ``head()``.
  public func numbers() throws(StoreError) -> [Int] {
    guard let head = try head() else { return [] }
    return try folders().filter { $0 <= head }
  }

  /// Names of the files in a version.
  ///
  /// - Parameter version: Its number.
  /// - Returns: Names sorted by their bytes.
  /// - Throws: ``StoreError``; `missing` when there is no such version.
  public func files(of version: Int) throws(StoreError) -> [String] {
    try Folder.files(in: path(of: version))
  }

  /// Reads one file of a version.
  ///
  /// - Parameters:
  ///   - version: Its number.
  ///   - name: The file's name, without slashes.
  /// - Returns: Its bytes.
  /// - Throws: ``StoreError``; `missing` when the version or the file is not there.
  public func read(_ version: Int, _ name: String) throws(StoreError) -> [UInt8] {
    try AtomicFile.read(file(version, name))
  }

  /// The path of one file of a version, to be read in pieces or mapped.
  ///
  /// - Parameters:
  ///   - version: Its number.
  ///   - name: The file's name, without slashes.
  /// - Returns: The path, whether or not it exists.
  /// - Throws: ``StoreError`` for a name that would lead elsewhere.
  public func file(_ version: Int, _ name: String) throws(StoreError) -> FilePath {
    try FileName.check(name, in: path(of: version))
  }

  /// The folder of a version.
  ///
  /// - Parameter version: 1 or more.
  /// - Returns: The path, whether or not it exists.
  public func path(of version: Int) -> FilePath {
    let digits = String(version)
    return folder.appending(String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits)
  }

  /// Makes a version and lets `HEAD` name it.
  ///
  /// - Parameters:
  ///   - version: Greater than the current one.
  ///   - files: Names, each once and without slashes, and contents.
  ///   - kept: Names of files that are taken over from the current version as they are.
  /// - Throws: ``StoreError``; `HEAD` then names what it named before.
  public func publish(
    _ version: Int, files: [(name: String, bytes: [UInt8])], keeping kept: [String] = []
  ) throws(StoreError) {
    try stage(version, files: files, keeping: kept)
    try commit(version)
  }

  /// Makes a complete version folder that `HEAD` does not name yet.
  ///
  /// Until ``commit(_:)`` it is invisible, and ``sweep()`` would remove it.
  ///
  /// - Parameters:
  ///   - version: Greater than the current one.
  ///   - files: Names, each once and without slashes, and contents.
  ///   - kept: Names of files that are taken over from the current version as they are: the same file under a second
  ///     name, so that it costs neither time nor room, and stays when the older version is removed.
  /// - Throws: ``StoreError``; nothing is visible then.
  public func stage(
    _ version: Int, files: [(name: String, bytes: [UInt8])], keeping kept: [String] = []
  ) throws(StoreError) {
    try stage(
      version,
      { draft throws(StoreError) in
        for (name, bytes) in files {
          let file = try draft.file(name)
          try file.append(bytes)
          try file.commit()
        }
        for name in kept {
          guard let head = try head() else {
            throw StoreError(
              code: .missing, path: path(of: version).string,
              detail: "there is no version to keep '\(name)' of",
              hint: "Write the file anew.")
          }
          try draft.keep(name, of: file(head, name))
        }
      }, failure: { $0 })
  }

  /// Makes a complete version folder that `HEAD` does not name yet, file by file.
  ///
  /// - Parameters:
  ///   - version: Greater than the current one.
  ///   - write: Writes its files.
  /// - Throws: ``StoreError``, or what `write` throws; nothing is visible then.
  public func stage(_ version: Int, _ write: (VersionDraft) throws -> Void) throws {
    try stage(version, write, failure: { $0 })
  }

  private func stage<Failure: Error>(
    _ version: Int, _ write: (VersionDraft) throws(Failure) -> Void, failure: (StoreError) -> Failure
  ) throws(Failure) {
    let target = path(of: version)
    let draft = folder.appending(TemporaryName.make(for: String(version)))
    func store<Value>(_ work: () throws(StoreError) -> Value) throws(Failure) -> Value {
      do throws(StoreError) { return try work() } catch { throw failure(error) }
    }
    try store { () throws(StoreError) in
      let head = try head()
      guard version > head ?? 0 else {
        throw StoreError(
          code: .failed, path: target.string, detail: "version \(version) is not behind version \(head ?? 0)",
          hint: "Plan again: another run has published meanwhile.")
      }
      try Folder.make(folder)
    }
    do throws(Failure) {
      try store { () throws(StoreError) in
        try Calls.makeFolder(draft, [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
      }
      try write(VersionDraft(folder: draft, mode: mode))
      try store { () throws(StoreError) in
        try Calls.syncFolder(draft)
        // The rest of a run that was killed before it switched: nobody ever saw it.
        try Folder.remove(target)
        try Calls.rename(draft, target)
      }
    } catch {
      try store { () throws(StoreError) in try Folder.remove(draft) }
      throw error
    }
    try store { () throws(StoreError) in try Calls.syncFolder(folder) }
  }

  /// Lets `HEAD` name a version that was staged, and with it every staged version before it.
  ///
  /// - Parameter version: Greater than the current one.
  /// - Throws: ``StoreError``; `HEAD` then names what it named before.
  public func commit(_ version: Int) throws(StoreError) {
    guard try Folder.exists(path(of: version)), version > (try head() ?? 0) else {
      throw StoreError(
        code: .failed, path: path(of: version).string, detail: "version \(version) was not staged",
        hint: "Run again.")
    }
    try AtomicFile.write(Array("\(version)\n".utf8), to: folder.appending("HEAD"), mode: mode)
  }

  /// The highest version folder, whether or not `HEAD` names it or a later one.
  ///
  /// - Returns: Its number, or `nil` when there is no folder.
  /// - Throws: ``StoreError``.
  public func highest() throws(StoreError) -> Int? { try folders().last }

  /// Removes a version that no longer counts.
  ///
  /// - Parameter version: Any but the current one; nothing happens when it is not there.
  /// - Throws: ``StoreError``.
  public func remove(_ version: Int) throws(StoreError) {
    guard try head() != version else {
      throw StoreError(
        code: .failed, path: path(of: version).string, detail: "version \(version) is the current one",
        hint: "Keep it, or publish another first.")
    }
    // Renamed first, so that a reader never finds half a version.
    let doomed = folder.appending(TemporaryName.make(for: String(version)))
    guard try Folder.exists(path(of: version)) else { return }
    try Calls.rename(path(of: version), doomed)
    try Calls.syncFolder(folder)
    try Folder.remove(doomed)
  }

  /// Removes what killed runs left: temporary files and folders, and versions that `HEAD` never named.
  ///
  /// - Returns: What could not be removed and why; harmless, and tried again by the next run.
  @discardableResult
  public func sweep() -> [StoreError] {
    var failures: [StoreError] = []
    do throws(StoreError) {
      guard try Folder.exists(folder) else { return [] }
      let head = try head() ?? 0
      for entry in try Folder.list(folder) {
        let isLeftover = Self.number(Array(entry.name.utf8)[...]).map { $0 > head } ?? false
        guard TemporaryName.matches(entry.name) || isLeftover && entry.kind == .folder else { continue }
        do throws(StoreError) {
          try Folder.remove(folder.appending(entry.name))
        } catch {
          failures.append(error)
        }
      }
    } catch {
      failures.append(error)
    }
    return failures
  }

  /// Numbers of all version folders, finished or not, in rising order.
  private func folders() throws(StoreError) -> [Int] {
    guard try Folder.exists(folder) else { return [] }
    return try Folder.list(folder).compactMap { entry in
      guard entry.kind == .folder, let number = Self.number(Array(entry.name.utf8)[...]) else { return nil }
      return path(of: number).lastComponent?.string == entry.name ? number : nil
    }.sorted()
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard !bytes.isEmpty, bytes.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(String(decoding: bytes, as: UTF8.self)), number > 0
    else { return nil }
    return number
  }

  private func damaged(_ path: FilePath, _ detail: String) -> StoreError {
    StoreError(
      code: .damaged, path: path.string, detail: detail,
      hint: "Write the number of the last good version into HEAD, then run 'verify'.")
  }
}
