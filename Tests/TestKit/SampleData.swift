import FoundationEssentials
public import Testing

/// The recorded feeds, pages and answers that lie beside a checkout: third-party data, never committed.
public enum SampleData {
  /// The folder, or `nil` where it does not exist.
  ///
  /// `KASPI_SAMPLE_DATA` names it; otherwise `../shared/data/kaspi` beside the checkout is looked for.
  public static let root: String? = {
    let named = ProcessInfo.processInfo.environment["KASPI_SAMPLE_DATA"]
    let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let beside = checkout.deletingLastPathComponent().appending(path: "shared/data/kaspi").path
    return [named, beside].compactMap(\.self).first {
      FileManager.default.fileExists(atPath: $0 + "/INDEX.json")
    }
  }()

  /// Whether recorded data can be read.
  ///
  /// With `CI=true` its absence is a failure, not a skip.
  public static var isPresent: Bool {
    root != nil || ProcessInfo.processInfo.environment["CI"] == "true"
  }

  /// Reads one recorded file.
  ///
  /// - Parameter name: Path below the folder, like `pricelist/lg-869.xml`.
  /// - Returns: Its bytes.
  /// - Throws: What the file system answers; also when the folder is absent.
  public static func bytes(_ name: String) throws -> [UInt8] {
    let root = try #require(root, "recorded data not found; set KASPI_SAMPLE_DATA")
    return try [UInt8](Data(contentsOf: URL(filePath: "\(root)/\(name)")))
  }

  /// Names of the files in a recorded folder.
  ///
  /// - Parameter folder: Path below the root, like `pricelist`.
  /// - Returns: Paths below the root, sorted; empty where recorded data is absent.
  public static func files(in folder: String) -> [String] {
    guard let root, let names = try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
    else { return [] }
    return names.sorted().map { "\(folder)/\($0)" }
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs a test only where recorded data is present, and says so where it is not.
  public static var needsSampleData: Self {
    .enabled(if: SampleData.isPresent, "recorded data is not beside this checkout; set KASPI_SAMPLE_DATA")
  }
}
