public import SystemPackage

/// A file that a person named for a result.
public enum OutputFile {
  /// Writes it: whole or not at all where a plain file is or will be, straight through where something else stands.
  ///
  /// A pipe, a device or a link is never replaced: whoever named it wants what is behind it.
  ///
  /// - Parameters:
  ///   - bytes: The result.
  ///   - path: Where to.
  /// - Throws: ``StoreError``.
  public static func write(_ bytes: [UInt8], to path: FilePath) throws(StoreError) {
    guard let kind = try Folder.kind(of: path), kind != .file else {
      return try AtomicFile.write(bytes, to: path)
    }
    let descriptor = try Calls.open(
      path, .writeOnly, options: try Folder.holdsFile(path) ? .truncate : [],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    do throws(StoreError) {
      try Calls.write(descriptor, bytes, path)
    } catch {
      Calls.closeReadOnly(descriptor)
      throw error
    }
    Calls.closeReadOnly(descriptor)
  }
}
