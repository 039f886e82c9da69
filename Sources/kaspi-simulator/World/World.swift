import Synchronization

/// The sample shop: a pure function of a seed and a night.
///
/// Nothing here reads a clock. Nights are worked out one after another and kept, because each follows from the one
/// before it.
final class World: Sendable {
  /// The number everything follows from.
  let seed: Int
  /// What the shop sells on night 0.
  let first: [Article]
  private let memory: Mutex<Memory>

  private struct Memory {
    var articles: [Article]
    var nights: [ShopNight]
    var orders: [Int: [SampleOrder]] = [:]
  }

  /// The seller's number at Kaspi.
  static let merchant = "14000001"
  /// The shop's name.
  static let company = "Demo Home"
  /// Almaty.
  static let baseCity = "750000000"
  /// The cities in which somebody buys here.
  static let cities: [(id: String, name: String)] = [
    ("750000000", "Алматы"), ("710000000", "Астана"), ("511010000", "Шымкент"), ("351010000", "Караганда"),
  ]
  /// Where the shop keeps its goods.
  static let stores: [(name: String, city: String, street: String)] = [
    ("PP1", "750000000", "улица Складская"), ("PP2", "710000000", "проспект Ремесленников"),
  ]
  /// 2026-11-22T21:00:00Z, in milliseconds.
  static let firstNight: Int64 = 1_795_381_200_000
  /// One day in milliseconds.
  static let day: Int64 = 86_400_000

  /// Builds the first night of a shop.
  init(seed: Int) {
    self.seed = seed
    var builder = ArticleBuilder(seed: seed)
    for family in GoodsTable.stock { builder.add(family) }
    first = builder.articles
    let start = ShopNight(
      night: 0,
      offers: first.map {
        OfferState(article: $0.index, price: $0.price, stock: $0.stock.map(\.count), withdrawn: nil)
      })
    memory = Mutex(Memory(articles: first, nights: [start]))
  }

  /// The moment that a night stands for, in epoch milliseconds.
  static func now(_ night: Int) -> Int64 { firstNight + Int64(night) * day }

  /// The shop on a night; nights before the first are the first.
  func shop(_ night: Int) -> ShopNight {
    memory.withLock { memory in
      while memory.nights.count <= night { advance(&memory) }
      return memory.nights[max(0, night)]
    }
  }

  /// Every article that the shop has sold up to a night, by number.
  func articles(_ night: Int) -> [Article] {
    let count = shop(night).offers.count
    return memory.withLock { Array($0.articles[..<count]) }
  }

  /// Orders that exist on a night; see ``SampleOrder``.
  func orders(_ night: Int) -> [SampleOrder] {
    if let known = memory.withLock({ $0.orders[night] }) { return known }
    let made = OrderBook.orders(world: self, night: night)
    memory.withLock { memory in
      if memory.orders.count > 4 { memory.orders.removeAll() }
      memory.orders[night] = made
    }
    return made
  }

  /// Works out the night after the last one: a dozen prices, two dozen stocks, one offer less, one more.
  private func advance(_ memory: inout Memory) {
    var next = memory.nights[memory.nights.count - 1]
    next.night += 1
    var source = SplitMix(seed, "night", next.night)
    let offered = next.offers.indices.filter { next.offers[$0].withdrawn == nil }

    for index in Self.some(12, of: offered, &source) {
      let article = memory.articles[index]
      let old = next.offers[index].price
      var up = source.chance(50)
      // A price that has wandered far from where it began turns back.
      if old * 100 > article.price * 135 { up = false }
      if old * 100 < article.price * 75 { up = true }
      let step = max(10, old * source.within(1...8) / 1000 * 10)
      next.offers[index].price = max(100, up ? old + step : old - step)
    }
    for index in Self.some(25, of: offered, &source) {
      let article = memory.articles[index]
      let store = source.below(next.offers[index].stock.count)
      let have = next.offers[index].stock[store]
      if have <= 1 || source.chance(15) {
        next.offers[index].stock[store] = have + source.within(article.usualStock) + 1
      } else {
        next.offers[index].stock[store] = source.chance(8) ? 0 : have - source.within(1...min(4, have))
      }
    }
    if let gone = Self.some(1, of: offered, &source).first { next.offers[gone].withdrawn = next.night }

    let article = ArticleBuilder.arrival(next.night, seed: seed, index: next.offers.count)
    memory.articles.append(article)
    next.offers.append(
      OfferState(
        article: article.index, price: article.price, stock: article.stock.map(\.count), withdrawn: nil))
    memory.nights.append(next)
  }

  /// So many different members of a list, in the list's order.
  private static func some(_ count: Int, of list: [Int], _ source: inout SplitMix) -> [Int] {
    var rest = list
    var chosen: [Int] = []
    while chosen.count < count, !rest.isEmpty { chosen.append(rest.remove(at: source.below(rest.count))) }
    return chosen.sorted()
  }
}

extension World {
  /// The last night that the control endpoint sets; each follows from the one before, so a far one takes its time.
  static let lastNight = 3650
}
