public import Model

/// What a journal says, folded from its first line to its last; a pure value.
public struct OutboxContent: Sendable {
  /// The shop's key.
  public private(set) var shop: String
  /// Messages that are still there in full, by identity.
  public private(set) var entries: [String: OutboxEntry] = [:]
  /// Identities in the order in which they were written down.
  public private(set) var identities: [String] = []
  /// Messages of which only the identity is left.
  public private(set) var closed: [String: ClosedMessage] = [:]
  /// The snapshot up to which all events are in the journal; `nil` before the first scan.
  public private(set) var scanned: Instant?
  /// The snapshot of the first scan: what was there then is never told.
  public private(set) var firstScanned: Instant?
  /// Up to when orders were known at the first scan: an older one that appears later was only missed then.
  public private(set) var horizon: Instant?
  /// When the last scan was written down.
  public private(set) var scannedAt: Instant?
  /// When orders were delivered, as far as scans have seen it happen.
  public private(set) var deliveries: [String: Instant] = [:]
  /// What is known about people, by fingerprint.
  public private(set) var people: [String: Person] = [:]
  /// Where numbers are found on WhatsApp.
  public private(set) var numbers: [PhoneNumber: NumberCheck] = [:]
  /// Who is behind WhatsApp's opaque ids.
  public private(set) var aliases: [String: PhoneNumber] = [:]
  /// What people wrote, in the order of the journal.
  public private(set) var replies: [Reply] = []
  /// Raw ids of ``replies``.
  public private(set) var replyIDs: Set<String> = []
  /// Everything written to the shop before this moment was read.
  public private(set) var lookedUntil: Instant?
  /// Nothing to new people before this moment.
  public private(set) var newContactsHeldUntil: Instant?
  /// Attempts in the order of the journal, without those that certainly did not leave.
  public private(set) var attempts: [SendAttempt] = []

  /// The message that was accepted last, and which step of the journal that was; compaction forgets it.
  private(set) var lastAccepted: (identity: String, step: Int)?
  /// The steps at which messages became unknown, of those that still are.
  private(set) var unknownSince: [String: Int] = [:]
  private var step = 0

  /// What is known about a person.
  public struct Person: Sendable, Hashable {
    /// The telephone, or `nil` when it was erased.
    public var phone: PhoneNumber?
    /// Why the person may be written to, and since when.
    public var consent: (source: String, at: Instant)? { consentSource.map { ($0, consentAt) } }
    /// Since when the person wants no messages, or `nil`.
    public var stopped: Instant?
    /// Where that was said.
    public var stopSource: String?
    /// The language that the person writes in, or `nil`.
    public var locale: MessageLocale?
    /// Messages that the person may have seen.
    public var visible = 0
    /// Orders that messages were about.
    public var orders: Set<String> = []
    var consentSource: String?
    var consentAt = Instant(milliseconds: 0)
  }

  /// The answer to whether a number is on WhatsApp.
  public struct NumberCheck: Sendable, Hashable {
    /// The chat to write to, or `nil` when there is none.
    public var chat: String?
    /// When it was asked.
    public var at: Instant
  }

  /// An outbox without a message.
  ///
  /// - Parameter shop: The shop's key.
  public init(shop: String) { self.shop = shop }

  /// Whether an event was decided on already.
  ///
  /// - Parameter identity: What it is about.
  /// - Returns: `true` for ever after the first decision, also when the message itself was erased.
  public func hasDecided(_ identity: String) -> Bool { entries[identity] != nil || closed[identity] != nil }

  /// Whether the shop has perhaps written to a person already.
  ///
  /// - Parameter phone: The person.
  /// - Returns: `true` from the first attempt on that may have reached somebody.
  public func isKnown(_ phone: PhoneNumber) -> Bool { (person(phone)?.visible ?? 0) > 0 }

  /// Whether somebody said stop or start later than a moment.
  func hasDecided(_ phone: PhoneNumber, after moment: Instant) -> Bool {
    let digest = Contact(phone, shop: shop).digest
    return replies.contains { $0.at > moment && $0.intent != .other && $0.contact?.digest == digest }
  }

