import CatalogFormat
public import Model
import PriceList
public import Store
import SystemPackage

/// The versions of one shop, read back and checked.
public struct History: Sendable {
  let folders: ShopFolders
  private let store: VersionStore

  /// Opens the history of a shop.
  ///
  /// Nothing is read yet.
  ///
  /// - Parameter folders: The shop's places.
  public init(_ folders: ShopFolders) {
    self.folders = folders
    store = VersionStore(folders.versions)
  }

  /// The version that is out.
  ///
  /// With `output/` gone, the projection in `catalog/` is taken as the last version.
  ///
  /// - Returns: The version, or `nil` before the first.
  /// - Throws: `StoreError` or ``PublishError`` when it cannot be read whole; never an empty result for that.
  public func head() throws -> PublishedVersion? {
    if let number = try store.head() { return try version(number) }
    let path = folders.catalog.appending(VersionFile.manifest)
    let bytes: [UInt8]
    do { bytes = try AtomicFile.read(path) } catch let error where error.code == .missing { return nil }
    let manifest = try Manifest.decode(bytes, path: path.string)
    return try published(bytes, manifest, from: folders.catalog)
  }

  /// Reads one version.
  ///
  /// - Parameter number: Its number.
  /// - Returns: The version.
  /// - Throws: `StoreError` or ``PublishError`` when it is absent or damaged.
  public func version(_ number: Int) throws -> PublishedVersion {
    let bytes = try store.read(number, VersionFile.manifest)
    let folder = store.path(of: number)
    let manifest = try Manifest.decode(bytes, path: folder.appending(VersionFile.manifest).string)
    return try published(bytes, manifest, from: folder)
  }

  /// Reads one version that a person named.
  ///
  /// - Parameter number: Its number.
  /// - Returns: The version.
  /// - Throws: ``PublishError`` with code `missing` and the numbers there are, or as ``version(_:)``.
  public func known(_ number: Int) throws -> PublishedVersion {
    try check(number)
    return try version(number)
  }

  /// Fails for a version that is not there, naming those that are.
  ///
  /// - Parameter number: What a person named.
  /// - Throws: ``PublishError`` with code `missing`.
  public func check(_ number: Int) throws {
    let numbers = try store.numbers()
    guard numbers.contains(number) else {
      let range = numbers.first.flatMap { first in numbers.last.map { "\(first) to \($0)" } }
      throw PublishError(
        .missing, what: "there is no version \(number)" + (range.map { "; there are \($0)" } ?? ""),
        place: folders.versions.string, remedy: "kaspi-catalog versions --shop \(folders.shop)")
    }
  }

  /// Manifests of all versions, oldest first.
  ///
  /// - Returns: Empty before the first version.
  /// - Throws: `StoreError` or ``PublishError``.
  public func manifests() throws -> [Manifest] {
    try store.numbers().map { number in
      try Manifest.decode(
        try store.read(number, VersionFile.manifest),
        path: store.path(of: number).string)
    }
  }

  /// The prices of our last price lists.
  ///
  /// - Parameter count: How many versions to look at.
  /// - Returns: Prices by SKU, the newest list first; empty before the first version.
  /// - Throws: `StoreError` or ``PublishError`` when a list cannot be read.
  public func publishedPrices(last count: Int) throws -> [[SKU: Pricing]] {
    try store.numbers().suffix(count).reversed().map { number in
      var prices: [SKU: Pricing] = [:]
      for name in CatalogParts.names("pricelist", "xml", among: try store.files(of: number)) {
        let path = try store.file(number, name)
        let bytes = try AtomicFile.read(path)
        do throws(PriceListError) {
          for offer in try PriceListReader.read(bytes, source: path.string).offers {
            prices[offer.sku] = offer.pricing
          }
        } catch {
          throw PublishError(
            .damaged, what: "a published price list cannot be read: \(error.reason.message)",
            place: path.string, remedy: "Run 'kaspi-catalog verify'.")
        }
      }
      return prices
    }
  }

  /// Numbers of all versions, oldest first.
  func manifestNumbers() throws(StoreError) -> [Int] { try store.numbers() }

  /// The version that the projection in `catalog/` shows, if versions hold just that one; `nil` otherwise.
  func projectedVersion() throws -> Int? {
    let bytes: [UInt8]
    do throws(StoreError) {
      bytes = try AtomicFile.read(folders.catalog.appending(VersionFile.manifest))
    } catch {
      guard error.code == .missing else { throw error }
      return nil
    }
    // A projection that is damaged says nothing; it is written anew by the next run.
    guard let number = (try? JSONValue(parsing: bytes))?["version"]?.int, number > 0,
      let stored = try? store.read(number, VersionFile.manifest), stored == bytes
    else { return nil }
    return number
  }

