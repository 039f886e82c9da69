import Store

/// What the WhatsApp gateway remembers, and the wishes of the control endpoint.
struct WAHAState: Sendable {
  /// One linked or unlinked account.
  struct Session: Sendable {
    var status: Status
    /// The account's own number, or `nil` while unlinked.
    var number: String?
    var config: JSONValue = .object([:])
    /// Reads of the status that still see `STARTING`.
    var startingReads = 0
    /// QR codes shown in this cycle; after six nobody waits any more.
    var shownCodes = 0
    /// The number for which a pairing code was asked.
    var pairing: String?
    /// `online` or `offline`.
    var presence = "offline"
  }

  /// The seven states of a session.
  enum Status: String, Sendable, CaseIterable {
    case stopped = "STOPPED"
    case starting = "STARTING"
    case scan = "SCAN_QR_CODE"
    case passkey = "PASSKEY_REQUIRED"
    case passkeyConfirmation = "PASSKEY_CONFIRMATION_REQUIRED"
    case working = "WORKING"
    case failed = "FAILED"
  }

  /// What the phones of this world do with a second message of one id.
  enum Dedupe: String, Sendable {
    /// Show it once, as WhatsApp does.
    case once
    /// Show every copy.
    case none
  }

  /// By name.
  var sessions: [String: Session] = ["default": Session(status: .working, number: Self.account)]
  /// Visible messages, in order of arrival.
  var messages: [WAHAMessage] = []
  var dedupe = Dedupe.once
  /// The engine behind the gateway.
  var engine = WAHAEngine.gows
  /// The gateway's version.
  var version = "2026.7.1"
  /// Random trouble, or `nil`.
  var chaos: WAHAChaos?
  /// Whether an id of the client's is kept.
  var keepsIDs: Bool { engine.keepsIDs(version) }
  /// Numbers that end so are not on WhatsApp.
  var missingSuffixes = ["99"]
  /// How far an ack grows with each read.
  var ackStep = 1
  /// Where it stops; 0 for messages that stay PENDING for ever.
  var ackLimit = 3
  /// How long a call waits for a session that does not work, in milliseconds; the live gateway takes 15 s.
  var waitMilliseconds = 200
  /// Reads for which a fresh message is not stored yet.
  var readLag = 0
  /// Engine errors for the next sends, in order: text of `exception.message`.
  var sendErrors: [String] = []
  /// Sends that reached the gateway, visible or not.
  var sends = 0
  private(set) var generated = 0
  /// Addresses that are told of every session's events.
  var hooks: [Webhook] = []
  /// Events on their way and delivered ones, in the order in which they happened.
  var deliveries: [WebhookDelivery] = []
  /// Events so far.
  var noted = 0

  /// The number of the account that is linked from the start.
  static let account = "77010000001"

  /// A raw id that nobody has had yet.
  mutating func newID(seed: Int) -> String {
    generated += 1
    var source = SplitMix(seed, "message", generated)
    return "3EB0" + source.hex(18).uppercased()
  }

  /// A person's opaque id.
  static func lid(_ number: String) -> String {
    var source = SplitMix(0, "lid \(number)")
    return "12\(source.digits(13))@lid"
  }

  /// The chat under which a person's messages are filed: for every fifth one the opaque id.
  static func filed(_ chat: String) -> String {
    guard chat.hasSuffix("@c.us") else { return chat }
    let number = String(chat.dropLast(5))
    var source = SplitMix(0, "filed \(number)")
    return source.chance(20) ? lid(number) : chat
  }

  /// Whether a number is on WhatsApp.
  func exists(_ number: String) -> Bool { !missingSuffixes.contains { number.hasSuffix($0) } }

  /// Puts a message on a phone and tells of it; a second one of the same id is not shown.
  mutating func show(_ message: WAHAMessage, session: String, now: Int64) {
    let isKnown = messages.contains {
      $0.chat == message.chat && $0.id == message.id && $0.isOurs == message.isOurs
    }
    if isKnown, dedupe == .once { return }
    var message = message
    message.lag = chaos?.drawLag() ?? readLag
    if message.isOurs, chaos?.drawSilentAck() == true { (message.ack, message.ackLimit) = (0, 0) }
    messages.append(message)
    note(message, session: session, now: now)
  }

  /// Reads the status of a session and lets it go one step further.
  mutating func status(of name: String) -> Status? {
    guard var session = sessions[name] else { return nil }
    defer { sessions[name] = session }
    if session.status == .starting {
      if session.startingReads > 0 {
        session.startingReads -= 1
        return .starting
      }
      session.status = session.number == nil ? .scan : .working
      session.shownCodes = 0
    }
    return session.status
  }

  /// Starts a session that does not run.
  mutating func start(_ name: String, reads: Int = 1) {
    guard var session = sessions[name] else { return }
    if session.status == .stopped || session.status == .failed {
      session.status = .starting
      session.startingReads = reads
      session.shownCodes = 0
    }
    sessions[name] = session
  }

  /// Reads a stored message by raw or full id; acks grow with each read, and fresh messages are not there yet.
  mutating func read(_ id: String, in chat: String, session: String, now: Int64) -> WAHAMessage? {
    let parts = id.split(separator: "_").map(String.init)
    let raw = parts.count >= 3 ? parts[2] : id
    guard
      let index = messages.firstIndex(where: { message in
        message.id == raw && (chat == "all" || chat == message.chat || chat == Self.filed(message.chat))
      })
    else { return nil }
    if messages[index].lag > 0 {
      messages[index].lag -= 1
      return nil
    }
    let limit = messages[index].ackLimit ?? ackLimit
    if messages[index].isOurs, messages[index].ack < limit {
      messages[index].ack = min(limit, messages[index].ack + ackStep)
      noteAck(messages[index], session: session, now: now)
    }
    return messages[index]
  }
}
