import FoundationEssentials
import HTTP
import Model
import Store
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Notify

/// Answers from a function, and remembers what was asked.
final class ScriptedClient: HTTPClient {
  private let asked = Mutex<[String]>([])
  private let answer: @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse

  init(_ answer: @escaping @Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse) { self.answer = answer }

  var requests: [String] { asked.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    asked.withLock { $0.append("\(request.method) \(request.url)") }
    return try answer(request)
  }
}

extension HTTPResponse {
  static func json(_ text: String, status: Int = 200, headers: [(name: String, value: String)] = [])
    -> HTTPResponse
  {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/json")] + headers, body: Array(text.utf8),
      url: "")
  }

  static func page(_ status: Int) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "text/html")], body: Array("<html>gateway</html>".utf8),
      url: "")
  }
}

@Suite struct OrderDecoderTests {
  static func resource(_ code: String, created: Int64 = 1_795_000_000_000, extra: String = "") -> String {
    """
    {"type":"orders","id":"id-\(code)","attributes":{"code":"\(code)","totalPrice":25980.0,"creationDate":\(created),
    "state":"KASPI_DELIVERY","status":"ACCEPTED_BY_MERCHANT","deliveryMode":"DELIVERY_PICKUP"\(extra)}}
    """
  }

  func order(_ extra: String) throws -> Order {
    let page = try OrderDecoder.page(
      Array("{\"data\":[\(Self.resource("1", extra: extra))]}".utf8), source: "x")
    return try #require(page.orders.first)
  }

  @Test func everythingButTheKeyFactsMayBeAbsentOrNull() throws {
    let bare = try order("")
    #expect(bare.customer.phone == .missing)
    #expect(bare.entries == nil && bare.town == nil && bare.isKaspiDelivery == nil)
    let nulls = try order(
      """
      ,"plannedDeliveryDate":null,"deliveryAddress":null,"kaspiDelivery":null,"isKaspiDelivery":null,
      "customer":{"name":null,"cellPhone":null,"firstName":null,"lastName":null},"pickupPointId":null
      """)
    #expect(nulls == bare)
    #expect(bare.total == 25_980)
  }

  @Test func theWaybillLeavesNoTrace() throws {
    let first = try order(
      ",\"kaspiDelivery\":{\"waybill\":\"https://x/1?sig=a\",\"courierTransmissionDate\":null}")
    let second = try order(
      ",\"kaspiDelivery\":{\"waybill\":\"https://x/1?sig=b\",\"courierTransmissionDate\":null}")
    #expect(first == second)
  }

  @Test func theHandoverMayBeNestedOrFlat() throws {
    let nested = try order(",\"kaspiDelivery\":{\"courierTransmissionDate\":1795000000000}")
    let flat = try order(",\"courierTransmissionDate\":1795000000000")
    #expect(nested.handedOver == Instant(milliseconds: 1_795_000_000_000))
    #expect(flat.handedOver == nested.handedOver)
  }

  @Test(arguments: [
    ("\"0000000000\"", CustomerPhone.masked), ("\"+0(000)-000-00-00\"", .masked), ("null", .missing),
    ("\"\"", .missing),
  ])
  func hiddenPhonesAreToldApart(phone: String, expected: CustomerPhone) throws {
    #expect(try order(",\"customer\":{\"cellPhone\":\(phone)}").customer.phone == expected)
  }

  @Test func unknownWordsAreKept() throws {
    let page = try OrderDecoder.page(
      Array(
        #"{"data":[{"id":"a","attributes":{"code":7,"creationDate":1,"state":"TELEPORT","status":"MAYBE"}}]}"#
          .utf8),
      source: "x")
    let order = try #require(page.orders.first)
    #expect(order.code == "7")
    #expect(order.state == .other("TELEPORT") && order.status == .other("MAYBE"))
  }

