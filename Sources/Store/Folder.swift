public import SystemPackage

/// Folders: made, listed in one order everywhere, removed.
public enum Folder {
  /// One thing in a folder.
  public struct Entry: Sendable, Hashable {
    /// The name; bytes that are no UTF-8 show as U+FFFD.
    public var name: String
    /// What it is.
    public var kind: Kind

    /// What an entry is; a link counts as itself, not as what it points to.
    public enum Kind: Sendable, Hashable {
      /// A regular file.
      case file
      /// A folder.
      case folder
      /// A link, a socket, anything else.
      case other
    }
  }

  /// What a folder holds, one level deep.
  ///
  /// - Parameter folder: The folder.
  /// - Returns: Entries sorted by the bytes of their names, without `.` and `..`.
  /// - Throws: ``StoreError``; `missing` when there is no such folder, never an empty list instead.
  public static func list(_ folder: FilePath) throws(StoreError) -> [Entry] {
    let names = try Calls.names(in: folder.orCurrent).sorted { $0.lexicographicallyPrecedes($1) }
    var entries: [Entry] = []
    for bytes in names {
      let name = String(decoding: bytes, as: UTF8.self)
      // A name that is gone by now, or is no UTF-8, cannot be looked at again.
      guard let kind = try kind(of: folder.appending(name)) else { continue }
      entries.append(Entry(name: name, kind: kind))
    }
    return entries
  }

  /// Names of the regular files in a folder.
  ///
  /// - Parameters:
  ///   - folder: The folder.
  ///   - suffix: What the names must end with, like `.json`; temporary files of ours never count.
  /// - Returns: Names sorted by their bytes.
  /// - Throws: ``StoreError``; `missing` when there is no such folder.
  public static func files(in folder: FilePath, suffix: String = "") throws(StoreError) -> [String] {
    try list(folder).filter {
      $0.kind == .file && $0.name.hasSuffix(suffix) && !TemporaryName.matches($0.name)
    }.map(\.name)
  }

  /// Whether something is at a path, links followed.
  ///
  /// - Parameter path: Any path.
  /// - Returns: `false` only when the system says that nothing is there.
  /// - Throws: ``StoreError`` when the system does not let us look.
  public static func exists(_ path: FilePath) throws(StoreError) -> Bool {
    do {
      _ = try Stat(path.orCurrent)
      return true
    } catch  where error == .noSuchFileOrDirectory || error == .notDirectory {
      return false
    } catch {
      throw StoreError(error, path, "look at")
    }
  }

  /// Makes a folder and those above it, each on disk when it returns.
  ///
  /// - Parameters:
  ///   - folder: The folder; an existing one is left as it is.
  ///   - mode: Permissions of the folders that are made, less the process's mask.
  /// - Throws: ``StoreError``.
  public static func make(
    _ folder: FilePath,
    mode: FilePermissions = [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute]
  ) throws(StoreError) {
    if folder.components.isEmpty { return }
    if try exists(folder) { return }
    let parent = folder.removingLastComponent()
    try make(parent, mode: mode)
    do throws(StoreError) {
      try Calls.makeFolder(folder, mode)
    } catch {
      // Somebody else may have made it in between.
      if try exists(folder) { return }
      throw error
    }
    try Calls.syncFolder(parent.orCurrent)
  }

  /// Removes a file, or a folder with all it holds; links are removed, not followed.
  ///
  /// - Parameter path: What to remove; nothing happens when it is not there.
  /// - Throws: ``StoreError``.
  public static func remove(_ path: FilePath) throws(StoreError) {
    guard let kind = try kind(of: path) else { return }
    guard kind == .folder else {
      try Calls.unlink(path)
      return
    }
    for entry in try list(path) { try remove(path.appending(entry.name)) }
    try Calls.removeFolder(path)
  }

  /// Moves a file within one file system; a file at the target is replaced.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - target: Where it goes.
  /// - Throws: ``StoreError``.
  public static func move(_ path: FilePath, to target: FilePath) throws(StoreError) {
    try Calls.rename(path, target)
    try Calls.syncFolder(target.removingLastComponent().orCurrent)
  }

  /// Whether a path leads to a plain file, whose length is known and which can be read more than once.
  ///
  /// - Parameter path: The path; links are followed.
  /// - Returns: `false` for nothing, a folder, a pipe or a device.
  /// - Throws: ``StoreError`` when it cannot be looked at.
  public static func holdsFile(_ path: FilePath) throws(StoreError) -> Bool {
    do { return try Stat(path).type == .regular } catch  where error == .noSuchFileOrDirectory {
      return false
    } catch {
      throw StoreError(error, path, "look at")
    }
  }

  /// What stands at a path, a link as itself; `nil` for nothing.
  static func kind(of path: FilePath) throws(StoreError) -> Entry.Kind? {
    do {
      return switch try Stat(path, followTargetSymlink: false).type {
      case .regular: .file
      case .directory: .folder
      default: .other
      }
    } catch  where error == .noSuchFileOrDirectory {
      return nil
    } catch {
      throw StoreError(error, path, "look at")
    }
  }
}

extension FilePath {
  /// The path, or `.` for the empty one.
  var orCurrent: FilePath { isEmpty ? FilePath(".") : self }
}

/// The one door for names that come from outside.
enum FileName {
  /// Accepts the name of one file: a single regular component.
  static func check(_ name: String, in folder: FilePath) throws(StoreError) -> FilePath {
    guard !name.utf8.contains(0), let component = FilePath.Component(name), component.kind == .regular else {
      throw StoreError(
        code: .failed, path: folder.string, detail: "\(name.debugDescription) is not the name of one file",
        hint: "Use a name without slashes.")
    }
    return folder.appending(component)
  }
}
