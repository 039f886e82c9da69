public import Model
public import Store

/// What a compaction did.
public struct CompactionReport: Sendable, Hashable {
  /// Messages whose telephone and text were erased.
  public var closed: Int
  /// Lines before.
  public var linesBefore: Int
  /// Lines after.
  public var linesAfter: Int
}

extension Outbox {
  /// Erases telephones and texts of what ended long ago, and says the rest in fewer lines.
  ///
  /// Identities stay for ever, so that nothing is ever sent again; so do opt-outs.
  ///
  /// - Parameters:
  ///   - cutoff: Messages that ended before it lose telephone and text.
  ///   - now: The moment of writing.
  /// - Returns: What was erased.
  /// - Throws: `StoreError`; the old journal stands then.
  @discardableResult
  public func compact(before cutoff: Instant, now: Instant) throws(StoreError) -> CompactionReport {
    let content = self.content
    let ends = content.closable(before: cutoff)
    let records = Self.records(content, closing: Set(ends.map(\.identity)), keeping: cutoff, now: now)
    let before = content.identities.count + content.replies.count
    try replace(by: records)
    return CompactionReport(closed: ends.count, linesBefore: before, linesAfter: records.count)
  }

  /// Erases a person: telephone, texts, replies; only fingerprints stay, so that nothing is sent again.
  ///
  /// Messages that still wait are dropped.
  ///
  /// - Parameters:
  ///   - phone: The person.
  ///   - now: The moment of writing.
  /// - Returns: Messages that lost telephone and text.
  /// - Throws: `StoreError`; the old journal stands then.
  public func forget(_ phone: PhoneNumber, now: Instant) throws(StoreError) -> Int {
    var content = self.content
    let own = content.entries.values.filter { $0.recipient == phone }
    for entry in own where entry.state == .planned {
      content.apply(
        .moved(identity: entry.identity, to: .skipped, reason: "forgotten", isNewContact: false, at: now))
    }
    try replace(
      by: Self.records(
        content, closing: Set(own.map(\.identity)), keeping: Instant(milliseconds: .min), now: now,
        forgetting: phone))
    return own.count
  }

  /// Replaces the text of a message; nothing is erased.
  func rewrite(_ identity: String, _ text: String, now: Instant) throws(StoreError) {
    let always = Instant(milliseconds: .min)
    var records = Self.records(content, closing: [], keeping: always, now: now)
    for (index, record) in records.enumerated() {
      guard case .kept(var entry) = record, entry.identity == identity else { continue }
      entry.text = text
      records[index] = .kept(entry)
    }
    try replace(by: records)
  }

  /// The shortest journal that says what the content says.
  private static func records(
    _ content: OutboxContent, closing: Set<String>, keeping cutoff: Instant, now: Instant,
    forgetting person: PhoneNumber? = nil
  ) -> [OutboxRecord] {
    var records: [OutboxRecord] = [.header(shop: content.shop, at: now)]
    for message in content.closed.values.sorted(by: { $0.identity < $1.identity }) {
      records.append(.closed(message))
    }
    for identity in content.identities {
      guard let entry = content.entries[identity] else { continue }
      guard closing.contains(identity) else {
        records.append(.kept(entry))
        continue
      }
      records.append(.closed(entry.closed(shop: content.shop)))
    }
    let recent = now.advanced(by: .seconds(-2 * 86_400))
    for attempt in content.attempts where attempt.at >= recent { records.append(.attempted(attempt)) }
    for (order, at) in content.deliveries.sorted(by: { $0.key < $1.key })
    where now.since(at) < .seconds(400 * 86_400) {
      records.append(.delivered(order: order, at: at))
    }
    let held = Set(
      content.entries.values.filter { !closing.contains($0.identity) }.compactMap(\.recipient))
    records += people(content, held: held, forgetting: person, now: now)
    for (phone, check) in content.numbers.sorted(by: { $0.key.digits < $1.key.digits })
    where phone != person && check.at >= cutoff {
      records.append(.number(phone, chat: check.chat, at: check.at))
    }
    for (alias, phone) in content.aliases.sorted(by: { $0.key < $1.key })
    where phone != person && cutoff.milliseconds == .min {
      records.append(.alias(alias, phone, at: now))
    }
    for reply in content.replies where reply.at >= cutoff && (person == nil || reply.contact?.phone != person)
    {
      records.append(.reply(reply))
    }
    if let until = content.lookedUntil { records.append(.looked(until: until, at: now)) }
    if let until = content.newContactsHeldUntil, until > now {
      records.append(.hold(until: until, reason: "kept", at: now))
    }
    if let first = content.firstScanned {
      records.append(.scanned(snapshot: first, horizon: content.horizon, at: content.scannedAt ?? now))
    }
    if let scanned = content.scanned, scanned != content.firstScanned {
      records.append(.scanned(snapshot: scanned, at: content.scannedAt ?? now))
    }
    return records
  }

  private static func people(
    _ content: OutboxContent, held: Set<PhoneNumber>, forgetting phone: PhoneNumber?, now: Instant
  ) -> [OutboxRecord] {
    var records: [OutboxRecord] = []
    for (digest, person) in content.people.sorted(by: { $0.key < $1.key }) {
      // A telephone stays only with messages that still carry it.
      let isNamed = person.phone.map { $0 != phone && held.contains($0) } ?? false
      let contact = isNamed ? person.phone.map { Contact($0, shop: content.shop) } : nil
      let known = contact ?? Contact(digest: digest)
      if let consent = person.consent {
        records.append(.consent(known, source: consent.source, at: consent.at))
      }
      if let locale = person.locale { records.append(.language(known, locale, at: now)) }
      if let stopped = person.stopped {
        records.append(.stop(known, source: person.stopSource ?? "kept", at: stopped))
      }
    }
    return records
  }
}

extension OutboxEntry {
  /// What is left when telephone and text are erased.
  func closed(shop: String) -> ClosedMessage {
    ClosedMessage(
      identity: identity, order: order, event: event,
      contact: recipient.map { Contact.digest(of: $0, shop: shop) },
      state: state, reason: reason, isSeen: state.mayBeVisible || isPerhapsSeen, changed: changed)
  }
}
