import Model
import Store

/// One run of the sender: what it has learned since it started.
///
/// Not sendable: one task owns it from beginning to end.
final class SendRun {
  let outbox: Outbox
  let waha: WAHAClient
  let settings: SendSettings
  let time: Timekeeper
  let seed: UInt64

  private var touched: [String] = []
  var deferred: [String: Int] = [:]
  var stopped: StopReason?
  var sends = 0
  var honoursIDs = true
  /// Whether a message of this run was taken under another id than ours.
  var hasSeenForeignID = false
  var chats: [PhoneNumber: String] = [:]
  var failedRecipients: Set<PhoneNumber> = []
  var deviceSuspect: PhoneNumber?
  var wasRestarted = false
  var pauses = 0
  var inbox = InboxReport()
  var notes: Set<String> = []
  /// Messages of unknown fate that wait for a later one to tell how far WAHA's store has come.
  var doubtful: [OutboxEntry] = []
  /// The last accepted message that was found in WAHA's store.
  var seenWitness: String?
  let media: MediaSource?
  private var failedChecks = 0
  private var server: WAHAServer?
  private var looked: Instant?
  /// When the chat of a person was read in this run, with an engine that shows one chat at a time.
  private var readChats: [PhoneNumber: Instant] = [:]

  init(
    outbox: Outbox, waha: WAHAClient, settings: SendSettings, time: Timekeeper, seed: UInt64,
    media: MediaSource?
  ) {
    self.outbox = outbox
    self.waha = waha
    self.settings = settings
    self.time = time
    self.seed = seed
    self.media = media
  }

  var report: SendReport {
    let content = outbox.content
    var seen: Set<String> = []
    let unique = touched.filter { seen.insert($0).inserted }
    return SendReport(
      entries: unique.compactMap { content.entries[$0] }, deferred: deferred, stopped: stopped, sends: sends,
      unconfirmed: content.entries(in: .accepted).count, inbox: inbox, notes: notes.sorted())
  }

  func all(_ progress: (Int, Int) -> Void) async throws {
    let expired = outbox.content.waiting.filter { $0.expires <= time.now }
    for entry in expired { try move(entry, to: .expired, "too_late") }
    let now = time.now
    let open = outbox.content.entries(in: .reserved, .unknown)
    let waiting = outbox.content.waiting
    let planned = waiting.filter { $0.due <= now }
    if planned.count < waiting.count { deferred["not_due"] = waiting.count - planned.count }
    let unconfirmed = outbox.content.entries(in: .accepted).filter {
      now.since($0.changed) < .seconds(86_400)
    }
    if open.isEmpty, planned.isEmpty, unconfirmed.isEmpty { return }
    do {
      guard try await prepare() else { return postpone(planned[...]) }
      guard try await readInbox(planned) else { return postpone(planned[...]) }
      for entry in open {
        if entry.state == .reserved { try move(entry, to: .unknown, "interrupted") }
        touched.append(entry.identity)
        try await settle(entry, planned.isEmpty ? .now : .mayWait)
        if stopped != nil { return postpone(planned[...]) }
      }
      try await sendOpenMedia()
      for (index, entry) in planned.enumerated() {
        if let looked, time.now.since(looked) > Self.inboxInterval {
          guard try await readInbox(Array(planned[index...])) else { return postpone(planned[index...]) }
        }
        // What a person is to hear next does not overtake what may still be on its way.
        for doubt in doubtful where doubt.recipient == entry.recipient { try await settle(doubt, .now) }
        if stopped != nil { return postpone(planned[index...]) }
        if let reason = try await deliver(entry, number: index) {
          switch reason {
          case .this(let word): deferred[word, default: 0] += 1
          case .all(let word):
            deferred[word, default: 0] += planned.count - index
            progress(index, planned.count)
            try await settleDoubtful(.now)
            try await confirm()
            return
          }
        }
        try await settleDoubtful(.mayWait)
        progress(index + 1, planned.count)
        if stopped != nil { return postpone(planned[(index + 1)...]) }
      }
      try await settleDoubtful(.now)
      try await confirm()
    } catch is CancellationError {
      stopped = .interrupted
      let content = outbox.content
      let left = planned.count { content.entries[$0.identity]?.state == .planned }
      if left > 0 { deferred["stopped"] = left }
    }
  }

