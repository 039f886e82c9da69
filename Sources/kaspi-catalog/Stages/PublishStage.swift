import CatalogFormat
import Console
import Model
import Publish
import Store
import SystemPackage

/// Plans and publishes one shop from the result of its last crawl.
struct PublishStage {
  let job: ShopJob
  /// What the plan compared, for a next night that has to compare the same.
  private let memory = Memory()

  private final class Memory {
    var settled: Settled?
  }

  init(job: ShopJob) { self.job = job }

  /// Makes the plan and writes it to `plan/`.
  ///
  /// The same crawl may be planned as often as one likes: it counts once.
  ///
  /// - Parameters:
  ///   - day: The plan's day, or `nil` for today.
  ///   - keepsCounts: Whether the offers that this crawl missed are counted; a dry run only looks.
  /// - Returns: The plan.
  /// - Throws: ``CommandError`` when there is no crawl yet, or an error of a damaged file.
  func plan(day: Day? = nil, keepsCounts: Bool = true) throws -> Plan {
    let path = job.folders.crawl.appending("result.json")
    let rules = try ChannelStage(job: job).kaspiRules()
    let outline = try frame(path)
    if let outline {
      let settled = Settled(
        job.folders, content: outline.content, crawled: outline.record.shop, settings: try settings(rules))
      memory.settled = settled
      // An approval is about a plan that was written; it is made again as it was.
      if day == nil, try absences().missed.isEmpty,
        let plan = try settled.plan(outline.record.shop, day: Day(of: job.now), priceRules: rules)
      {
        if keepsCounts { try count([], in: outline.record) }
        try write(plan)
        return plan
      }
    }
    let head = try History(job.folders).head()
    func plan(_ frame: CrawlRecord, _ offers: ((CrawledOffer) throws -> Bool) throws -> Bool) throws -> Plan?
    {
      let before = try absences()
      let counts = before.counts(frame.shop, taken: frame.taken)
      var planner = Planner(
        frame.shop, head: head?.catalog, policy: policy, day: day ?? Day(of: job.now),
        echoes: try echoFilter(frame.shop),
        missed: { before.missed[$0, default: 0] + (counts ? 1 : 0) })
      guard try offers({ planner.add($0) }) else { return nil }
      var plan = planner.plan(
        shop: job.shop.name, company: job.shop.company, merchant: job.shop.merchant, base: head?.base,
        priceRules: rules, baseRules: head?.manifest.priceRules)
      if plan.changesRules, let catalog = plan.catalog,
        let published = try History(job.folders).publishedPrices(last: 1).first
      {
        plan.rulePrices = PriceMove.all(under: rules, in: catalog, published: published).filter {
          $0.old != $0.new
        }
        let known = Set(plan.objections.map(\.rule))
        plan.objections += policy.judge(rules, in: catalog, published: published).filter {
          !known.contains($0.rule)
        }
      }
      if keepsCounts { try count(planner.missing, in: frame) }
      return plan
    }
    var made = try outline.flatMap { outline in
      let pieces = try PieceReader(path)
      return try plan(outline.record) { body in try CrawlRecordJSON.eachOffer({ try pieces.next() }, body) }
    }
    if made == nil {
      // Not as we write it: read as a whole, which names what is wrong.
      let record = try lastCrawl(path)
      made = try plan(record) { body in try record.shop.offers.allSatisfy(body) }
    }
    guard let plan = made else {
      throw CommandError(
        .failed, what: "the last crawl's offers are not in the order of their SKUs", place: path.string,
        remedy: "kaspi-catalog crawl --shop \(job.shop.name)")
    }
    try write(plan)
    return plan
  }

  private func write(_ plan: Plan) throws {
    let document = try PieceFile(job.folders.plan.appending("plan.json"))
    try plan.write { piece throws(StoreError) in try document.append(piece) }
    try document.commit()
    let text = Reports(language: job.configuration.language.rawValue).plan(plan, digest: document.digest)
    try AtomicFile.write(Array(text.utf8), to: job.folders.plan.appending("plan.txt"))
  }

  /// Everything that a plan depends on beside crawl and published version.
  private func settings(_ rules: [PriceRule]) throws -> [String] {
    // Another build may judge otherwise.
    let program = try FileStamp.of("/proc/self/exe").map { "\($0)" } ?? ""
    return [
      "\(Plan.format)", program, job.shop.company, job.shop.merchant.text, "\(policy)",
      job.configuration.language.rawValue,
    ] + rules.map(\.canonical)
  }