  /// The difference between two versions.
  ///
  /// - Parameters:
  ///   - old: The number of the earlier one.
  ///   - new: The number of the later one.
  /// - Returns: The difference, without volatile facts.
  /// - Throws: `StoreError` or ``PublishError``.
  public func diff(_ old: Int, _ new: Int) throws -> CatalogDiff {
    // Versions in the same parts are compared part by part, entry by entry, and equal entries are not even read.
    if let diff = try partwise(old, new) { return diff }
    return CatalogDiff(from: try version(old).catalog, to: try version(new).catalog)
  }

  private func partwise(_ old: Int, _ new: Int) throws -> CatalogDiff? {
    let (before, after) = (try files(of: old), try files(of: new))
    let names = CatalogParts.names("catalog", "json", among: after.map(\.name))
    var changes: [Change] = []
    for name in Set(names + CatalogParts.names("catalog", "json", among: before.map(\.name))) {
      guard let one = before.first(where: { $0.name == name }),
        let other = after.first(where: { $0.name == name })
      else { return nil }
      if one.digest == other.digest { continue }
      let left = try PieceReader(try store.file(old, name), isHashed: true)
      let right = try PieceReader(try store.file(new, name), isHashed: true)
      let isOurs = try CatalogJSON.compare({ try left.next() }, { try right.next() }) {
        if let change = CatalogDiff.change(from: $0, to: $1) { changes.append(change) }
      }
      // Whatever is wrong with them, reading them whole has the words.
      guard isOurs, left.digest == one.digest, right.digest == other.digest else { return nil }
    }
    return CatalogDiff(changes)
  }

  private func files(of number: Int) throws -> [Manifest.File] {
    try Manifest.decode(
      try store.read(number, VersionFile.manifest),
      path: store.path(of: number).appending(VersionFile.manifest).string
    ).files
  }

  /// Checks every stored file against its digest, the chain of parents, the projection and the feed.
  ///
  /// - Returns: What is wrong, in the order of versions; empty when everything is as it should be.
  /// - Throws: `StoreError` when the history cannot be listed at all.
  public func verify() throws -> [Finding] {
    var findings: [Finding] = []
    func report(_ rule: String, _ path: FilePath, _ message: String, _ hint: String) {
      findings.append(
        Finding(rule: rule, severity: .error, place: Place(path.string), message: message, hint: hint))
    }
    var previous: (number: Int, digest: String)?
    let numbers = try store.numbers()
    for number in numbers {
      let folder = store.path(of: number)
      let manifestPath = folder.appending(VersionFile.manifest)
      let manifest: Manifest
      do {
        let bytes = try AtomicFile.read(manifestPath)
        manifest = try Manifest.decode(bytes, path: manifestPath.string)
        if manifest.version != number {
          report(
            "wrong-version", manifestPath, "it says version \(manifest.version)", "Restore it from a backup.")
        }
        if let message = brokenLink(manifest, after: previous, isOldest: number == numbers.first) {
          report(
            "broken-chain", manifestPath, message,
            "One of the two manifests was changed; restore it from a backup.")
        }
        previous = (number, Digest.sha256(bytes))
      } catch let error as StoreError {
        report("unreadable", manifestPath, error.detail, error.hint)
        previous = nil
        continue
      } catch let error as PublishError {
        report("damaged", manifestPath, error.what, "Restore it from a backup.")
        previous = nil
        continue
      }
      findings += check(manifest, in: folder)
      if number == numbers.last { findings += checkProjection(manifest, of: folder) }
    }
    if let head = try store.head(), let ahead = try projectedVersion(), ahead > head {
      report(
        "head", folders.versions.appending("HEAD"),
        "HEAD names version \(head), but version \(ahead) was already published", "Write \(ahead) into HEAD.")
    }
    return try findings + HistoryIndex(folders).findings()
  }

  // MARK: Parts

  private func published(
    _ bytes: [UInt8], _ manifest: Manifest, from folder: FilePath
  ) throws -> PublishedVersion {
    let names = CatalogParts.names("catalog", "json", among: manifest.files.map(\.name))
    let digest = Digest.sha256(bytes)
    if let known = LastRead.version(in: folder, digest, try stamps(names, in: folder)) { return known }
    let seen = try stamps(names, in: folder)
    var (entries, company, merchant): ([CatalogEntry], String?, MerchantID?) = ([], nil, nil)
    entries.reserveCapacity(manifest.counts.offered + manifest.counts.withdrawn)
    let apart = PublishError(
      .damaged, what: "the parts of the catalog do not make one", place: folder.string,
      remedy: "Run 'kaspi-catalog verify'.")
    for name in names {
      let file = manifest.files.first { $0.name == name }
      let part = try part(folder.appending(name), file, &entries)
      guard company ?? part.company == part.company, merchant ?? part.merchant == part.merchant else {
        throw apart
      }
      (company, merchant) = (part.company, part.merchant)
    }
    guard let company, let merchant,
      let catalog = Catalog(company: company, merchant: merchant, entries: Self.take(&entries))
    else { throw apart }
    let version = PublishedVersion(manifest: manifest, digest: digest, catalog: catalog)
    LastRead.keep(version, in: folder, digest, seen)
    return version
  }

