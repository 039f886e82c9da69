public import Model

/// What a journal says, folded from its first line to its last; a pure value.
public struct OutboxContent: Sendable {
  /// The shop's key.
  public private(set) var shop: String
  /// Every message ever, by identity.
  public private(set) var entries: [String: OutboxEntry] = [:]
  /// Identities in the order in which they were written down.
  public private(set) var identities: [String] = []
  /// The snapshot up to which all events are in the journal; `nil` before the first scan.
  public private(set) var scanned: Instant?
  /// When the last scan was written down.
  public private(set) var scannedAt: Instant?
  /// People who want no messages.
  public private(set) var optedOut: Set<PhoneNumber> = []
  /// Nothing to new people before this moment.
  public private(set) var newContactsHeldUntil: Instant?
  /// Attempts in the order of the journal, without those that certainly did not leave.
  public private(set) var attempts: [SendAttempt] = []
  private var visible: [PhoneNumber: Int] = [:]

  /// An outbox without a message.
  ///
  /// - Parameter shop: The shop's key.
  public init(shop: String) { self.shop = shop }

  /// Whether the shop has perhaps written to a person already.
  ///
  /// - Parameter phone: The person.
  /// - Returns: `true` from the first attempt on that may have reached somebody.
  public func isKnown(_ phone: PhoneNumber) -> Bool { visible[phone, default: 0] > 0 }

  /// Entries in a state, oldest first.
  ///
  /// - Parameter states: The states.
  /// - Returns: In the order of the journal.
  public func entries(in states: OutboxState...) -> [OutboxEntry] {
    identities.compactMap { entries[$0] }.filter { states.contains($0.state) }
  }

  /// Messages waiting to be sent: the earliest due first, then by order and event.
  public var waiting: [OutboxEntry] {
    entries(in: .planned).sorted {
      ($0.due, $0.order, $0.event.rawValue) < ($1.due, $1.order, $1.event.rawValue)
    }
  }

  /// Why a record does not follow from the journal before it, or `nil` when it does.
  func objection(to record: OutboxRecord) -> String? {
    switch record {
    case .header: return nil
    case .planned(let entry), .settled(let entry):
      return entries[entry.identity] == nil ? nil : "an identity is there twice"
    case .moved(let identity, let state, _, _, _):
      guard let entry = entries[identity] else { return "a message changes its state before it was planned" }
      return entry.state.successors.contains(state)
        ? nil : "a message goes from \(entry.state.rawValue) to \(state.rawValue)"
    case .scanned, .stop, .hold: return nil
    }
  }

  /// Adds a record that nothing speaks against.
  mutating func apply(_ record: OutboxRecord) {
    switch record {
    case .header(let name, _): shop = name
    case .planned(let entry), .settled(let entry):
      entries[entry.identity] = entry
      identities.append(entry.identity)
    case .moved(let identity, let state, let reason, let isNewContact, let at):
      guard var entry = entries[identity] else { return }
      let before = entry.state
      entry.state = state
      entry.reason = reason
      entry.changed = at
      if state == .reserved {
        entry.attempts += 1
        entry.firstReserved = entry.firstReserved ?? at
        attempts.append(SendAttempt(at: at, isNew: isNewContact))
      }
      // What certainly did not leave counts for no cap. One sender at a time: it is the last one.
      if before == .reserved, state == .planned, !attempts.isEmpty { attempts.removeLast() }
      if let phone = entry.recipient {
        // A parked message that was perhaps sent still makes its reader a known one.
        let stays = before == .unknown && state == .parked
        let change = (state.mayBeVisible || stays ? 1 : 0) - (before.mayBeVisible ? 1 : 0)
        visible[phone, default: 0] += change
      }
      entries[identity] = entry
    case .scanned(let snapshot, let at):
      scanned = max(scanned ?? snapshot, snapshot)
      scannedAt = at
    case .stop(let recipient, _, _): optedOut.insert(recipient)
    case .hold(let until, _, _): newContactsHeldUntil = max(newContactsHeldUntil ?? until, until)
    }
  }
}
