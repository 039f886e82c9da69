import FoundationEssentials
import Store
public import SystemPackage

/// Finds the folder that holds `kaspi.yaml`.
public enum WorkspaceFinder {
  /// The name of the configuration file.
  public static let fileName = "kaspi.yaml"

  /// Finds the workspace: the flag, then `KASPI_WORKSPACE`, then upwards from the current folder.
  ///
  /// - Parameters:
  ///   - flag: `--workspace`, or `nil`.
  ///   - environment: The process's variables.
  ///   - current: The current folder.
  /// - Returns: The folder, absolute.
  /// - Throws: ``CommandError`` with status `configuration` when there is none.
  public static func find(
    flag: String?, environment: [String: String], current: FilePath
  ) throws(CommandError) -> FilePath {
    if let named = flag ?? environment["KASPI_WORKSPACE"].flatMap({ $0.isEmpty ? nil : $0 }) {
      let folder = current.pushing(FilePath(named)).lexicallyNormalized()
      guard exists(folder.appending(fileName)) else {
        throw CommandError(
          .configuration, what: "no \(fileName) in the workspace", place: folder.string,
          remedy: "Name the right folder, or make one with 'kaspi-catalog init --workspace DIR --shop NAME'.")
      }
      return folder
    }
    var folder = current
    while true {
      if exists(folder.appending(fileName)) { return folder }
      let parent = folder.removingLastComponent()
      guard parent != folder, !parent.isEmpty else { break }
      folder = parent
    }
    throw CommandError(
      .configuration, what: "no \(fileName) here or in a folder above", place: current.string,
      remedy: "Go to the workspace, name it with --workspace, or make one with 'kaspi-catalog init'.")
  }

  private static func exists(_ path: FilePath) -> Bool { FileManager.default.fileExists(atPath: path.string) }
}
