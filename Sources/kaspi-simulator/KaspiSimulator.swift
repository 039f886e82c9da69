import ArgumentParser
import Store
import SystemPackage

/// The program: all stand-ins on loopback under one port.
@main struct KaspiSimulator: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kaspi-simulator",
    abstract: "Loopback stand-ins for Kaspi's shop, cabinet, orders API and feed puller, and for WAHA.",
    discussion: """
      Listens on 127.0.0.1 only, prints its base URLs, and ends on SIGINT or SIGTERM. Everything in the sample shop \
      follows from --seed and the night; POST /control/night sets another night.
      """)

  @Option(help: "Port on 127.0.0.1; 0 takes any free one.") var port: UInt16 = 4010
  @Option(help: "Folder with saved feeds and pages to serve instead of the sample shop.") var data: String?
  @Option(help: "File that gets the base URLs as JSON when everything is ready.") var readyFile: String?
  @Option(help: "Number that the sample shop follows from.") var seed = 1
  @Option(help: "Night to begin with, from 0; the one in the state file when left out.") var night: Int?
  @Option(help: "File that keeps night and messages, so that a later start goes on.") var state: String?
  @Option(help: "Token that the orders API accepts.") var token = "demo-token"
  @Option(help: "Key that WAHA accepts.") var wahaKey = "demo-waha-key"
  @Option(help: "Value of the cookie mc-session that the cabinet accepts.") var cabinetSession =
    "demo-session"
  @Option(help: "Name of the feed: /feeds/NAME.xml.") var shop = "demo"

  func validate() throws {
    guard (0...World.lastNight).contains(night ?? 0) else {
      throw ValidationError("--night is a number from 0 to \(World.lastNight)")
    }
    // A folder that cannot be looked at cannot be served either.
    if let data, (try? Folder.exists(FilePath(data))) != true {
      throw ValidationError("--data names no folder: \(data)")
    }
  }

  func run() async throws {
    let settings = Settings(
      seed: seed, night: night, token: token, wahaKey: wahaKey, cabinetSession: cabinetSession, shop: shop)
    let simulator: Simulator
    do {
      simulator = try Simulator(
        settings: settings, data: data.map { DataFolder(path: FilePath($0)) },
        memory: state.map { StateFile(path: FilePath($0)) })
    } catch let error as StoreError {
      Terminal.complain("\(error.detail)\n  \(error.path)\n  \(error.hint)")
      throw ExitCode(65)
    }
    let server = try Server(simulator: simulator, port: port)
    let stop = StopSignal()
    let readyFile = readyFile.map { FilePath($0) }
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask {
          let bases = BaseAddresses(port: try await server.port())
          if let readyFile { try AtomicFile.write(CanonicalJSON.document(bases.json), to: readyFile) }
          for base in bases.list { Terminal.say("\(base.name) \(base.url)") }
          await stop.wait()
          await server.stop()
        }
        // The first to end is the one that stops or the one that could not listen.
        try await group.next()
        group.cancelAll()
      }
    } catch  where stop.isRaised {
      // A closed port ends the server with an error of its own, which is what was asked for.
    } catch {
      Terminal.complain(
        "cannot serve on 127.0.0.1:\(port): \(error)\n  Another program may hold the port; --port 0 takes a free one."
      )
      throw ExitCode(1)
    }
    simulator.save()
  }
}

/// Where each stand-in is found.
struct BaseAddresses {
  /// By key of the ready file, in printing order.
  let list: [(name: String, url: String)]

  init(port: UInt16) {
    let base = "http://127.0.0.1:\(port)"
    list = [
      ("base", base), ("shop", base), ("cabinet", base + "/cabinet"), ("api", base + "/shop/api/v2"),
      ("waha", base + "/waha"), ("feeds", base + "/feeds"), ("control", base + "/control"),
    ]
  }

  /// As the ready file holds them.
  var json: JSONValue {
    .object(Dictionary(list.map { ($0.name, .string($0.url)) }, uniquingKeysWith: { first, _ in first }))
  }
}
