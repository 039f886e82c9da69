import FoundationEssentials
import Model
import Store
import SystemPackage
import TestKit
import Testing

@testable import Notify

/// Snapshots on disk, compared line by line.
@Suite struct ChangesTests {
  static let day = Duration.seconds(86_400)

  /// A few orders in every state, drawn from a seed.
  static func orders(_ count: Int, seed: UInt64) -> [Order] {
    var random = SeededGenerator(seed: seed)
    let states = Array(OrderDiffTests.states.keys).sorted()
    return (0..<count).compactMap { index in
      guard Bool.random(using: &random) || index < 3, let name = states.randomElement(using: &random),
        var order = OrderDiffTests.states[name]
      else { return nil }
      order.code = "70010\(1000 + index)"
      order.id = "id-\(order.code)"
      order.customer.phone = CustomerPhone("70112\(10_000 + index % 7)")
      return order
    }
  }

  @Test(arguments: 1...20)
  func readingByLinesGivesWhatReadingWholeFilesGives(seed: UInt64) throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path)
    let old = OrderSnapshot(taken: Samples.noon, orders: Self.orders(40, seed: seed))
    let new = OrderSnapshot(
      taken: Samples.noon.advanced(by: Self.day), orders: Self.orders(40, seed: seed + 100))
    try folder.write(old)
    try folder.write(new)
    #expect(try folder.read(old.taken) == old)
    let watched = try #require(new.orders.first?.code)
    let changes = try folder.changes(
      ChangesQuestion(base: old.taken, current: new.taken, watching: [watched], asksForBuyers: true))
    #expect(changes.events == OrderDiff.events(from: old, to: new))
    #expect(changes.orders == new.orders.count)
    #expect(changes.watched == [watched: new.orders[0]])
    let whole = OrderChanges(from: old, to: new)
    for (phone, first) in changes.firstOrders { #expect(whole.firstOrders[phone] == first) }
  }

  @Test func anOrderThatHasLeftIsFoundInAnOlderSnapshot() throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path)
    let order = Samples.order("1", state: .archive, status: .completed)
    try folder.write(OrderSnapshot(taken: Samples.noon, orders: [order]))
    let now = Samples.noon.advanced(by: Self.day)
    try folder.write(OrderSnapshot(taken: now, orders: []))
    let changes = try folder.changes(ChangesQuestion(base: Samples.noon, current: now, watching: ["1", "2"]))
    #expect(changes.watched == ["1": order])
  }

  @Test func aFileOfFormatOneIsStillRead() throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path)
    let old = """
      {
        "format": 1,
        "orders": [
          {
            "assembled": false,
            "code": "700100001",
            "created": "2026-11-23T07:00:00Z",
            "customer": {
              "first_name": "Алия",
              "phone": "77011234567"
            },
            "delivery": "DELIVERY_REGIONAL_TODOOR",
            "id": "NzAwMTAwMDAx",
            "preorder": false,
            "state": "NEW",
            "status": "APPROVED_BY_BANK",
            "total": 12990
          }
        ],
        "taken": "2026-11-23T07:00:00Z"
      }

      """
    try temporary.write(SnapshotFolder.name(of: Samples.noon), Array(old.utf8))
    var order = try #require(try folder.read(Samples.noon).orders.first)
    #expect(order.status == .approvedByBank && order.customer.firstName == "Алия")
    order.status = .acceptedByMerchant
    order.state = .kaspiDelivery
    let now = Samples.noon.advanced(by: Self.day)
    try folder.write(OrderSnapshot(taken: now, orders: [order]))
    let changes = try folder.changes(ChangesQuestion(base: Samples.noon, current: now))
    #expect(changes.events.map(\.kind) == [.orderAccepted])
  }

  @Test func aDamagedBaseIsAnErrorEvenBehindTheLastCommonOrder() throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path)
    try folder.write(OrderSnapshot(taken: Samples.noon, orders: Desk.orders(3)))
    let name = SnapshotFolder.name(of: Samples.noon)
    try temporary.write(name, Array(try temporary.read(name).dropLast(200)))
    let now = Samples.noon.advanced(by: Self.day)
    try folder.write(OrderSnapshot(taken: now, orders: []))
    let error = #expect(throws: StoreError.self) {
      try folder.changes(ChangesQuestion(base: Samples.noon, current: now))
    }
    #expect(error?.code == .damaged)
  }

  @Test func forgettingTakesNameAndTelephoneOutOfEverySnapshot() throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path)
    for step in 0..<2 {
      try folder.write(
        OrderSnapshot(taken: Samples.noon.advanced(by: Self.day * step), orders: Desk.orders(2)))
    }
    let phone = try #require(PhoneNumber("77011234560"))
    #expect(try folder.forget(phone) == 2)
    for name in try Folder.files(in: temporary.path, suffix: ".json") {
      #expect(!String(decoding: try temporary.read(name), as: UTF8.self).contains(phone.digits))
    }
    #expect(try folder.forget(phone) == 0)
  }

  @Test func purgingKeepsTheNewestAndTheOneScanned() throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path)
    let moments = (0..<5).map { Samples.noon.advanced(by: Self.day * $0) }
    for moment in moments { try folder.write(OrderSnapshot(taken: moment, orders: [])) }
    let late = moments[4].advanced(by: Self.day)
    #expect(try folder.purgeable(before: late, keeping: moments[2]) == [moments[0], moments[1], moments[3]])
    #expect(try folder.purgeable(before: moments[1], keeping: nil) == [moments[0]])
  }
}
