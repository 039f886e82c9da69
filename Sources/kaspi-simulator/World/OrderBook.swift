/// The orders of the sample shop: how many come a day, from whom, and how each walks through its states.
enum OrderBook {
  /// Days before the first night on which there already were orders.
  static let history = 40
  /// Orders older than this many days are not listed any more.
  static let memory = 75

  /// Every order of a night, oldest first.
  ///
  /// An order of day `d` was placed in the hours before the night `d`, and its state is a function of its age.
  static func orders(world: World, night: Int) -> [SampleOrder] {
    var result: [SampleOrder] = []
    for day in max(-history, night - memory)...max(night, 0) {
      var source = SplitMix(world.seed, "day", day)
      let count = source.within(6...11)
      let shop = world.shop(max(0, day))
      let onSale = shop.offers.filter(\.isOnSale)
      let articles = world.articles(max(0, day))
      for number in 0..<count {
        result.append(
          order(world: world, day: day, number: number, age: night - day, onSale: onSale, articles: articles))
      }
    }
    return result.sorted { ($0.created, $0.code) < ($1.created, $1.code) }
  }

  private static func order(
    world: World, day: Int, number: Int, age: Int, onSale: [OfferState], articles: [Article]
  ) -> SampleOrder {
    var source = SplitMix(world.seed, "order", day, number)
    // Between 08:00 and 23:00 in Almaty; the night stands at 02:00 there.
    let created =
      World.now(day) - Int64(source.within(3 * 3600...18 * 3600)) * 1000 + Int64(source.below(1000))
    var lines: [SampleOrder.Line] = []
    for _ in 0..<(source.chance(72) ? 1 : source.within(2...3)) {
      let offer = source.pick(onSale)
      guard !lines.contains(where: { $0.article == offer.article }) else { continue }
      lines.append(
        .init(
          article: offer.article, quantity: source.chance(85) ? 1 : source.within(2...4), price: offer.price))
    }
    let isPreorder = lines.contains { articles[$0.article].preorder != nil }
    let route = Route.pick(&source)
    let walk = Walk(route, &source)
    let stage = walk.stage(age: age)
    let city = World.cities[source.chance(55) ? 0 : source.within(1...3)].name
    let store = source.chance(75) ? 0 : 1
    return SampleOrder(
      code: "\(742_000_000 + (day + 100) * 100 + number)", created: created,
      buyer: buyer(world.seed, &source),
      lines: lines, deliveryMode: route.deliveryMode(&source), isKaspiDelivery: route.isKaspiDelivery,
      store: World.stores[store].name, town: city,
      creditTerm: source.chance(60) ? source.pick([3, 6, 12, 24]) : nil,
      isPreorder: isPreorder, state: stage.state, status: stage.status, isAssembled: stage.isAssembled,
      handedOver: stage.isHandedOver
        ? World.now(day + walk.handedOver) - Int64(source.within(6...11)) * 3_600_000 : nil,
      cancellationReason: stage.reason, hidesEntries: source.chance(3), hidesUser: source.chance(3))
  }

  private static func buyer(_ seed: Int, _ source: inout SplitMix) -> Buyer {
    // A hundred and sixty people; some come back.
    let person = source.below(160)
    var own = SplitMix(seed, "buyer", person)
    let isWoman = own.chance(60)
    let first = own.pick(isWoman ? womensNames : mensNames)
    let last = own.pick(isWoman ? womensSurnames : mensSurnames)
    let prefix = own.pick([
      "700", "701", "702", "705", "707", "708", "747", "771", "775", "776", "777", "778",
    ])
    let tail = String(10_000 + person * 7).dropFirst()
    let number = "\(prefix)000\(tail)"
    let isShouting = own.chance(20)
    var buyer = Buyer(
      firstName: isShouting ? first.uppercased() : first, lastName: isShouting ? last.uppercased() : last,
      phone: number, number: number)
    if source.chance(6) { buyer.phone = "0000000000" }
    if source.chance(4) { (buyer.firstName, buyer.lastName) = (nil, nil) }
    return buyer
  }

  private static let womensNames = [
    "Айгерим", "Алия", "Асель", "Баян", "Гүлнар", "Дана", "Жанар", "Индира", "Камила", "Мадина", "Назгүл",
    "Сәуле",
    "Анна", "Ирина", "Ольга", "Светлана", "Наталья", "Екатерина",
  ]
  private static let mensNames = [
    "Азамат", "Айдар", "Арман", "Бауыржан", "Данияр", "Ерлан", "Жандос", "Мұрат", "Нұрлан", "Руслан", "Тимур",
    "Алексей", "Виктор", "Дмитрий", "Игорь", "Сергей",
  ]
  private static let womensSurnames = [
    "Примерова", "Образцова", "Тестова", "Үлгіқызы", "Мысалова", "Сынақбаева", "Демонова",
  ]
  private static let mensSurnames = [
    "Примеров", "Образцов", "Тестов", "Үлгібаев", "Мысалов", "Сынақбаев", "Демонов",
  ]
}

