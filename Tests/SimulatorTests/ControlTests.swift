import Store
import SystemPackage
import TestKit
import Testing

@testable import kaspi_simulator

@Suite struct ControlTests {
  @Test func theNightCanBeSetAndAdvanced() async throws {
    try await Running.with { running in
      #expect(try await running.get("/control/state").json?["now"]?.string == "2026-11-22T21:00:00Z")
      let feed = try await running.get("/feeds/demo.xml").body
      let state = try await running.post("/control/night", ["advance": .integer(2)]).json
      #expect(state?["night"]?.int == 2 && state?["now"]?.string == "2026-11-24T21:00:00Z")
      let isAnother = try await running.get("/feeds/demo.xml").body != feed
      _ = try await running.post("/control/night", ["night": .integer(0)])
      let isTheSame = try await running.get("/feeds/demo.xml").body == feed
      #expect(isAnother && isTheSame)
      #expect(try await running.post("/control/night", ["night": .integer(-1)]).status == 400)
      #expect(try await running.post("/control/night", .object([:])).status == 400)
    }
  }

  @Test func anOfferThatWasWithdrawnLeavesTheFeedAndIsSoldOutOnItsPage() async throws {
    try await Running.with(Settings(night: 1)) { running in
      let gone = try #require(running.simulator.world.offerings(1).first { $0.state.withdrawn == 1 })
      let feed = try await running.get("/feeds/demo.xml").text
      #expect(!feed.contains("sku=\"\(gone.article.sku.escapedForHTML)\""))
      #expect(try await running.get("/shop/p/-\(gone.article.card)/").text.contains("out of stock"))
      let archive = try await running.get(
        "/cabinet/bff/offer-view/list?m=14000001&p=0&l=10&a=false", Running.cabinet)
      #expect(archive.json?["data"]?[0]?["sku"]?.string == gone.article.sku)
    }
  }

  @Test func theStateFileLetsALaterRunGoOn() async throws {
    let folder = try TemporaryFolder()
    let file = folder.path.appending("state.json")
    try await Running.with(memory: file) { running in
      _ = try await running.post("/control/night", ["advance": .integer(3)])
      _ = try await running.post(
        "/waha/api/sendText",
        ["session": .string("default"), "chatId": .string("77012345678@c.us"), "text": .string("Заказ")],
        Running.waha)
    }
    try await Running.with(memory: file) { running in
      let state = try await running.get("/control/state").json
      let messages = try await running.get("/control/messages").json
      #expect(state?["night"]?.int == 3 && messages?["total"]?.int == 1)
    }
    try folder.write("state.json", Array("{\"format\":2}".utf8))
    #expect(throws: StoreError.self) {
      _ = try Simulator(settings: Settings(), memory: StateFile(path: file))
    }
  }

  @Test func thePullerFetchesJudgesAndRemembersTheTag() async throws {
    try await Running.with { running in
      let url = JSONValue.string("http://127.0.0.1:\(running.port)/feeds/demo.xml")
      let first = try await running.post("/control/pull", ["url": url]).json
      #expect(first?["status"]?.string == "accepted", "\(String(describing: first?["errors"]))")
      #expect(first?["offers"]?.int == running.simulator.world.first.count)
      let second = try await running.post("/control/pull", ["url": url]).json
      #expect(second?["status"]?.string == "notModified")
      _ = try await running.post("/control/night", ["advance": .integer(1)])
      #expect(try await running.post("/control/pull", ["url": url]).json?["status"]?.string == "accepted")
      let away = try await running.post("/control/pull", ["url": .string("http://192.0.2.1/x.xml")]).json
      #expect(away?["status"]?.string == "unreachable")
    }
  }

  @Test func thePullerReadsAFileAndNamesTheOffersThatAreWrong() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "list.xml",
      Array(
        """
        <?xml version="1.0" encoding="utf-8"?>
        <kaspi_catalog date="x" xmlns="kaspiShopping">
          <company>Demo</company><merchantid>1</merchantid>
          <offers>
            <offer sku="A"><model>Чайник</model><price>100</price></offer>
            <offer sku="B"><model>Кружка</model><price>100.50</price></offer>
            <offer sku="C"><model>Ложка</model><price>10</price></offer>
            <offer sku="C"><model>Вилка</model><price>20</price></offer>
          </offers>
        </kaspi_catalog>
        """.utf8))
    try await Running.with { running in
      let verdict = try #require(try await running.post("/control/pull", ["path": .string(path.string)]).json)
      let wrong = Set((verdict["errors"]?.array ?? []).compactMap { $0["sku"]?.string })
      #expect(wrong == ["B", "C"])
      #expect(verdict["status"]?.string == "partly")
      try folder.write("list.xml", Array("<kaspi_catalog>".utf8))
      let broken = try await running.post("/control/pull", ["path": .string(path.string)]).json
      #expect(broken?["status"]?.string == "rejected" && broken?["accepted"]?.int == 0)
    }
  }
}
