import Store

extension Simulator {
  /// The token API: `/shop/api/v2/…`.
  func ordersAPI(_ request: Request) -> Reply {
    let (isHanging, seconds) = with { ($0.faults.hangsWithoutUserAgent, $0.faults.hangSeconds) }
    if isHanging, (request.header("user-agent") ?? "").isEmpty {
      var reply = Reply(500)
      reply.wire = .silence(seconds: seconds)
      return reply
    }
    let accept = request.header("accept") ?? ""
    if accept.isEmpty { return .errorPage(404, "Not Found") }
    guard accept.contains("application/vnd.api+json") || accept.contains("*/*") && !accept.contains("html")
    else {
      return Reply(406)
    }
    guard request.header("x-auth-token") == settings.token else { return Reply(401) }
    guard request.method == "GET" else { return Reply(405) }
    let path = Array(request.segments.dropFirst(2))
    guard path.first == "v2" else { return .errorPage(404, "Not Found") }
    return data == nil ? sampleAnswer(request, path) : savedAnswer(request, path)
  }

  // MARK: - The sample shop

  private func sampleAnswer(_ request: Request, _ path: [String]) -> Reply {
    let night = night
    let articles = world.articles(night)
    func resource(_ code: String) -> OrderResource? {
      world.orders(night).first { $0.code == code }.map { OrderResource(order: $0, articles: articles) }
    }
    switch (path.count, path.dropFirst().first, path.last) {
    case (2, "orders", _):
      return list(request, now: World.now(night)) {
        world.orders(night).reversed().map { order in
          let resource = OrderResource(order: order, articles: articles)
          return Listed(created: order.created, json: resource.json, customer: resource.customer)
        }
      }
    case (3, "orders", _):
      guard let code = ResourceID.code(path[2]), let order = resource(code) else { return apiNotFound }
      return document(finished(order.json))
    case (4, "orders", "entries"):
      guard let code = ResourceID.code(path[2]), let order = resource(code) else { return apiNotFound }
      return .json(["data": .array(order.entries), "included": .array([])], type: Self.apiType)
    case (4, "orders", "user"):
      guard let code = ResourceID.code(path[2]), let order = resource(code) else { return apiNotFound }
      return document(order.customer)
    case (3, "orderentries", _), (4, "orderentries", "product"):
      guard let parts = ResourceID.code(path[2])?.split(separator: "#").map(String.init), parts.count == 2,
        let order = resource(parts[0]), let number = Int(parts[1]), order.order.lines.indices.contains(number)
      else { return apiNotFound }
      if path.count == 3 { return document(order.entry(number)) }
      return document(OrderResource.masterProduct(articles[order.order.lines[number].article]))
    case (3, "masterproducts", _), (4, "masterproducts", "merchantProduct"):
      guard let code = ResourceID.code(path[2]), let article = articles.first(where: { $0.card == code })
      else {
        return apiNotFound
      }
      return document(
        path.count == 3 ? OrderResource.masterProduct(article) : OrderResource.merchantProduct(article))
    case (2, "cities", _): return cities
    default: return apiNotFound
    }
  }

  private var cities: Reply {
    let list = World.cities.map { city -> JSONValue in
      [
        "type": .string("cities"), "id": .string(ResourceID.of(city.id)),
        "attributes": .object(["code": .string(city.id), "name": .string(city.name), "active": .bool(true)]),
      ]
    }
    return .json(["data": .array(list), "included": .array([])], type: Self.apiType)
  }

  // MARK: - Saved answers

  private func savedAnswer(_ request: Request, _ path: [String]) -> Reply {
    guard let data else { return apiNotFound }
    switch (path.count, path.dropFirst().first, path.last) {
    case (2, "orders", _):
      return list(request, now: World.now(night)) { savedOrders(data) }
    case (3, "orders", _):
      guard let order = savedOrders(data).first(where: { $0.json["id"]?.string == path[2] }) else {
        return apiNotFound
      }
      return document(finished(order.json))
    case (4, "orders", "entries"):
      guard let entries = data.json(["orders-synthetic", "entries-by-order.json"])?[path[2]] else {
        return apiNotFound
      }
      return .json(entries, type: Self.apiType)
    case (4, "orderentries", "product"):
      let orders = data.json(["orders-synthetic", "entries-by-order.json"])?.object ?? [:]
      let entry = orders.values.lazy.flatMap { $0["data"]?.array ?? [] }.first { $0["id"]?.string == path[2] }
      guard let product = entry?["relationships"]?["product"]?["data"]?["id"]?.string else {
        return apiNotFound
      }
      return savedProduct(data, product)
    case (3, "masterproducts", _): return savedProduct(data, path[2])
    case (2, "cities", _): return cities
    default: return apiNotFound
    }
  }

