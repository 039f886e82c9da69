import Model
public import Store
import SystemPackage

/// Thins out old versions and keeps the pins.
///
/// Of a removed version its manifest stays, in `versions/removed/`: the chain of digests can be followed to its
/// beginning for ever.
public struct Retention: Sendable {
  /// The number of the format of `pins.json`.
  public static let format = 1

  private let folders: ShopFolders
  private let store: VersionStore

  /// Opens the versions of a shop; nothing is read yet.
  ///
  /// - Parameter folders: The shop's places.
  public init(_ folders: ShopFolders) {
    self.folders = folders
    store = VersionStore(folders.versions)
  }

  // MARK: Pins

  private var pinsFile: FilePath { folders.output.appending("pins.json") }

  /// Pinned versions with their notes.
  ///
  /// - Returns: Notes by version; empty when nothing is pinned.
  /// - Throws: `StoreError` or ``PublishError`` for a damaged file.
  public func pins() throws -> [Int: String] {
    let bytes: [UInt8]
    do throws(StoreError) { bytes = try AtomicFile.read(pinsFile) } catch {
      guard error.code == .missing else { throw error }
      return [:]
    }
    let damaged = PublishError(
      .damaged, what: "the list of pinned versions is damaged", place: pinsFile.string,
      remedy: "Restore it, or delete it and pin the versions again before the next gc.")
    // Whatever is wrong with the list, the remedy is the same.
    guard let value = try? JSONValue(parsing: bytes), value["format"]?.int == Self.format,
      let members = value["pins"]?.object
    else { throw damaged }
    var pins: [Int: String] = [:]
    for (key, note) in members {
      guard let number = Int(key), let note = note.string else { throw damaged }
      pins[number] = note
    }
    return pins
  }

  /// Pins a version, or takes the pin away.
  ///
  /// - Parameters:
  ///   - version: A version that is there.
  ///   - note: Why, possibly empty; `nil` takes the pin away.
  /// - Throws: `StoreError` or ``PublishError``.
  public func pin(_ version: Int, note: String?) throws {
    var pins = try pins()
    guard try note == nil || store.numbers().contains(version) else {
      throw PublishError(
        .missing, what: "there is no version \(version)", place: folders.versions.string,
        remedy: "kaspi-catalog versions --shop \(folders.shop)")
    }
    pins[version] = note
    try AtomicFile.write(
      CanonicalJSON.document([
        "format": .integer(Self.format),
        "pins": .object(Dictionary(uniqueKeysWithValues: pins.map { ("\($0.key)", .string($0.value)) })),
      ]), to: pinsFile)
  }

  // MARK: Thinning out

  /// Says what rules would keep.
  ///
  /// - Parameter rules: The rules.
  /// - Returns: A verdict a version, oldest first.
  /// - Throws: `StoreError` or ``PublishError``.
  public func plan(_ rules: KeepRules) throws -> [KeepRules.Verdict] {
    let manifests = try History(folders).manifests()
    return rules.judge(manifests.map { ($0.version, $0.created) }, pins: Set(try pins().keys))
  }

  /// Removes what no rule keeps.
  ///
  /// - Parameter verdicts: From ``plan(_:)``.
  /// - Returns: Versions removed.
  /// - Throws: `StoreError` or ``PublishError``; versions not yet removed are whole.
  public func apply(_ verdicts: [KeepRules.Verdict]) throws -> [Int] {
    let head = try store.head()
    let doomed = verdicts.filter { $0.reasons.isEmpty && $0.version != head }.map(\.version)
    if !doomed.isEmpty { try SeriesFile(folders).write() }
    for version in doomed {
      let manifest = try store.read(version, VersionFile.manifest)
      try AtomicFile.write(manifest, to: removedManifest(version))
      try store.remove(version)
    }
    store.sweep()
    try HistoryIndex(folders).sweep()
    // Segments behind a hole are made anew now, not when somebody waits for an answer.
    if !doomed.isEmpty { _ = try HistoryIndex(folders).series() }
    return doomed
  }

  func removedManifest(_ version: Int) -> FilePath {
    folders.versions.appending("removed").appending(
      (store.path(of: version).lastComponent?.string ?? "\(version)") + ".json")
  }
}
