import Store
import SystemPackage

extension Simulator {
  /// `/control/…`: what a test or a person does to this world.
  func control(_ request: Request) async -> Reply {
    switch (request.method, request.segments.dropFirst().first, request.segments.count) {
    case ("GET", "state", 2): return .json(stateJSON)
    case ("POST", "night", 2): return setNight(request)
    case ("GET", "orders", 2): return .json(ordersJSON)
    case ("POST", "orders", 3): return changeOrder(request.segments[2], request)
    case ("POST", "orders", 2):
      guard let count = JSONValue(body: request.body)?["moving"]?.int, count >= 0 else {
        return refused("moving is needed: how many orders change places while pages are read")
      }
      with { $0.orderMoves.remaining = count }
      return .json(ordersJSON)
    case ("DELETE", "orders", 2):
      with { state in
        state.orderChanges = [:]
        state.orderMoves = OrderMoves()
      }
      save()
      return .json(ordersJSON)
    case (_, "faults", 2): return changeFaults(request)
    case ("GET", "requests", 2):
      let (surface, path) = (request.parameter("surface"), request.parameter("path"))
      return .json(with { $0.log }.json(surface: surface, path: path))
    case ("DELETE", "requests", 2):
      with { $0.log.clear() }
      return .json(["requests": .array([])])
    case ("GET", "messages", 2): return .json(messagesJSON)
    case ("DELETE", "messages", 2):
      with { $0.waha.messages = [] }
      save()
      return .json(messagesJSON)
    case ("POST", "waha", 2): return changeWAHA(request)
    case ("GET", "webhooks", 2): return await webhooks(request)
    case ("POST", "cabinet", 2):
      with { $0.cabinetTotalDrift = JSONValue(body: request.body)?["totalDrift"]?.int ?? 0 }
      return .json(stateJSON)
    case ("POST", "listing", 2):
      with { $0.listingRepeats = JSONValue(body: request.body)?["repeats"]?.bool ?? false }
      return .json(stateJSON)
    case ("POST", "robots", 2):
      with { $0.robots = JSONValue(body: request.body)?["text"]?.string }
      return .json(stateJSON)
    case ("POST", "pull", 2): return await pull(request)
    default: return refused("no such control: \(request.method) \(request.path)", status: 404)
    }
  }

  /// Says why something was not done.
  func refused(_ reason: String, status: Int = 400) -> Reply {
    .json(["error": .string(reason)], status: status)
  }

  private var stateJSON: JSONValue {
    let (night, sends, drift) = with { ($0.night, $0.waha.sends, $0.cabinetTotalDrift) }
    let shop = world.shop(night)
    let sessions = with { $0.waha.sessions.mapValues(\.status.rawValue) }
    return [
      "night": .integer(night), "now": .string(Moment.utc(World.now(night))),
      "nowMilliseconds": .moment(World.now(night)), "seed": .integer(settings.seed),
      "data": .text(data?.path.string), "merchant": .string(World.merchant),
      "company": .string(World.company),
      "offers": .integer(shop.offers.count { $0.withdrawn == nil }),
      "onSale": .integer(shop.offers.count(where: \.isOnSale)),
      "withdrawn": .integer(shop.offers.count { $0.withdrawn != nil }),
      "orders": .integer(world.orders(night).count), "sends": .integer(sends),
      "cabinetTotalDrift": .integer(drift),
      "sessions": .object(sessions.mapValues { .string($0) }),
    ]
  }

  private func setNight(_ request: Request) -> Reply {
    let question = JSONValue(body: request.body)
    let wanted: Int
    if let night = question?["night"]?.int {
      wanted = night
    } else if let step = question?["advance"]?.int {
      wanted = night + step
    } else {
      return refused("night or advance is needed")
    }
    guard (0...World.lastNight).contains(wanted) else { return refused("a night is 0 to \(World.lastNight)") }
    with { $0.night = wanted }
    save()
    return .json(stateJSON)
  }

  private var ordersJSON: JSONValue {
    let (night, changes) = with { ($0.night, $0.orderChanges) }
    let orders = world.orders(night).map { order -> JSONValue in
      let change = changes[order.code]
      return [
        "code": .string(order.code), "created": .moment(order.created),
        "state": .string(change?.state ?? order.state), "status": .string(change?.status ?? order.status),
        "assembled": .bool(change?.isAssembled ?? order.isAssembled), "total": .integer(order.total),
        "changed": .bool(change != nil),
      ]
    }
    return ["orders": .array(orders), "total": .integer(orders.count)]
  }

  private func changeOrder(_ code: String, _ request: Request) -> Reply {
    guard let value = JSONValue(body: request.body), value.object != nil else {
      return refused("a JSON object is needed")
    }
    let isKnown = data != nil || world.orders(night).contains { $0.code == code }
    guard isKnown else { return refused("no order \(code) on this night", status: 404) }
    let change = with { state in
      var change = state.orderChanges[code] ?? OrderChange(.object([:]))
      change.merge(OrderChange(value))
      state.orderChanges[code] = change
      return change
    }
    save()
    return .json(["code": .string(code), "change": change.json])
  }

  private func changeFaults(_ request: Request) -> Reply {
    switch request.method {
    case "GET": break
    case "DELETE":
      with { $0.faults = Faults() }
    case "POST":
      guard let value = JSONValue(body: request.body) else { return refused("JSON is needed") }
      let reason = with { state -> String? in
        // Refused as a whole: nothing is switched on when one of several makes no sense.
        var faults = state.faults
        for entry in value.array ?? [value] {
          if entry["clear"]?.bool == true { faults.clear() }
          if let flag = entry["hangWithoutUserAgent"]?.bool { faults.hangsWithoutUserAgent = flag }
          if let seconds = entry["hangSeconds"]?.double { faults.hangSeconds = seconds }
          guard entry["kind"] != nil else { continue }
          if case .failure(let refusal) = faults.add(entry) { return refusal.reason }
        }
        state.faults = faults
        return nil
      }
      if let reason { return refused(reason) }
    default: return refused("GET, POST or DELETE", status: 405)
    }
    let faults = with { $0.faults }
    return .json([
      "faults": .array(faults.list.map(\.json)), "hangWithoutUserAgent": .bool(faults.hangsWithoutUserAgent),
      "hangSeconds": .decimal(faults.hangSeconds),
    ])
  }
}
