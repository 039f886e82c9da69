import Model

/// Offers of our own making with Russian titles, the same for the same count.
enum GeneratedOffers {
  private static let things = [
    "Чайник электрический", "Наушники беспроводные", "Кружка & блюдце", "Комплект постельного белья",
    "Смартфон", "Пылесос вертикальный", "Кроссовки мужские", "Настольная лампа", "Рюкзак городской",
    "Сковорода с крышкой",
  ]
  private static let brands = ["Дала", "Nomad", "Тұмар", "Altyn Home", "Sary"]
  private static let colours = ["чёрный", "белый", "синий", "зелёный", "серый"]

  /// Makes offers sorted by SKU.
  static func make(_ count: Int) -> [Offer] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    var offers: [Offer] = []
    offers.reserveCapacity(count)
    for number in 0..<count {
      let brand = brands[next(brands.count)]
      guard let sku = SKU("\(100_000_000 + number)_\(100_000 + next(900_000))"),
        let price = Tenge(500 + next(900_000)), let first = StoreID("PP1"), let second = StoreID("PP2")
      else { continue }
      let stock = next(40)
      offers.append(
        Offer(
          sku: sku,
          model: "\(things[next(things.count)]) \(brand) \(next(10_000)) \(colours[next(colours.count)])",
          brand: brand,
          availabilities: [
            Availability(store: first, isAvailable: stock > 0, stock: stock),
            Availability(store: second, isAvailable: true, stock: 1 + next(9)),
          ], pricing: .everywhere(price)))
    }
    return offers
  }
}
