public import SystemPackage
import Store

/// The index of one shop or collection on disk: `HEAD` and numbered folders, each complete before `HEAD` names it.
///
/// A folder holds `manifest.json` and one segment, and when something changed since that was written, a second segment
/// and a list of what of the first counts no more. Writers hold the shop's lock; readers need none.
public struct IndexStore: Sendable {
  /// The number of the manifest's format.
  public static let format = 2

  private static let manifestName = "manifest.json"
  private static let segmentName = "segment.ksg"
  private static let changesName = "changes.ksg"
  private static let removedName = "removed.ksr"

  /// Bytes up to which a segment is checked whole whenever it is opened.
  private static let smallSegment = 8 << 20

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

  /// Makes what an index is made of the one that counts.
  ///
  /// - Parameter content: From ``CorpusIndexer``, ``IndexBuilder`` or ``IndexChanges``; changes are against ``base``.
  /// - Returns: The version's number and whether it is new.
  /// - Throws: ``IndexError``; the old version then still counts.
  @discardableResult
  public func publish(_ content: IndexContent) throws(IndexError) -> Publication {
    switch content {
    case .whole(let segment): try publish(segment)
    case .changes(let changes): try publish(changes)
    }
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
      "format": .integer(Self.format), "segments": [Self.entry(Self.segmentName, opened)],
    ])
    return try publish([(Self.segmentName, segment)], keeping: [], manifest)
  }

  /// Puts changes beside the base of the version that counts; the base stays the same file.
  private func publish(_ changes: IndexChanges) throws(IndexError) -> Publication {
    guard let head = try head() else {
      throw IndexError(code: .missing, path: versions.folder.string, detail: "there is no base for changes")
    }
    let base = try segment(head, try Self.parts(try manifest(head)).base, .structure)
    var segments = [Self.entry(Self.segmentName, base)]
    var members: [String: JSONValue] = ["format": .integer(Self.format)]
    var files: [(name: String, bytes: [UInt8])] = []
    if !changes.isEmpty {
      let opened = try Segment(opening: changes.segment, name: Self.changesName)
      segments.append(Self.entry(Self.changesName, opened))
      members["removed"] = [
        "bytes": .integer(changes.removed.count), "documents": .integer(changes.removedCount),
        "file": .string(Self.removedName),
      ]
      files = [(Self.changesName, changes.segment), (Self.removedName, changes.removed)]
    }
    members["segments"] = .array(segments)
    return try publish(files, keeping: [Self.segmentName], CanonicalJSON.document(.object(members)))
  }

  private static func entry(_ name: String, _ segment: Segment) -> JSONValue {
    [
      "bytes": .integer(segment.byteCount), "documents": .integer(segment.documentCount),
      "file": .string(name), "terms": .integer(segment.termCount),
    ]
  }

  private func publish(
    _ files: [(name: String, bytes: [UInt8])], keeping kept: [String], _ manifest: [UInt8]
  ) throws(IndexError) -> Publication {
    do throws(StoreError) {
      let head = try soundHead()
      let all = [(name: Self.manifestName, bytes: manifest)] + files
      if let head, all.allSatisfy({ isHeld(head, $0.name, $0.bytes) }) {
        return Publication(version: head, isNew: false)
      }
      versions.sweep()
      let numbers = try versions.numbers()
      let version = (head ?? numbers.last ?? 0) + 1
      try versions.publish(version, files: all, keeping: kept)
      // A reader that has just read HEAD may still be opening the version before.
      for old in try versions.numbers() where old < version - 1 { try versions.remove(old) }
      return Publication(version: version, isNew: true)
    } catch {
      throw Self.derived(error)
    }
  }

  /// The version that counts; none where `HEAD` is damaged: an index can be made anew, and that mends it.
  private func soundHead() throws(StoreError) -> Int? {
    do throws(StoreError) { return try versions.head() } catch {
      guard error.code == .damaged else { throw error }
      try Folder.remove(versions.folder.appending("HEAD"))
      return nil
    }
  }

  /// Opens the index that counts.
  ///
  /// - Parameter verification: How much is checked now.
  /// - Returns: The index; its files are named by their paths.
  /// - Throws: ``IndexError``: `missing` before the first version, `version`, `damaged`, `failed`.
  public func open(_ verification: Segment.Verification = .full) throws(IndexError) -> SearchIndex {
    guard let head = try head() else {
      throw IndexError(code: .missing, path: versions.folder.string, detail: "there is no index here yet")
    }
    let parts = try Self.parts(try manifest(head))
    let base = try segment(head, parts.base, verification)
    guard let (changes, removed) = parts.changes else { return try SearchIndex(base) }
    let second = try segment(head, changes, verification)
    let (list, path) = try map(head, removed)
    let documents: RemovedDocuments
    do throws(Damage) {
      documents = try list.withBytes { (bytes) throws(Damage) in
        try RemovedDocuments(bytes, base: base, changes: second)
      }
    } catch {
      throw error.error(in: path)
    }
    return try SearchIndex(base, changes: second, documents)
  }

  /// The base that changes can be put beside: whole, written by the same rules, and large enough to be worth it.
  ///
  /// - Parameters:
  ///   - ranking: The numbers that scores will be made of.
  ///   - synonyms: Words that mean the same.
  ///   - limits: When everything is made anew.
  /// - Returns: The base with all its checksums compared, or `nil` when everything has to be made anew; why does not
  ///   matter, because that mends whatever it is.
  public func base(
    ranking: Ranking, synonyms: Synonyms, limits: IndexChanges.Limits = IndexChanges.Limits()
  ) -> Segment? {
    do throws(IndexError) {
      guard let head = try head() else { return nil }
      let base = try segment(head, try Self.parts(try manifest(head)).base, .full)
      var analyzer = try Analyzer()
      let section = try SynonymTerms(synonyms, analyzer: &analyzer).section()
      let isAlike = base.withBytes { file in
        let own = file.extracting(base.range(.synonyms))
        return own.count == section.count && section.indices.allSatisfy { section[$0] == own[$0] }
      }
      return isAlike && base.ranking == ranking && base.documentCount >= limits.minimumDocuments ? base : nil
    } catch {
      return nil
    }
  }

  /// Name and size of a file, as the manifest says.
  private typealias Part = (file: String, size: Int)

  private func map(_ version: Int, _ part: Part) throws(IndexError) -> (file: MappedFile, path: String) {
    let path: FilePath
    let mapped: MappedFile
    do throws(StoreError) {
      path = try versions.file(version, part.file)
      mapped = try MappedFile(path)
    } catch {
      throw Self.derived(error)
    }
    guard mapped.count == part.size else {
      throw IndexError(
        code: .damaged, path: path.string,
        detail: "\(mapped.count) bytes where the manifest promises \(part.size)")
    }
    return (mapped, path.string)
  }

  private func segment(
    _ version: Int, _ part: Part, _ verification: Segment.Verification
  ) throws(IndexError) -> Segment {
    let (mapped, path) = try map(version, part)
    // The checksums of a few megabytes are compared in a millisecond.
    let isSmall = mapped.count <= Self.smallSegment
    return try Segment(.mapped(mapped), name: path, verification: isSmall ? .full : verification)
  }

  private func manifest(_ version: Int) throws(IndexError) -> (bytes: [UInt8], path: String) {
    try read(version, Self.manifestName)
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

  /// What a manifest names: the base, and the changes with what of the base counts no more.
  private static func parts(
    _ manifest: (bytes: [UInt8], path: String)
  ) throws(IndexError) -> (base: Part, changes: (segment: Part, removed: Part)?) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: manifest.bytes) } catch {
      throw IndexError(code: .damaged, path: manifest.path, detail: "the manifest is no JSON: \(error)")
    }
    guard value["format"]?.int == format else {
      throw IndexError(
        code: .version, path: manifest.path, detail: "an index manifest of another format than \(format)")
    }
    func part(_ value: JSONValue?) -> Part? {
      guard let file = value?["file"]?.string, let size = value?["bytes"]?.int else { return nil }
      return (file, size)
    }
    let segments = (value["segments"]?.array ?? []).map(part)
    let removed = part(value["removed"])
    if segments.count == 1, let base = segments[0], value["removed"] == nil { return (base, nil) }
    if segments.count == 2, let base = segments[0], let changes = segments[1], let removed {
      return (base, (changes, removed))
    }
    throw IndexError(code: .damaged, path: manifest.path, detail: "the manifest names no segment")
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