  /// Whether a person wants no messages.
  ///
  /// - Parameter phone: The person.
  /// - Returns: `true` from the word on, until the person takes it back.
  public func hasOptedOut(_ phone: PhoneNumber) -> Bool { person(phone)?.stopped != nil }

  /// What is known about a person.
  ///
  /// - Parameter phone: The person.
  /// - Returns: `nil` for a stranger.
  public func person(_ phone: PhoneNumber) -> Person? { people[Contact.digest(of: phone, shop: shop)] }

  /// Messages to a person of which only the identity is left.
  ///
  /// - Parameter phone: The person.
  /// - Returns: By order and event.
  public func closed(of phone: PhoneNumber) -> [ClosedMessage] {
    let digest = Contact.digest(of: phone, shop: shop)
    return closed.values.filter { $0.contact == digest }.sorted {
      ($0.order, $0.event.rawValue) < ($1.order, $1.event.rawValue)
    }
  }

  /// Messages that ended before a moment: a compaction erases their telephones and texts.
  ///
  /// - Parameter cutoff: The moment.
  /// - Returns: In no order.
  public func closable(before cutoff: Instant) -> [OutboxEntry] {
    entries.values.filter { $0.changed < cutoff && ($0.state.isFinal || $0.state == .accepted) }
  }

  /// People who want no messages.
  public var optedOut: Int { people.values.count { $0.stopped != nil } }

  /// Entries in a state, oldest first.
  ///
  /// - Parameter states: The states.
  /// - Returns: In the order of the journal.
  public func entries(in states: OutboxState...) -> [OutboxEntry] {
    identities.compactMap { entries[$0] }.filter { states.contains($0.state) }
  }

  /// Messages waiting to be sent: the earliest due first, then by order and event.
  public var waiting: [OutboxEntry] {
    entries(in: .planned).sorted {
      ($0.due, $0.order, $0.event.rawValue) < ($1.due, $1.order, $1.event.rawValue)
    }
  }

  /// Messages by state, the closed ones too.
  public var counts: [OutboxState: Int] {
    var counts: [OutboxState: Int] = [:]
    for entry in entries.values { counts[entry.state, default: 0] += 1 }
    for message in closed.values { counts[message.state, default: 0] += 1 }
    return counts
  }

  /// Why a record does not follow from the journal before it, or `nil` when it does.
  func objection(to record: OutboxRecord) -> String? {
    switch record {
    case .planned(let entry), .settled(let entry), .kept(let entry):
      return hasDecided(entry.identity) ? "an identity is there twice" : nil
    case .closed(let message): return hasDecided(message.identity) ? "an identity is there twice" : nil
    case .moved(let identity, let state, _, _, _):
      guard let entry = entries[identity] else { return "a message changes its state before it was planned" }
      return entry.state.successors.contains(state)
        ? nil : "a message goes from \(entry.state.rawValue) to \(state.rawValue)"
    case .retried(let identity, _, _, _):
      guard let entry = entries[identity] else { return "a message is retried that was never planned" }
      return entry.state.successors.contains(.planned)
        ? nil : "a message is retried in the state \(entry.state.rawValue)"
    case .media(let identity, _, _):
      return entries[identity] == nil ? "a picture belongs to no message" : nil
    case .header, .attempted, .scanned, .delivered, .consent, .stop, .start, .language, .number, .alias,
      .reply, .looked, .hold, .release:
      return nil
    }
  }

