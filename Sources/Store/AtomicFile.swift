public import SystemPackage

/// A small file that is always whole: readers see the old content or the new one, never something between.
public enum AtomicFile {
  /// Replaces a file, or makes it.
  ///
  /// Folders above are made. The bytes go to a file beside the target, which is fsynced and renamed over it;
  /// then the folder is fsynced. A symbolic link is replaced, not followed. On failure the old content stands
  /// and no file is left beside it; a killed process may leave one, which ``sweep(_:)`` removes.
  ///
  /// - Parameters:
  ///   - bytes: The whole content.
  ///   - path: The file.
  ///   - mode: Permissions of the new file, less the process's mask; an existing file's own do not count.
  /// - Throws: ``StoreError``, with `full` for a full disk and `denied` for missing rights.
  public static func write(
    _ bytes: [UInt8], to path: FilePath, mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
  ) throws(StoreError) {
    guard let name = path.lastComponent, name.kind == .regular else {
      throw StoreError(code: .failed, path: path.string, detail: "not a path of a file")
    }
    let folder = path.removingLastComponent()
    try Folder.make(folder)
    let temporary = folder.appending(TemporaryName.make(for: name.string))
    try create(bytes, at: temporary, mode: mode)
    do throws(StoreError) {
      try Calls.rename(temporary, path)
    } catch {
      try Calls.unlink(temporary)
      throw error
    }
    try Calls.syncFolder(folder.orCurrent)
  }

  /// Replaces a file, or makes it, without waiting for the disk.
  ///
  /// Whole for every reader and after a killed process; after a power cut the name may stand for fewer bytes, so this
  /// is for files whose name or neighbour says what they must hold.
  ///
  /// - Parameters:
  ///   - bytes: The whole content.
  ///   - path: The file.
  ///   - mode: Permissions of the new file, less the process's mask.
  /// - Throws: ``StoreError``, as ``write(_:to:mode:)``.
  public static func writeLazily(
    _ bytes: [UInt8], to path: FilePath, mode: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
  ) throws(StoreError) {
    guard let name = path.lastComponent, name.kind == .regular else {
      throw StoreError(code: .failed, path: path.string, detail: "not a path of a file")
    }
    let folder = path.removingLastComponent()
    try Folder.make(folder)
    let temporary = folder.appending(TemporaryName.make(for: name.string))
    try create(bytes, at: temporary, mode: mode, isDurable: false)
    do throws(StoreError) {
      try Calls.rename(temporary, path)
    } catch {
      try Calls.unlink(temporary)
      throw error
    }
  }

  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - maximumBytes: Most that is taken into memory.
  /// - Returns: The content.
  /// - Throws: ``StoreError``: `missing`, `denied`, `full` for a file above the limit, `failed`.
  public static func read(_ path: FilePath, maximumBytes: Int = 1 << 30) throws(StoreError) -> [UInt8] {
    let descriptor = try Calls.open(path, .readOnly)
    defer { Calls.closeReadOnly(descriptor) }
    let size = try Calls.attempt(path, "read") { Int(try Stat(descriptor).size) }
    var bytes: [UInt8] = []
    // One byte more than the size, so that the end is seen; the file may also grow under our hands.
    var room = min(size, maximumBytes) + 1
    while true {
      let piece = try Calls.read(descriptor, upTo: room, path)
      if piece.isEmpty { return bytes }
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
      guard bytes.count <= maximumBytes else {
        throw StoreError(
          code: .full, path: path.string, detail: "larger than the \(maximumBytes) bytes that are allowed",
          hint: "Check that this is the right file.")
      }
      room = max(4096, size + 1 - bytes.count)
    }
  }

  /// Removes what killed writers left in a folder.
  ///
  /// Call it only while holding the lock that keeps other writers away.
  ///
  /// - Parameter folder: The folder; one that does not exist has nothing to sweep.
  /// - Returns: Names of the removed files, sorted.
  /// - Throws: ``StoreError`` when the folder cannot be read or a file not removed.
  @discardableResult
  public static func sweep(_ folder: FilePath) throws(StoreError) -> [String] {
    guard try Folder.exists(folder) else { return [] }
    let leftovers = try Folder.list(folder).filter { TemporaryName.matches($0.name) && $0.kind == .file }
    for leftover in leftovers { try Calls.unlink(folder.appending(leftover.name)) }
    return leftovers.map(\.name)
  }

  /// Writes a new file and brings it to disk; leaves nothing behind on failure.
  static func create(
    _ bytes: [UInt8], at path: FilePath, mode: FilePermissions, isDurable: Bool = true
  ) throws(StoreError) {
    let descriptor = try Calls.open(
      path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow], permissions: mode)
    do throws(StoreError) {
      try Calls.write(descriptor, bytes, path)
      if isDurable { try Calls.sync(descriptor, path) }
    } catch {
      Calls.closeReadOnly(descriptor)
      try Calls.unlink(path)
      throw error
    }
    try Calls.close(descriptor, path)
  }
}

/// Names of files that are not yet in place.
enum TemporaryName {
  static let prefix = ".kaspi-new-"

  static func make(for name: String) -> String {
    // A random number keeps writers apart; it never shows in content. Names have at most 255 bytes.
    let number = String(UInt64.random(in: 0 ... .max), radix: 36)
    return prefix + number + "-" + String(decoding: name.utf8.prefix(120).filter { $0 < 0x80 }, as: UTF8.self)
  }

  static func matches(_ name: String) -> Bool { name.hasPrefix(prefix) }
}
