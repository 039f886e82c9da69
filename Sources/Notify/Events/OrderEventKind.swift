/// What may be worth a message to a buyer.
public enum OrderEventKind: String, Sendable, Hashable, CaseIterable {
  /// The order is there and not on its way yet.
  case orderCreated = "order_created"
  /// The seller took it.
  case orderAccepted = "order_accepted"
  /// The courier has it.
  case orderHandedOver = "order_handed_over"
  /// It waits at the shop for its buyer.
  case readyForPickup = "ready_for_pickup"
  /// The buyer has it.
  case orderDelivered = "order_delivered"
  /// It was called off.
  case orderCancelled = "order_cancelled"
  /// The buyer gave it back.
  case orderReturned = "order_returned"
  /// Some days after the delivery: how was it?
  case reviewRequest = "review_request"
  /// Some weeks after the delivery: once more?
  case repeatOffer = "repeat_offer"

  /// Whether time alone makes it, counted from the delivery.
  public var isTimed: Bool {
    switch self {
    case .reviewRequest, .repeatOffer: true
    case .orderCreated, .orderAccepted, .orderHandedOver, .readyForPickup, .orderDelivered, .orderCancelled,
      .orderReturned:
      false
    }
  }
}