  @Test func oneUnreadableOrderIsAFindingAndKeepsTheOthers() throws {
    let text =
      "{\"data\":[{\"id\":\"x\",\"attributes\":{}},\(Self.resource("2"))],\"meta\":{\"pageCount\":1,\"totalCount\":2}}"
    let page = try OrderDecoder.page(Array(text.utf8), source: "x")
    #expect(page.orders.map(\.code) == ["2"])
    #expect(page.findings.map(\.rule) == ["unreadable-order"])
    #expect(page.ids == ["x", "id-2"])
  }

  @Test(arguments: ["", "<html>", "{}", "{\"data\":null}", "[]", "{\"data\":[", "{\"data\":{}}"])
  func whatIsNoListIsNeverAnEmptyOne(text: String) {
    #expect(throws: OrdersError.self) { try OrderDecoder.page(Array(text.utf8), source: "x") }
  }

  @Test func entriesWithoutOfferAskForTheProduct() throws {
    let text = """
      {"data":[{"id":"e1","attributes":{"quantity":2,"totalPrice":25980.5,"entryNumber":1},
      "relationships":{"product":{"data":{"type":"masterproducts","id":"MTEyMDY2ODIx"}}}},
      {"id":"e0","attributes":{"quantity":1,"basePrice":100,"entryNumber":0,"offer":{"code":"007","name":" Чайник "}}}]}
      """
    let entries = try OrderDecoder.entries(Array(text.utf8), source: "x")
    #expect(entries.map(\.needsProduct) == [false, true])
    #expect(entries.map(\.entry.sku) == ["007", nil])
    #expect(entries.map(\.entry.total) == [100, 25_980])
    #expect(entries[1].entry.product?.text == "112066821")
  }

  @Test(.needsSampleData) func recordedPagesHaveTheCountsOfTheFiles() throws {
    let pages = try ["orders-page-0.json", "orders-page-1.json"].map {
      (name: $0, bytes: try SampleData.bytes("orders-synthetic/\($0)"))
    }
    let entries = (name: "entries", bytes: try SampleData.bytes("orders-synthetic/entries-by-order.json"))
    let report = try SnapshotService.saved(pages: pages, entries: entries, taken: Samples.noon)
    // Counted by another reader: how often the words stand in the files.
    func count(_ word: String, in bytes: [UInt8]) -> Int {
      String(decoding: bytes, as: UTF8.self).components(word) - 1
    }
    let orders = pages.reduce(0) { $0 + count("\"type\": \"orders\",", in: $1.bytes) }
    #expect(report.snapshot.orders.count == orders)
    #expect(report.findings == [])
    #expect(report.withoutEntries == 0)
    let lines = report.snapshot.orders.reduce(0) { $0 + ($1.entries?.count ?? 0) }
    #expect(lines == count("\"type\": \"orderentries\",", in: entries.bytes))
    for status in ["COMPLETED", "CANCELLED", "APPROVED_BY_BANK", "RETURNED"] {
      let wanted = pages.reduce(0) { $0 + count("\"status\": \"\(status)\"", in: $1.bytes) }
      #expect(report.snapshot.orders.count { $0.status.wire == status } == wanted, "\(status)")
    }
    #expect(report.snapshot.orders.allSatisfy { ($0.entries ?? []).allSatisfy { !$0.title.isEmpty } })
  }
}

extension String {
  fileprivate func components(_ separator: String) -> Int {
    self.split(separator: separator, omittingEmptySubsequences: false).count
  }
}

@Suite struct OrdersAPITests {
  @Test func windowsAreShortEnoughAndLeaveNoGap() {
    let to = Samples.noon
    let from = to.advanced(by: .seconds(-35 * 86_400))
    let windows = OrderWindow.cut(from: from, to: to)
    #expect(windows.count == 3)
    #expect(windows.first?.to == to && windows.last?.from == from)
    #expect(windows.allSatisfy { $0.to.since($0.from) <= .seconds(14 * 86_400 - 3600) })
    for (newer, older) in zip(windows, windows.dropFirst()) {
      #expect(newer.from.since(older.to) == .milliseconds(1))
    }
    #expect(OrderWindow.cut(from: to, to: to).count == 1)
  }

