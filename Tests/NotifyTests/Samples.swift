import Model

@testable import Notify

/// Values that several tests need.
enum Samples {
  static let shop: ShopProfile = {
    guard let merchant = MerchantID("14000001") else { preconditionFailure("a merchant id") }
    return ShopProfile(key: "demo", name: "Demo Home", merchant: merchant)
  }()

  /// 2026-11-23 12:00 in Almaty, a Monday.
  static let noon = moment("2026-11-23T12:00:00+05:00")

  static func moment(_ text: String) -> Instant {
    guard let instant = Instant(text) else { preconditionFailure("no moment: \(text)") }
    return instant
  }

  static func order(
    _ code: String = "700100001", state: OrderState = .kaspiDelivery,
    status: OrderStatus = .acceptedByMerchant, created: Instant = noon, handedOver: Instant? = nil,
    phone: String? = "7011234567", name: String? = "Алия", lines: Int = 1
  ) -> Order {
    Order(
      id: "id-\(code)", code: code, state: state, status: status, total: 12_990 * lines, created: created,
      plannedDelivery: moment("2026-11-26T18:00:00+05:00"), handedOver: handedOver,
      delivery: state == .pickup ? .pickup : .regionalToDoor, isKaspiDelivery: state == .kaspiDelivery,
      town: "Астана", customer: Customer(firstName: name, lastName: "Тестова", phone: CustomerPhone(phone)),
      entries: (0..<lines).map {
        OrderEntry(
          number: $0, quantity: 1, total: 12_990, sku: "11206682\($0)_000573024",
          title: "Чайник Пример \($0)",
          product: ProductID("11206682\($0)"), category: "Чайники")
      })
  }
}
