import FoundationEssentials
import Model
import Store
import SystemPackage
import TestKit
import Testing

@testable import Crawl

@Suite struct ResumeTests {
  private let settings = Scenario.settings(
    [Scenario.feed, Scenario.listing], pages: true, reviews: true, concurrency: 1)

  private func files(below folder: FilePath) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.string).sorted()
  }

  private func everyByte(below folder: FilePath) throws -> String {
    var text = ""
    for name in try files(below: folder) {
      let path = folder.pushing(FilePath(name))
      if let bytes = FileManager.default.contents(atPath: path.string) {
        text += String(decoding: bytes, as: UTF8.self)
      }
    }
    return text
  }

  @Test(arguments: 0...8) func asksNothingTwiceAfterAKill(answers: Int) async throws {
    let undisturbed = try await Scenario(Scenario.wholeShop).crawl(settings)
    let scenario = try Scenario(Scenario.wholeShop)
    scenario.shop.stop(after: answers)
    guard answers < 7 else {
      #expect(try await scenario.crawl(settings) == undisturbed)
      return
    }
    await #expect(throws: CancellationError.self) { try await scenario.crawl(settings) }
    scenario.shop.stop(after: .max / 2)
    let resumed = try await scenario.crawl(settings, now: night.advanced(by: .seconds(60)))
    #expect(Set(scenario.shop.asked).count == scenario.shop.asked.count, "\(scenario.shop.asked)")
    #expect(resumed.shop.offers.map(\.offer) == undisturbed.shop.offers.map(\.offer))
    #expect(resumed.shop.offers.map(\.product) == undisturbed.shop.offers.map(\.product))
    #expect(resumed.shop.findings == undisturbed.shop.findings && resumed.shop.gaps.isEmpty)
    #expect(resumed.report.requests.map(\.reused).reduce(0, +) == answers)
  }

  /// The journal is cut at every line end, and once in the middle of a line, as a kill would leave it.
  @Test func givesTheSameFromEveryCutOfTheJournal() async throws {
    let whole = try Scenario(Scenario.wholeShop)
    let expected = try await whole.crawl(settings)
    let lines = try whole.folder.read("journal.jsonl").split(
      separator: 0x0A, omittingEmptySubsequences: false)
    for count in 1..<(lines.count - 1) {
      for torn in [false, true] {
        let scenario = try Scenario(Scenario.wholeShop)
        try scenario.folder.write("pages.pack", try whole.folder.read("pages.pack"))
        var journal = Array(lines[..<count].joined(separator: [0x0A])) + [0x0A]
        if torn { journal += lines[count].prefix(lines[count].count / 2) }
        try scenario.folder.write("journal.jsonl", journal)
        let result = try await scenario.crawl(settings)
        #expect(result.shop == expected.shop, "cut after \(count) lines")
        #expect(scenario.shop.asked.count == 7 - (count - 1), "cut after \(count) lines")
      }
    }
  }

  @Test func aFinishedCrawlMakesRoomForTheNext() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    let first = try await scenario.crawl(settings)
    let asked = scenario.shop.asked.count
    let second = try await scenario.crawl(settings, now: night.advanced(by: .seconds(86_400)))
    #expect(scenario.shop.asked.count == 2 * asked)
    #expect(
      second.shop.offers.map(\.product) == first.shop.offers.map(\.product)
        && second.report.run != first.report.run)
  }

  @Test func anOldOrDifferentCrawlIsNotTakenUp() async throws {
    for change in ["late", "settings", "early"] {
      let scenario = try Scenario(Scenario.wholeShop)
      scenario.shop.stop(after: 4)
      await #expect(throws: CancellationError.self) { try await scenario.crawl(settings) }
      scenario.shop.stop(after: .max / 2)
      var changed = settings
      if change == "settings" { changed.city = CityID("710000000") }
      let hours = change == "late" ? 13 : change == "early" ? -1 : 1
      let result = try await scenario.crawl(changed, now: night.advanced(by: .seconds(hours * 3600)))
      #expect(result.report.requests.allSatisfy { $0.reused == 0 }, "\(change)")
    }
  }

  @Test func asksAgainForAPageThatIsNoLongerWhatItWas() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    scenario.shop.stop(after: 5)
    await #expect(throws: CancellationError.self) { try await scenario.crawl(settings) }
    // In every header.
    var bytes = try scenario.folder.read("pages.pack")
    let headers = bytes.indices.filter { bytes[$0...].starts(with: Array("\npage ".utf8)) }
    #expect(headers.count == 5)
    for header in headers { bytes[header + 10] ^= 0x01 }
    try scenario.folder.write("pages.pack", bytes)
    scenario.shop.stop(after: .max / 2)
    let result = try await scenario.crawl(settings)
    #expect(scenario.shop.asked.count == 5 + 7)
    #expect(try await Scenario(Scenario.wholeShop).crawl(settings).shop == result.shop)
  }

  @Test func asksAgainForWhatFailed() async throws {
    var replies = Scenario.wholeShop
    replies["/shop/p/"] = .status(403, Fixtures.block)
    for id in ["100000001", "100000002"] { replies["/shop/p/-\(id)/"] = nil }
    replies["/reviews/product/"] = .status(403, "")
    for id in ["100000001", "100000002"] { replies["/reviews/product/\(id)"] = nil }
    let scenario = try Scenario(replies)
    let blocked = try await scenario.crawl(settings)
    #expect(blocked.report.failure?.kind == .blocked)
    for (part, reply) in Scenario.wholeShop { scenario.shop.set(part, reply) }
    let result = try await scenario.crawl(settings)
    #expect(result.shop == (try await Scenario(Scenario.wholeShop).crawl(settings).shop))
    let reused = Dictionary(uniqueKeysWithValues: result.report.requests.map { ($0.surface, $0.reused) })
    #expect(
      reused[.feed] == 1 && reused[.listing] == 2 && reused[.page] == 0 && reused[.reviews] == 0,
      "feed and listing are not asked again")
  }

  @Test func putsADamagedJournalAside() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    scenario.shop.stop(after: 4)
    await #expect(throws: CancellationError.self) { try await scenario.crawl(settings) }
    var journal = try scenario.folder.read("journal.jsonl")
    journal[journal.count / 2] ^= 0x20
    try scenario.folder.write("journal.jsonl", journal)
    scenario.shop.stop(after: .max / 2)
    let result = try await scenario.crawl(settings)
    #expect(result.shop.findings.map(\.rule).contains("crawl-journal-damaged"))
    #expect(try scenario.folder.read("journal.damaged") == journal)
    #expect(result.shop.offers.count == 3)
  }

  @Test func refusesAJournalOfALaterFormat() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    let journal = try Journal.open(scenario.folder.path.appending("journal.jsonl")).journal
    try journal.append(["record": "run", "format": .integer(CrawlJournal.format + 1)])
    await #expect(throws: StoreError.self) { try await scenario.crawl(settings) }
  }

  @Test func keepsNoPersonAndNoSecretOnDisk() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    let result = try await scenario.crawl(settings)
    let disk = try everyByte(below: scenario.folder.path)
    #expect(disk.contains("100000001") && disk.contains("Чайник"), "the check looks at something")
    for secret in ["Айгуль", "555000111", "SECRET"] {
      #expect(!disk.contains(secret), "\(secret)")
      #expect(!"\(result)".contains(secret), "\(secret)")
    }
  }

  /// Answers overtake each other in every crawl differently; the result is the same.
  @Test(arguments: [1, 2, 3, 8]) func theOrderOfAnswersLeavesNoTrace(width: Int) async throws {
    let offers = (1...60).map { (sku: "\(100_000_000 + $0)_1", model: "Чайник \($0)", price: 100 + $0) }
    var replies: [String: ScriptedShop.Reply] = ["seller.example/feed.xml": .body(Fixtures.feed(offers))]
    for number in 1...60 {
      let id = "\(100_000_000 + number)"
      replies["/shop/p/-\(id)/"] =
        number % 7 == 0
        ? .status(500, "") : .body(Fixtures.page(id: id, price: number % 5 == 0 ? nil : "\(number)"))
      replies["/reviews/product/\(id)"] = .body(Fixtures.reviews(count: number))
    }
    let plain = try await Scenario(replies).crawl(
      Scenario.settings([Scenario.feed], pages: true, reviews: true, concurrency: 1))
    let shuffled = try Scenario(replies) { url in
      url.utf8.reduce(width) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 40
    }
    let result = try await shuffled.crawl(
      Scenario.settings([Scenario.feed], pages: true, reviews: true, concurrency: width))
    #expect(result.shop == plain.shop)
    #expect(shuffled.shop.asked.count == 121)
  }

  @Test func takesOverWhatLayOneFolderDeeper() throws {
    let folder = try TemporaryFolder()
    let images = folder.path.appending("images")
    let old = Shelves(images.appending("pages"))
    let names = try [old.keep([1]), old.keep([2])]
    let shelf = Shelves(images)
    try shelf.takeOver(images.appending("pages"))
    try shelf.takeOver(images.appending("pages"))
    #expect(try names.map { try shelf.read($0) } == [[1], [2]])
    #expect(try !Folder.exists(images.appending("pages")))
  }

  /// Earlier versions kept every answer in a file of its own: nothing of that is asked again.
  @Test func takesOverAnswersThatLieInAFileEach() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    scenario.shop.stop(after: 5)
    await #expect(throws: CancellationError.self) { try await scenario.crawl(settings) }
    let folder = scenario.folder.path
    let shelves = Shelves(folder.appending("pages"))
    let pack = try PackFile(folder.appending("pages.pack"))
    for line in try Journal.read(folder.appending("journal.jsonl")) {
      guard let kept = line["kept"]?.string else { continue }
      #expect(try shelves.keep(try #require(try pack.read(kept))) == kept)
    }
    _ = try shelves.keep(Array("what nobody needs any more".utf8))
    try Folder.remove(folder.appending("pages.pack"))
    let asked = scenario.shop.asked.count
    scenario.shop.stop(after: .max / 2)
    let result = try await scenario.crawl(settings)
    #expect(scenario.shop.asked.count == asked + 2, "the rest of seven")
    #expect(try await Scenario(Scenario.wholeShop).crawl(settings).shop == result.shop)
    #expect(try !Folder.exists(folder.appending("pages")))
    let reread = try await Reparse(folder: folder).run(settings)
    #expect(reread.shop == result.shop)
  }

  @Test func progressGoesForward() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    let seen = SeenProgress()
    let crawler = Crawler(client: scenario.shop, folder: scenario.folder.path, now: { night })
    _ = try await crawler.crawl(settings) { seen.add($0) }
    let steps = seen.steps
    #expect(Set(steps.map(\.phase)) == [.feed, .listing, .pages, .reviews])
    #expect(steps.last == CrawlProgress(phase: .reviews, done: 2, total: 2))
  }
}

private final class SeenProgress: Sendable {
  private let list = Locked<[CrawlProgress]>([])
  func add(_ step: CrawlProgress) { list.change { $0.append(step) } }
  var steps: [CrawlProgress] { list.value }
}
