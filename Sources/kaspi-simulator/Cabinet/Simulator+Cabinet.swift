import Store

extension Simulator {
  /// The seller's cabinet: only reads, only with a living session.
  func cabinet(_ request: Request) -> Reply {
    let path = Array(request.segments.dropFirst())
    if path == ["login"] {
      return .html("<!DOCTYPE html><html><head><title>Kaspi Бизнес</title></head><body>Вход</body></html>")
    }
    guard request.cookie("mc-session") == settings.cabinetSession else {
      return Reply(302, headers: [(name: "Location", value: "/cabinet/login")])
    }
    switch path {
    case ["s", "m"]:
      return .json([
        "merchants": .array([.object(["uid": .string(World.merchant), "name": .string(World.company)])])
      ])
    case ["bff", "offer-view", "list"]: return cabinetList(request)
    case ["bff", "offer-view", "details"]: return cabinetDetails(request)
    default: return notFound(request)
    }
  }

  private func cabinetList(_ request: Request) -> Reply {
    guard let merchant = request.parameter("m") else { return Reply(400) }
    let page = max(0, Int(request.parameter("p") ?? "0") ?? 0)
    let size = min(100, max(1, Int(request.parameter("l") ?? "10") ?? 10))
    let drift = with { $0.cabinetTotalDrift }
    let isActive = request.parameter("a") != "false"
    if let data {
      // What is off sale was never saved.
      guard isActive else { return .json(["data": .array([]), "total": .integer(0)]) }
      // The saved pages were taken with their own size; asked for with that size they come back page by page.
      let pages = data.pages("cabinet-synthetic", "offer-view-list-p")
      let all = pages.flatMap { $0["data"]?.array ?? [] }
      let total = pages.first?["total"]?.int ?? all.count
      let shown = Array(all.dropFirst(page * size).prefix(size))
      return .json(["data": .array(shown), "total": .integer(total + drift)])
    }
    guard merchant == World.merchant else { return .json(["data": .array([]), "total": .integer(0)]) }
    let text = (request.parameter("t") ?? "").lowercased()
    let chosen = world.offerings(night).filter { offering in
      (offering.state.withdrawn == nil) == isActive
        && (text.isEmpty || offering.article.title.lowercased().contains(text)
          || offering.article.sku.lowercased().contains(text))
    }
    let shown = chosen.dropFirst(page * size).prefix(size).map(CabinetOffer.json)
    return .json(["data": .array(Array(shown)), "total": .integer(chosen.count + drift)])
  }

  private func cabinetDetails(_ request: Request) -> Reply {
    guard let sku = request.parameter("s") else { return Reply(400) }
    if let data {
      guard let saved = data.bytes(["cabinet", "offer-view-details.json"]),
        JSONValue(body: saved)?["sku"]?.string == sku
      else { return notFound(request) }
      return Reply(200, type: "application/json; charset=utf-8", saved)
    }
    let offerings = world.offerings(night)
    guard request.parameter("m") == World.merchant,
      let offering = offerings.first(where: { $0.article.sku == sku })
    else { return notFound(request) }
    let siblings = offerings.filter { $0.article.family == offering.article.family }
    return .json(CabinetOffer.details(offering, siblings: siblings))
  }
}
