import Store
import SystemPackage

/// Saved feeds, pages and answers that stand in for the sample shop.
struct DataFolder: Sendable {
  /// The folder.
  let path: FilePath

  /// A file below the folder, or `nil` when there is none; no name leads out of the folder.
  func bytes(_ parts: [String]) -> [UInt8]? {
    var file = path
    for part in parts {
      guard !part.isEmpty, part != ".", part != "..", !part.contains("/"), !part.contains("\0"),
        let component = FilePath.Component(part)
      else { return nil }
      file.append(component)
    }
    do {
      return try AtomicFile.read(file)
    } catch {
      if error.code != .missing { Terminal.complain("\(error.path): \(error.detail)") }
      return nil
    }
  }

  /// A file below the folder, read as JSON; `nil` also for one that is no JSON.
  func json(_ parts: [String]) -> JSONValue? { bytes(parts).flatMap(JSONValue.init(body:)) }

  /// Consecutive pages `<prefix><n>.json` from 0 on.
  func pages(_ folder: String, _ prefix: String) -> [JSONValue] {
    var result: [JSONValue] = []
    while let page = json([folder, "\(prefix)\(result.count).json"]) { result.append(page) }
    return result
  }
}
