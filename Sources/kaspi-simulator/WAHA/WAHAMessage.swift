import Store

/// A message that a phone shows.
struct WAHAMessage: Sendable {
  /// The chat: `77012345678@c.us`.
  var chat: String
  /// The raw id: `3EB0…`.
  var id: String
  /// What it says.
  var text: String
  /// Whether we sent it.
  var isOurs: Bool
  /// Epoch seconds.
  var timestamp: Int64
  /// 0 PENDING to 4 PLAYED; -1 ERROR.
  var ack: Int
  /// Reads that still answer that there is no such message: storing lags behind sending.
  var lag = 0
  /// Where its ack stops; `nil` for where all stop.
  var ackLimit: Int?

  /// Words for ``ack``.
  var ackName: String {
    switch ack {
    case ..<0: "ERROR"
    case 0: "PENDING"
    case 1: "SERVER"
    case 2: "DEVICE"
    case 3: "READ"
    default: "PLAYED"
    }
  }

  /// `true_77012345678@c.us_3EB0…`.
  func fullID(in chat: String) -> String { "\(isOurs)_\(chat)_\(id)" }

  /// As the gateway reads it back; a message is filed under the opaque id where the person has one.
  func json(filedUnder chat: String) -> JSONValue {
    [
      "id": .string(fullID(in: chat)), "timestamp": .integer(Int(timestamp)), "from": .string(chat),
      "fromMe": .bool(isOurs), "source": .string(isOurs ? "api" : "app"), "to": .null, "participant": .null,
      "body": .string(text), "hasMedia": .bool(false), "media": .null, "ack": .integer(ack),
      "ackName": .string(ackName), "vCards": .array([]), "replyTo": .null, "_data": .object([:]),
    ]
  }

  /// As the state file keeps it.
  var saved: JSONValue {
    [
      "chat": .string(chat), "id": .string(id), "text": .string(text), "ours": .bool(isOurs),
      "timestamp": .integer(Int(timestamp)), "ack": .integer(ack),
    ]
  }

  init(chat: String, id: String, text: String, isOurs: Bool, timestamp: Int64, ack: Int) {
    self.chat = chat
    self.id = id
    self.text = text
    self.isOurs = isOurs
    self.timestamp = timestamp
    self.ack = ack
  }

  /// Reads what the state file kept; `nil` for anything else.
  init?(saved: JSONValue) {
    guard let chat = saved["chat"]?.string, let id = saved["id"]?.string, let text = saved["text"]?.string,
      let isOurs = saved["ours"]?.bool, let timestamp = saved["timestamp"]?.int, let ack = saved["ack"]?.int
    else { return nil }
    self.init(chat: chat, id: id, text: text, isOurs: isOurs, timestamp: Int64(timestamp), ack: ack)
  }
}
