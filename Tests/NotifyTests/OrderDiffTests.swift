import Model
import Testing

@testable import Notify

@Suite struct OrderDiffTests {
  /// The states of the documented table, by the names it uses.
  static let states: [String: Order] = [
    "new": Samples.order(state: .new, status: .approvedByBank),
    "signing": Samples.order(state: .signRequired, status: .approvedByBank),
    "packing": Samples.order(),
    "own": Samples.order(state: .delivery),
    "on the way": Samples.order(handedOver: Samples.noon),
    "pickup": Samples.order(state: .pickup),
    "delivered": Samples.order(state: .archive, status: .completed, handedOver: Samples.noon),
    "cancelling": Samples.order(status: .cancelling),
    "cancelled": Samples.order(state: .archive, status: .cancelled),
    "returning": Samples.order(status: .returnRequested, handedOver: Samples.noon),
    "returned": Samples.order(state: .archive, status: .returned, handedOver: Samples.noon),
    "unknown": Samples.order(state: .other("X"), status: .other("Y")),
  ]

  /// Columns of the table in Events.md: what each state tells when the one of the row was seen before.
  static let columns = [
    "new", "signing", "packing", "own", "on the way", "pickup", "delivered", "cancelling", "cancelled",
    "returning", "returned", "unknown",
  ]
  static let table: [(String?, [String])] = [
    (nil, ["c", "c", "ca", "ca", "h", "cp", "d", "", "x", "", "r", ""]),
    ("new", ["", "", "a", "a", "h", "p", "d", "", "x", "", "r", ""]),
    ("signing", ["", "", "a", "a", "h", "p", "d", "", "x", "", "r", ""]),
    ("packing", ["", "", "", "", "h", "p", "d", "", "x", "", "r", ""]),
    ("own", ["", "", "", "", "h", "p", "d", "", "x", "", "r", ""]),
    ("on the way", ["", "", "", "", "", "p", "d", "", "x", "", "r", ""]),
    ("pickup", ["", "", "", "", "h", "", "d", "", "x", "", "r", ""]),
    ("delivered", ["", "", "", "", "", "", "", "", "x", "", "r", ""]),
    ("cancelling", ["", "", "", "", "h", "p", "d", "", "x", "", "r", ""]),
    ("cancelled", ["", "", "", "", "h", "p", "d", "", "", "", "r", ""]),
    ("returning", ["", "", "", "", "", "", "", "", "x", "", "r", ""]),
    ("returned", ["", "", "", "", "", "", "", "", "x", "", "", ""]),
    ("unknown", ["", "", "a", "a", "h", "p", "d", "", "x", "", "r", ""]),
  ]
  static let letters: [OrderEventKind: String] = [
    .orderCreated: "c", .orderAccepted: "a", .orderHandedOver: "h", .readyForPickup: "p",
    .orderDelivered: "d",
    .orderCancelled: "x", .orderReturned: "r",
  ]

  @Test(arguments: table)
  func tellsWhatTheTableSays(before: String?, expected: [String]) throws {
    #expect(expected.count == Self.columns.count)
    for (name, letters) in zip(Self.columns, expected) {
      let now = OrderSnapshot(taken: Samples.noon, orders: [try #require(Self.states[name])])
      let old = try before.map {
        OrderSnapshot(
          taken: Samples.noon.advanced(by: .seconds(-86_400)), orders: [try #require(Self.states[$0])])
      }
      let kinds = OrderDiff.events(from: old, to: now).map(\.kind)
      #expect(kinds.compactMap { Self.letters[$0] }.joined() == letters, "\(before ?? "nothing") → \(name)")
    }
  }

  /// A finished order with a status of the way contradicts itself: it tells nothing, whatever was there before.
  @Test(arguments: [OrderStatus.approvedByBank, .acceptedByMerchant], states.keys.sorted() + [nil])
  func anArchivedOrderOnItsWayTellsNothing(status: OrderStatus, before: String?) throws {
    let now = Samples.order(state: .archive, status: status)
    let old = try before.map {
      OrderSnapshot(
        taken: Samples.noon.advanced(by: .seconds(-86_400)), orders: [try #require(Self.states[$0])])
    }
    #expect(OrderDiff.events(from: old, to: OrderSnapshot(taken: Samples.noon, orders: [now])) == [])
    // Once it is certain how it ended, that is told.
    let end = OrderSnapshot(
      taken: Samples.noon.advanced(by: .seconds(86_400)),
      orders: [Samples.order(state: .archive, status: .completed)])
    let events = OrderDiff.events(from: OrderSnapshot(taken: Samples.noon, orders: [now]), to: end)
    #expect(events.map(\.kind) == [.orderDelivered])
  }

  @Test func aMissingOrderIsNoEvent() {
    let old = OrderSnapshot(taken: Samples.noon, orders: [Samples.order("1"), Samples.order("2")])
    #expect(
      OrderDiff.events(from: old, to: OrderSnapshot(taken: Samples.noon, orders: [Samples.order("2")])) == [])
    #expect(OrderDiff.events(from: old, to: OrderSnapshot(taken: Samples.noon, orders: [])) == [])
  }

  @Test func theSameSnapshotTellsNothing() {
    let snapshot = OrderSnapshot(taken: Samples.noon, orders: Array(Self.states.values))
    #expect(OrderDiff.events(from: snapshot, to: snapshot) == [])
  }

  @Test func findsOrdersByCodeWhereverTheyStand() {
    let old = OrderSnapshot(
      taken: Samples.noon,
      orders: ["1", "3", "5"].map { Samples.order($0, state: .new, status: .approvedByBank) })
    let now = OrderSnapshot(
      taken: Samples.noon,
      orders: ["0", "3", "4", "5"].map { Samples.order($0, state: .archive, status: .completed) })
    #expect(OrderDiff.events(from: old, to: now).map(\.order.code) == ["0", "3", "4", "5"])
  }

  @Test func datesALateStateBackWhenTheOrderShouldHaveBeenThereBefore() {
    let old = OrderSnapshot(taken: Samples.noon, orders: [])
    let long = Samples.noon.advanced(by: .seconds(-20 * 86_400))
    let fresh = Samples.noon.advanced(by: .seconds(60))
    let taken = Samples.noon.advanced(by: .seconds(86_400))
    let orders = [long, fresh].enumerated().map {
      Samples.order("\($0)", state: .archive, status: .completed, created: $1)
    }
    let events = OrderDiff.events(from: old, to: OrderSnapshot(taken: taken, orders: orders))
    #expect(events.map(\.occurred) == [long, taken])
  }

  @Test func anOvertakenMessageIsNotTrueAnyMore() throws {
    let cancelled = try #require(Self.states["cancelled"])
    let delivered = try #require(Self.states["delivered"])
    #expect(!OrderDiff.isStillTrue(.orderCreated, of: cancelled))
    #expect(OrderDiff.isStillTrue(.orderCancelled, of: cancelled))
    #expect(!OrderDiff.isStillTrue(.orderCreated, of: delivered))
    #expect(OrderDiff.isStillTrue(.orderDelivered, of: delivered))
    #expect(OrderDiff.isStillTrue(.orderCreated, of: try #require(Self.states["packing"])))
  }
}
