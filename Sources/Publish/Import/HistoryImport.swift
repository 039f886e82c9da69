import CatalogFormat
public import Model
import PriceList
public import Store
import SystemPackage

/// Adopts a series of price lists, oldest first, as versions of a shop.
///
/// Each list is taken as what it is: offers that a later one does not have are gone from the catalog, because that is
/// what happened, not something that the policy decides about. A list that says the same as the one before makes no
/// version. All lists are read and judged before the first byte is written, and HEAD moves once.
public struct HistoryImport: Sendable {
  /// A price list to adopt.
  public struct File: Sendable {
    /// Its name without folders, as manifest and reports show it.
    public var name: String
    /// Its path, for errors.
    public var path: String
    /// Reads its bytes; called twice.
    public var read: @Sendable () throws -> [UInt8]

    /// Names a price list.
    ///
    /// - Parameters:
    ///   - name: Without folders.
    ///   - path: For errors.
    ///   - read: Reads its bytes.
    public init(name: String, path: String, read: @escaping @Sendable () throws -> [UInt8]) {
      self.name = name
      self.path = path
      self.read = read
    }
  }

  private let folders: ShopFolders
  private let company: String
  private let merchant: MerchantID
  private let language: String

  /// Prepares an import; nothing is read yet.
  ///
  /// - Parameters:
  ///   - folders: The shop's places.
  ///   - company: The shop's name as configured.
  ///   - merchant: The seller's number as configured.
  ///   - language: Of CHANGES.md.
  public init(_ folders: ShopFolders, company: String, merchant: MerchantID, language: String) {
    self.folders = folders
    self.company = company
    self.merchant = merchant
    self.language = language
  }

  /// Says what the lists would become.
  ///
  /// - Parameters:
  ///   - files: Oldest first.
  ///   - now: Stands for a date that neither a list nor the one before it has.
  /// - Returns: One step a list.
  /// - Throws: ``PublishError`` for a list that cannot be read, or a history that the lists do not fit behind.
  public func plan(_ files: [File], now: Instant) throws -> HistoryImportReport {
    try walk(files, now: now) { _, _, _ in }
  }

  /// Makes the versions.
  ///
  /// - Parameters:
  ///   - files: Oldest first.
  ///   - now: Stands for a date that neither a list nor the one before it has.
  /// - Returns: One step a list.
  /// - Throws: As ``plan(_:now:)``, before anything is written; `StoreError` for the disk.
  public func run(_ files: [File], now: Instant) throws -> HistoryImportReport {
    let plan = try plan(files, now: now)
    guard plan.versions > 0 else { return plan }
    let publisher = Publisher(folders, language: language)
    try publisher.prepare()
    let store = VersionStore(folders.versions)
    let reports = Reports(language: language)
    var previous = try History(folders).head()
    var staged: Int?
    let report = try walk(files, now: now) { step, catalog, version in
      let files = VersionFiles(
        catalog: catalog, diff: CatalogDiff(from: previous?.catalog, to: catalog), version: version,
        isFirst: previous == nil, reports: reports, shop: folders.shop,
        parent: previous?.manifest.files.map(\.name) ?? [])
      var written: Manifest?
      try store.stage(version) { draft in
        let manifest = VersionFiles.manifest(
          catalog, version: version, parent: previous?.base, created: step.created,
          files: try files.write(to: draft), heldBack: step.heldBack,
          sources: [
            SourceSummary(
              kind: HistoryImportReport.sourceKind, source: step.name, digest: step.digest,
              offers: step.offers)
          ], approved: [])
        let file = try draft.file(VersionFile.manifest)
        try file.append(manifest.document)
        try file.commit()
        written = manifest
      }
      guard let manifest = written else { preconditionFailure("a staged version has a manifest") }
      let document = manifest.document
      // The very first folder gets its HEAD at once: folders beside a missing HEAD would look like a lost one.
      if previous == nil { try store.commit(version) }
      staged = version
      let made = PublishedVersion(
        manifest: manifest, digest: Digest.sha256(document), catalog: catalog)
      try HistoryIndex(folders).add(made, after: previous)
      previous = made
    }
    guard report == plan else {
      throw PublishError(
        .badInput, what: "the files changed while they were read", place: folders.shop,
        remedy: "Run it again when nothing writes them.")
    }
    if let staged, try store.head() != staged { try store.commit(staged) }
    if let head = try History(folders).head() { try publisher.heal(head) }
    return report
  }

  // MARK: One walk over the lists

