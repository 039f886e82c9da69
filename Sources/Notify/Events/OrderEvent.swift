public import Model

/// Something that happened to an order between two snapshots.
public struct OrderEvent: Sendable, Hashable {
  /// What happened.
  public var kind: OrderEventKind
  /// The order as the newer snapshot has it.
  public var order: Order
  /// When it happened, as far as the snapshots tell; delays and latest ages count from here.
  public var occurred: Instant
  /// Whether the older snapshot did not have the order.
  public var hasAppeared = false

  /// Makes an event.
  ///
  /// - Parameters:
  ///   - kind: What happened.
  ///   - order: The order as it is now.
  ///   - occurred: When.
  public init(kind: OrderEventKind, order: Order, occurred: Instant) {
    self.kind = kind
    self.order = order
    self.occurred = occurred
  }
}

/// The events between two snapshots.
///
/// Pure: the same snapshots give the same events. The table is in <doc:Events>.
public enum OrderDiff {
  /// Compares two snapshots.
  ///
  /// An order that is missing from the newer one is no event: it may have left the look-back.
  ///
  /// - Parameters:
  ///   - previous: The older snapshot, or `nil` when there is none.
  ///   - current: The newer snapshot.
  /// - Returns: Events by order code, and in the order of ``OrderEventKind`` within one order.
  public static func events(from previous: OrderSnapshot?, to current: OrderSnapshot) -> [OrderEvent] {
    var events: [OrderEvent] = []
    var old = previous?.orders[...] ?? []
    for order in current.orders {
      while let first = old.first, first.code < order.code { old = old.dropFirst() }
      let before = old.first.flatMap { $0.code == order.code ? $0 : nil }
      events += Self.events(of: order, before: before, previous: previous?.taken, taken: current.taken)
    }
    return events
  }

  /// What happened to one order.
  ///
  /// - Parameters:
  ///   - order: The order as it is.
  ///   - before: As it was, or `nil` when it was not there.
  ///   - previous: When the older snapshot was taken, or `nil` when there is none.
  ///   - taken: When the newer one was taken.
  /// - Returns: In the order of ``OrderEventKind``.
  static func events(
    of order: Order, before: Order?, previous: Instant?, taken: Instant
  ) -> [OrderEvent] {
    let reached = before.map(reached) ?? []
    return sensible(order).filter { !reached.contains($0) }.map { kind in
      var event = OrderEvent(
        kind: kind, order: order,
        occurred: moment(of: kind, order: order, isKnown: before != nil, previous: previous, taken: taken))
      event.hasAppeared = before == nil
      return event
    }
  }

  /// What could be told to a buyer who has heard nothing about this order yet.
  ///
  /// An order in a late state has left earlier messages behind: nobody wants "we have your order" after the
  /// parcel. Words that nobody documented give nothing.
  ///
  /// - Parameter order: An order in any state.
  /// - Returns: In the order of ``OrderEventKind``.
  public static func sensible(_ order: Order) -> [OrderEventKind] {
    switch order.status {
    // A finished order with a status of the way contradicts itself: nothing certain can be said about it.
    case .approvedByBank: order.state == .archive ? [] : [.orderCreated]
    case .acceptedByMerchant where order.state == .archive: []
    case .acceptedByMerchant:
      if order.handedOver != nil {
        [.orderHandedOver]
      } else if order.state == .pickup {
        [.orderCreated, .readyForPickup]
      } else {
        [.orderCreated, .orderAccepted]
      }
    case .completed: [.orderDelivered]
    case .cancelled: [.orderCancelled]
    case .returned: [.orderReturned]
    case .cancelling, .returnRequested, .other: []
    }
  }

  /// What an order already had behind it in the older snapshot.
  ///
  /// - Parameter order: The order as it was.
  /// - Returns: Kinds that are not told any more when the order moves on, or back.
  public static func reached(_ order: Order) -> Set<OrderEventKind> {
    var kinds: Set<OrderEventKind> = [.orderCreated]
    if order.handedOver != nil { kinds.formUnion([.orderAccepted, .orderHandedOver]) }
    switch order.status {
    case .approvedByBank, .other: break
    case .acceptedByMerchant:
      kinds.insert(.orderAccepted)
      if order.state == .pickup { kinds.insert(.readyForPickup) }
    case .cancelling: kinds.insert(.orderAccepted)
    case .completed, .returnRequested:
      kinds.formUnion([.orderAccepted, .orderHandedOver, .readyForPickup, .orderDelivered])
    case .cancelled: kinds.formUnion([.orderAccepted, .orderCancelled])
    case .returned:
      kinds.formUnion([.orderAccepted, .orderHandedOver, .readyForPickup, .orderDelivered, .orderReturned])
    }
    return kinds
  }

  /// Whether a message about an event would still be true of the order as it is now.
  ///
  /// - Parameters:
  ///   - kind: The event that a waiting message is about.
  ///   - order: The order as it is now.
  /// - Returns: `false` for a message that has been overtaken: thanks for an order that was called off.
  public static func isStillTrue(_ kind: OrderEventKind, of order: Order) -> Bool {
    switch order.status {
    case .cancelled, .cancelling: kind == .orderCancelled
    case .returned, .returnRequested: kind == .orderReturned
    case .completed: kind == .orderDelivered || kind.isTimed
    case .approvedByBank, .acceptedByMerchant, .other: true
    }
  }

  /// The moment of an event.
  ///
  /// An order that should have been in the older snapshot and was not may have been finished for weeks. Its
  /// late state is dated back to the order itself, so that the rule's latest age, not chance, decides.
  private static func moment(
    of kind: OrderEventKind, order: Order, isKnown: Bool, previous: Instant?, taken: Instant
  ) -> Instant {
    switch kind {
    case .orderCreated: return order.created
    case .orderHandedOver: return min(order.handedOver ?? taken, taken)
    case .orderAccepted, .readyForPickup, .orderDelivered, .orderCancelled, .orderReturned, .reviewRequest,
      .repeatOffer:
      if let changed = order.statusChanged, changed >= order.created, changed <= taken { return changed }
      guard !isKnown else { return taken }
      guard let previous, order.created > previous else { return order.created }
      return taken
    }
  }
}
