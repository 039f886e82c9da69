import ArgumentParser
import CatalogFormat
import Console
import HTTP
import Model
import Notify
import Store
import SystemPackage

/// The shops a command works on.
struct ShopOptions: ParsableArguments, Sendable {
  @Option(
    name: .long, parsing: .upToNextOption, help: "The shops to work on; all of kaspi.yaml when left out.")
  var shop: [String] = []

  /// Opens the workspace and names the shops.
  func jobs(_ context: CommandContext, now: Instant? = nil) throws -> [NotifierJob] {
    let (folder, configuration) = try context.workspace()
    let file = folder.appending(WorkspaceFinder.fileName).string
    guard let notifier = configuration.notifier else {
      throw CommandError(
        .configuration, what: "the section 'notifier' is missing", place: file,
        remedy: "Add it; 'kaspi-catalog init' in an empty folder shows one.")
    }
    let known = configuration.shops.map(\.name)
    for name in shop where !known.contains(name) {
      throw CommandError(
        .usage, what: "no shop is called '\(name)'", place: file,
        remedy: "Known shops: \(known.joined(separator: ", ")).")
    }
    if configuration.hasAssistant {
      context.terminal.remark(
        "\(file): the section 'assistant' is not used by this version; all texts come from templates/")
    }
    let histories = SessionHistories()
    return try configuration.shops.filter { shop.isEmpty || shop.contains($0.name) }.map { shop in
      var job = try NotifierJob(
        context: context, workspace: folder, shop: shop, notifier: notifier, fixedNow: now)
      job.others = known.filter { $0 != shop.name }.map { ($0, ShopFolders(workspace: folder, shop: $0)) }
      job.histories = histories
      return job
    }
  }
}

/// One shop with everything that the notifier's stages need to know.
struct NotifierJob: Sendable {
  let context: CommandContext
  let workspace: FilePath
  let shop: ShopConfiguration
  let notifier: NotifierConfiguration
  let folders: ShopFolders
  let rules: [NotificationRule]
  let time: Timekeeper
  /// The other shops of the workspace: they write through the same session.
  var others: [(name: String, folders: ShopFolders)] = []
  /// What all of them have sent lately.
  var histories = SessionHistories()

  init(
    context: CommandContext, workspace: FilePath, shop: ShopConfiguration, notifier: NotifierConfiguration,
    fixedNow: Instant?
  ) throws {
    self.context = context
    self.workspace = workspace
    self.shop = shop
    self.notifier = notifier
    folders = ShopFolders(workspace: workspace, shop: shop.name)
    rules = try Self.rules(notifier, place: workspace.appending(WorkspaceFinder.fileName).string)
    time = Self.timekeeper(fixedNow)
  }

  private static func rules(
    _ notifier: NotifierConfiguration, place: String
  ) throws(CommandError) -> [NotificationRule] {
    var rules: [NotificationRule] = []
    for rule in notifier.rules {
      if let event = OrderEventKind(rawValue: rule.event) {
        rules.append(Self.rule(event, rule))
      } else if rule.send {
        throw CommandError(
          .configuration, what: "messages of kind '\(rule.event)' are not sent by this version", place: place,
          remedy: "Set 'send: false'.")
      }
    }
    return rules
  }

  private static func rule(
    _ event: OrderEventKind, _ settings: NotifierConfiguration.RuleSettings
  ) -> NotificationRule {
    let conditions = settings.conditions
    return NotificationRule(
      event: event, isSent: settings.send, delay: settings.delay, latest: settings.latest,
      locale: conditions.locale.flatMap { MessageLocale(rawValue: $0.rawValue) },
      filter: RuleFilter(
        deliveries: Set(conditions.deliveries.compactMap(MessageContext.DeliveryWay.init(rawValue:))),
        cities: Set(conditions.cities), minimumTotal: conditions.minimumTotal,
        maximumTotal: conditions.maximumTotal, categories: Set(conditions.categories),
        buyers: RuleFilter.Buyers(rawValue: conditions.buyers) ?? .any),
      variants: conditions.variants.map { RuleVariant(name: $0.name, weight: $0.weight) },
      attachment: conditions.attachment.flatMap { attachment in
        Attachment.Kind(rawValue: attachment.kind).map { Attachment(kind: $0, file: attachment.file) }
      })
  }

