import Crawl
import FoundationEssentials
import HTTP
import Store
import SystemPackage
import TestKit
import Testing

extension Workbench {
  /// Makes a workspace whose feed is a file with the first few offers of the simulator's.
  ///
  /// - Parameters:
  ///   - simulator: Where pages and answers come from.
  ///   - count: Offers.
  ///   - sources: Lines of `sources` behind the feed.
  ///   - enrich: Content of `enrich`.
  /// - Returns: The workspace, and the numbers of the cards behind the offers.
  /// - Throws: What the simulator or the file system answers.
  static func small(
    _ simulator: SimulatorProcess, offers count: Int = 8, sources: [String] = [],
    enrich: String = "pages: true, reviews: true"
  ) async throws -> (bench: Workbench, cards: [String]) {
    let text = try await simulator.text("\(simulator.base("base"))/feeds/demo.xml")
    let pieces = text.components(separatedBy: "    <offer ")
    var offers: [String] = []
    var cards: [String] = []
    for piece in pieces.dropFirst() {
      let body = piece.components(separatedBy: "</offer>")[0]
      let sku = body.components(separatedBy: "\"")[1]
      let parts = sku.split(separator: "_")
      guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy(\.isNumber) }),
        body.contains("available=\"yes\""),
        !cards.contains(String(parts[0]))
      else { continue }
      offers.append("    <offer " + body + "</offer>\n")
      cards.append(String(parts[0]))
      if offers.count == count { break }
    }
    try #require(offers.count == count)
    let bench = try Workbench(
      simulator, sources: ["{kind: feed, url: \"feed.xml\"}"] + sources, enrich: enrich)
    try bench.folder.write(
      "feed.xml", Array((pieces[0] + offers.joined() + "  </offers>\n</kaspi_catalog>\n").utf8))
    return (bench, cards)
  }

  /// Puts a cookie file into the workspace, for a cabinet on loopback.
  ///
  /// - Parameters:
  ///   - session: Value of `mc-session`.
  ///   - mode: Permissions.
  /// - Throws: What the file system answers.
  func writeCookies(session: String = "demo-session", mode: Int = 0o600) throws {
    let file = try folder.write(
      "secrets/cabinet.txt",
      Array(
        "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tmc-session\t\(session)\n127.0.0.1\tFALSE\t/\tFALSE\t0\tmc-sid\tplanted-sid-secret\n"
          .utf8))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.string)
  }

  /// A source line for the simulator's cabinet.
  static func cabinet(_ simulator: SimulatorProcess) throws -> String {
    "{kind: cabinet, url: \"\(try simulator.base("cabinet"))\", cookies: {file: secrets/cabinet.txt}}"
  }

  /// The last crawl's result and report.
  func lastCrawl() throws -> (result: JSONValue, report: JSONValue) {
    (
      try JSONValue(parsing: AtomicFile.read(shop.crawl.appending("result.json"))),
      try JSONValue(parsing: AtomicFile.read(shop.reports.appending("crawl.json")))
    )
  }

  /// All bytes of all files below a folder, one after another.
  func everything(below folder: FilePath) throws -> String {
    var text = ""
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.string).sorted() {
      let path = folder.pushing(FilePath(name)).string
      if let data = FileManager.default.contents(atPath: path) {
        text += String(decoding: data, as: UTF8.self)
      }
    }
    return text
  }
}

extension SimulatorProcess {
  /// The body of an address.
  func text(_ address: String) async throws -> String {
    let response = try await get(address)
    try #require(response.status == 200)
    return String(decoding: response.body, as: UTF8.self)
  }
}