  private func walk(
    _ files: [File], now: Instant,
    _ make: (HistoryImportReport.Step, Catalog, Int) throws -> Void
  ) throws -> HistoryImportReport {
    let history = History(folders)
    let known = try history.manifests()
    var place = Position(known: known)
    var report = HistoryImportReport(head: known.last?.version)
    for file in files {
      var step = try read(file, after: place.catalog, created: place.created, now: now)
      if let version = place.find(step.step.digest) {
        place.cursor = version
        place.catalog = try history.version(version).catalog
        place.created = place.catalog.flatMap { _ in known.first { $0.version == version }?.created }
        step.step.outcome = .known(version)
        report.steps.append(step.step)
        continue
      }
      if !place.hasStarted, let last = known.last {
        try checkAppending(to: last, step.step, file)
        place.catalog = try history.version(last.version).catalog
        place.created = last.created
        place.cursor = last.version
        step = try read(file, after: place.catalog, created: place.created, now: now)
      }
      place.hasStarted = true
      let diff = CatalogDiff(from: place.catalog, to: step.catalog)
      if place.catalog != nil, diff.summary.isEmpty {
        report.steps.append(step.step)
        continue
      }
      guard place.cursor == report.head else {
        throw PublishError(
          .refused,
          what: "\(file.name) belongs between versions that exist already; history is not rewritten",
          place: file.path, remedy: "Import the whole series into a shop without versions.")
      }
      let version = (report.head ?? 0) + 1
      step.step.outcome = .version(version)
      step.step.summary = diff.summary
      try make(step.step, step.catalog, version)
      place.advance(to: version, step.catalog, step.step.created)
      report.head = version
      report.steps.append(step.step)
    }
    return report
  }

  /// Where the walk stands in the history.
  private struct Position {
    var catalog: Catalog?
    var created: Instant?
    var cursor: Int?
    var hasStarted = false
    private var versions: [String: [Int]] = [:]

    init(known: [Manifest]) {
      for manifest in known {
        guard let source = manifest.sources.first, source.kind == HistoryImportReport.sourceKind,
          let digest = source.digest
        else { continue }
        versions[digest, default: []].append(manifest.version)
      }
    }

    /// The next version that was made from exactly these bytes.
    mutating func find(_ digest: String) -> Int? {
      let found = versions[digest]?.first { $0 > cursor ?? 0 }
      if found != nil { hasStarted = true }
      return found
    }

    mutating func advance(to version: Int, _ catalog: Catalog, _ created: Instant) {
      (self.catalog, self.created, cursor) = (catalog, created, version)
    }
  }

  private func checkAppending(
    to last: Manifest, _ step: HistoryImportReport.Step, _ file: File
  ) throws(PublishError) {
    guard last.sources.first?.kind == HistoryImportReport.sourceKind, last.restored == nil else {
      throw PublishError(
        .refused,
        what:
          "version \(last.version) was published from a crawl; older lists behind it would take its place",
        place: file.path, remedy: "Import a history before the first night, into a shop without versions.")
    }
    guard step.date == nil || step.created >= last.created else {
      throw PublishError(
        .refused, what: "\(file.name) is older than version \(last.version), which is out",
        place: file.path, remedy: "Import the whole series, oldest first, into a shop without versions.")
    }
  }

  private func read(
    _ file: File, after previous: Catalog?, created: Instant?, now: Instant
  ) throws -> (step: HistoryImportReport.Step, catalog: Catalog) {
    let bytes = try file.read()
    let reading: PriceListReading
    do throws(PriceListError) { reading = try PriceListReader.read(bytes, source: file.path) } catch {
      throw PublishError(
        .badInput, what: "\(error.reason.message) [\(error.reason.rule)]",
        place: error.reason.place.description,
        remedy: error.reason.hint ?? "kaspi-catalog lint \(file.path)")
    }
    guard !reading.offers.isEmpty else {
      throw PublishError(
        .badInput, what: "the list holds no offer that can be published", place: file.path,
        remedy: "kaspi-catalog lint \(file.path)")
    }
    let date = reading.date.flatMap { FeedDate.instant($0) }
    let moment = date ?? created ?? now
    let entries = reading.offers.map { CatalogEntry(offer: $0.carriable) }
    let kept = held(reading, before: previous, day: Day(of: moment))
    guard let catalog = Catalog(company: company, merchant: merchant, entries: entries + kept) else {
      throw PublishError(
        .badInput, what: "a SKU occurs twice", place: file.path, remedy: "kaspi-catalog lint \(file.path)")
    }
    let step = HistoryImportReport.Step(
      name: file.name, digest: Digest.sha256(bytes), date: date, created: moment,
      offers: reading.offers.count, heldBack: reading.heldBack.count,
      otherMerchant: reading.merchantID == merchant ? nil : reading.merchant, outcome: .unchanged,
      summary: nil)
    return (step, catalog)
  }

  /// Offers that the list still names but nobody can sell by: known ones stay, as not available.
  private func held(_ reading: PriceListReading, before previous: Catalog?, day: Day) -> [CatalogEntry] {
    let offered = Set(reading.offers.map(\.sku))
    let held = Set(reading.heldBack.compactMap { SKU($0.sku) }).subtracting(offered)
    return held.sorted().compactMap { sku in
      previous?.entry(sku).map { CatalogBuilder.withdrawn($0, on: day) }
    }
  }
}
