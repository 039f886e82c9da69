public import SystemPackage
import FoundationEssentials

/// A fresh folder that goes away at the end of its scope.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: FilePath

  /// Makes the folder below the system's temporary one.
  ///
  /// - Throws: What the file system answers.
  public init() throws {
    let base = FileManager.default.temporaryDirectory.path
    path = FilePath(base).appending("kaspi-test-\(UInt64.random(in: 0...(.max)))")
    try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
  }

  deinit {
    // Nothing depends on it: what stays behind lies in the system's temporary folder.
    try? FileManager.default.removeItem(atPath: path.string)
  }

  /// Writes a file for a test.
  ///
  /// - Parameters:
  ///   - name: Path below the folder; folders in between are made.
  ///   - bytes: Content.
  /// - Returns: The whole path.
  /// - Throws: What the file system answers.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
    let target = path.pushing(FilePath(name))
    try FileManager.default.createDirectory(
      atPath: target.removingLastComponent().string, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: target.string))
    return target
  }

  /// Reads a file back.
  ///
  /// - Parameter name: Path below the folder.
  /// - Returns: Its bytes.
  /// - Throws: What the file system answers.
  public func read(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: path.pushing(FilePath(name)).string)))
  }
}
