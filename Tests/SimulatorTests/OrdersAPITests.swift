import Store
import Testing

@testable import kaspi_simulator

@Suite struct OrdersAPITests {
  let now = World.now(3)
  let night3 = Settings(seed: 1, night: 3)

  @Test func pagesOfAWindowAddUpToEveryOrderInIt() async throws {
    try await Running.with(night3) { running in
      var ids: [String] = []
      var count = 1
      var page = 0
      while page < count {
        let answer = try await running.api(Running.window(now, page: page, size: 20))
        #expect(answer.status == 200)
        count = try #require(answer.json?["meta"]?["pageCount"]?.int)
        ids += (answer.json?["data"]?.array ?? []).compactMap { $0["id"]?.string }
        page += 1
      }
      let wanted = running.simulator.world.orders(3).filter {
        $0.created >= now - 14 * World.day && $0.created <= now
      }
      #expect(wanted.count > 60)
      #expect(ids.sorted() == wanted.map { ResourceID.of($0.code) }.sorted())
      #expect(ids.allSatisfy { !$0.contains("=") })
    }
  }

  @Test func ordersChangePlacesWhilePagesAreRead() async throws {
    try await Running.with(night3) { running in
      func read() async throws -> [String] {
        var ids: [String] = []
        var (page, count) = (0, 1)
        while page < count {
          let answer = try await running.api(Running.window(now, page: page, size: 20))
          count = try #require(answer.json?["meta"]?["pageCount"]?.int)
          ids += (answer.json?["data"]?.array ?? []).compactMap { $0["id"]?.string }
          page += 1
        }
        return ids
      }
      let calm = try await read()
      _ = try await running.post("/control/orders", ["moving": 2])
      let stirred = try await read()
      // The orders that would have opened the second and third page were shown on neither; their neighbours twice.
      #expect(stirred.count == calm.count && Set(stirred).count == calm.count - 2)
      #expect(stirred[20] == calm[19] && !stirred.contains(calm[20]))
      let after = try await read()
      #expect(Set(after) == Set(calm) && after.count == calm.count && after[1] == calm[20])
      _ = try await Wire.send("DELETE", running.port, "/control/orders", [:])
      #expect(try await read() == calm)
    }
  }

  @Test(arguments: [
    ("/orders?page[number]=0&page[size]=100", "Required filter [orders][creationDate][$ge] is empty."),
    (
      "/orders?page[number]=0&page[size]=100&filter[orders][creationDate][$ge]=0&filter[orders][creationDate][$le]=2592000000",
      "Exceeded the maximum difference for the filter[orders][creationDate] (in days). Actual [30], max [14]."
    ),
  ])
  func aBadWindowIsRefusedInKaspisWords(target: String, title: String) async throws {
    try await Running.with { running in
      let answer = try await running.api(target)
      #expect(answer.status == 400)
      #expect(answer.json == ["errors": .array([.object(["title": .string(title)])])])
    }
  }

  @Test func moreThanAHundredAPageIsCutSilently() async throws {
    try await Running.with(night3) { running in
      let answer = try await running.api(Running.window(now, size: 500))
      #expect(answer.json?["data"]?.array?.count == min(100, answer.json?["meta"]?["totalCount"]?.int ?? 0))
      let exactly = try await running.api(Running.window(now, days: 15))
      #expect(exactly.status == 400)
    }
  }

