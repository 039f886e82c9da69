public import CatalogFormat
public import Model
import PriceList
public import Store
import SystemPackage
import XML

/// Writes a plan to disk: version folder, HEAD, projection, feed, in this order.
///
/// Every step is complete before the
/// next, and the next run heals what a crash left undone.
public struct Publisher: Sendable {
  private let folders: ShopFolders
  private let store: VersionStore
  private let reports: Reports
  private let partLimit: Int
  private let step: @Sendable (Step) throws -> Void

  /// The steps of publishing, for tests that stop between them.
  public enum Step: Sendable, CaseIterable {
    /// The version folder is complete and HEAD names it; projection and feed are old.
    case versionWritten
    /// One file of the projection is new.
    case projectionStarted
    /// The projection is new; the feed is old.
    case projectionWritten
    /// Everything is new.
    case feedWritten
  }

  /// How publishing ended.
  public enum Outcome: Sendable, Equatable {
    /// A new version is out.
    case published(Int)
    /// The version that is out says all of it already.
    case unchanged(Int)
    /// The policy refused; the last good feed is untouched.
    case refused
  }

  /// Makes a publisher.
  ///
  /// - Parameters:
  ///   - folders: The shop's places.
  ///   - language: Of CHANGES.md.
  ///   - partLimit: Largest file of a version that is kept whole, in bytes.
  ///   - step: Called behind every step; a thrown error stops there. For tests.
  public init(
    _ folders: ShopFolders, language: String, partLimit: Int = CatalogParts.limit,
    step: @escaping @Sendable (Step) throws -> Void = { _ in }
  ) {
    self.folders = folders
    store = VersionStore(folders.versions)
    reports = Reports(language: language)
    self.partLimit = partLimit
    self.step = step
  }

  /// Publishes a plan.
  ///
  /// - Parameters:
  ///   - plan: The plan.
  ///   - approval: The digest that a person approved, or `nil`.
  ///   - now: The version's time.
  /// - Returns: How it ended.
  /// - Throws: ``PublishError`` for a stale plan, another plan's approval, or output that fails our own checks;
  ///   `StoreError` for the disk. In every case the last good feed is served.
  public func publish(_ plan: Plan, approval: String?, now: Instant) throws -> Outcome {
    try prepare()
    if plan.isSettled, approval == nil, let base = plan.base, try store.head() == base.version,
      Digest.sha256(try store.read(base.version, VersionFile.manifest)) == base.manifest
    {
      return .unchanged(base.version)
    }
    let head = try adopt(try History(folders).head())
    guard plan.base == head?.base else {
      throw PublishError(
        .stale,
        what:
          "the plan starts from version \(plan.base?.version ?? 0), but \(head?.base.version ?? 0) is out",
        place: folders.plan.appending("plan.json").string,
        remedy: "Make a new plan: kaspi-catalog plan --shop \(plan.shop)")
    }
    if let approval, approval != plan.digest {
      throw PublishError(
        .wrongApproval, what: "the approval names another plan than the current one",
        place: folders.plan.appending("plan.json").string,
        remedy: "Read plan.txt again; it ends with the command that approves the plan as it is now.")
    }
    let approved = plan.canBeApproved && approval != nil
    guard plan.isAllowed || approved, let catalog = plan.catalog else {
      if let head { try heal(head) }
      return .refused
    }
    if let head, plan.changesNothing {
      try heal(head)
      return .unchanged(head.manifest.version)
    }
    let version = (head?.manifest.version ?? 0) + 1
    let files = VersionFiles(
      catalog: catalog, diff: plan.diff, version: version, isFirst: plan.base == nil, reports: reports,
      shop: plan.shop, priceRules: plan.priceRules, rulePrices: plan.rulePrices,
      parent: head?.manifest.files.map(\.name) ?? [], limit: partLimit)
    try put(files, after: head) { written in
      var manifest = VersionFiles.manifest(
        catalog, version: version, parent: head?.base, created: now, files: written,
        heldBack: plan.heldBack.count, sources: plan.sources,
        approved: approved ? plan.objections.map(\.rule.rawValue) : [])
      manifest.priceRules = Plan.digest(of: plan.priceRules)
      return manifest
    }
    return .published(version)
  }

  /// Makes a new version out of the content of an old one.
  ///
  /// - Parameters:
  ///   - old: The version whose content is wanted.
  ///   - now: The new version's time.
  ///   - shop: The shop's name, for errors.
  ///   - priceRules: The rules between the catalog's prices and the price list's, as they are now.
  /// - Returns: The new version's number, or the current one's when it says the same already.
  /// - Throws: ``PublishError`` or `StoreError`; the last good feed is served then.
  public func restore(
    _ old: PublishedVersion, now: Instant, shop: String, priceRules: [PriceRule] = []
  ) throws -> Outcome {
    try prepare()
    guard let head = try adopt(try History(folders).head()) else {
      throw PublishError(
        .missing, what: "there is no version to restore over", place: folders.versions.string,
        remedy: "kaspi-catalog nightly --shop \(shop)")
    }
    let diff = CatalogDiff(from: head.catalog, to: old.catalog)
    guard !diff.summary.isEmpty || head.catalog.company != old.catalog.company else {
      try heal(head)
      return .unchanged(head.manifest.version)
    }
    let version = head.manifest.version + 1
    let files = VersionFiles(
      catalog: old.catalog, diff: diff, version: version, isFirst: false, reports: reports, shop: shop,
      priceRules: priceRules, parent: head.manifest.files.map(\.name), limit: partLimit)
    try put(files, after: head) { written in
      var manifest = VersionFiles.manifest(
        old.catalog, version: version, parent: head.base, created: now, files: written,
        heldBack: old.manifest.counts.heldBack, sources: old.manifest.sources, approved: [])
      manifest.restored = old.manifest.version
      manifest.priceRules = Plan.digest(of: priceRules)
      return manifest
    }
    return .published(version)
  }

