import Model
public import Store

/// How messages are sent.
public struct SendSettings: Sendable, Hashable {
  /// How slowly.
  public var pacing: Pacing
  /// When not.
  public var quietHours: QuietHours
  /// Whether a new number is looked up on WhatsApp first.
  public var checksNumbers: Bool
  /// Longest single wait within a run; what would wait longer stays planned for the next run.
  public var patience: Duration
  /// Pauses before each look for a message of unknown fate.
  public var lookUpPauses: [Duration]
  /// How long after its first attempt a message may be repeated under its id.
  public var repeatWindow: Duration
  /// Attempts under one id.
  public var maximumAttempts: Int
  /// How long new people are left alone after WhatsApp has limited us.
  public var newContactHold: Duration
  /// Whether the chats are read for stops before anything is sent.
  public var readsInbox: Bool
  /// What the session has done on behalf of other shops.
  public var elsewhere = SessionHistory()

  /// Makes settings.
  ///
  /// - Parameters:
  ///   - pacing: How slowly.
  ///   - quietHours: When not.
  ///   - checksNumbers: Whether a new number is looked up first.
  ///   - patience: Longest single wait within a run.
  ///   - lookUpPauses: Pauses before each look for a message of unknown fate.
  ///   - repeatWindow: How long a message may be repeated.
  ///   - maximumAttempts: Attempts under one id.
  ///   - newContactHold: How long new people are left alone.
  ///   - readsInbox: Whether the chats are read for stops first.
  public init(
    pacing: Pacing = Pacing(), quietHours: QuietHours = .standard, checksNumbers: Bool = true,
    patience: Duration = .seconds(900), lookUpPauses: [Duration] = SendSettings.standardLooks,
    repeatWindow: Duration = .seconds(600), maximumAttempts: Int = 3,
    newContactHold: Duration = .seconds(12 * 3600), readsInbox: Bool = true
  ) {
    self.pacing = pacing
    self.quietHours = quietHours
    self.checksNumbers = checksNumbers
    self.patience = patience
    self.lookUpPauses = lookUpPauses
    self.repeatWindow = repeatWindow
    self.maximumAttempts = maximumAttempts
    self.newContactHold = newContactHold
    self.readsInbox = readsInbox
  }

  /// Four looks over a quarter of a minute: storing lags behind sending.
  public static let standardLooks: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8)]

  /// Pauses before two more looks, where nothing else tells how far WAHA's store has come: three quarters of a minute.
  var patientPauses: [Duration] {
    let last = lookUpPauses.last ?? .zero
    return [last * 2, last * 4]
  }
}

/// Why a run of the sender ended before its list did.
public struct StopReason: Sendable, Hashable {
  /// A word for it, like `unauthorized` or `session_scan_qr_code`.
  public var word: String
  /// One line for the operator.
  public var hint: String
  /// Whether running again may help without anybody doing anything.
  public var isTemporary: Bool

  /// Called off by a signal.
  public static let interrupted = StopReason(
    word: "interrupted", hint: "Run again; nothing is lost and nothing is sent twice.", isTemporary: true)

  init(word: String, hint: String, isTemporary: Bool) {
    self.word = word
    self.hint = hint
    self.isTemporary = isTemporary
  }

  init(_ error: WAHAError) {
    let isTemporary: Bool
    switch error.code {
    case .unreachable, .limited, .failed, .badAnswer: isTemporary = true
    case .unauthorized, .notFound, .notReady, .refused, .proxyPage: isTemporary = false
    }
    self.init(word: error.code.rawValue.replacingDashes, hint: "\(error)", isTemporary: isTemporary)
  }

  init(_ status: SessionStatus) {
    let isTemporary = status == .starting || status == .stopped
    self.init(
      word: "session_" + status.wire.lowercased(), hint: SessionAdvice.of(status).sentence,
      isTemporary: isTemporary)
  }
}

extension String {
  /// `not-found` as `not_found`.
  var replacingDashes: String { String(map { $0 == "-" ? "_" : $0 }) }
}

/// What a run of the sender did.
public struct SendReport: Sendable {
  /// Every message that was touched, as it stands now; in the order of the journal.
  public var entries: [OutboxEntry]
  /// Messages that stay planned, counted by reason.
  ///
  /// Reasons are words like `quiet_hours`, `daily_new` and `not_due`.
  public var deferred: [String: Int]
  /// Why the run ended early, or `nil`.
  public var stopped: StopReason?
  /// Calls of `sendText`.
  public var sends: Int
  /// Messages that WAHA has and WhatsApp has not confirmed: reported, never sent again.
  public var unconfirmed: Int
  /// What the look into the inbox has found.
  public var inbox: InboxReport
  /// Words for what is special about this WAHA, like `ids_not_honoured`.
  public var notes: [String]

  /// How many of the touched messages are in a state.
  ///
  /// - Parameter state: The state.
  /// - Returns: Their number.
  public func count(_ state: OutboxState) -> Int { entries.count { $0.state == state } }

  /// Whether every message that was to go has gone.
  public var isClean: Bool {
    stopped == nil && count(.unknown) == 0 && count(.parked) == 0 && count(.refused) == 0
  }

  /// What `send --json` shows: no text, no name, recipients masked.
  public var summary: JSONValue {
    var states: [String: JSONValue] = [:]
    for state in OutboxState.allCases where count(state) > 0 {
      states[state.rawValue] = .integer(count(state))
    }
    var waiting: [String: JSONValue] = [:]
    for (reason, count) in deferred { waiting[reason] = .integer(count) }
    var members: [String: JSONValue] = [
      "format": 1, "states": .object(states), "deferred": .object(waiting), "sends": .integer(sends),
      "unconfirmed": .integer(unconfirmed), "inbox": inbox.summary,
      "notes": .array(notes.map { .string($0) }),
      "messages": .array(entries.map(\.summary)),
    ]
    if let stopped {
      members["stopped"] = ["reason": .string(stopped.word), "hint": .string(stopped.hint)]
    }
    return .object(members)
  }
}
