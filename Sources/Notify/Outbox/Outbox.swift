public import Model
public import Store
import Synchronization
public import SystemPackage

/// The notifier's memory: a journal of every message, and what follows from it.
///
/// Each change is on disk before it counts. One process writes at a time; the front door holds the shop's lock.
public final class Outbox: Sendable {
  private let path: FilePath
  private let state: Mutex<State>
  /// Bytes of a torn last line that were cut off on opening.
  public let tornBytes: Int

  private struct State {
    var journal: Journal
    var content: OutboxContent
  }

  private init(journal: Journal, path: FilePath, content: OutboxContent, tornBytes: Int) {
    self.path = path
    self.tornBytes = tornBytes
    state = Mutex(State(journal: journal, content: content))
  }

  /// Opens the outbox of a shop, or makes an empty one.
  ///
  /// - Parameters:
  ///   - folder: `output/<shop>/outbox`; made with mode 0700 when missing.
  ///   - shop: The shop's key.
  ///   - now: The moment that a new journal's first line carries.
  /// - Returns: The outbox. It has never been scanned when it was not there before.
  /// - Throws: `StoreError`: `damaged` for a journal that does not check, does not follow, or is another shop's.
  public static func open(_ folder: FilePath, shop: String, now: Instant) throws(StoreError) -> Outbox {
    try Folder.make(folder, mode: [.ownerReadWriteExecute])
    let path = folder.appending(Self.fileName)
    let (journal, records, tornBytes) = try Journal.open(path, mode: [.ownerReadWrite])
    let content = try fold(records, shop: shop, path: path)
    if records.isEmpty { try journal.append(OutboxRecord.header(shop: shop, at: now).json) }
    return Outbox(journal: journal, path: path, content: content, tornBytes: tornBytes)
  }

  /// Reads what an outbox says without opening it for writing; needs no lock.
  ///
  /// - Parameters:
  ///   - folder: `output/<shop>/outbox`.
  ///   - shop: The shop's key.
  /// - Returns: The content; an empty one when there is no journal yet.
  /// - Throws: `StoreError`.
  public static func read(_ folder: FilePath, shop: String) throws(StoreError) -> OutboxContent {
    let path = folder.appending(Self.fileName)
    guard try Folder.exists(path) else { return OutboxContent(shop: shop) }
    return try fold(Journal.read(path), shop: shop, path: path)
  }

  static let fileName = "journal.jsonl"

  private static func fold(
    _ records: [JSONValue], shop: String, path: FilePath
  ) throws(StoreError) -> OutboxContent {
    var content = OutboxContent(shop: shop)
    for (index, value) in records.enumerated() {
      guard let record = OutboxRecord(value, shop: shop) else {
        throw StoreError(
          code: .damaged, path: path.string, detail: "line \(index + 1) is no record that this program knows",
          hint: "Use the program that wrote it; never edit or delete the outbox.")
      }
      if case .header(let name, _) = record, name != shop {
        throw StoreError(
          code: .damaged, path: path.string, detail: "the outbox belongs to the shop '\(name)'",
          hint: "Put each shop's outbox back into its own folder.")
      }
      let isHeader = if case .header = record { true } else { false }
      if index == 0, !isHeader {
        throw StoreError(
          code: .damaged, path: path.string, detail: "the first line names no format",
          hint: "Restore the outbox from a copy.")
      }
      if let objection = content.objection(to: record) {
        throw StoreError(
          code: .damaged, path: path.string, detail: "line \(index + 1) does not follow: \(objection)",
          hint: "Two programs wrote at once, or the file was edited; restore it from a copy.")
      }
      content.apply(record)
    }
    return content
  }

  /// What the outbox says now.
  public var content: OutboxContent { state.withLock { $0.content } }

  /// Looks something up without copying the whole content.
  ///
  /// - Parameter body: Asks; it must not keep the content.
  /// - Returns: What it found.
  func read<Answer: Sendable>(_ body: (borrowing OutboxContent) -> Answer) -> Answer {
    state.withLock { body($0.content) }
  }

