import Store

/// Random trouble for the gateway, the same for the same seed.
struct WAHAChaos: Sendable {
  /// What happens to one question.
  enum Trouble: String, Sendable, CaseIterable {
    /// Not one byte of an answer, the connection is closed.
    case close
    /// The same, but the connection is reset.
    case reset
    /// Not one byte for longer than the client waits.
    case hang
    /// The length of the whole body is announced, and half of it comes.
    case cut
    /// Success without a body.
    case empty
    /// Success with a body that is no JSON.
    case garbled
    /// Success with more than anybody wants to read.
    case huge
    /// A page of a proxy that says nothing about the question.
    case gateway
    /// The engine gave up waiting.
    case deadline
    /// The engine broke.
    case broken
    /// Success under an id that nobody asked for.
    case foreign
    /// A proxy that wants to be left alone for a second.
    case busy
    /// The engine lost its connection for a moment.
    case offline
    /// The number has no opaque id: this recipient cannot be written to.
    case noLID
    /// The account may not write to new people now.
    case newContactsLimited
    /// The linked device is broken, as far as this recipient is concerned.
    case device
    /// The key is refused.
    case unauthorized
    /// The session connects anew, for longer than a call waits.
    case reconnecting
    /// The session has failed; a restart brings it back.
    case failed

    /// Whether the question may have been carried out although the answer is bad.
    var mayComeAfter: Bool { self != .busy && self != .offline && !isRare }
    /// Whether it is about the account or a person, and so seldom: most of these end a run.
    var isRare: Bool {
      switch self {
      case .noLID, .newContactsLimited, .device, .unauthorized, .reconnecting, .failed: true
      case .close, .reset, .hang, .cut, .empty, .garbled, .huge, .gateway, .deadline, .broken, .foreign,
        .busy,
        .offline:
        false
      }
    }
    /// Whether it makes sense for a question that only reads.
    var fitsReading: Bool {
      switch self {
      case .close, .reset, .cut, .garbled, .gateway, .broken: true
      case .hang, .empty, .huge, .deadline, .foreign, .busy, .offline, .noLID, .newContactsLimited, .device,
        .unauthorized, .reconnecting, .failed:
        false
      }
    }
    /// Whether the bad answer only makes sense after the question was carried out.
    var needsAfter: Bool { self == .empty || self == .huge || self == .foreign || self == .cut }
  }

  /// Questions of a hundred that meet trouble.
  var share: Int
  /// Troubles of a hundred, among those of sends, that are rare ones.
  var rare: Int
  /// How long a hanging answer hangs, in milliseconds.
  var hang: Int
  /// Messages of a hundred whose ack stays PENDING for ever.
  var unacked: Int
  /// A fresh message is not stored for so many reads at most; `nil` leaves that to `readLag`.
  var lag: Int?
  private var source: SplitMix

  /// Reads the wishes of the control endpoint: `{"seed","share","rare","hang","unacked","lag"}`.
  init(_ wishes: JSONValue) {
    share = wishes["share"]?.int ?? 20
    rare = wishes["rare"]?.int ?? 0
    hang = wishes["hang"]?.int ?? 2500
    unacked = wishes["unacked"]?.int ?? 0
    lag = wishes["lag"]?.int
    source = SplitMix(wishes["seed"]?.int ?? 1, "chaos")
  }

  /// Draws the trouble of one question, and whether it comes after the question was carried out.
  mutating func draw(isReading: Bool) -> (trouble: Trouble, isAfter: Bool)? {
    guard source.chance(share) else { return nil }
    let isRare = !isReading && source.chance(rare)
    let choice = source.pick(
      Trouble.allCases.filter { $0.isRare == isRare && (!isReading || $0.fitsReading) })
    let isAfter = choice.needsAfter || choice.mayComeAfter && source.chance(50)
    return (choice, isAfter)
  }

  /// Draws for how many reads a fresh message is not stored; `nil` where that is not left to chance.
  mutating func drawLag() -> Int? { lag.map { source.within(0...max(0, $0)) } }

  /// Draws whether a message is never acknowledged.
  mutating func drawSilentAck() -> Bool { source.chance(unacked) }

  /// The bad answer; `nil` where the trouble is in the session, and the gateway's own answer tells it.
  func reply(_ trouble: Trouble, request: Request, good: Reply?, now: Int64) -> Reply? {
    func thrown(_ message: String) -> Reply { WAHAReply.thrown(message, request: request, now: now) }
    var reply: Reply
    switch trouble {
    case .close:
      reply = Reply(500)
      reply.wire = .silence(seconds: 0)
    case .reset:
      reply = Reply(500)
      reply.wire = .reset
    case .hang:
      reply = Reply(500)
      reply.wire = .silence(seconds: Double(hang) / 1000)
    case .cut:
      reply = good ?? .json(["id": "true_cut"], status: 201)
      reply.wire = .cut(after: reply.body.count / 2)
    case .empty: reply = Reply(201)
    case .garbled:
      reply = Reply(good?.status ?? 201, type: "application/json", Array("{\"id\": \"true_77".utf8))
    case .huge:
      reply = Reply(201, type: "application/json", Array(repeating: 0x20, count: (1 << 20) + 4096))
    case .gateway: reply = .errorPage(502, "Bad Gateway")
    case .deadline: reply = thrown("4 DEADLINE_EXCEEDED: Deadline exceeded")
    case .broken: reply = thrown("something broke inside")
    case .foreign: reply = .json(["id": "true_77010000099@c.us_3EB0FFFFFFFFFFFFFFFFFF"], status: 201)
    case .busy:
      reply = Reply.errorPage(429, "Too Many Requests")
      reply.headers.append((name: "Retry-After", value: "1"))
    case .offline: reply = thrown("websocket not connected")
    case .noLID: reply = thrown("2 UNKNOWN: no LID found for 77010000099@s.whatsapp.net from server")
    case .newContactsLimited: reply = thrown("2 UNKNOWN: server returned error 463")
    case .device: reply = thrown("2 UNKNOWN: server returned error 479")
    case .unauthorized: reply = WAHAReply.plain(401, "Unauthorized")
    case .reconnecting, .failed: return nil
    }
    return reply
  }
}
