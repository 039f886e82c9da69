import FoundationEssentials
public import SystemPackage

extension ShopConfiguration.CookieFile {
  /// Checks that the file is there and nobody else may read it.
  ///
  /// - Parameter workspace: The folder that a relative path starts from.
  /// - Returns: The absolute path.
  /// - Throws: ``CommandError`` with status `configuration`.
  public func checked(workspace: FilePath) throws(CommandError) -> FilePath {
    let file = workspace.pushing(FilePath(path))
    let attributes: [FileAttributeKey: Any]
    do { attributes = try FileManager.default.attributesOfItem(atPath: file.string) } catch {
      throw CommandError(
        .configuration, what: "the cookie file \(file) cannot be read", place: source,
        remedy: "Export the cookies of your cabinet session in Netscape format, then chmod 600 the file.")
    }
    if let mode = attributes[.posixPermissions] as? Int, mode & 0o077 != 0 {
      throw CommandError(
        .configuration, what: "others may read the cookie file \(file)", place: source,
        remedy: "chmod 600 \(file)")
    }
    return file
  }
}
