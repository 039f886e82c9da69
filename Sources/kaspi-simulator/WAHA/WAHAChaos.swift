import Store

/// Random trouble for the gateway, the same for the same seed.
struct WAHAChaos: Sendable {
  /// What happens to one question.
  enum Trouble: String, Sendable, CaseIterable {
    /// Not one byte of an answer, the connection is closed.
    case close
    /// The length of the whole body is announced, and half of it comes.
    case cut
    /// Success without a body.
    case empty
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

    /// Whether the question may have been carried out although the answer is bad.
    var mayComeAfter: Bool { self != .busy && self != .offline }
    /// Whether it makes sense for a question that only reads.
    var fitsReading: Bool {
      switch self {
      case .close, .cut, .gateway, .broken: true
      case .empty, .huge, .deadline, .foreign, .busy, .offline: false
      }
    }
    /// Whether the bad answer only makes sense after the question was carried out.
    var needsAfter: Bool { self == .empty || self == .huge || self == .foreign || self == .cut }
  }

  /// Questions of a hundred that meet trouble.
  var share: Int
  private var source: SplitMix

  init(seed: Int, share: Int) {
    self.share = share
    source = SplitMix(seed, "chaos")
  }

  /// Draws the trouble of one question, and whether it comes after the question was carried out.
  mutating func draw(isReading: Bool) -> (trouble: Trouble, isAfter: Bool)? {
    guard source.chance(share) else { return nil }
    let choice = source.pick(Trouble.allCases.filter { !isReading || $0.fitsReading })
    let isAfter = choice.needsAfter || choice.mayComeAfter && source.chance(50)
    return (choice, isAfter)
  }

  /// The bad answer.
  static func reply(_ trouble: Trouble, request: Request, good: Reply?, now: Int64) -> Reply {
    switch trouble {
    case .close:
      var reply = Reply(500)
      reply.wire = .silence(seconds: 0)
      return reply
    case .cut:
      var reply = good ?? .json(["id": "true_cut"], status: 201)
      reply.wire = .cut(after: reply.body.count / 2)
      return reply
    case .empty: return Reply(201)
    case .huge:
      return Reply(201, type: "application/json", Array(repeating: 0x20, count: (1 << 20) + 4096))
    case .gateway: return .errorPage(502, "Bad Gateway")
    case .deadline:
      return WAHAReply.thrown("4 DEADLINE_EXCEEDED: Deadline exceeded", request: request, now: now)
    case .broken: return WAHAReply.thrown("something broke inside", request: request, now: now)
    case .foreign: return .json(["id": "true_77010000099@c.us_3EB0FFFFFFFFFFFFFFFFFF"], status: 201)
    case .busy:
      var reply = Reply.errorPage(429, "Too Many Requests")
      reply.headers.append((name: "Retry-After", value: "1"))
      return reply
    case .offline: return WAHAReply.thrown("websocket not connected", request: request, now: now)
    }
  }
}

/// The engines that sit behind one gateway, and how they differ.
enum WAHAEngine: String, Sendable, CaseIterable {
  case gows = "GOWS"
  case noweb = "NOWEB"
  case webjs = "WEBJS"
  case wpp = "WPP"

  /// Whether a version of it keeps the ids that clients choose.
  func keepsIDs(_ version: String) -> Bool {
    guard self == .gows || self == .noweb else { return false }
    let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
    return !numbers.lexicographicallyPrecedes([2026, 4, 3])
  }

  /// Whether all chats can be read in one go.
  var readsAllChats: Bool { self == .gows || self == .noweb }

  /// The answer to a send, in this engine's own shape.
  func sent(_ message: WAHAMessage) -> JSONValue {
    let filed = WAHAState.filed(message.chat)
    let inner = filed.hasSuffix("@lid") ? filed : message.chat.replacing("@c.us", with: "@s.whatsapp.net")
    switch self {
    case .gows:
      return [
        "id": .string(message.fullID(in: filed)),
        "_data": .object([
          "Info": .object([
            "Chat": .string(inner), "ID": .string(message.id), "IsFromMe": .bool(true),
            "Timestamp": .string(Moment.utc(message.timestamp * 1000)),
          ]),
          "Message": .object(["extendedTextMessage": .object(["text": .string(message.text)])]),
        ]),
      ]
    case .noweb:
      return [
        "key": .object(["remoteJid": .string(inner), "fromMe": true, "id": .string(message.id)]),
        "message": .object(["extendedTextMessage": .object(["text": .string(message.text)])]),
        "messageTimestamp": .string("\(message.timestamp)"), "status": "PENDING",
      ]
    case .webjs, .wpp:
      return [
        "id": .object([
          "fromMe": true, "remote": .string(message.chat), "id": .string(message.id),
          "_serialized": .string(message.fullID(in: message.chat)),
        ]),
        "ack": 0, "body": .string(message.text), "timestamp": .integer(Int(message.timestamp)),
        "from": .string("\(WAHAState.account)@c.us"), "to": .string(message.chat), "fromMe": true,
      ]
    }
  }
}
