import Store
import SystemPackage
import TestKit
import Testing

@testable import kaspi_simulator

@Suite struct DataTests {
  @Test func noNameLeadsOutOfTheFolder() async throws {
    let folder = try TemporaryFolder()
    try folder.write("secret.xml", Array("<secret/>".utf8))
    try folder.write("data/pricelist/a.xml", Array("<a/>".utf8))
    try await Running.with(data: folder.path.appending("data")) { running in
      let inside = try await running.get("/feeds/a.xml")
      #expect(inside.text == "<a/>")
      for target in [
        "/feeds/../../secret.xml", "/feeds/%2e%2e/%2e%2e/secret.xml", "/feeds/..%2f..%2fsecret.xml",
        "/feeds/%2Fetc%2Fpasswd", "/shop/p/..%2F..%2Fsecret/",
      ] {
        #expect(try await running.get(target).status == 404, "\(target)")
      }
    }
  }

  @Test func whatIsNotThereIsNotFoundAndReviewsAreEmpty() async throws {
    let folder = try TemporaryFolder()
    try await Running.with(data: folder.path) { running in
      for target in ["/feeds/demo.xml", "/shop/p/-1/"] {
        #expect(try await running.get(target).status == 404)
      }
      let reviews = try await running.get("/yml/review-view/api/v1/reviews/product/1")
      #expect(reviews.status == 200 && reviews.json?["data"]?.array?.isEmpty == true)
      #expect(
        try await running.get("/yml/product-view/pl/results?page=0").json?["data"]?.array?.isEmpty == true)
      #expect(try await running.post("/yml/offer-view/offers/1", .object([:])).status == 404)
    }
  }

  @Test(.needsSampleData) func savedFeedsAndPagesComeByteForByte() async throws {
    let root = try #require(SampleData.root)
    try await Running.with(data: FilePath(root)) { running in
      for file in SampleData.files(in: "pricelist") {
        let answer = try await running.get("/feeds/" + file.split(separator: "/")[1])
        let isSame = answer.body == (try SampleData.bytes(file))
        #expect(isSame, "\(file)")
      }
      for file in SampleData.files(in: "product-pages") where file.last == "l" && !file.contains("search") {
        let id = file.split(separator: "/")[1].split(separator: ".")[0]
        let isSame =
          try await running.get("/shop/p/any-words-\(id)/?c=710000000").body == SampleData.bytes(file)
        #expect(isSame, "\(file)")
      }
      for file in SampleData.files(in: "reviews") {
        let id = file.split(separator: "/")[1].split(separator: ".")[0]
        let isSame =
          try await running.get("/yml/review-view/api/v1/reviews/product/\(id)").body
          == SampleData.bytes(file)
        #expect(isSame, "\(file)")
      }
      let series = try SampleData.bytes("pricelist-series/lg/01.xml")
      let isSameSeries = try await running.get("/feeds/lg/01.xml").body == series
      #expect(isSameSeries)
    }
  }

  @Test(.needsSampleData) func savedListingCabinetAndOrdersAreWhole() async throws {
    let root = try #require(SampleData.root)
    func saved(_ name: String) throws -> JSONValue { try JSONValue(parsing: SampleData.bytes(name)) }
    try await Running.with(data: FilePath(root)) { running in
      let cards = try await running.get("/yml/product-view/pl/results?page=1").json?["data"]
      let savedCards = try saved("listing/cards-page-1.json")["data"]
      #expect(cards == savedCards)
      #expect(try await running.get("/yml/product-view/pl/filters?page=0").json?["data"]?["total"]?.int == 24)
      let list = try await running.get(
        "/cabinet/bff/offer-view/list?m=14000001&p=1&l=20&a=true", Running.cabinet)
      let savedList = try saved("cabinet-synthetic/offer-view-list-p1.json")
      #expect(list.json == savedList)

      let all = try ["0", "1"].flatMap {
        try saved("orders-synthetic/orders-page-\($0).json")["data"]?.array ?? []
      }
      let times = all.compactMap { $0["attributes"]?["creationDate"]?.int }
      var found: [String: JSONValue] = [:]
      var to = Int64(try #require(times.max()))
      while to >= (times.min() ?? 0) {
        var page = 0
        var pages = 1
        while page < pages {
          let answer = try await running.api(Running.window(to, page: page))
          pages = try #require(answer.json?["meta"]?["pageCount"]?.int)
          for order in answer.json?["data"]?.array ?? [] { found[order["id"]?.string ?? ""] = order }
          page += 1
        }
        to -= 14 * World.day
      }
      #expect(found.count == all.count)
      for order in all {
        let read = found[order["id"]?.string ?? ""]
        // Not shown: the shape of these orders is that of orders with people in them.
        let isSame =
          read?["attributes"]?["customer"] == order["attributes"]?["customer"]
          && read?["attributes"]?["status"] == order["attributes"]?["status"]
          && read?["relationships"] == order["relationships"]
        #expect(isSame)
      }
      let id = try #require(all.first?["id"]?.string)
      let savedEntries = try saved("orders-synthetic/entries-by-order.json")[id]
      #expect(try await running.api("/orders/\(id)/entries").json == savedEntries)
    }
  }
}
