import Testing

@testable import Console

/// Sources, enrichment and cookie files as `kaspi.yaml` and the environment name them.
@Suite struct CrawlConfigurationTests {
  private func read(_ sources: String, enrich: String = "", environment: [String: String] = [:]) throws
    -> ShopConfiguration
  {
    let text = """
      shops:
        demo:
          merchant: "14000001"
          company: Demo
          city: "750000000"
          sources: [\(sources)]
          enrich: {\(enrich)}
          endpoints: {cabinet: "https://mc.example"}
      """
    return try ConfigurationReader.read(text, file: "kaspi.yaml", environment: environment).shops[0]
  }

  @Test func readsAllFourKinds() throws {
    let shop = try read(
      "{kind: feed, url: f.xml}, {kind: cabinet, cookies: {file: c.txt}}, {kind: listing, url: \"https://k.example\"}, {kind: sheet, url: s.csv}",
      enrich: "offers: true, refresh: 7d")
    #expect(shop.sources.map(\.kind) == [.feed, .cabinet, .listing, .sheet])
    #expect(shop.sources[1].url == "https://mc.example", "the endpoint stands in for the address")
    #expect(shop.sources[1].cookies?.path == "c.txt")
    #expect(shop.enrich.offers && shop.enrich.details && !shop.enrich.images)
    #expect(shop.enrich.refresh == .seconds(7 * 86_400))
  }

  @Test func aSourceMayBeLargerThanUsual() throws {
    let shop = try read("{kind: feed, url: f.xml, max_megabytes: 600}, {kind: sheet, url: s.csv}")
    #expect(shop.sources.map(\.maximumMegabytes) == [600, nil])
  }

  @Test func theSeedsVariableNamesTheSheet() throws {
    let environment = ["GOOGLE_SHEET_URL": "https://docs.example/s.csv"]
    let added = try read("{kind: feed, url: f.xml}", environment: environment)
    #expect(added.sources.map(\.url) == ["f.xml", "https://docs.example/s.csv"])
    let replaced = try read("{kind: sheet, url: s.csv}", environment: environment)
    #expect(replaced.sources.map(\.url) == ["https://docs.example/s.csv"])
  }

  @Test(arguments: [
    ("{kind: magic, url: x}", "feed, cabinet, listing, sheet"), ("{kind: feed}", "url"),
    ("{kind: feed, url: x, cookies: {file: c}}", "only a source of kind 'cabinet'"),
    ("{kind: listing, url: x, max_megabytes: 5}", "'feed' or 'sheet'"),
    ("{kind: feed, url: x, max_megabytes: 1025}", "from 1 to 1024"),
    ("{kind: feed, url: x, max_megabytes: half}", "from 1 to 1024"),
    ("{kind: cabinet, cookies: {env: NAME}}", "file"), ("{kind: cabinet, cookies: secret}", "cookies"),
  ])
  func namesWhatIsWrong(source: String, words: String) {
    #expect { try read(source) } throws: { error in
      guard let error = error as? CommandError else { return false }
      return error.status == .configuration && (error.what + error.remedy).contains(words)
    }
  }

  @Test func neverPrintsThePathOfASession() throws {
    let text = """
      shops: {demo: {merchant: "1", company: D, city: "750000000", sources: [{kind: cabinet, cookies: {file: c.txt}}]}}
      """
    let origins = try ConfigurationReader.read(text, file: "kaspi.yaml", environment: [:]).origins
    #expect(origins.contains { $0.key.hasSuffix("cookies.file") && $0.value == "•••" })
  }
}
