public import Model
public import Store
import SystemPackage

/// What the newest snapshot has to say to a scan.
public struct OrderChanges: Sendable {
  /// When the newest snapshot was taken.
  public var taken: Instant
  /// Whether there is an older one to compare with.
  public var hasBase: Bool
  /// Whether the newest one was made of saved answers.
  public var isSaved = false
  /// Orders in the newest snapshot.
  public var orders: Int
  /// Events between the two, by order.
  public var events: [OrderEvent]
  /// Orders that were asked for by number, whatever happened to them.
  public var watched: [String: Order]
  /// When each buyer of an event placed the first order that the snapshot has.
  public var firstOrders: [PhoneNumber: Instant]

  /// Compares two snapshots that are in memory.
  ///
  /// - Parameters:
  ///   - previous: The older snapshot, or `nil`.
  ///   - current: The newest snapshot.
  public init(from previous: OrderSnapshot?, to current: OrderSnapshot) {
    taken = current.taken
    hasBase = previous != nil
    isSaved = current.isSaved
    orders = current.orders.count
    events = OrderDiff.events(from: previous, to: current)
    watched = Dictionary(current.orders.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    firstOrders = [:]
    for order in current.orders { note(order) }
  }

  init(taken: Instant, hasBase: Bool) {
    (self.taken, self.hasBase, orders) = (taken, hasBase, 0)
    (events, watched, firstOrders) = ([], [:], [:])
  }

  mutating func note(_ order: Order) {
    guard case .number(let phone) = order.customer.phone else { return }
    firstOrders[phone] = min(order.created, firstOrders[phone] ?? order.created)
  }
}

/// What a scan wants to know of the snapshots.
public struct ChangesQuestion: Sendable {
  /// The snapshot to compare with, or `nil`.
  public var base: Instant?
  /// The newest snapshot.
  public var current: Instant
  /// Events before this moment are left out; without a base it lifts the silence.
  public var since: Instant?
  /// Numbers of orders that are wanted whatever happened to them.
  public var watching: Set<String>
  /// Whether it matters who has bought before.
  public var asksForBuyers: Bool

  /// Asks.
  ///
  /// - Parameters:
  ///   - base: The snapshot to compare with, or `nil`.
  ///   - current: The newest snapshot.
  ///   - since: Events before this moment are left out.
  ///   - watching: Numbers of orders that are wanted in any case.
  ///   - asksForBuyers: Whether it matters who has bought before.
  public init(
    base: Instant?, current: Instant, since: Instant? = nil, watching: Set<String> = [],
    asksForBuyers: Bool = false
  ) {
    self.base = base
    self.current = current
    self.since = since
    self.watching = watching
    self.asksForBuyers = asksForBuyers
  }
}

extension SnapshotFolder {
  /// Compares two snapshots order by order, without taking either into memory.
  ///
  /// Both files are sorted, and an order that did not change is the same bytes in both: it is not even read.
  ///
  /// - Parameter question: Which snapshots, and what about them.
  /// - Returns: The changes; watched orders that the newest snapshot lacks come from the youngest older one.
  /// - Throws: `StoreError`.
  public func changes(_ question: ChangesQuestion) throws(StoreError) -> OrderChanges {
    var changes = OrderChanges(taken: question.current, hasBase: question.base != nil)
    let compares = question.base != nil || question.since != nil
    var watching = question.watching
    var old = try question.base.map { moment throws(StoreError) in try OrderedOrders(path(of: moment), self) }
    let new = try OrderedOrders(path(of: question.current), self)
    changes.isSaved = new.isSaved
    var before = try old?.next()
    while let now = try new.next() {
      changes.orders += 1
      if !watching.isEmpty, let code = String(validating: now.code, as: UTF8.self),
        watching.remove(code) != nil
      {
        changes.watched[code] = try new.order(now)
      }
      guard compares else { continue }
      while let first = before, first.code.lexicographicallyPrecedes(now.code) { before = try old?.next() }
      let known = before.flatMap { $0.code.elementsEqual(now.code) ? $0 : nil }
      if let known, known.isSame(as: now) { continue }
      let order = try new.order(now)
      var earlier: Order?
      if let known { earlier = try old?.order(known) }
      let events = OrderDiff.events(
        of: order, before: earlier, previous: question.base, taken: question.current)
      changes.events += events.filter { $0.occurred >= question.since ?? $0.occurred }
    }
    // What stands behind the last common order was never looked at; a damaged rest must still be told.
    while before != nil { before = try old?.next() }
    old = nil
    if !watching.isEmpty { try find(watching, before: question.current, &changes) }
    if question.asksForBuyers, !changes.events.isEmpty { try findBuyers(question.current, &changes) }
    return changes
  }

  /// Looks for orders that have left the look-back in older snapshots.
  private func find(
    _ codes: Set<String>, before moment: Instant, _ changes: inout OrderChanges
  ) throws(StoreError) {
    var left = codes
    for older in try moments().reversed() where older < moment && !left.isEmpty {
      let orders = try OrderedOrders(path(of: older), self)
      while let item = try orders.next() {
        guard let code = String(validating: item.code, as: UTF8.self), left.contains(code) else { continue }
        changes.watched[code] = try orders.order(item)
        left.remove(code)
      }
    }
  }

  private func findBuyers(_ moment: Instant, _ changes: inout OrderChanges) throws(StoreError) {
    var wanted: Set<[UInt8]> = []
    for event in changes.events {
      if case .number(let phone) = event.order.customer.phone { wanted.insert(Array(phone.digits.utf8)) }
    }
    let orders = try OrderedOrders(path(of: moment), self)
    while let item = try orders.next() {
      guard let phone = item.phone, wanted.contains(phone) else { continue }
      changes.note(try orders.order(item))
    }
  }
}

/// The orders of one snapshot in order of their numbers, whichever format the file has.
private final class OrderedOrders {
  private let lines: SnapshotLines?
  private var loaded: ArraySlice<Order> = []

  /// One order, read as far as a comparison needs.
  struct Item {
    var code: ArraySlice<UInt8>
    var bytes: ArraySlice<UInt8>
    var order: Order?

    /// Whether nothing changed; orders of different formats are compared by value later.
    func isSame(as other: Item) -> Bool {
      order == nil && other.order == nil && LineReader.areEqual(bytes, other.bytes)
    }

    var phone: [UInt8]? {
      guard let order else { return SnapshotLines.phone(bytes).map(Array.init) }
      guard case .number(let phone) = order.customer.phone else { return nil }
      return Array(phone.digits.utf8)
    }
  }

  /// Whether the file was made of saved answers.
  var isSaved: Bool { lines?.isSaved ?? false }

  init(_ path: FilePath, _ folder: SnapshotFolder) throws(StoreError) {
    lines = try SnapshotLines(path)
    if lines == nil, let name = path.lastComponent?.string, let moment = SnapshotFolder.moment(name) {
      loaded = try folder.read(moment).orders[...]
    }
  }

  func next() throws(StoreError) -> Item? {
    if let lines {
      guard let bytes = try lines.next() else { return nil }
      return Item(code: try lines.code(bytes), bytes: bytes, order: nil)
    }
    guard let order = loaded.popFirst() else { return nil }
    return Item(code: Array(order.code.utf8)[...], bytes: [], order: order)
  }

  func order(_ item: Item) throws(StoreError) -> Order {
    if let order = item.order { return order }
    guard let lines else { preconditionFailure("an order without file") }
    return try lines.order(item.bytes)
  }
}
