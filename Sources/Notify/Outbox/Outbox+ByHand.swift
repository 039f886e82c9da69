public import Model
public import Store

/// Why a person's word about a message cannot be followed.
public struct OutboxRefusal: Error, Sendable, Hashable {
  /// What is the case.
  public var detail: String
  /// What to do instead.
  public var hint: String

  /// Refuses.
  ///
  /// - Parameters:
  ///   - detail: What is the case.
  ///   - hint: What to do instead.
  public init(_ detail: String, hint: String) {
    self.detail = detail
    self.hint = hint
  }
}

extension Outbox {
  /// Messages by the first digits of their identity, by their raw id, or by the number of their order.
  ///
  /// - Parameter name: What a person typed.
  /// - Returns: Every message that it may mean, oldest first.
  public func messages(named name: String) -> [OutboxEntry] { content.messages(named: name) }

  /// Puts a message back into the plan, under its old id and with its old text.
  ///
  /// Where an attempt may have reached somebody the sender looks for it before it sends again.
  ///
  /// - Parameters:
  ///   - identity: The message.
  ///   - within: How long it may wait from now on.
  ///   - now: When.
  /// - Throws: ``OutboxRefusal`` for a state from which nothing leads back; `StoreError`.
  public func retry(_ identity: String, within: Duration = .seconds(86_400), now: Instant) throws {
    let entry = try entry(identity)
    guard entry.state.successors.contains(.planned), entry.state != .reserved else {
      throw OutboxRefusal(
        "a message in the state '\(entry.state.rawValue)' is not tried again",
        hint: "Only parked, refused and expired messages can be retried.")
    }
    guard entry.recipient != nil, !entry.text.isEmpty else {
      throw OutboxRefusal(
        "the message has no recipient or no text", hint: "Correct the template or write by hand.")
    }
    try append([.retried(identity: identity, due: now, expires: now.advanced(by: within), at: now)])
  }

  /// Gives a message the text that it has not got, because its template failed.
  ///
  /// - Parameters:
  ///   - text: What it says.
  ///   - identity: The message: parked, without a text, never tried.
  ///   - now: When.
  /// - Throws: ``OutboxRefusal`` for any other message; `StoreError`, and the old journal stands then.
  public func write(_ text: String, for identity: String, now: Instant) throws {
    let entry = try entry(identity)
    guard entry.state == .parked, entry.text.isEmpty, entry.attempts == 0 else {
      throw OutboxRefusal("the message has a text", hint: "It goes out with that.")
    }
    try rewrite(identity, text, now: now)
  }

  /// Puts a waiting message aside.
  ///
  /// - Parameters:
  ///   - identity: The message.
  ///   - now: When.
  /// - Throws: ``OutboxRefusal`` unless it waits; `StoreError`.
  public func park(_ identity: String, now: Instant) throws {
    guard try entry(identity).state == .planned else {
      throw OutboxRefusal("the message does not wait", hint: "Only planned messages can be parked.")
    }
    try move(identity, to: .parked, Self.byHand, at: now)
  }

  /// Takes a message that a person put aside back into the plan.
  ///
  /// - Parameters:
  ///   - identity: The message.
  ///   - now: When.
  /// - Throws: ``OutboxRefusal`` unless it was put aside by hand; `StoreError`.
  public func resume(_ identity: String, now: Instant) throws {
    let entry = try entry(identity)
    guard entry.state == .parked, entry.reason == Self.byHand else {
      throw OutboxRefusal(
        "the message was not put aside by hand", hint: "Look at it with 'outbox show', then 'retry'.")
    }
    try move(identity, to: .planned, at: now)
  }

  /// Gives a message up for good.
  ///
  /// - Parameters:
  ///   - identity: The message.
  ///   - now: When.
  /// - Throws: ``OutboxRefusal`` for what is final or on its way; `StoreError`.
  public func drop(_ identity: String, now: Instant) throws {
    let state = try entry(identity).state
    guard [.planned, .parked, .refused].contains(state) else {
      throw OutboxRefusal(
        "a message in the state '\(state.rawValue)' cannot be dropped",
        hint: "Only planned, parked and refused messages can be dropped.")
    }
    try move(identity, to: .skipped, SkipReason.dropped.rawValue, at: now)
  }

  /// Lifts the pause for new people.
  ///
  /// - Parameter now: When.
  /// - Throws: `StoreError`.
  public func releaseNewContacts(now: Instant) throws(StoreError) { try append([.release(at: now)]) }

  static let byHand = "by_hand"

  private func entry(_ identity: String) throws(OutboxRefusal) -> OutboxEntry {
    guard let entry = read({ $0.entries[identity] }) else {
      throw OutboxRefusal("the message is not in the outbox any more", hint: "It was compacted.")
    }
    return entry
  }
}

extension OutboxContent {
  /// Messages by the first digits of their identity, by their raw id, or by the number of their order.
  ///
  /// - Parameter name: What a person typed.
  /// - Returns: Every message that it may mean, oldest first.
  public func messages(named name: String) -> [OutboxEntry] {
    identities.compactMap { entries[$0] }.filter { entry in
      entry.order == name || entry.messageID == name
        || (name.utf8.count >= 6 && entry.identity.hasPrefix(name))
    }
  }
}
