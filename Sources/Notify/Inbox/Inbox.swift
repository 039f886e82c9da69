public import Model
public import Store

/// What a look into the inbox has found.
public struct InboxReport: Sendable, Hashable {
  /// Messages that were not known before.
  public var messages = 0
  /// People who want no messages any more.
  public var stops = 0
  /// People who want them again.
  public var starts = 0
  /// Stops from people whose number WhatsApp hides: a person has to look.
  public var unattributed = 0
  /// Acknowledgements that confirmed a message.
  public var confirmed = 0
  /// Spooled files that were taken in.
  public var files = 0
  /// Spooled files that were put aside, by reason.
  public var refused: [String: Int] = [:]

  /// Nothing found.
  public init() {}

  /// Whether nothing happened at all.
  public var isEmpty: Bool { self == InboxReport() }

  /// Adds what another look has found.
  ///
  /// - Parameter other: The other look.
  public mutating func add(_ other: InboxReport) {
    messages += other.messages
    stops += other.stops
    starts += other.starts
    unattributed += other.unattributed
    confirmed += other.confirmed
    files += other.files
    refused.merge(other.refused) { $0 + $1 }
  }

  /// Numbers for `--json`.
  public var summary: JSONValue {
    [
      "messages": .integer(messages), "stops": .integer(stops), "starts": .integer(starts),
      "unattributed": .integer(unattributed), "confirmed": .integer(confirmed), "files": .integer(files),
      "refused": .object(refused.mapValues { .integer($0) }),
    ]
  }
}

/// Reads what people wrote before anything is written to them.
public struct Inbox: Sendable {
  private let outbox: Outbox
  private let waha: WAHAClient

  /// How long before the youngest message that was read, on WAHA's clock, is looked at again.
  ///
  /// Storing lags, and after an outage what came first may be stored last.
  private static let lag = Duration.seconds(6 * 3600)

  /// Makes a reader.
  ///
  /// - Parameters:
  ///   - outbox: Where stops, starts and replies are kept.
  ///   - waha: The session whose chats are read.
  public init(_ outbox: Outbox, waha: WAHAClient) {
    self.outbox = outbox
    self.waha = waha
  }

  /// Reads all chats since the last look, and writes down what matters; not every engine can.
  ///
  /// - Parameter now: The moment of the look.
  /// - Returns: What was found; everything in it is in the journal.
  /// - Throws: ``WAHAError`` when the chats could not be read: then nobody knows who said stop; `StoreError`.
  public func look(now: Instant) async throws -> InboxReport {
    let since = outbox.read { $0.lookedUntil }?.advanced(by: .zero - Self.lag)
    return try await take(try await waha.incoming(chat: "all", since: since), source: "chat", now: now)
  }

  /// The same for the chat of one person, with an engine that shows one at a time.
  ///
  /// - Parameters:
  ///   - phone: Who is about to be written to.
  ///   - now: The moment of the look.
  /// - Returns: What was found.
  /// - Throws: As for all chats.
  public func look(at phone: PhoneNumber, now: Instant) async throws -> InboxReport {
    let known = outbox.read { $0.numbers[phone]?.chat }
    let messages = try await fromOne(known ?? WAHAClient.chat(for: phone))
    return messages.isEmpty ? InboxReport() : try await take(messages, source: "chat", now: now)
  }

  private func fromOne(_ chat: String) async throws(WAHAError) -> [IncomingMessage] {
    do throws(WAHAError) {
      return try await waha.incoming(chat: chat, since: nil)
    } catch {
      // Nobody has written in a chat that is not there.
      if error.code == .notFound { return [] }
      throw error
    }
  }