  @Test func tokenAndAcceptAreChecked() async throws {
    try await Running.with { running in
      let target = "/shop/api/v2" + Running.window(now)
      #expect(try await running.get(target, ["Accept": "application/vnd.api+json"]).status == 401)
      #expect(
        try await running.get(target, ["Accept": "application/vnd.api+json", "X-Auth-Token": "x"]).status
          == 401)
      let without = try await running.get(target, ["X-Auth-Token": "demo-token"])
      #expect(without.status == 404 && without.text.contains("<html>"))
      #expect(
        try await running.get(target, ["X-Auth-Token": "demo-token", "Accept": "text/html"]).status == 406)
    }
  }

  @Test func aNumericCodeIsNoIdAndTheIdIs() async throws {
    try await Running.with(night3) { running in
      let order = try #require(running.simulator.world.orders(3).last)
      #expect(try await running.api("/orders/\(order.code)").status == 404)
      let answer = try await running.api("/orders/\(ResourceID.of(order.code))")
      #expect(answer.json?["data"]?["attributes"]?["code"]?.string == order.code)
      let entries =
        try await running.api("/orders/\(ResourceID.of(order.code))/entries").json?["data"]?.array ?? []
      #expect(entries.count == order.lines.count)
      let id = try #require(entries.first?["id"]?.string)
      let product = try await running.api("/orderentries/\(id)/product").json?["data"]
      let article = running.simulator.world.articles(3)[order.lines[0].article]
      #expect(product?["attributes"]?["code"]?.string == article.card)
      let master = try #require(product?["id"]?.string)
      let own = try await running.api("/masterproducts/\(master)/merchantProduct").json?["data"]
      #expect(own?["attributes"]?["code"]?.string == article.sku)
    }
  }

  @Test func theWaybillIsAnotherOneOnEachReadAndNothingElseIs() async throws {
    try await Running.with(night3) { running in
      let order = try #require(
        running.simulator.world.orders(3).first { $0.isAssembled && $0.isKaspiDelivery })
      let path = "/orders/\(ResourceID.of(order.code))"
      let (one, two) = (try await running.api(path).json, try await running.api(path).json)
      let bills = [one, two].map { $0?["data"]?["attributes"]?["kaspiDelivery"]?["waybill"]?.string }
      #expect(bills[0] != nil && bills[0] != bills[1])
      let numbers = [one, two].map { $0?["data"]?["attributes"]?["kaspiDelivery"]?["waybillNumber"] }
      #expect(numbers[0] == numbers[1])
    }
  }

  @Test func filtersAndTheControlEndpointReachTheList() async throws {
    try await Running.with(night3) { running in
      let order = try #require(running.simulator.world.orders(3).last { $0.state == "NEW" })
      let byCode = "/orders?page[number]=0&page[size]=10&filter[orders][code]=\(order.code)"
      #expect(try await running.api(byCode).json?["data"]?[0]?["attributes"]?["state"]?.string == "NEW")
      let change: JSONValue = ["state": .string("ARCHIVE"), "status": .string("COMPLETED")]
      #expect(try await running.post("/control/orders/\(order.code)", change).status == 200)
      #expect(try await running.post("/control/orders/1", change).status == 404)
      let read = try await running.api(byCode).json?["data"]?[0]?["attributes"]
      #expect(read?["state"]?.string == "ARCHIVE" && read?["status"]?.string == "COMPLETED")
      let archive = try await running.api(
        Running.window(now, more: "&filter[orders][state]=ARCHIVE&include[orders]=user"))
      let states = Set((archive.json?["data"]?.array ?? []).compactMap { $0["attributes"]?["state"]?.string })
      #expect(states == ["ARCHIVE"])
      #expect(archive.json?["included"]?.array?.isEmpty == false)
    }
  }

  @Test(arguments: ["700100001", "14000001_PP1", "700100001##0", "a", "7010000001"])
  func idsAreBase64WithoutPaddingAndBack(code: String) {
    #expect(ResourceID.code(ResourceID.of(code)) == code)
  }

  @Test func idsMatchTheExamplesOfTheWire() {
    #expect(ResourceID.of("700100001") == "NzAwMTAwMDAx")
    #expect(ResourceID.of("700100001##0") == "NzAwMTAwMDAxIyMw")
    #expect(ResourceID.of("7000000001") == "NzAwMDAwMDAwMQ")
    #expect(ResourceID.code("742010000") == nil)
  }
}