  /// Publishes a plan.
  ///
  /// - Parameters:
  ///   - plan: The plan.
  ///   - approval: The digest that a person approved, or `nil`.
  /// - Returns: How it ended.
  /// - Throws: `PublishError` or `StoreError`; the last good feed is served then.
  func publish(_ plan: Plan, approval: String? = nil) throws -> Publisher.Outcome {
    let outcome = try Publisher(job.folders, language: job.configuration.language.rawValue)
      .publish(plan, approval: approval, now: job.now)
    switch outcome {
    case .published(let version), .unchanged(let version): try memory.settled?.keep(plan, version: version)
    case .refused: break
    }
    return outcome
  }

  /// The day of the plan that lies on disk, so that an approval in the morning meets the plan of the night.
  ///
  /// - Returns: The day, or `nil` when there is no readable plan.
  func plannedDay() -> Day? {
    // An absent or damaged plan has nothing to approve; the digest check that follows says so.
    guard let bytes = try? AtomicFile.read(job.folders.plan.appending("plan.json")),
      let value = try? JSONValue(parsing: bytes)
    else { return nil }
    return value["day"]?.string.flatMap { Day($0) }
  }

  /// What stands around the offers of the last crawl; `nil` when the file is not as we write it.
  private func frame(_ path: FilePath) throws -> (record: CrawlRecord, content: String)? {
    let pieces: PieceReader
    do throws(StoreError) { pieces = try PieceReader(path) } catch {
      guard error.code == .missing else { throw error }
      throw CommandError(
        .failed, what: "there is no crawl to plan from", place: path.string,
        remedy: "kaspi-catalog crawl --shop \(job.shop.name)")
    }
    return try CrawlRecordJSON.frame { try pieces.next() }
  }

  private func lastCrawl(_ path: FilePath) throws -> CrawlRecord {
    let bytes = try AtomicFile.read(path)
    do throws(CatalogFormatError) { return try CrawlRecordJSON.decode(bytes) } catch {
      throw CommandError(
        .failed, what: "the last crawl's result cannot be read: \(error.message)",
        place: "\(path): \(error.place)", remedy: "kaspi-catalog crawl --shop \(job.shop.name)")
    }
  }

  private func absences() throws -> Absences {
    let path = job.folders.crawl.appending("absences.json")
    do { return try Absences(try AtomicFile.read(path), path: path.string) } catch let error as StoreError
      where error.code == .missing
    {
      job.terminal.detail("no counts of missing offers yet: \(path)")
      return Absences()
    }
  }

  /// Counts what the crawl did not show; the same crawl is counted once.
  private func count(_ missing: [SKU], in frame: CrawlRecord) throws {
    let before = try absences()
    guard before.counts(frame.shop, taken: frame.taken) else { return }
    let after = before.counting(missing, taken: frame.taken)
    if after != before {
      try AtomicFile.write(after.document, to: job.folders.crawl.appending("absences.json"))
    }
  }

  /// What we told Kaspi lately: it may not have read the last version yet, so the one before counts too.
  private func echoFilter(_ crawled: CrawledShop) throws -> EchoFilter {
    let own = EchoFilter(ownFeeds: try servedDigest())
    guard own.repeatsUs(crawled) else { return own }
    return EchoFilter(
      published: try History(job.folders).publishedPrices(last: 3), ownFeeds: try servedDigest())
  }

  private func servedDigest() throws -> Set<String> {
    guard try Folder.exists(job.folders.kaspiFeed) else { return [] }
    return [try Digest.sha256(of: job.folders.kaspiFeed)]
  }

  private var policy: Policy {
    let settings = job.shop.policy
    return Policy(
      maximumWithdrawn: settings.maximumWithdrawn.fraction,
      maximumPriceDrop: settings.maximumPriceDrop.fraction,
      maximumPriceRise: settings.maximumPriceRise.fraction,
      minimumCoverage: settings.minimumCoverage.fraction,
      maximumHeldBack: settings.maximumHeldBack.fraction, maximumNew: settings.maximumNew.fraction,
      maximumOutOfStock: settings.maximumOutOfStock.fraction,
      maximumStockDrop: settings.maximumStockDrop.fraction, city: job.shop.city,
      categories: settings.categories.map { category in
        var limits = Policy.CategoryLimits(category.name)
        limits.maximumWithdrawn = category.maximumWithdrawn?.fraction
        limits.maximumPriceDrop = category.maximumPriceDrop?.fraction
        limits.maximumPriceRise = category.maximumPriceRise?.fraction
        limits.maximumNew = category.maximumNew?.fraction
        limits.maximumOutOfStock = category.maximumOutOfStock?.fraction
        limits.maximumStockDrop = category.maximumStockDrop?.fraction
        return limits
      }, withdrawAfter: settings.withdrawAfter, archiveAfter: settings.archiveAfter)
  }
}