  /// A server with pages of two orders for one window.
  static func served(_ codes: [String], totals: Bool = true, created: Int64 = 1_795_000_000_000)
    -> ScriptedClient
  {
    ScriptedClient { (request) throws(HTTPError) in
      let url = request.url
      if url.contains("/entries") { return .json("{\"data\":[]}") }
      guard let mark = url.firstRange(of: "page%5Bnumber%5D=") ?? url.firstRange(of: "page[number]="),
        let number = Int(url[mark.upperBound...].prefix { $0.isNumber })
      else { return .json("{}", status: 400) }
      let size = 100
      let slice = codes.dropFirst(number * size).prefix(size)
      let data = slice.map { OrderDecoderTests.resource($0, created: created) }.joined(separator: ",")
      let meta =
        totals
        ? ",\"meta\":{\"pageCount\":\((codes.count + size - 1) / size),\"totalCount\":\(codes.count)}" : ""
      return .json("{\"data\":[\(data)]\(meta)}")
    }
  }

  let now = Instant(milliseconds: 1_795_000_100_000)
  let day = Duration.seconds(86_400)

  func take(_ client: some HTTPClient, previous: OrderSnapshot? = nil) async throws -> SnapshotReport {
    let api = OrdersAPI(client: client, base: "http://x/v2/", token: "secret-token")
    return try await SnapshotService.take(api, previous: previous, now: now, lookBack: day)
  }

  @Test(arguments: [0, 1, 99, 100, 101, 200, 250], [true, false])
  func readsEveryPageAndNoMore(count: Int, totals: Bool) async throws {
    let codes = (0..<count).map { "\(1000 + $0)" }
    let client = Self.served(codes, totals: totals)
    let report = try await take(client)
    #expect(report.snapshot.orders.map(\.code) == codes)
    let pages = client.requests.count { $0.contains("/orders?") }
    #expect(pages == (totals ? max(1, (count + 99) / 100) : count / 100 + 1))
  }