  /// Writes down what messages say.
  func take(_ messages: [IncomingMessage], source: String, now: Instant) async throws -> InboxReport {
    var report = InboxReport()
    let shop = outbox.read { $0.shop }
    var found: [String: PhoneNumber?] = [:]
    var seen: Set<String> = []
    var records: [OutboxRecord] = []
    var stopped: [PhoneNumber: Bool] = [:]
    for (phone, reply) in try await laterKnown(&records, now: now) {
      report.stops += 1
      records.append(.stop(Contact(phone, shop: shop), source: source, at: reply.at))
      stopped[phone] = true
    }
    for message in messages.sorted(by: { ($0.at, $0.id) < ($1.at, $1.id) }) {
      guard !outbox.read({ $0.replyIDs.contains(message.id) }), seen.insert(message.id).inserted else {
        continue
      }
      let intent = ReplyIntent.of(message.text)
      let phone: PhoneNumber?
      if let known = found[message.chat] {
        phone = known
      } else {
        phone = try await self.phone(behind: message.chat, &records, now: now)
        found[message.chat] = .some(phone)
      }
      let contact = phone.map { Contact($0, shop: shop) }
      // What strangers write to the shop is none of the notifier's business.
      let isKnown = phone.map { phone in outbox.read { $0.isKnown(phone) } } ?? false
      guard intent != .other || isKnown else { continue }
      report.messages += 1
      records.append(
        .reply(
          Reply(
            id: message.id, contact: contact, intent: intent, text: intent == .other ? message.text : "",
            at: message.at, chat: contact == nil ? message.chat : nil)))
      guard let phone, let contact else {
        if intent == .stop { report.unattributed += 1 }
        continue
      }
      // One that was stored late does not take back what was said after it.
      guard !outbox.read({ $0.hasDecided(phone, after: message.at) }) else { continue }
      let isStopped = stopped[phone] ?? outbox.read { $0.hasOptedOut(phone) }
      switch intent {
      case .stop:
        if !isStopped { report.stops += 1 }
        records.append(.stop(contact, source: source, at: message.at))
        stopped[phone] = true
      case .start:
        guard isStopped else { break }
        report.starts += 1
        records.append(.start(contact, source: source, at: message.at))
        stopped[phone] = false
      case .other: break
      }
      if isKnown, let locale = ReplyIntent.language(of: message.text) {
        records.append(.language(contact, locale, at: message.at))
      }
    }
    if let youngest = messages.map(\.at).max(),
      youngest > outbox.read({ $0.lookedUntil }) ?? Instant(milliseconds: 0)
    {
      records.append(.looked(until: youngest, at: now))
    }
    if !records.isEmpty { try outbox.append(records) }
    return report
  }

  /// Those who said stop while WhatsApp hid their number, and whose number it tells now.
  private func laterKnown(
    _ records: inout [OutboxRecord], now: Instant
  ) async throws(WAHAError) -> [(PhoneNumber, Reply)] {
    let last = outbox.read { content in
      content.replies.reduce(into: [String: Reply]()) { last, reply in
        guard reply.contact == nil, let chat = reply.chat, content.aliases[chat] == nil else { return }
        if reply.at >= last[chat]?.at ?? reply.at { last[chat] = reply }
      }
    }
    var known: [(PhoneNumber, Reply)] = []
    for (chat, reply) in last.sorted(by: { $0.key < $1.key }) where reply.intent == .stop {
      guard let phone = try await phone(behind: chat, &records, now: now) else { continue }
      known.append((phone, reply))
    }
    return known
  }

  /// Who is behind a chat.
  private func phone(
    behind chat: String, _ records: inout [OutboxRecord], now: Instant
  ) async throws(WAHAError) -> PhoneNumber? {
    guard chat.hasSuffix("@lid") else { return PhoneNumber(String(chat.prefix { $0 != "@" })) }
    let known = outbox.read { content in
      content.aliases[chat] ?? content.numbers.first { $0.value.chat == chat }?.key
    }
    if let known { return known }
    let phone = try await waha.phone(behind: chat)
    if phone != nil { records.append(.alias(chat, phone, at: now)) }
    return phone
  }
}