/// How an order travels and ends.
enum Route: CaseIterable {
  case delivered, pickedUp, ownCourier, notPickedUp, cancelledEarly, cancelledOnTheWay, returned, signed
  case undocumentedStatus, undocumentedState

  static func pick(_ source: inout SplitMix) -> Route {
    switch source.below(100) {
    case 0..<55: .delivered
    case 55..<67: .pickedUp
    case 67..<74: .ownCourier
    case 74..<77: .notPickedUp
    case 77..<83: .cancelledEarly
    case 83..<87: .cancelledOnTheWay
    case 87..<92: .returned
    case 92..<97: .signed
    case 97..<99: .undocumentedStatus
    default: .undocumentedState
    }
  }

  var isKaspiDelivery: Bool {
    switch self {
    case .pickedUp, .notPickedUp, .ownCourier: false
    default: true
    }
  }

  func deliveryMode(_ source: inout SplitMix) -> String {
    switch self {
    case .pickedUp, .notPickedUp: "DELIVERY_PICKUP"
    case .ownCourier: "DELIVERY_LOCAL"
    default:
      source.pick([
        "DELIVERY_REGIONAL_TODOOR", "DELIVERY_REGIONAL_TODOOR", "DELIVERY_LOCAL", "DELIVERY_REGIONAL_PICKUP",
      ])
    }
  }
}

/// The ages, in nights, at which an order takes its next step.
struct Walk {
  let route: Route
  let accepted: Int
  let assembled: Int
  let handedOver: Int
  let done: Int
  let after: Int
  let closed: Int
  let reason: String

  init(_ route: Route, _ source: inout SplitMix) {
    self.route = route
    accepted = source.chance(40) ? 0 : 1
    assembled = accepted + source.within(0...1)
    handedOver = max(1, assembled + source.within(0...1))
    done = max(1, handedOver) + source.within(1...4)
    after = done + source.within(3...8)
    closed = after + source.within(2...5)
    reason = source.pick(["BUYER_CANCELLATION_BY_MERCHANT", "BUYER_NOT_REACHABLE", "MERCHANT_OUT_OF_STOCK"])
  }

  /// Where an order stands.
  struct Stage {
    var state: String
    var status: String
    var isAssembled = false
    var isHandedOver = false
    var reason: String?
  }

  func stage(age: Int) -> Stage {
    if age < accepted {
      return Stage(state: route == .signed ? "SIGN_REQUIRED" : "NEW", status: "APPROVED_BY_BANK")
    }
    let completed = Stage(
      state: "ARCHIVE", status: "COMPLETED", isAssembled: true, isHandedOver: route.isKaspiDelivery)
    switch route {
    case .pickedUp:
      return age < done ? Stage(state: "PICKUP", status: "ACCEPTED_BY_MERCHANT") : completed
    case .ownCourier:
      return age < done ? Stage(state: "DELIVERY", status: "ACCEPTED_BY_MERCHANT") : completed
    case .notPickedUp:
      return age < done
        ? Stage(state: "PICKUP", status: "ACCEPTED_BY_MERCHANT")
        : Stage(state: "ARCHIVE", status: "CANCELLED", reason: "TIMEOUT_BUYER_PICKUP")
    case .cancelledEarly:
      return Stage(state: "ARCHIVE", status: "CANCELLED", reason: reason)
    case .delivered, .signed, .returned, .cancelledOnTheWay, .undocumentedStatus, .undocumentedState:
      return onTheWay(age, completed)
    }
  }

  private func onTheWay(_ age: Int, _ completed: Stage) -> Stage {
    var stage = Stage(state: "KASPI_DELIVERY", status: "ACCEPTED_BY_MERCHANT")
    stage.isAssembled = age >= assembled
    stage.isHandedOver = age >= handedOver
    if stage.isHandedOver {
      switch route {
      case .undocumentedStatus: stage.status = "ARRIVED"
      case .undocumentedState: stage.state = "KASPI_DELIVERY_CARGO"
      default: break
      }
    }
    guard age >= done else { return stage }
    switch route {
    case .cancelledOnTheWay:
      stage.status = "CANCELLING"
      return age < after
        ? stage
        : Stage(state: "ARCHIVE", status: "CANCELLED", isAssembled: true, isHandedOver: true, reason: reason)
    case .returned where age >= closed:
      return Stage(state: "ARCHIVE", status: "RETURNED", isAssembled: true, isHandedOver: true)
    case .returned where age >= after:
      stage.status = "KASPI_DELIVERY_RETURN_REQUESTED"
      return stage
    default: return completed
    }
  }
}