  @Test func asksAsTheContractSays() async throws {
    let headers = Mutex<[String]>([])
    let client = ScriptedClient { (request) throws(HTTPError) in
      headers.withLock { $0 = request.headers.map { "\($0.name): \($0.value)" } }
      return .json("{\"data\":[],\"meta\":{\"pageCount\":0,\"totalCount\":0}}")
    }
    _ = try await take(client)
    #expect(headers.withLock { $0 }.contains("X-Auth-Token: secret-token"))
    #expect(headers.withLock { $0 }.contains("Accept: application/vnd.api+json"))
    #expect(headers.withLock { $0 }.contains("Content-Type: application/vnd.api+json"))
    let url = try #require(client.requests.first)
    #expect(
      url.contains("\(now.milliseconds)") && url.contains("\(now.advanced(by: .zero - day).milliseconds)"))
    #expect(!url.contains("secret-token"))
  }

  @Test func ordersThatMoveBetweenPagesCountOnceAndNoneIsLost() async throws {
    // The first reading shows 1003 on both pages and hides 1004; the second shows all.
    let reading = Mutex(0)
    let client = ScriptedClient { (request) throws(HTTPError) in
      if request.url.contains("/entries") { return .json("{\"data\":[]}") }
      let turn = reading.withLock { value in
        value += 1
        return value
      }
      let codes = [["1001", "1002", "1003"], ["1003"], ["1001", "1002", "1003"], ["1004"]][min(turn, 4) - 1]
      let data = codes.map { OrderDecoderTests.resource($0) }.joined(separator: ",")
      return .json("{\"data\":[\(data)],\"meta\":{\"pageCount\":2,\"totalCount\":4}}")
    }
    let report = try await take(client)
    #expect(report.snapshot.orders.map(\.code) == ["1001", "1002", "1003", "1004"])
    #expect(report.findings == [])
  }

  @Test func aPageOfOldOrdersIsFilteredAgain() async throws {
    let client = Self.served(["1"], created: now.milliseconds - 86_400_001)
    #expect(try await take(client).snapshot.orders == [])
  }

  @Test func endlessPagesEndInAnError() async {
    let data = (0..<100).map { OrderDecoderTests.resource("\(1000 + $0)") }.joined(separator: ",")
    let client = ScriptedClient { (_) throws(HTTPError) in .json("{\"data\":[\(data)]}") }
    await #expect(throws: OrdersError.self) { try await take(client) }
  }

  @Test(arguments: [
    (401, OrdersError.Code.refused), (403, .refused), (404, .notFound), (400, .rejected), (429, .unavailable),
    (500, .unavailable), (502, .unavailable), (503, .unavailable),
  ])
  func aFailedPageIsAnErrorNeverAnEmptySnapshot(status: Int, code: OrdersError.Code) async throws {
    let client = ScriptedClient { (_) throws(HTTPError) in .page(status) }
    let error = await #expect(throws: OrdersError.self) { try await take(client) }
    #expect(error?.code == code)
    #expect(try !"\(#require(error))".contains("secret-token"))
  }

  @Test func aPageInTheMiddleThatFailsLosesTheSnapshotNotTheOrders() async {
    let client = ScriptedClient { (request) throws(HTTPError) in
      if request.url.contains("number%5D=1&") || request.url.contains("number]=1&") { return .page(502) }
      return .json(
        "{\"data\":[\(OrderDecoderTests.resource("1"))],\"meta\":{\"pageCount\":2,\"totalCount\":2}}")
    }
    await #expect(throws: OrdersError.self) { try await take(client) }
  }

  @Test func anAnswerThatIsNoJSONIsAskedForOnceMore() async throws {
    let turn = Mutex(0)
    let client = ScriptedClient { (_) throws(HTTPError) in
      let isFirst = turn.withLock { value in
        value += 1
        return value == 1
      }
      return isFirst ? .page(200) : .json("{\"data\":[],\"meta\":{\"pageCount\":0,\"totalCount\":0}}")
    }
    #expect(try await take(client).snapshot.orders == [])
    await #expect(throws: OrdersError.self) {
      try await take(ScriptedClient { (_) throws(HTTPError) in .page(200) })
    }
  }

  @Test func kaspisOwnWordsReachTheError() async {
    let client = ScriptedClient { (_) throws(HTTPError) in
      .json(#"{"errors":[{"title":"Exceeded the maximum difference. Actual [30], max [14]."}]}"#, status: 400)
    }
    let error = await #expect(throws: OrdersError.self) { try await take(client) }
    #expect(error?.detail.contains("Actual [30], max [14]") == true)
  }

  @Test func entriesAreAskedOnlyForNewAndChangedOrders() async throws {
    let client = Self.served(["1", "2", "3"])
    let first = try await take(client)
    #expect(first.entriesAsked == 3)
    var previous = first.snapshot
    previous.orders[1].status = .approvedByBank
    previous.orders[2].entries = nil
    let second = try await take(Self.served(["1", "2", "3", "4"]), previous: previous)
    #expect(second.entriesAsked == 3, "2 has changed, 3 was never read, 4 is new")
  }

  @Test func entriesThatFailAreAFindingAndARefusedTokenStops() async throws {
    func client(_ status: Int) -> ScriptedClient {
      let good = OrderDecoderTests.resource("1")
      return ScriptedClient { (request) throws(HTTPError) in
        if request.url.contains("/entries") { return .page(status) }
        return .json("{\"data\":[\(good)],\"meta\":{\"pageCount\":1,\"totalCount\":1}}")
      }
    }
    let report = try await take(client(502))
    #expect(report.withoutEntries == 1)
    #expect(report.findings.map(\.rule) == ["entries-not-read"])
    await #expect(throws: OrdersError.self) { try await take(client(401)) }
  }

  @Test func linksOfAnswersAreNeverFollowed() async throws {
    let resource = OrderDecoderTests.resource("1").dropLast()
    let client = ScriptedClient { (request) throws(HTTPError) in
      if request.url.contains("/entries") { return .json("{\"data\":[]}") }
      return .json(
        "{\"data\":[\(resource),\"relationships\":{\"entries\":{\"links\":{\"related\":\"http://evil/entries\"}}}}],"
          + "\"meta\":{\"pageCount\":1,\"totalCount\":1}}")
    }
    _ = try await take(client)
    #expect(client.requests.allSatisfy { $0.hasPrefix("GET http://x/v2/") })
  }
}

