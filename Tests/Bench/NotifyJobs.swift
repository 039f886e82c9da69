import Model
import Notify
import Store
import SystemPackage

/// Scanning snapshots, making messages, writing the journal.
enum NotifyJobs {
  static let all: [String: @Sendable ([String]) async throws -> Work] = [
    "notify-make": make, "notify-scan": scan, "notify-render": render, "notify-journal": journal,
  ]

  private static let evening = Instant(milliseconds: 1_795_400_000_000)
  private static let morning = Instant(milliseconds: 1_795_486_400_000)

  /// `notify-make COUNT FOLDER`: two snapshots, a day apart; a fiftieth moved on, a hundredth is new.
  @Sendable private static func make(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let folder = SnapshotFolder(FilePath(try BenchUsage.argument(arguments, 1, "FOLDER")))
    return try await Work.measure {
      try folder.write(
        OrderSnapshot(taken: evening, orders: (0..<count).compactMap { order($0, isLater: false) }))
      try folder.write(
        OrderSnapshot(taken: morning, orders: (0..<count).compactMap { order($0, isLater: true) }))
      return (2 * count, 0, 0)
    }
  }

  /// `notify-scan FOLDER`: the events between the two snapshots; checked by their number.
  @Sendable private static func scan(_ arguments: [String]) async throws -> Work {
    let folder = SnapshotFolder(FilePath(try BenchUsage.argument(arguments, 0, "FOLDER")))
    return try await Work.measure {
      let changes = try folder.changes(ChangesQuestion(base: evening, current: morning))
      return (2 * changes.orders, 0, changes.events.count)
    }
  }

  /// `notify-render COUNT`: messages of every event and language over orders of one to seven lines.
  @Sendable private static func render(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let templates = try TemplateSet(StarterTemplates.all).all
    guard let merchant = MerchantID("14000001") else { throw BenchUsage(description: "no merchant") }
    let shop = ShopProfile(key: "demo", name: "Demo Home", merchant: merchant)
    let orders = (0..<700).compactMap { order($0, isLater: true) }
    return try await Work.measure {
      var bytes = 0
      for index in 0..<count {
        let template = templates[index % templates.count]
        let text = try template.render(
          MessageContext(
            order: orders[index % orders.count], shop: shop, locale: template.locale,
            isFirstContact: index.isMultiple(of: 2)))
        bytes += text.utf8.count
      }
      return (count, bytes, count)
    }
  }

  /// `notify-journal COUNT FILE`: reservations, each on disk before the next.
  @Sendable private static func journal(_ arguments: [String]) async throws -> Work {
    let count = try BenchUsage.number(arguments, 0, "COUNT")
    let path = FilePath(try BenchUsage.argument(arguments, 1, "FILE"))
    let journal = try Journal.open(path, mode: [.ownerReadWrite]).journal
    let identity = Digest.sha256([])
    return try await Work.measure {
      for _ in 0..<count {
        try journal.append([
          "record": "moved", "identity": .string(identity), "to": "reserved", "new_contact": true,
          "at": .string(morning.description),
        ])
      }
      return (count, 0, count)
    }
  }

  private static func order(_ index: Int, isLater: Bool) -> Order? {
    let isNew = index % 100 == 7
    if isNew, !isLater { return nil }
    let hasMoved = isLater && index % 50 == 3
    let lines = 1 + index % 7
    return Order(
      id: "id\(index)", code: "\(700_000_000 + index)", state: hasMoved ? .kaspiDelivery : .new,
      status: hasMoved ? .acceptedByMerchant : .approvedByBank, total: 12_990 * lines,
      created: isNew ? morning.advanced(by: .seconds(-60)) : evening.advanced(by: .seconds(-index % 86_400)),
      plannedDelivery: morning.advanced(by: .seconds(3 * 86_400)), delivery: .regionalToDoor,
      isKaspiDelivery: true, town: "Астана", pickupPoint: "14000001_PP1",
      customer: Customer(
        firstName: "АЛИЯ", lastName: "Пробная", phone: CustomerPhone("701\(1_000_000 + index % 9_000_000)")),
      entries: (0..<(1 + index % 2)).map {
        OrderEntry(
          number: $0, quantity: 1, total: 12_990, sku: "11206682\($0)_000573024",
          title: "Чайник электрический Demo K-17, 1.7 л, белый", product: ProductID("11206682\($0)"),
          category: "Чайники")
      })
  }
}