  /// The real clock, or one that starts at `--now` and goes on.
  private static func timekeeper(_ fixedNow: Instant?) -> Timekeeper {
    if let fixedNow { return Timekeeper(ContinuousClock(), start: fixedNow) }
    return Timekeeper(
      now: { SystemClock.now },
      sleep: { (duration: Duration) async throws -> Void in
        try await Task.sleep(for: duration, clock: ContinuousClock())
      })
  }

  var terminal: Terminal { context.terminal }

  var locale: MessageLocale { MessageLocale(rawValue: notifier.locale.rawValue) ?? .russian }

  var profile: ShopProfile {
    ShopProfile(
      key: shop.name, name: shop.company, merchant: shop.merchant, shopURL: shop.endpoints.shop,
      whatsApp: notifier.extras.contact.flatMap { PhoneNumber($0) })
  }

  /// The checked templates; every mistake is told at once.
  func templates() throws -> TemplateSet {
    let set = try TemplateSet(TemplateSet.sources(in: workspace.appending("templates")))
    let missing = set.missing(for: rules, locale: locale)
    guard missing.isEmpty else { throw TemplateProblems(problems: missing) }
    for rule in rules where rule.isSent {
      guard let attachment = rule.attachment, let objection = media.objection(to: attachment) else {
        continue
      }
      throw CommandError(
        .configuration, what: objection, place: "notifier.rules.\(rule.event.rawValue).attach",
        remedy: "Name a file below the workspace that can be sent, or take 'attach' away.")
    }
    return set
  }

  /// Cards by SKU from the published catalog; empty where nothing is published yet.
  func links() throws -> [String: ProductID] {
    guard try Folder.exists(folders.catalog) else { return [:] }
    var links: [String: ProductID] = [:]
    // A large catalog lies there in parts.
    for name in CatalogParts.names("catalog", "json", among: try Folder.files(in: folders.catalog)) {
      let part = try CatalogJSON.decode(try AtomicFile.read(folders.catalog.appending(name)))
      for entry in part.entries { links[entry.offer.sku.text] = entry.productID }
    }
    return links
  }

  /// Does something that writes, while no other notifier run of the shop does.
  ///
  /// Never inlined: inlined into some callers, its errors break the optimiser of Swift 6.3.1 ("swifterror value can
  /// only be loaded and stored from").
  @inline(never)
  func locked<Result>(_ body: () async throws -> Result) async throws -> Result {
    let lock = try FileLock(at: folders.output.appending(".notifier.lock"))
    let result: Result
    do { result = try await body() } catch {
      lock.release()
      throw error
    }
    lock.release()
    return result
  }

  /// Does something with a client that is closed behind it, whatever happens.
  func withClient<Result>(_ body: (CurlClient) async throws -> Result) async throws -> Result {
    let client = CurlClient()
    let result: Result
    do { result = try await body(client) } catch {
      await client.close()
      throw error
    }
    await client.close()
    return result
  }

  /// WAHA behind a client.
  func waha(_ client: CurlClient) async throws -> WAHAClient {
    let key = try await notifier.waha.key?.value(workspace: workspace, environment: context.environment)
    let timeouts = notifier.extras.timeouts
    return WAHAClient(
      client: client, base: notifier.waha.url, key: key, session: notifier.waha.session,
      timeouts: .init(read: timeouts.read, send: timeouts.send, media: timeouts.media))
  }

  /// Reads what follows texts.
  var media: MediaSource { MediaSource(workspace: workspace) }

  /// Where webhooks are dropped.
  func spool() async throws -> InboxSpool {
    let key = try await notifier.extras.webhookKey?.value(
      workspace: workspace, environment: context.environment)
    return InboxSpool(
      folders.output.appending("inbox"), key: key.map { Array($0.utf8) }, session: notifier.waha.session)
  }

  /// Opens the outbox for writing; the caller holds the lock.
  func outbox() throws -> Outbox { try Outbox.open(folders.outbox, shop: shop.name, now: time.now) }

  func outboxContent() throws -> OutboxContent { try Outbox.read(folders.outbox, shop: shop.name) }
}