  /// Writes a plan down: messages first, then the snapshot that they bring the outbox up to.
  ///
  /// A process killed in between leaves some of the messages and the old snapshot; the next scan finds the rest.
  ///
  /// - Parameters:
  ///   - plan: The plan, made from this outbox's content.
  ///   - now: The moment of writing.
  /// - Throws: `StoreError`.
  public func record(_ plan: ScanPlan, now: Instant) throws(StoreError) {
    // A delivery is there before the snapshot that showed it counts as scanned, like a message.
    var records = plan.delivered.map { OutboxRecord.delivered(order: $0.order, at: $0.at) }
    let content = self.content
    var greeted: Set<PhoneNumber> = []
    for message in plan.messages {
      if let phone = message.recipient, content.person(phone)?.consent == nil, greeted.insert(phone).inserted
      {
        records.append(
          .consent(Contact(phone, shop: content.shop), source: "order \(message.order)", at: now))
      }
      records.append(.planned(message))
    }
    records += plan.settled.map { OutboxRecord.settled($0) }
    records += plan.overtaken.map {
      .moved(identity: $0, to: .skipped, reason: SkipReason.overtaken.rawValue, isNewContact: false, at: now)
    }
    records.append(.scanned(snapshot: plan.snapshot, horizon: plan.horizon, at: now))
    try append(records)
  }

  /// Notes that a person wants no messages.
  ///
  /// - Parameters:
  ///   - phone: The person.
  ///   - source: Where it was said, like `chat` or `owner`.
  ///   - now: When.
  /// - Throws: `StoreError`.
  public func optOut(_ phone: PhoneNumber, source: String, now: Instant) throws(StoreError) {
    try append([.stop(Contact(phone, shop: read { $0.shop }), source: source, at: now)])
  }

  /// Notes that a person who had said stop wants messages again.
  ///
  /// - Parameters:
  ///   - phone: The person.
  ///   - source: Where it was said.
  ///   - now: When.
  /// - Throws: `StoreError`.
  public func optIn(_ phone: PhoneNumber, source: String, now: Instant) throws(StoreError) {
    try append([.start(Contact(phone, shop: read { $0.shop }), source: source, at: now)])
  }

  /// Brings a message into another state; on disk when this returns.
  func move(
    _ identity: String, to next: OutboxState, _ reason: String? = nil, isNewContact: Bool = false,
    at now: Instant
  ) throws(StoreError) {
    try append([.moved(identity: identity, to: next, reason: reason, isNewContact: isNewContact, at: now)])
  }

  /// Stops messages to new people for a while.
  func holdNewContacts(until: Instant, reason: String, at now: Instant) throws(StoreError) {
    try append([.hold(until: until, reason: reason, at: now)])
  }

  /// Appends records that follow from the content.
  func append(_ records: [OutboxRecord]) throws(StoreError) {
    let failure: StoreError? = state.withLock { state in
      // Taken out for the time being, so that nothing of it is copied when it changes.
      var content = state.content
      state.content = OutboxContent(shop: content.shop)
      defer { state.content = content }
      for record in records {
        if let objection = content.objection(to: record) {
          preconditionFailure("the outbox was asked for something that does not follow: \(objection)")
        }
      }
      do throws(StoreError) {
        try state.journal.append(contentsOf: records.map(\.json))
      } catch {
        return error
      }
      for record in records { content.apply(record) }
      return nil
    }
    if let failure { throw failure }
  }

  /// Replaces the journal by one that says the same in fewer words.
  ///
  /// Whole or not at all: a killed process leaves the old journal or the new one.
  func replace(by records: [OutboxRecord]) throws(StoreError) {
    let failure: StoreError? = state.withLock { state in
      do throws(StoreError) {
        var content = OutboxContent(shop: state.content.shop)
        for record in records {
          if let objection = content.objection(to: record) {
            preconditionFailure("a compacted outbox does not follow: \(objection)")
          }
          content.apply(record)
        }
        try AtomicFile.write(Journal.lines(records.map(\.json)), to: path, mode: [.ownerReadWrite])
        state.journal = try Journal.open(path, mode: [.ownerReadWrite]).journal
        state.content = content
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }
}
