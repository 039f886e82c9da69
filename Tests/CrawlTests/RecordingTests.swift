import HTTP
import Model
import Store
import SystemPackage
import TestKit
import Testing

@testable import Crawl

/// What a recording may hold, and what it must not touch.
@Suite struct RecordingTests {
  @Test(arguments: [
    ("звоните +7 (701) 765-43-21!", "звоните +7 (000) 000-00-00!"),
    ("+77017654321", "+70000000000"), ("тел. 8 701 765 43 21", "тел. 8 000 000 00 00"),
    ("WhatsApp: 87017654321.", "WhatsApp: 80000000000."), ("8(727)2501234,", "8(000)0000000,"),
    ("8-701-765-43-21", "8-000-000-00-00"), ("77017654321", "70000000000"),
    ("пишите a.b@example.kz", "пишите xxxxxxxxxxxxxx"),
    // None of these is a telephone.
    ("8 800 080 18 80", "8 800 080 18 80"), ("штрихкод 8712345678901", "штрихкод 8712345678901"),
    ("арт.87017654321", "арт.87017654321"), ("модель SM-87017654321", "модель SM-87017654321"),
    ("87017654321-A", "87017654321-A"), ("/img/87017654321.jpg", "/img/87017654321.jpg"),
    ("{\"id\":87017654321}", "{\"id\":87017654321}"), ("8 7 6 5 4 3 2 1 0 1 1", "8 7 6 5 4 3 2 1 0 1 1"),
    ("8 гб, 701 765 43 21", "8 гб, 701 765 43 21"), ("7 000 000 000 ₸", "7 000 000 000 ₸"),
    ("размер 8.7017654321", "размер 8.7017654321"),
  ])
  func blanksContactsAndNothingElse(written: String, kept: String) {
    let result = Redaction.withoutContacts(Array(written.utf8))
    #expect(String(decoding: result, as: UTF8.self) == kept)
    if written != kept { #expect(Redaction.mayHoldContacts(written.utf8)) }
  }

  @Test func aDescriptionNamesNobody() throws {
    let text = Fixtures.page(id: "100000001", description: "\"<p>Сервис: 8 701 765 43 21</p>\"")
    #expect(
      try ProductPage.extract(html: Array(text.utf8)).product.description == "Сервис: 8 000 000 00 00")
  }

  @Test func secretsAreBlankedAndPlainValuesOnlyBehindTheirNames() {
    let secrets = Secrets(
      values: ["750000000", "ru", "s1d-abcdef", "abcdefabcdef0123456789"],
      pairs: [("key", "hunter2"), ("format", "xml"), ("token", "long-token-value")])
    func blanked(_ text: String) -> String { secrets.blanked(text) }
    #expect(blanked("city 750000000, ru") == "city 750000000, ru")
    #expect(blanked("a s1d-abcdef b") == "a xxxxxxxxxx b")
    #expect(blanked("as1d-abcdef") == "as1d-abcdef", "a short one inside a word is something else")
    #expect(blanked("Q_abcdefabcdef0123456789_") == "Q_xxxxxxxxxxxxxxxxxxxxxx_")
    #expect(blanked("?key=hunter2&format=xml") == "?key=xxxxxxx&format=xxx")
    #expect(blanked("hunter2 xml long-token-value") == "hunter2 xml xxxxxxxxxxxxxxxx")
  }

  @Test func aRecordedPriceListKeepsItsCodesAndLosesItsPeople() throws {
    let feed = """
      <!-- 8 701 765 43 21 secret-secret --><offer sku="87017654321"><model>Кабель 8 701 765 43 21</model>\
      <brand>secret-secret</brand><note>+7 701 765 43 21</note></offer><offer sku='+77017654321'/>
      """
    let kept = String(
      decoding: FeedRedaction.kept(of: Array(feed.utf8), Secrets(values: ["secret-secret"])), as: UTF8.self)
    #expect(
      kept == """
        <!-- 8 000 000 00 00 xxxxxxxxxxxxx --><offer sku="87017654321"><model>Кабель 8 701 765 43 21</model>\
        <brand>secret-secret</brand><note>+7 000 000 00 00</note></offer><offer sku='+77017654321'/>
        """)
  }

  @Test func aRecordingAsksForEverythingAnewAndRunsElsewhere() async throws {
    let scenario = try Scenario(Scenario.wholeShop)
    var settings = Scenario.settings([Scenario.feed], pages: true)
    settings.changedOnly = true
    _ = try await scenario.crawl(settings)
    let later = night.advanced(by: .seconds(3600))
    let tape = scenario.folder.path.appending("tape")
    let recorded = try await Crawler(
      client: scenario.shop,
      cassette: try Cassette.recording(in: tape, started: later, secrets: Secrets()),
      folder: scenario.folder.path, now: { later }
    ).crawl(settings)
    let fresh = try TemporaryFolder()
    let replayed = try await Crawler(
      client: ScriptedShop([:]), cassette: try Cassette.replaying(from: tape), folder: fresh.path,
      now: { later }
    ).crawl(settings)
    #expect(recorded.shop.offers.filter { $0.product != nil }.count == 2 && recorded.shop.gaps.isEmpty)
    #expect(replayed.shop == recorded.shop)
  }
}
