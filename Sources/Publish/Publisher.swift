import CatalogFormat
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
  ///   - step: Called behind every step; a thrown error stops there. For tests.
  public init(
    _ folders: ShopFolders, language: String, step: @escaping @Sendable (Step) throws -> Void = { _ in }
  ) {
    self.folders = folders
    store = VersionStore(folders.versions)
    reports = Reports(language: language)
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
    store.sweep()
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
    let files = try self.files(of: catalog, plan: plan, version: version)
    let manifest = Manifest(
      version: version, parent: head?.base, created: now,
      files: files.map { .init(name: $0.name, size: $0.bytes.count, digest: Digest.sha256($0.bytes)) },
      counts: .init(
        offered: catalog.entries.count { $0.standing == .offered },
        withdrawn: catalog.entries.count { $0.standing != .offered }, heldBack: plan.heldBack.count),
      sources: plan.sources, approved: approved ? plan.objections.map(\.rule.rawValue) : [])
    try store.publish(version, files: files + [(VersionFile.manifest, manifest.document)])
    try step(.versionWritten)
    try project(files + [(VersionFile.manifest, manifest.document)])
    try serve(files, created: now)
    return .published(version)
  }

  // MARK: Steps

  /// The files of a version, checked as a stranger would check them, before anything is switched.
  private func files(
    of catalog: Catalog, plan: Plan, version: Int
  ) throws -> [(name: String, bytes: [UInt8])] {
    let offers = catalog.entries.map(\.offer)
    let priceList: [UInt8]
    do {
      priceList = try PriceListWriter.write(
        company: catalog.company, merchant: catalog.merchant, offers: offers, date: nil)
    } catch {
      throw PublishError(
        .invalidOutput, what: "the price list cannot be written: \(error)", place: plan.shop,
        remedy: "Correct the offer at its source.")
    }
    func invalid(_ what: String) -> PublishError {
      PublishError(
        .invalidOutput, what: "the price list did not pass our own check: \(what)", place: plan.shop,
        remedy: "Nothing was switched. Report it with the crawl's result.json.")
    }
    if let violation = try PriceListSchema.validate(priceList).first {
      throw invalid("line \(violation.line): \(violation.message)")
    }
    let report = Linter.lint(priceList, source: VersionFile.priceList)
    if let error = report.findings.first(where: { $0.severity == .error }) { throw invalid(error.message) }
    let readBack = try PriceListReader.read(priceList, source: VersionFile.priceList)
    guard readBack.offers == offers, readBack.heldBack.isEmpty else {
      throw invalid("it reads back as other offers")
    }
    let json = CatalogJSON.encode(catalog)
    guard try CatalogJSON.decode(json) == catalog else {
      throw invalid("the catalog reads back as another one")
    }
    let changes = reports.changes(plan.diff, version: version, isFirst: plan.base == nil)
    return [
      (VersionFile.changes, Array(changes.utf8)), (VersionFile.catalogJSON, json),
      (VersionFile.catalogXML, try CatalogXML.encode(catalog)), (VersionFile.priceList, priceList),
    ]
  }

  private func project(_ files: [(name: String, bytes: [UInt8])]) throws {
    for (index, file) in files.enumerated() {
      try replace(folders.catalog.appending(file.name), with: file.bytes)
      if index == 0 { try step(.projectionStarted) }
    }
    try step(.projectionWritten)
  }

  private func serve(_ files: [(name: String, bytes: [UInt8])], created: Instant) throws {
    guard let priceList = files.first(where: { $0.name == VersionFile.priceList }) else { return }
    let path = folders.feeds.appending(FeedFile.name)
    let bytes = FeedFile.bytes(of: priceList.bytes, created: created)
    try replace(path, with: bytes)
    try step(.feedWritten)
  }

  /// Writes a file unless it holds these bytes already: it then keeps its time, for whoever copies by time.
  private func replace(_ path: FilePath, with bytes: [UInt8]) throws(StoreError) {
    // What cannot be read is as good as different: it is written again, and the writing says what is wrong.
    if (try? AtomicFile.read(path)) == bytes { return }
    try AtomicFile.write(bytes, to: path)
  }

  /// Makes projection and feed agree with the version that is out.
  ///
  /// - Parameter head: The version that is out.
  /// - Throws: `StoreError`.
  public func heal(_ head: PublishedVersion) throws {
    let number = head.manifest.version
    let names = head.manifest.files.map(\.name) + [VersionFile.manifest]
    let files = try names.map { ($0, try store.read(number, $0)) }
    try project(files)
    try serve(files, created: head.manifest.created)
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