  private func savedProduct(_ data: DataFolder, _ id: String) -> Reply {
    data.json(["orders-synthetic", "products.json"])?[id].map { document($0) } ?? apiNotFound
  }

  private func savedOrders(_ data: DataFolder) -> [Listed] {
    data.pages("orders-synthetic", "orders-page-").flatMap { $0["data"]?.array ?? [] }.map { order in
      Listed(
        created: Int64(order["attributes"]?["creationDate"]?.int ?? 0), json: order, customer: .null)
    }
  }

  // MARK: - What both share

  private struct Listed {
    var created: Int64
    var json: JSONValue
    var customer: JSONValue
  }

  private func list(_ request: Request, now: Int64, orders: () -> [Listed]) -> Reply {
    let query: OrderQuery
    switch OrderQuery.read(request, now: now) {
    case .success(let read): query = read
    case .failure(let refusal):
      return .json(
        ["errors": .array([.object(["title": .string(refusal.reason)])])], status: 400, type: Self.apiType)
    }
    let changes = with { $0.orderChanges }
    var chosen: [Listed] = []
    for var order in orders() {
      if let code = order.json["attributes"]?["code"]?.string, let change = changes[code] {
        order.json = change.apply(to: order.json)
      }
      if isWanted(order, by: query) { chosen.append(order) }
    }
    let code = { (order: Listed) in order.json["attributes"]?["code"]?.string }
    chosen = with { $0.orderMoves }.arranged(chosen, code: code)
    let shown = chosen.dropFirst(query.page * query.size).prefix(query.size)
    let next = shown.endIndex < chosen.endIndex ? code(chosen[shown.endIndex]) : nil
    with { $0.orderMoves.pageWasShown(next: next) }
    let read = nextRead()
    var included: [JSONValue] = []
    if query.includes.contains("user") {
      var seen: Set<JSONValue> = []
      included = shown.map(\.customer).filter { $0 != .null && seen.insert($0).inserted }
    }
    return .json(
      [
        "data": .array(
          shown.enumerated().map { OrderResource.waybill(read + $0.offset, for: $0.element.json) }),
        "included": .array(included),
        "meta": .object([
          "pageCount": .integer((chosen.count + query.size - 1) / query.size),
          "totalCount": .integer(chosen.count),
        ]),
      ], type: Self.apiType)
  }

  private func isWanted(_ order: Listed, by query: OrderQuery) -> Bool {
    let attributes = order.json["attributes"]
    if let code = query.code, attributes?["code"]?.string != code { return false }
    if let from = query.from, order.created < from || order.created > query.to { return false }
    for (name, value) in query.wanted {
      switch name {
      case "deliveryType":
        let isPickup = attributes?["deliveryMode"]?.string == "DELIVERY_PICKUP"
        if isPickup != (value == "PICKUP") { return false }
      case "signatureRequired":
        if attributes?[name]?.bool != (value == "true") { return false }
      default:
        if attributes?[name]?.string != value { return false }
      }
    }
    return true
  }

  /// The resource with what the control endpoint changed and a fresh waybill.
  private func finished(_ resource: JSONValue) -> JSONValue {
    let code = resource["attributes"]?["code"]?.string ?? ""
    let change = with { $0.orderChanges[code] }
    return OrderResource.waybill(nextRead(), for: change?.apply(to: resource) ?? resource)
  }

  /// A number that no earlier read had.
  private func nextRead() -> Int {
    with { state in
      state.waybillReads += 1
      return state.waybillReads * 1000
    }
  }

  private func document(_ resource: JSONValue) -> Reply {
    .json(["data": resource, "included": .array([])], type: Self.apiType)
  }

  private var apiNotFound: Reply {
    .json(
      ["errors": .array([.object(["title": .string("Resource not found")])])], status: 404, type: Self.apiType
    )
  }

  private static let apiType = "application/vnd.api+json;charset=UTF-8"
}
