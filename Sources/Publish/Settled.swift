public import Model
public import Store
import SystemPackage

/// `plan/settled.json`: what was compared when last a night ended with nothing left to do.
///
/// As long as the crawl says the same, under the same rules, of the same published version, and nobody has written a file
/// since, another night has nothing to do either, and needs to read neither catalog. The file may be deleted at any
/// time.
public struct Settled: Sendable {
  /// The number of the format; a file of any other says nothing.
  public static let format = 1

  private let folders: ShopFolders
  private let key: String
  private var path: FilePath { folders.plan.appending("settled.json") }

  /// Names what a night compares.
  ///
  /// - Parameters:
  ///   - folders: The shop's places.
  ///   - content: Digest of what the crawl says about its offers, without times.
  ///   - crawled: What it says besides.
  ///   - settings: Everything else that the plan depends on, in any fixed form.
  public init(_ folders: ShopFolders, content: String, crawled: CrawledShop, settings: [String]) {
    self.folders = folders
    let kinds = crawled.sources.map { "\($0.kind) \($0.source)" }
    let parts = [content] + kinds + [""] + settings
    key = Digest.sha256(Array(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
  }

  /// The plan of a night that changes nothing, if this is one.
  ///
  /// - Parameters:
  ///   - crawled: What the crawl says besides its offers.
  ///   - day: Today in Almaty.
  ///   - priceRules: The rules between the catalog's prices and the price list's.
  /// - Returns: The plan, which ``Publisher`` takes as it takes any; `nil` when both catalogs have to be read.
  /// - Throws: `StoreError` when a file cannot be looked at.
  public func plan(_ crawled: CrawledShop, day: Day, priceRules: [PriceRule]) throws -> Plan? {
    let store = VersionStore(folders.versions)
    // Absent, damaged or of another format: the long way is always right.
    guard crawled.heldBack.isEmpty, crawled.gaps.isEmpty, let bytes = try? AtomicFile.read(path),
      let value = try? JSONValue(parsing: bytes), value["format"]?.int == Self.format,
      value["key"]?.string == key, let offers = value["offers"]?.int, let version = value["version"]?.int,
      let manifest = value["manifest"]?.string, try store.head() == version,
      Digest.sha256(try store.read(version, VersionFile.manifest)) == manifest,
      let stamps = value["files"]?.object, stamps == (try self.stamps(version))
    else { return nil }
    let empty = Planner.empty(company: "", merchant: nil)
    return Plan(
      shop: folders.shop, base: Plan.Base(version: version, manifest: manifest), day: day, catalog: nil,
      offered: offers, diff: CatalogDiff(from: empty, to: empty), objections: [], crawled: crawled,
      notSeen: [], echoes: [], priceRules: priceRules, changesRules: false, changesHead: false,
      isSettled: true)
  }

  /// Notes that a night left nothing to do, if that is so.
  ///
  /// - Parameters:
  ///   - plan: What was published, or changed nothing.
  ///   - version: The version that is out now.
  /// - Throws: `StoreError`.
  public func keep(_ plan: Plan, version: Int) throws {
    guard !plan.isSettled else { return }
    let store = VersionStore(folders.versions)
    let isClean =
      plan.objections.isEmpty && plan.heldBack.isEmpty && plan.notSeen.isEmpty && plan.echoes.isEmpty
      && plan.gaps.isEmpty && plan.catalog?.entries.count == plan.offered
    guard isClean, try store.head() == version else {
      // Time itself will change something, or a person has to.
      try Folder.remove(path)
      return
    }
    try AtomicFile.write(
      CanonicalJSON.document([
        "format": .integer(Self.format), "key": .string(key), "offers": .integer(plan.offered),
        "version": .integer(version),
        "manifest": .string(Digest.sha256(try store.read(version, VersionFile.manifest))),
        "files": .object(try stamps(version)),
      ]), to: path)
  }

  /// Size and last change of every file that publishing would compare.
  private func stamps(_ version: Int) throws -> [String: JSONValue] {
    let store = VersionStore(folders.versions)
    var paths = [folders.feeds.appending(FeedFile.name), folders.reports.appending("series.json")]
    for name in try store.files(of: version) {
      paths.append(try store.file(version, name))
      paths.append(folders.catalog.appending(name))
    }
    if try Folder.exists(folders.catalog) {
      paths += try Folder.files(in: folders.catalog).map { folders.catalog.appending($0) }
    }
    var stamps: [String: JSONValue] = [:]
    for path in paths {
      stamps[path.string] =
        try FileStamp.of(path).map {
          .array([.integer($0.size), .integer($0.seconds), .integer($0.nanoseconds)])
        }
        ?? .null
    }
    return stamps
  }
}
