import Model
import Store
import TestKit
import Testing

@testable import Crawl

/// Answers of the cabinet, composed by us, with everything in them that must not be kept.
enum CabinetFixtures {
  static let list = """
    {"data":[
      {"sku":"100000001_777","masterSku":"100000001","title":"Чайник Тест 1.7 л","masterTitle":"Чайник","model":null,
       "brand":"Тест","images":["h9a/hf3/1.jpg"],"shopLink":"/p/test-100000001/","price":0,"minPrice":12990,"maxPrice":12990,
       "allCityPrices":{"750000000":{"price":12990,"oldPrice":null},"710000000":{"price":12990,"oldPrice":null}},
       "availabilities":[{"available":"yes","storeId":"14000001_PP1","stockCount":3,"stockSpecified":true,"preOrder":null}],
       "available":true,"updates":[{"operationType":"PRICE_CHANGE","uploadedBy":"seller@example.kz"}]},
      {"sku":"own 3","masterSku":"100000003","title":"Кружка","price":0,"minPrice":990,"maxPrice":1190,
       "allCityPrices":{"750000000":{"price":990},"710000000":{"price":1190}},"availabilities":null,
       "points":["PP2","PP10"],"available":false,"contact":{"phone":"7000000000"}},
      {"sku":"","masterSku":"100000004","title":"Без кода"}],"total":3,"manager":"Планетова Планета"}
    """

  static let details = """
    {"sku":"100000001_777","masterSku":"100000001","masterProduct":{"card":{"id":"100000001","title":"Чайник &#34;Тест&#34;",
     "category":["Дом","Чайники"],"promoConditions":{"brand":"Без бренда","categoryCodes":["Kettles","Home","Categories"]}},
     "galleryImages":[{"large":"https://resources.cdn-kaspi.kz/img/m/p/a.jpg?format=gallery-large"}],"description":null,
     "specifications":[{"name":"Основные","features":[{"code":"k*v","name":"Объем","featureUnit":{"symbol":"л","code":"l"},
       "featureValues":[{"value":1.7}]}]}]},
     "cityInfo":[{"id":"750000000","pickupPoints":[{"name":"PP1","address":{"phone":"7000000000","streetName":"улица Тайная"}}]}]}
    """
}