  private func postpone(_ rest: ArraySlice<OutboxEntry>) {
    if !rest.isEmpty { deferred["stopped", default: 0] += rest.count }
  }

  /// Looks whether messages can go out at all.
  private func prepare() async throws -> Bool {
    do {
      let server = try await waha.server()
      self.server = server
      honoursIDs = server.honoursIDs
      if !honoursIDs { notes.insert("ids_not_honoured") }
      return try await isSessionReady()
    } catch let error as WAHAError {
      stopped = StopReason(error)
      return false
    }
  }

  /// How long a look into the inbox is good for within one run.
  private static let inboxInterval = Duration.seconds(600)

  /// Reads who has said stop since the last look; without knowing that, nothing is sent.
  private func readInbox(_ planned: [OutboxEntry]) async throws -> Bool {
    guard settings.readsInbox, let server, server.readsAllChats, !planned.isEmpty else { return true }
    do {
      inbox.add(try await Inbox(outbox, waha: waha).look(now: time.now))
    } catch let error as WAHAError {
      // An engine that cannot read chats at all never will: webhooks are the way to hear a stop there.
      guard error.code == .notFound else {
        stopped = StopReason(error)
        return false
      }
      notes.insert("chats_not_readable")
    }
    looked = time.now
    return true
  }

  /// The same for one person, where an engine shows one chat at a time: before each message, as late as can be.
  private func readChat(of phone: PhoneNumber) async throws -> Bool {
    guard settings.readsInbox, let server, !server.readsAllChats else { return true }
    if let read = readChats[phone], time.now.since(read) <= Self.inboxInterval { return true }
    do {
      inbox.add(try await Inbox(outbox, waha: waha).look(at: phone, now: time.now))
    } catch let error as WAHAError {
      stopped = StopReason(error)
      return false
    }
    readChats[phone] = time.now
    return true
  }

  func isSessionReady() async throws -> Bool {
    let info = try await SessionKeeper(waha, time: time).makeReady()
    if info.status == .working { return true }
    stopped = StopReason(info.status)
    return false
  }

  func move(
    _ entry: OutboxEntry, to state: OutboxState, _ reason: String? = nil, isNew: Bool = false
  ) throws {
    try outbox.move(entry.identity, to: state, reason, isNewContact: isNew, at: time.now)
    touched.append(entry.identity)
  }

  // MARK: One planned message

  /// Why a message stays planned.
  enum Postponement {
    case this(String)
    case all(String)
  }

  private func deliver(_ entry: OutboxEntry, number: Int) async throws -> Postponement? {
    guard let phone = entry.recipient else {
      try move(entry, to: .skipped, SkipReason.noPhone.rawValue)
      return nil
    }
    if failedRecipients.contains(phone) {
      try move(entry, to: .parked, "no_lid")
      return nil
    }
    var tries = Tries()
    while true {
      let now = time.now
      if entry.expires <= now {
        try move(entry, to: .expired, "too_late")
        return nil
      }
      let elsewhere = settings.elsewhere
      let person = outbox.read { content in
        Standing(
          state: content.entries[entry.identity]?.state,
          attempts: content.entries[entry.identity]?.attempts ?? 0,
          hasOptedOut: content.hasOptedOut(phone), isNew: !content.isKnown(phone),
          heldUntil: [content.newContactsHeldUntil, elsewhere.heldUntil].compactMap(\.self).max())
      }
      // Somebody's word while the run was on its way.
      guard person.state == .planned else { return nil }
      if person.hasOptedOut {
        try move(entry, to: .optedOut)
        return nil
      }
      if settings.quietHours.isQuiet(at: now) { return .all("quiet_hours") }
      let isNew = person.isNew
      if isNew, let until = person.heldUntil, now < until { return .this("new_contacts_held") }
      // Drawn from the message's own number, so that asking again draws the same pause.
      var random = SplitMix(seed: seed &+ UInt64(number))
      let permission = outbox.read { content in
        pace.permission(
          now: now, isNew: isNew, history: SessionHistory.merged(content.attempts, elsewhere.attempts),
          random: &random)
      }
      switch permission {
      case .now: break
      case .wait(let until, let obstacle):
        if until.since(now) > settings.patience {
          return obstacle == .dailyNew ? .this(obstacle.rawValue) : .all(obstacle.rawValue)
        }
        try await time.sleep(until.since(now))
        continue
      }
      let chat: String
      switch try await address(of: phone, isNew: isNew, entry) {
      case .none: return nil
      case .postponed(let postponement): return postponement
      case .chat(let found): chat = found
      }
      guard try await readChat(of: phone) else { return .this("stopped") }
      if outbox.read({ $0.hasOptedOut(phone) }) {
        try move(entry, to: .optedOut)
        return nil
      }
      // A message that a person has put back may be there already.
      if person.attempts > 0, tries.looks == 0 {
        tries.looks += 1
        switch try await isThereAlready(entry) {
        case .some(true): return nil
        case .some(false): break
        case .none: return .this("cannot_look_up")
        }
      }
      try await type(entry.text, chat)
      if settings.quietHours.isQuiet(at: time.now) { return .all("quiet_hours") }
      switch try await attempt(entry, phone: phone, chat: chat, isNew: isNew, &tries) {
      case .done: return nil
      case .postponed(let postponement): return postponement
      case .again: continue
      }
    }
  }

