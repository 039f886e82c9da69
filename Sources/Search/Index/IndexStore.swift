public import SystemPackage
import Store

/// The index of one shop or collection on disk: `HEAD` and numbered folders, each complete before `HEAD` names it.
///
/// A folder holds `manifest.json` and one segment. Writers hold the shop's lock; readers need none.
public struct IndexStore: Sendable {
  /// The number of the manifest's format.
  public static let format = 1

  private static let manifestName = "manifest.json"
  private static let segmentName = "segment.ksg"

  private let versions: VersionStore

  /// Names a place; nothing is read or made yet.
  ///
  /// - Parameter folder: Where `HEAD` and the numbered folders lie, like `output/<shop>/index`.
  public init(_ folder: FilePath) { versions = VersionStore(folder) }

  /// What publishing did.
  public struct Publication: Sendable, Hashable {
    /// The version that counts now.
    public let version: Int
    /// Whether it is a new one; `false` when the bytes were the same.
    public let isNew: Bool
  }

  /// The version that counts.
  ///
  /// - Returns: Its number, or `nil` before the first.
  /// - Throws: ``IndexError``: `damaged`, `failed`.
  public func head() throws(IndexError) -> Int? {
    do throws(StoreError) { return try versions.head() } catch { throw Self.derived(error) }
  }

  /// Makes a segment the one that counts, unless it is that already, and keeps one version before it.
  ///
  /// - Parameter segment: Bytes of a segment, from ``IndexBuilder``.
  /// - Returns: The version's number and whether it is new.
  /// - Throws: ``IndexError``; the old version then still counts. Bytes that are no whole segment are refused.
  @discardableResult
  public func publish(_ segment: [UInt8]) throws(IndexError) -> Publication {
    let opened = try Segment(opening: segment, name: Self.segmentName)
    let manifest = CanonicalJSON.document([
      "format": .integer(Self.format),
      "segments": [
        [
          "bytes": .integer(segment.count), "documents": .integer(opened.documentCount),
          "file": .string(Self.segmentName), "terms": .integer(opened.termCount),
        ]
      ],
    ])
    do throws(StoreError) {
      let head = try versions.head()
      if let head, isHeld(head, Self.segmentName, segment), isHeld(head, Self.manifestName, manifest) {
        return Publication(version: head, isNew: false)
      }
      versions.sweep()
      let version = (head ?? 0) + 1
      try versions.publish(
        version, files: [(Self.manifestName, manifest), (Self.segmentName, segment)])
      // A reader that has just read HEAD may still be opening the version before.
      for old in try versions.numbers() where old < version - 1 { try versions.remove(old) }
      return Publication(version: version, isNew: true)
    } catch {
      throw Self.derived(error)
    }
  }

  /// Opens the segment that counts.
  ///
  /// - Parameter verification: How much is checked now.
  /// - Returns: The segment, named by its path.
  /// - Throws: ``IndexError``: `missing` before the first version, `version`, `damaged`, `failed`.
  public func open(_ verification: Segment.Verification = .full) throws(IndexError) -> Segment {
    guard let head = try head() else {
      throw IndexError(code: .missing, path: versions.folder.string, detail: "there is no index here yet")
    }
    let (manifest, manifestPath) = try read(head, Self.manifestName)
    let (file, size) = try Self.segment(in: manifest, manifestPath)
    let path: FilePath
    let mapped: MappedFile
    do throws(StoreError) {
      path = try versions.file(head, file)
      mapped = try MappedFile(path)
    } catch {
      throw Self.derived(error)
    }
    guard mapped.count == size else {
      throw IndexError(
        code: .damaged, path: path.string, detail: "\(mapped.count) bytes where the manifest promises \(size)"
      )
    }
    return try Segment(.mapped(mapped), name: path.string, verification: verification)
  }

  private func read(_ version: Int, _ name: String) throws(IndexError) -> (bytes: [UInt8], path: String) {
    do throws(StoreError) {
      return (try versions.read(version, name), try versions.file(version, name).string)
    } catch {
      throw Self.derived(error)
    }
  }

  /// Whether a file of a version holds these bytes; one that cannot be read does not, and is replaced.
  private func isHeld(_ version: Int, _ name: String, _ bytes: [UInt8]) -> Bool {
    do throws(StoreError) { return try versions.read(version, name) == bytes } catch { return false }
  }

  /// Name and size of the one segment.
  private static func segment(
    in manifest: [UInt8], _ path: String
  ) throws(IndexError) -> (file: String, size: Int) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: manifest) } catch {
      throw IndexError(code: .damaged, path: path, detail: "the manifest is no JSON: \(error)")
    }
    guard value["format"]?.int == format else {
      throw IndexError(
        code: .version, path: path, detail: "an index manifest of another format than \(format)")
    }
    guard let segments = value["segments"]?.array, segments.count == 1,
      let file = segments[0]["file"]?.string, let size = segments[0]["bytes"]?.int
    else { throw IndexError(code: .damaged, path: path, detail: "the manifest names no segment") }
    return (file, size)
  }

  /// What is lost with an index is made again by one command; say so instead of asking for a backup.
  private static func derived(_ error: StoreError) -> IndexError {
    var derived = IndexError(error)
    // A file that is missing below HEAD is damage too: only an index without HEAD was never made.
    if error.code == .damaged || error.code == .missing {
      derived.code = .damaged
      derived.hint = "Delete this index folder and run 'index' again; it is made from the catalog alone."
    }
    return derived
  }
}
