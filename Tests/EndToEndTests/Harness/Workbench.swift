import FoundationEssentials
import Model
import Store
import SystemPackage
import TestKit
import Testing

/// A workspace with one shop, `demo`, in a temporary folder, and the programs to run in it.
struct Workbench: Sendable {
  /// The moment of simulated night 0: midnight in Almaty.
  static let midnight = "2026-11-22T21:00:00Z"

  /// Where the workspace is.
  let folder: TemporaryFolder
  var root: FilePath { folder.path }
  var shop: ShopFolders { ShopFolders(workspace: root, shop: "demo") }
  /// Where the published price list is served from.
  var feed: FilePath { shop.feeds.appending("kaspi.xml") }

  /// Makes a workspace whose `kaspi.yaml` is this text.
  ///
  /// - Throws: What the file system answers.
  init(_ configuration: String) throws {
    folder = try TemporaryFolder()
    try folder.write("kaspi.yaml", Array(configuration.utf8))
  }

  /// Makes a workspace that reads from a simulator.
  ///
  /// - Parameters:
  ///   - simulator: Where to read from.
  ///   - sources: Lines of `sources`, or `nil` for the simulator's own feed.
  ///   - enrich: Content of `enrich`.
  ///   - policy: Content of `policy`.
  ///   - more: Further lines of the shop, indented by four.
  ///   - notifier: Further lines of the notifier's section.
  /// - Throws: What the file system answers.
  init(
    _ simulator: SimulatorProcess, sources: [String]? = nil, enrich: String = "pages: false, reviews: false",
    policy: String = "", more: String = "", notifier: [String] = []
  ) throws {
    let base = try simulator.base("base")
    let sources = sources ?? ["{kind: feed, url: \"\(base)/feeds/demo.xml\"}"]
    try self.init(
      """
      language: en
      shops:
        demo:
          merchant: "14000001"
          company: "Demo Home"
          city: "750000000"
          sources:
      \(sources.map { "      - \($0)" }.joined(separator: "\n"))
          enrich: {\(enrich)}
          endpoints: {shop: "\(base)", cabinet: "\(base)/cabinet", api: "\(base)/shop/api/v2"}
          pace: {rate: 0, in_flight: 8}
          policy: {\(policy)}
      \(more)
      notifier:
        orders: {token: {env: KASPI_TOKEN}, look_back: 35d, rate: 0}
        waha: {look_after: [10ms, 20ms, 40ms, 80ms], url: "\(base)/waha", key: {env: WAHA_API_KEY}, session: default}
        locale: ru
        quiet_hours: {from: "21:00", to: "09:00", zone: Asia/Almaty}
        pacing: {gap: 0s, block: 0, block_pause: 0s, hourly: 100000, daily: 100000, daily_new: 100000, typing: false}
        check_numbers: true
        rules:
          order_created: {send: true, delay: 0s, latest: 24h}
          order_delivered: {send: true, delay: 0s, latest: 3d}
      \(notifier.map { "  \($0)\n" }.joined())
      """)
    try copyTemplates()
  }

  /// The message texts of this repository.
  func copyTemplates() throws {
    let source = FilePath(ArchitectureTests.root).appending("templates")
    let target = root.appending("templates").string
    if !FileManager.default.fileExists(atPath: target) {
      try FileManager.default.copyItem(atPath: source.string, toPath: target)
    }
  }

  /// Runs `kaspi-catalog` here.
  func catalog(_ arguments: String..., environment: [String: String?] = [:]) async throws -> ProgramRun {
    try await ProgramRun.of("kaspi-catalog", arguments, environment: environment, in: root)
  }

  /// Runs `kaspi-notifier` here.
  func notifier(_ arguments: String..., environment: [String: String?] = [:]) async throws -> ProgramRun {
    try await ProgramRun.of("kaspi-notifier", arguments, environment: environment, in: root)
  }

  /// The number in `versions/HEAD`, or `nil` before the first version.
  func head() throws -> Int? { try VersionStore(shop.versions).head() }

  /// Every file below a folder with its digest, by path: equal states have equal values.
  func state(of folders: FilePath...) throws -> [String: String] {
    var state: [String: String] = [:]
    for folder in folders {
      let names =
        FileManager.default.fileExists(atPath: folder.string)
        ? try FileManager.default.subpathsOfDirectory(atPath: folder.string) : []
      for name in names {
        let path = folder.pushing(FilePath(name))
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder), !isFolder else {
          continue
        }
        state[path.string] = Digest.sha256(try AtomicFile.read(path))
      }
    }
    return state
  }
}
