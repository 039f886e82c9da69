import Model
import Notify
import Store

/// What an outbox knows about a person; the telephone prints masked, and no text is in it.
struct ContactStory {
  private let number: PhoneNumber
  private let person: OutboxContent.Person?
  private let entries: [OutboxEntry]
  private let closed: [ClosedMessage]
  private let replies: Int

  init(of number: PhoneNumber, in content: OutboxContent) {
    self.number = number
    person = content.person(number)
    entries = content.identities.compactMap { content.entries[$0] }.filter { $0.recipient == number }
    closed = content.closed(of: number)
    replies = content.replies.count { $0.contact?.phone == number }
  }

  /// For people.
  func lines(shop: String) -> [String] {
    var lines = ["\(shop): \(number)" + (person == nil ? ", a stranger" : "")]
    if let consent = person?.consent { lines.append("  consent: \(consent.source), \(consent.at.almaty)") }
    if let stopped = person?.stopped {
      lines.append("  wants no messages since \(stopped.almaty) (\(person?.stopSource ?? "?"))")
    }
    for entry in entries { lines.append("  \(entry.shortID)  \(entry)  \(entry.changed.almaty)") }
    for message in closed {
      lines.append("  \(message.order) \(message.event.rawValue) \(message.state.rawValue), text erased")
    }
    if replies > 0 { lines.append("  wrote \(replies) messages; see 'inbox'") }
    return lines
  }

  /// For programs.
  func document(shop: String) -> JSONValue {
    var members: [String: JSONValue] = [
      "shop": .string(shop), "contact": .string("\(number)"), "known": .bool(person != nil),
      "stopped": person?.stopped.map { .string($0.description) } ?? .null,
      "messages": .array(entries.map(\.summary)), "closed": .integer(closed.count),
      "replies": .integer(replies),
    ]
    if let consent = person?.consent {
      members["consent"] = ["source": .string(consent.source), "at": .string(consent.at.description)]
    }
    return .object(members)
  }
}