@Suite struct CabinetTests {
  @Test func readsPriceStockAndCard() throws {
    let list = try CabinetList(Array(CabinetFixtures.list.utf8), source: "list")
    #expect(list.size == 3 && list.total == 3 && list.heldBack.map(\.rule) == ["cabinet-sku"])
    let (kettle, mug) = (list.lines[0], list.lines[1])
    #expect(kettle.card?.text == "100000001" && kettle.brand == "Тест")
    #expect(kettle.pricing == .everywhere(try #require(Tenge(12990))), "one price in all cities")
    let store = try #require(StoreID("14000001_PP1"))
    #expect(kettle.availabilities == [Availability(store: store, isAvailable: true, stock: 3)])
    #expect(kettle.product?.product.images == ["https://resources.cdn-kaspi.kz/img/m/p/h9a/hf3/1.jpg"])
    let (almaty, astana) = (try #require(CityID("750000000")), try #require(CityID("710000000")))
    #expect(mug.pricing == .byCity([almaty: try #require(Tenge(990)), astana: try #require(Tenge(1190))]))
    #expect(mug.availabilities?.map(\.store.text) == ["PP2", "PP10"])
    #expect(mug.availabilities?.allSatisfy { !$0.isAvailable && $0.stock == 0 } == true)
  }

  @Test func whatIsKeptReadsTheSameAndNamesNobody() throws {
    let (list, details) = (Array(CabinetFixtures.list.utf8), Array(CabinetFixtures.details.utf8))
    let (keptList, keptDetails) = (CabinetRedaction.list(list), CabinetRedaction.details(details))
    #expect(
      try CabinetList(keptList, source: "x").lines.map(\.pricing)
        == CabinetList(list, source: "x").lines.map(\.pricing))
    #expect(
      try CabinetDetails(keptDetails, source: "x").product == CabinetDetails(details, source: "x").product)
    for secret in ["seller@example.kz", "7000000000", "Планетова", "улица Тайная", "updates"] {
      #expect(!String(decoding: keptList + keptDetails, as: UTF8.self).contains(secret), "\(secret)")
    }
  }

  @Test func readsACardOutOfDetails() throws {
    let product = try CabinetDetails(Array(CabinetFixtures.details.utf8), source: "details").product
    #expect(product.title == "Чайник \"Тест\"" && product.brand == nil)
    #expect(product.categories.map(\.code) == ["Home", "Kettles"])
    #expect(product.characteristics.first?.characteristics.first?.unit == "л")
  }

  @Test(.needsSampleData) func readsTheRealAnswers() throws {
    let bytes = try SampleData.bytes("cabinet/offer-view-list-1.json")
    let list = try CabinetList(bytes, source: "real")
    #expect(list.lines.map(\.sku?.text) == ["113744482_000573024"] && list.lines[0].card?.text == "113744482")
    #expect(list.lines[0].pricing == .everywhere(try #require(Tenge(670))), "the plain price says 0")
    #expect(list.lines[0].availabilities?.map(\.isAvailable) == [false, false])
    let details = try SampleData.bytes("cabinet/offer-view-details.json")
    let card = try CabinetDetails(details, source: "real").product
    #expect(card.id.text == "113744482" && card.characteristics.count == 2 && card.brand == nil)
    let kept = String(
      decoding: CabinetRedaction.list(bytes) + CabinetRedaction.details(details), as: UTF8.self)
    for secret in ["example.kz", "7000000000", "Примерная", "Точка", "000000000000"] {
      #expect(!kept.contains(secret), "\(secret)")
    }
  }

  @Test func theListIsReadToItsEndWhateverTheTotalSays() async throws {
    func page(_ numbers: Range<Int>, total: Int) -> ScriptedShop.Reply {
      let offers = numbers.map {
        "{\"sku\":\"S\($0)\",\"masterSku\":\"\(100_000_000 + $0)\",\"title\":\"Товар \($0)\",\"minPrice\":100,\"maxPrice\":100,\"available\":true}"
      }
      return .body("{\"data\":[\(offers.joined(separator: ","))],\"total\":\(total)}")
    }
    for (total, failure) in [(150, nil), (152, nil), (40, nil), (400, CrawlFailure.Kind.temporary)] {
      let scenario = try Scenario([
        "p=0&l=100&a=true": page(0..<100, total: total), "p=1&l=100&a=true": page(100..<150, total: total),
        "p=2&l=100&a=true": .body("{\"data\":[],\"total\":0}"),
      ])
      var settings = Scenario.settings([SourceSettings(kind: .cabinet, location: "https://mc.example/")])
      settings.merchant = MerchantID("14000001")
      let result = try await scenario.crawl(settings)
      #expect(result.report.failure?.kind == failure, "\(total)")
      #expect(result.shop.offers.count == (failure == nil ? 150 : 0))
      #expect(result.shop.findings.contains { $0.rule == "cabinet-total" } == (total != 150))
    }
  }

  @Test(arguments: [nil, ScriptedShop.Reply.status(500, ""), .body("{\"data\":[],\"total\":0}")])
  func whatIsOffSaleIsKnownAndNotMissing(second: ScriptedShop.Reply?) async throws {
    func offer(_ number: Int, _ rest: String) -> String {
      "{\"sku\":\"S\(number)\",\"masterSku\":\"\(100_000_000 + number)\",\"title\":\"Товар \(number)\",\(rest)}"
    }
    let price = "\"minPrice\":100,\"maxPrice\":100"
    let store = "\"availabilities\":[{\"available\":\"yes\",\"storeId\":\"PP1\",\"stockCount\":3}]"
    let active = offer(1, price + "," + store)
    // Off sale: one that says so, one in both halves, one without a store, one without a price.
    let off = [
      offer(2, price + "," + store + ",\"available\":false"), active, offer(3, price),
      offer(4, "\"price\":0,\(store)"),
    ]
    let scenario = try Scenario([
      "a=true": .body("{\"data\":[\(active)],\"total\":1}"),
      "a=false": second ?? .body("{\"data\":[\(off.joined(separator: ","))],\"total\":4}"),
    ])
    var settings = Scenario.settings([SourceSettings(kind: .cabinet, location: "https://mc.example/")])
    settings.merchant = MerchantID("14000001")
    let result = try await scenario.crawl(settings)
    #expect(result.report.failure == nil)
    let offers = result.shop.offers.map(\.offer)
    #expect(offers.first?.availabilities.first?.isAvailable == true)
    let rules = result.shop.findings.filter { $0.rule == "cabinet-off-sale" }.map(\.severity)
    guard second == nil else {
      #expect(offers.map(\.sku.text) == ["S1"])
      if case .status = second { #expect(rules == [.warning]) } else { #expect(rules.isEmpty) }
      return
    }
    #expect(offers.map(\.sku.text) == ["S1", "S2"])
    #expect(offers.last?.availabilities.map(\.isAvailable) == [false], "whatever the store's own line says")
    #expect(offers.last?.availabilities.map(\.stock) == [0])
    #expect(rules == [.note], "two are left out, in words")
  }

  @Test(arguments: [
    (ScriptedShop.Reply.status(401, ""), CrawlFailure.Kind.expired), (.status(302, ""), .expired),
    (.body("<!DOCTYPE html><html><body>Вход</body></html>"), .expired), (.status(403, ""), .expired),
    (.status(403, Fixtures.block), .blocked), (.body(Fixtures.block), .blocked),
    (.status(500, ""), .temporary),
  ])
  func tellsAnEndedSessionFromABlock(reply: ScriptedShop.Reply, kind: CrawlFailure.Kind) async throws {
    let scenario = try Scenario(["mc.example": reply])
    var settings = Scenario.settings([SourceSettings(kind: .cabinet, location: "https://mc.example")])
    settings.merchant = MerchantID("14000001")
    let result = try await scenario.crawl(settings)
    #expect(result.report.failure?.kind == kind && result.shop.offers.isEmpty)
    #expect(scenario.shop.asked.count == 1)
    #expect(!result.shop.hasAllOffers, "a failed read is never an empty shop")
  }
}

