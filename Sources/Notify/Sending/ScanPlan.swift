public import Model
public import Store

/// Why an event gets no message.
public enum SkipReason: String, Sendable, CaseIterable {
  /// Kaspi hides the telephone.
  case maskedPhone = "masked_phone"
  /// The order names none.
  case noPhone = "no_phone"
  /// Not a mobile number of Kazakhstan.
  case notMobile = "not_mobile"
  /// The number is not on WhatsApp.
  case notOnWhatsApp = "not_on_whatsapp"
  /// The order has moved on.
  case overtaken
  /// The rule is about other orders.
  case ruleFilter = "rule_filter"
  /// A person gave it up.
  case dropped
}

/// The messages that would go out, and everything that would not.
public struct ScanPlan: Sendable {
  /// The snapshot that the plan brings the outbox up to.
  public var snapshot: Instant
  /// Of a scan without an older snapshot: its moment.
  ///
  /// What appears later and is older was only missed.
  public var horizon: Instant?
  /// Whether this is a first run, which only remembers what is already there.
  public var isSilent: Bool
  /// New messages, by order and event.
  public var messages: [OutboxEntry]
  /// Events without a message: nobody to write to, too late, not wanted.
  public var settled: [OutboxEntry]
  /// Identities of waiting messages that are not true any more.
  public var overtaken: [String]
  /// Orders whose delivery this scan has seen: timed events count from it.
  public var delivered: [Delivery]
  /// Messages that were planned before and still wait.
  public var waiting: [OutboxEntry]
  /// Events between the snapshots, whether a rule wants them or not.
  public var events: [OrderEventKind: Int]
  /// What a person should know.
  public var findings: [Finding]

  /// An order that arrived.
  public struct Delivery: Sendable, Hashable {
    /// The order's number.
    public var order: String
    /// When it arrived.
    public var at: Instant
  }

  /// What `scan --json` shows: no text, no name, recipients masked.
  public var summary: JSONValue {
    var counts: [String: JSONValue] = [:]
    for (kind, count) in events { counts[kind.rawValue] = .integer(count) }
    return [
      "format": 1, "snapshot": .string(snapshot.description), "silent": .bool(isSilent),
      "messages": .array(messages.map(\.summary)), "settled": .array(settled.map(\.summary)),
      "overtaken": .integer(overtaken.count), "waiting": .array(waiting.map(\.summary)),
      "events": .object(counts),
      "findings": .array(
        findings.map {
          [
            "rule": .string($0.rule), "severity": .string($0.severity.rawValue),
            "message": .string($0.message),
          ]
        }),
    ]
  }
}

/// What a scan looks at.
public struct ScanInput: Sendable {
  /// Who writes.
  public var shop: ShopProfile
  /// What the newest snapshot has to say: see ``SnapshotFolder/changes(_:)``.
  public var changes: OrderChanges
  /// What was said before.
  public var outbox: OutboxContent
  /// The rules.
  public var rules: [NotificationRule]
  /// The texts.
  public var templates: TemplateSet
  /// The shop's language.
  public var locale: MessageLocale
  /// Cards by SKU, from the catalog.
  public var links: [String: ProductID]
  /// Whether numbers other than Kazakhstan's mobiles are written to.
  public var allowsOtherNumbers: Bool
  /// The moment of the scan.
  public var now: Instant
  /// Events before this moment are left alone; on a first run it also lifts the silence.
  public var since: Instant?

  /// Gathers what a scan looks at.
  ///
  /// - Parameters:
  ///   - shop: Who writes.
  ///   - changes: What the newest snapshot has to say.
  ///   - outbox: What was said before.
  ///   - rules: The rules.
  ///   - templates: The texts.
  ///   - locale: The shop's language.
  ///   - links: Cards by SKU.
  ///   - allowsOtherNumbers: Whether other numbers than Kazakhstan's mobiles are written to.
  ///   - now: The moment of the scan.
  ///   - since: Earlier events are left alone.
  public init(
    shop: ShopProfile, changes: OrderChanges, outbox: OutboxContent,
    rules: [NotificationRule], templates: TemplateSet, locale: MessageLocale,
    links: [String: ProductID] = [:],
    allowsOtherNumbers: Bool = false, now: Instant, since: Instant? = nil
  ) {
    self.shop = shop
    self.changes = changes
    self.outbox = outbox
    self.rules = rules
    self.templates = templates
    self.locale = locale
    self.links = links
    self.allowsOtherNumbers = allowsOtherNumbers
    self.now = now
    self.since = since
  }
}