@Suite struct SnapshotFileTests {
  @Test func comeBackAsTheyWereAndBelongToTheirOwnerAlone() throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path.appending("orders"))
    var orders = [
      Samples.order("1"), Samples.order("2", phone: nil, name: nil), Samples.order("3", phone: "0000000000"),
    ]
    orders[1].entries = nil
    orders[2].state = .other("X")
    let snapshot = OrderSnapshot(taken: Instant(milliseconds: 1_795_000_000_123), orders: orders)
    let path = try folder.write(snapshot)
    #expect(try folder.read(snapshot.taken) == snapshot)
    #expect(try folder.latest() == snapshot)
    #expect(path.lastComponent?.string == "2026-11-18T11-06-40.123Z.json")
    let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
    #expect((attributes[.posixPermissions] as? Int) == 0o600)
  }

  @Test func sameOrdersGiveSameBytes() throws {
    let temporary = try TemporaryFolder()
    let (one, two) = (
      SnapshotFolder(temporary.path.appending("a")), SnapshotFolder(temporary.path.appending("b"))
    )
    let orders = ["3", "1", "2"].map { Samples.order($0) }
    let first = try one.write(OrderSnapshot(taken: Samples.noon, orders: orders))
    let second = try two.write(OrderSnapshot(taken: Samples.noon, orders: orders.reversed()))
    #expect(try AtomicFile.read(first) == AtomicFile.read(second))
  }

  @Test func listsOldestFirstAndFindsTheBase() throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path)
    #expect(try folder.moments() == [])
    let moments = [3, 1, 2].map { Samples.noon.advanced(by: .seconds($0 * 60)) }
    for moment in moments { try folder.write(OrderSnapshot(taken: moment, orders: [])) }
    try temporary.write("notes.json", Array("{}".utf8))
    #expect(try folder.moments() == moments.sorted())
    #expect(try folder.base(moments[2]) == moments[2])
    #expect(try folder.base(moments[2].advanced(by: .seconds(30))) == moments[2])
    #expect(try folder.base(Samples.noon) == nil)
  }

  @Test(arguments: [
    "", "{", "{\"format\":1}", "{\"format\":2,\"taken\":\"2026-11-23T07:00:00Z\",\"orders\":[]}",
    "{\"format\":1,\"taken\":\"2026-11-23T07:00:00Z\",\"orders\":[{}]}",
    "{\"count\":0,\"format\":3,\"orders\":[\n],\"taken\":\"2026-11-23T07:00:00Z\"}\n",
    "{\"count\":1,\"format\":2,\"orders\":[\n],\"taken\":\"2026-11-23T07:00:00Z\"}\n",
    "{\"count\":0,\"format\":2,\"orders\":[\n", "{\"count\":1,\"format\":2,\"orders\":[\n{}\n]}\n",
    "{\"count\":0,\"format\":2,\"orders\":[\n],\"taken\":\"2026-11-23T07:00:00Z\"}\n{}\n",
  ])
  func aDamagedSnapshotIsAnErrorNeverAnEmptyOne(text: String) throws {
    let temporary = try TemporaryFolder()
    let folder = SnapshotFolder(temporary.path)
    let taken = Samples.moment("2026-11-23T07:00:00Z")
    try temporary.write(SnapshotFolder.name(of: taken), Array(text.utf8))
    let error = #expect(throws: StoreError.self) { try folder.read(taken) }
    #expect(error?.code == .damaged)
  }
}
