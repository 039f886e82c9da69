import FoundationEssentials
public import SystemPackage
import Testing

/// Programs that the build puts beside the tests.
public enum BuiltProgram {
  /// Where a program lies.
  ///
  /// - Parameter name: Its name.
  /// - Returns: The path; the file exists.
  /// - Throws: When it has not been built, or the running test cannot find itself.
  public static func path(_ name: String) throws -> FilePath {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = FilePath(tests).removingLastComponent().appending(name)
    try #require(FileManager.default.fileExists(atPath: path.string), "\(path) is not built")
    return path
  }
}