  /// Adds a record that nothing speaks against.
  mutating func apply(_ record: OutboxRecord) {
    switch record {
    case .header(let name, _): shop = name
    case .planned(let entry), .settled(let entry): add(entry)
    case .kept(let entry):
      add(entry)
      if entry.state.mayBeVisible || entry.isPerhapsSeen { see(entry.recipient, 1) }
    case .closed(let message):
      closed[message.identity] = message
      guard let contact = message.contact else { return }
      people[contact, default: Person()].orders.insert(message.order)
      if message.isSeen { people[contact, default: Person()].visible += 1 }
    case .moved(let identity, let state, let reason, let isNewContact, let at):
      move(identity, to: state, reason: reason, isNewContact: isNewContact, at: at)
    case .retried(let identity, let due, let expires, let at):
      move(identity, to: .planned, reason: "retried", isNewContact: false, at: at)
      entries[identity]?.due = due
      entries[identity]?.expires = expires
    case .media(let identity, let state, _): entries[identity]?.media = state
    case .attempted(let attempt): attempts.append(attempt)
    case .scanned(let snapshot, let known, let at):
      if firstScanned == nil { (firstScanned, horizon) = (snapshot, known ?? snapshot) }
      scanned = max(scanned ?? snapshot, snapshot)
      scannedAt = at
    case .delivered(let order, let at): deliveries[order] = deliveries[order] ?? at
    case .number(let phone, let chat, let at): numbers[phone] = NumberCheck(chat: chat, at: at)
    case .alias(let alias, let phone, _): aliases[alias] = phone
    case .reply(let reply):
      if replyIDs.insert(reply.id).inserted { replies.append(reply) }
    case .looked(let until, _): lookedUntil = max(lookedUntil ?? until, until)
    case .hold(let until, _, _): newContactsHeldUntil = max(newContactsHeldUntil ?? until, until)
    case .release: newContactsHeldUntil = nil
    case .consent, .stop, .start, .language: applyPerson(record)
    }
  }

  private mutating func applyPerson(_ record: OutboxRecord) {
    switch record {
    case .consent(let contact, let source, let at):
      change(contact) { person in
        if person.consentSource == nil { (person.consentSource, person.consentAt) = (source, at) }
      }
    case .stop(let contact, let source, let at):
      change(contact) { ($0.stopped, $0.stopSource) = (at, source) }
    case .start(let contact, _, _): change(contact) { ($0.stopped, $0.stopSource) = (nil, nil) }
    case .language(let contact, let locale, _): change(contact) { $0.locale = locale }
    default: break
    }
  }

  private mutating func change(_ contact: Contact, _ body: (inout Person) -> Void) {
    body(&people[contact.digest, default: Person()])
    if let phone = contact.phone { people[contact.digest]?.phone = phone }
  }

  private mutating func add(_ entry: OutboxEntry) {
    entries[entry.identity] = entry
    identities.append(entry.identity)
    if let phone = entry.recipient {
      change(Contact(phone, shop: shop)) { $0.orders.insert(entry.order) }
    }
  }

  private mutating func see(_ phone: PhoneNumber?, _ count: Int) {
    guard let phone, count != 0 else { return }
    change(Contact(phone, shop: shop)) { $0.visible += count }
  }

  private mutating func move(
    _ identity: String, to state: OutboxState, reason: String?, isNewContact: Bool, at: Instant
  ) {
    guard var entry = entries[identity] else { return }
    step += 1
    unknownSince[identity] = state == .unknown ? step : nil
    if state == .accepted { lastAccepted = (identity, step) }
    let before = entry
    entry.state = state
    entry.reason = reason
    entry.changed = at
    if state == .reserved {
      entry.attempts += 1
      entry.firstReserved = entry.firstReserved ?? at
      attempts.append(SendAttempt(at: at, isNew: isNewContact))
    }
    if before.state == .reserved, [.planned, .refused, .parked].contains(state) {
      // What certainly did not leave counts for no cap. One sender at a time: it is the last one.
      if !attempts.isEmpty { attempts.removeLast() }
      entry.attempts -= 1
      if entry.attempts == 0 { entry.firstReserved = nil }
    }
    func isSeen(_ entry: OutboxEntry) -> Bool { entry.state.mayBeVisible || entry.isPerhapsSeen }
    see(entry.recipient, (isSeen(entry) ? 1 : 0) - (isSeen(before) ? 1 : 0))
    entries[identity] = entry
  }
}

extension OutboxEntry {
  /// Whether an attempt of it may have reached somebody although it waits or was put aside.
  var isPerhapsSeen: Bool { !state.mayBeVisible && attempts > 0 }
}