  /// Hands a list over, so that there is only one of it.
  private static func take(_ entries: inout [CatalogEntry]) -> [CatalogEntry] {
    var taken: [CatalogEntry] = []
    swap(&taken, &entries)
    return taken
  }

  /// Takes a version that was just written for one that was read: it was checked while it was written.
  func keep(_ version: PublishedVersion) throws(StoreError) {
    let folder = store.path(of: version.manifest.version)
    let names = CatalogParts.names("catalog", "json", among: version.manifest.files.map(\.name))
    LastRead.keep(version, in: folder, version.digest, try stamps(names, in: folder))
  }

  private func stamps(_ names: [String], in folder: FilePath) throws(StoreError) -> [FileStamp?] {
    var stamps: [FileStamp?] = []
    for name in names { stamps.append(try FileStamp.of(folder.appending(name))) }
    return stamps
  }

  /// Reads one file of a catalog, and checks it against its manifest.
  ///
  /// - Returns: The catalog without its entries, which are put behind `entries`.
  private func part(_ path: FilePath, _ file: Manifest.File?, _ entries: inout [CatalogEntry]) throws
    -> Catalog
  {
    let changed = PublishError(
      .damaged, what: "the catalog is not what its manifest says", place: path.string,
      remedy: "Run 'kaspi-catalog verify'; undo the change with git, or restore the file from a backup.")
    let pieces = try PieceReader(path, isHashed: true)
    let before = entries.count
    if let frame = try CatalogJSON.eachEntry({ try pieces.next() }, { entries.append($0) }) {
      guard file?.size == pieces.position, file?.digest == pieces.digest else { throw changed }
      return frame
    }
    entries.removeSubrange(before...)
    let bytes = try AtomicFile.read(path)
    guard file?.size == bytes.count, file?.digest == Digest.sha256(bytes) else { throw changed }
    do throws(CatalogFormatError) {
      let catalog = try CatalogJSON.decode(bytes)
      entries += catalog.entries
      return catalog
    } catch {
      throw PublishError(
        .damaged, what: "the catalog cannot be read: \(error.message)", place: "\(path): \(error.place)",
        remedy: "Run 'kaspi-catalog verify'.")
    }
  }

  /// What is wrong with the link of a version to its parent, or `nil`.
  private func brokenLink(
    _ manifest: Manifest, after previous: (number: Int, digest: String)?, isOldest: Bool
  ) -> String? {
    guard let parent = manifest.parent else {
      return previous == nil && isOldest ? nil : "it names no parent, but there are versions before it"
    }
    if let previous, previous.number == parent.version {
      return previous.digest == parent.manifest
        ? nil : "its parent is not version \(previous.number) as it is stored"
    }
    let removed = Retention(folders).removedManifest(parent.version)
    // Absent: the oldest may have been adopted without it.
    guard let bytes = try? AtomicFile.read(removed) else {
      return isOldest || previous == nil ? nil : "its parent, version \(parent.version), is not there"
    }
    return Digest.sha256(bytes) == parent.manifest
      ? nil : "its parent is not version \(parent.version) as its removed manifest says"
  }

  private func check(_ manifest: Manifest, in folder: FilePath) -> [Finding] {
    manifest.files.compactMap { file -> Finding? in
      let path = folder.appending(file.name)
      do throws(StoreError) {
        guard try Digest.sha256(of: path) != file.digest else { return nil }
        return Finding(
          rule: "digest", severity: .error, place: Place(path.string),
          message: "the content is not what the manifest says", hint: "Restore it from a backup.")
      } catch {
        return Finding(
          rule: "unreadable", severity: .error, place: Place(path.string), message: error.detail,
          hint: error.hint)
      }
    }
  }

  private func checkProjection(_ manifest: Manifest, of folder: FilePath) -> [Finding] {
    let names = manifest.files.map(\.name) + [VersionFile.manifest]
    var findings: [Finding] = names.compactMap { name in
      let path = folders.catalog.appending(name)
      let original = folder.appending(name)
      // An unreadable original is reported above; an unreadable copy is as good as different.
      guard (try? Folder.exists(original)) == true, (try? FileCompare.areEqual(path, original)) != true else {
        return nil
      }
      return Finding(
        rule: "projection", severity: .error, place: Place(path.string),
        message: "differs from version \(manifest.version)", hint: "The next run writes it again.")
    }
    let feed = folders.feeds.appending(FeedFile.name)
    // What of the version cannot be read is reported above; a feed that cannot be read is as good as different.
    let agrees = try? FeedFile(folders: folders, created: manifest.created).agrees(
      manifest.files.map(\.name), in: folder)
    if agrees != true {
      findings.append(
        Finding(
          rule: "feed", severity: .error, place: Place(feed.string),
          message: "differs from version \(manifest.version)", hint: "The next run writes it again."))
    }
    return findings
  }
}