  // MARK: Steps

  /// Removes what killed runs left, unless HEAD itself is not to be trusted.
  func prepare() throws {
    // A projection is written behind HEAD: when it is ahead, HEAD was changed, and sweeping would lose versions.
    if let head = try store.head(), let ahead = try History(folders).projectedVersion(), ahead > head {
      throw PublishError(
        .damaged, what: "HEAD names version \(head), but version \(ahead) was already published",
        place: folders.versions.appending("HEAD").string,
        remedy: "Write \(ahead) into HEAD, then run 'kaspi-catalog verify'.")
    }
    store.sweep()
  }

  /// Switches to a new version: folder, HEAD, projection, feed, and what is derived from versions.
  private func put(
    _ files: VersionFiles, after head: PublishedVersion?, _ describe: ([Manifest.File]) -> Manifest
  ) throws {
    let version = files.version
    var written: Manifest?
    try store.stage(version) { draft in
      let manifest = describe(try files.write(to: draft))
      let file = try draft.file(VersionFile.manifest)
      try file.append(manifest.document)
      try file.commit()
      written = manifest
    }
    guard let manifest = written else { preconditionFailure("a staged version has a manifest") }
    try FileLock.checkHeld(folders.lockFile)
    try store.commit(version)
    try step(.versionWritten)
    try project(manifest)
    try FeedFile(folders: folders, created: manifest.created).write(files.catalog, files.priceRules)
    try step(.feedWritten)
    let made = PublishedVersion(
      manifest: manifest, digest: Digest.sha256(manifest.document), catalog: files.catalog)
    try History(folders).keep(made)
    try HistoryIndex(folders).add(made, after: head)
    try SeriesFile(folders).write()
  }

  /// Makes the projection agree with a version.
  private func project(_ manifest: Manifest) throws {
    let names = manifest.files.map(\.name) + [VersionFile.manifest]
    for (index, name) in names.enumerated() {
      try replace(folders.catalog.appending(name), by: try store.file(manifest.version, name))
      if index == 0 { try step(.projectionStarted) }
    }
    // Files of another division would show every offer twice.
    let known = Set(names)
    let present = try Folder.files(in: folders.catalog)
    for (stem, ending) in [("catalog", "json"), ("catalog", "xml"), ("pricelist", "xml")] {
      for name in CatalogParts.names(stem, ending, among: present) where !known.contains(name) {
        try Folder.remove(folders.catalog.appending(name))
      }
    }
    try step(.projectionWritten)
  }

  /// Copies a file unless its copy holds these bytes already: it then keeps its time, for whoever copies by time.
  private func replace(_ path: FilePath, by original: FilePath) throws {
    // What cannot be read is as good as different: it is written again, and the writing says what is wrong.
    if (try? FileCompare.areEqual(path, original)) == true { return }
    let file = try PieceFile(path)
    let pieces = try PieceReader(original)
    while true {
      let piece = try pieces.next()
      if piece.isEmpty { break }
      try file.append(piece)
    }
    try file.commit()
  }

  /// Makes projection and feed agree with the version that is out.
  ///
  /// - Parameter head: The version that is out.
  /// - Throws: `StoreError`.
  public func heal(_ head: PublishedVersion) throws {
    let number = head.manifest.version
    try project(head.manifest)
    try FeedFile(folders: folders, created: head.manifest.created).mend(
      head.manifest.files.map(\.name), in: store.path(of: number))
    try step(.feedWritten)
    try SeriesFile(folders).mend(upTo: number)
  }

  /// Takes the projection as the first stored version when `output/` is gone.
  private func adopt(_ head: PublishedVersion?) throws -> PublishedVersion? {
    guard let head, try store.head() == nil else { return head }
    let names = head.manifest.files.map(\.name) + [VersionFile.manifest]
    var files: [(name: String, bytes: [UInt8])] = []
    for name in names {
      let bytes = try AtomicFile.read(folders.catalog.appending(name))
      if let file = head.manifest.files.first(where: { $0.name == name }), file.digest != Digest.sha256(bytes)
      {
        throw PublishError(
          .damaged, what: "\(name) is not what its manifest says",
          place: folders.catalog.appending(name).string,
          remedy: "Undo the change with git; without versions in output/ this file is the only memory.")
      }
      files.append((name, bytes))
    }
    try store.publish(head.manifest.version, files: files)
    return head
  }
}