  /// What the outbox says about a message and its recipient at one moment.
  private struct Standing: Sendable {
    var state: OutboxState?
    var attempts: Int
    var hasOptedOut: Bool
    var isNew: Bool
    var heldUntil: Instant?
  }

  /// The pace, slower after WhatsApp has asked for it.
  private var pace: Pacing {
    var pacing = settings.pacing
    if pauses > 0 {
      pacing.gap = max(pacing.gap.lowerBound * 2, .seconds(30))...max(pacing.gap.upperBound * 2, .seconds(30))
    }
    return pacing
  }

  /// Where to write to.
  private enum Address {
    case chat(String)
    /// The message was put aside.
    case none
    case postponed(Postponement)
  }

  private func address(of phone: PhoneNumber, isNew: Bool, _ entry: OutboxEntry) async throws -> Address {
    if let known = chats[phone] { return .chat(known) }
    let remembered = outbox.read { $0.numbers[phone] }
    if let chat = remembered?.chat { return .chat(chat) }
    guard settings.checksNumbers, isNew else { return .chat(WAHAClient.chat(for: phone)) }
    // Somebody who was not on WhatsApp may be there by now, but bursts of questions are punished.
    if let remembered, time.now.since(remembered.at) < .seconds(7 * 86_400) {
      try move(entry, to: .skipped, SkipReason.notOnWhatsApp.rawValue)
      return .none
    }
    let answer: String?
    do throws(WAHAError) {
      answer = try await waha.chat(of: phone)
      failedChecks = 0
    } catch {
      failedChecks += 1
      switch error.code {
      case .failed, .badAnswer, .refused:
        // One number may trip WAHA up every night: it must not hold up those behind it.
        if failedChecks < 3 { return .postponed(.this("number_check_failed")) }
      case .unauthorized, .unreachable, .notFound, .notReady, .limited, .proxyPage: break
      }
      stopped = StopReason(error)
      return .postponed(.this("stopped"))
    }
    try outbox.append([.number(phone, chat: answer, at: time.now)])
    guard let answer else {
      try move(entry, to: .skipped, SkipReason.notOnWhatsApp.rawValue)
      return .none
    }
    chats[phone] = answer
    return .chat(answer)
  }

  /// Shows "typing…" as long as the text would take; nothing depends on it.
  private func type(_ text: String, _ chat: String) async throws {
    let length = settings.pacing.typingTime(for: text)
    guard length > .zero else { return }
    do throws(WAHAError) {
      try await waha.typing(true, chat: chat)
    } catch {
      // The text itself will tell whether WAHA answers.
      return
    }
    try await time.sleep(length)
    do throws(WAHAError) {
      try await waha.typing(false, chat: chat)
    } catch {
      // WhatsApp ends it by itself.
      return
    }
  }
}
