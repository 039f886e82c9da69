import Store

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