@Suite struct SheetTests {
  @Test func readsWhatSpreadsheetsWrite() throws {
    let text =
      "\u{FEFF}Артикул;Название;Цена;pp1;14000001_PP2;Заметка\r\nA-1;\"Труба 15\"\" \";12 990,00 ₸;3;нет;x\r\n\r\nB;;;;;\r\n;нет кода;1;;;\r\nA-1;\"Труба 15\"\" \";12990;3;нет;y\r\n"
    let sheet = try StockSheet(Array(text.utf8), source: "sheet")
    #expect(sheet.lines.map(\.sku?.text) == ["A-1", "B"])
    #expect(sheet.lines[0].title == "Труба 15\"")
    #expect(sheet.lines[0].pricing == .everywhere(try #require(Tenge(12990))))
    #expect(sheet.lines[0].availabilities?.map(\.store.text) == ["14000001_PP2", "PP1"])
    #expect(
      sheet.lines[1].pricing == nil && sheet.lines[1].availabilities == nil, "an empty cell says nothing")
    #expect(sheet.findings.map(\.rule) == ["sheet-row", "sheet-duplicate"])
    #expect(sheet.findings.map(\.place.line) == [5, 6])
  }

  /// A crawl that is taken up reads what was kept of the sheet, and finds the same.
  @Test func whatIsKeptOfASheetSaysTheSame() throws {
    let text =
      "Заметка,SKU,title,price,PP1\nx,A1,\"Чай, 1\",1000,5\n\ny,A2,Кофе,2000,#REF!,7,8\nz,A3,Сок,3000,2,9\n"
    let (whole, kept) = (
      try StockSheet(Array(text.utf8), source: "s"),
      try StockSheet(StockSheet.withoutOtherColumns(Array(text.utf8)), source: "s")
    )
    #expect(kept.findings == whole.findings && whole.findings.count == 3)
    #expect(kept.lines.map(\.title) == whole.lines.map(\.title))
    #expect(kept.lines.map(\.unreadableStores) == whole.lines.map(\.unreadableStores))
  }

  @Test func rowsOfOneSKUThatDisagreeAreHeldBack() throws {
    let text = "SKU,price,PP1\na,100,2\nb,5,1\na,200,2\nb,5,1\na,300,2\nc,1,1\nc,1,0\n"
    let sheet = try StockSheet(Array(text.utf8), source: "sheet")
    #expect(sheet.lines.map(\.sku?.text) == ["b"])
    #expect(sheet.heldBack.map(\.sku) == ["a", "c"])
    #expect(sheet.heldBack.allSatisfy { $0.rule == "conflicting-duplicate" })
    #expect(
      sheet.findings.map(\.rule) == ["conflicting-duplicate", "sheet-duplicate", "conflicting-duplicate"])
  }

  @Test(arguments: [
    ("12 990", 12990), ("12990.00", 12990), ("12990,0", 12990), ("5 шт", 5), ("12.5", nil), ("1,234", nil),
    ("-2", nil),
    (">100", nil), ("", nil), ("3e5", nil),
  ])
  func readsAmountsWithoutGuessing(text: String, amount: Int?) { #expect(StockSheet.amount(text) == amount) }

  @Test(arguments: [
    ("SKU,t\nA,\"never closed\nB,2\n", "line 2: a quote that is never closed"),
    ("SKU,t\nA,\"x\"y\n", "line 2: text behind a closed quote"),
    ("<html>login</html>", "not published as CSV"), ("name,price\nA,1\n", "no column SKU"), ("", "empty"),
    ("SKU,price,Цена\nA,1,2\n", "two columns"),
  ])
  func refusesWhatWouldLoseRows(text: String, words: String) {
    #expect { try StockSheet(Array(text.utf8), source: "sheet") } throws: {
      ($0 as? PageError)?.detail.contains(words) == true
    }
  }

  @Test func keepsQuotedLineBreaksAndBareQuotes() throws {
    let rows = try CSVReader.rows(Array("a,b\n\"two\nlines\",5\" pipe\r\nlast,\"\"".utf8))
    #expect(rows.map(\.fields) == [["a", "b"], ["two\nlines", "5\" pipe"], ["last", ""]])
    #expect(rows.map(\.line) == [1, 2, 4])
  }

  @Test func keepsOnlyColumnsOfUseOnTheSameLines() throws {
    let text = "SKU,secret,price\nA,\"+7 701\n\",1\n\nB,x,\"2,0\"\n"
    let kept = String(decoding: StockSheet.withoutOtherColumns(Array(text.utf8)), as: UTF8.self)
    #expect(!kept.contains("701") && !kept.contains("secret"))
    #expect(try CSVReader.rows(Array(kept.utf8)).map(\.line).last == 5)
  }

  @Test(arguments: [
    (
      "https://docs.google.com/spreadsheets/d/ID/edit#gid=7",
      "https://docs.google.com/spreadsheets/d/ID/export?format=csv&gid=7"
    ),
    (
      "https://docs.google.com/spreadsheets/d/ID/edit?usp=sharing",
      "https://docs.google.com/spreadsheets/d/ID/export?format=csv&gid=0"
    ),
    (
      "https://docs.google.com/spreadsheets/d/e/2PACX/pub?output=csv",
      "https://docs.google.com/spreadsheets/d/e/2PACX/pub?output=csv"
    ),
    ("http://127.0.0.1/s.csv", "http://127.0.0.1/s.csv"),
  ])
  func findsTheCSVOfAGoogleSheet(address: String, csv: String) {
    #expect(SheetSource.exportAddress(address) == csv)
  }
}

@Suite struct RobotsTests {
  @Test(arguments: [
    ("User-agent: *\nDisallow: /shop/\n", "/shop/p/-1/", false),
    ("User-agent: Other\nDisallow: /\n", "/shop/p/-1/", true),
    ("User-agent: *\nDisallow: /\nAllow: /shop/p/\n", "/shop/p/-1/", true),
    ("User-agent: *\nDisallow:\n", "/shop/", true),
    ("User-agent: A\nUser-agent: *\nDisallow: /*?c=\n", "/shop/p/-1/?c=7", false),
    ("User-agent: *\nDisallow: /p/*.php$\n", "/p/a.php?x", true),
    ("User-agent: *\nDisallow: /p/*.php$\n", "/p/a.php", false),
    ("", "/", true), ("Disallow: /\n", "/", true),
    ("User-agent: * # all\nDisallow: /x # not this\n", "/x/y", false),
  ])
  func obeysTheLongestRule(text: String, path: String, isAllowed: Bool) {
    #expect(RobotsRules(Array(text.utf8)).allows(path) == isAllowed)
  }
}
