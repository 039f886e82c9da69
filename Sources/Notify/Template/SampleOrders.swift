public import Model

/// Made-up orders that show a template from all its sides; nobody in them exists.
public enum SampleOrders {
  /// From the plain case to the sparse one.
  public static let all: [Order] = [
    order(
      "700000001", name: "Алия", town: "Алматы",
      lines: [("Чайник электрический Demo K-17, 1.7 л, белый", 1, 12_990)]),
    order(
      "700000002", name: "ЕРЛАН", town: "Астана",
      lines: [
        ("Кружка \"Утро\" 350 мл <синяя> & подставка", 2, 3980), ("Ложка чайная, набор 6 шт", 1, 2490),
        ("Поднос", 1, 5990), ("Салфетки бумажные 3 слоя, 24 × 24 см, упаковка", 5, 2450),
        (
          "Скатерть водоотталкивающая с очень длинным названием, которое покупатель дочитывать не станет", 1,
          7990
        ),
        ("Подсвечник", 21, 20_790), ("Ваза", 1, 6490),
      ]),
    order("700000003", name: nil, town: nil, lines: [("Термос 1 л", 22, 197_780)], pickup: true),
    order("700000004", name: "Әйгерім", town: "Шымкент", lines: nil, planned: false),
    order("700000005", name: "777", town: "", lines: [("", 1, 0)], planned: false, total: 0),
  ]

  private static func order(
    _ code: String, name: String?, town: String?, lines: [(String, Int, Int)]?, pickup: Bool = false,
    planned: Bool = true, total: Int? = nil
  ) -> Order {
    let created = Instant(milliseconds: 1_795_500_000_000)
    return Order(
      id: "sample-\(code)", code: code, state: pickup ? .pickup : .kaspiDelivery, status: .acceptedByMerchant,
      total: total ?? lines?.reduce(0) { $0 + $1.2 } ?? 9990, created: created,
      plannedDelivery: planned ? created.advanced(by: .seconds(3 * 86_400)) : nil,
      delivery: pickup ? .pickup : .regionalToDoor, isKaspiDelivery: !pickup, town: town,
      customer: Customer(firstName: name, lastName: nil, phone: .missing),
      entries: lines?.enumerated().map { index, line in
        OrderEntry(
          number: index, quantity: line.1, total: line.2, sku: nil, title: line.0,
          product: line.0.isEmpty ? nil : ProductID("10000000\(index)"), category: nil)
      })
  }
}
