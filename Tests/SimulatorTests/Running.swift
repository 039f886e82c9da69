import Store
import SystemPackage
import TestKit

@testable import kaspi_simulator

/// A simulator that runs for one test.
struct Running {
  let port: UInt16
  let simulator: Simulator

  /// Starts one on a free port, does something with it, and stops it.
  static func with(
    _ settings: Settings = Settings(), data: FilePath? = nil, memory: FilePath? = nil,
    _ body: (Running) async throws -> Void
  ) async throws {
    let simulator = try Simulator(
      settings: settings, data: data.map { DataFolder(path: $0) }, memory: memory.map { StateFile(path: $0) })
    let server = try Server(simulator: simulator, port: 0)
    let serving = Task { try await server.run() }
    do {
      try await body(Running(port: try await server.port(), simulator: simulator))
    } catch {
      await server.stop()
      serving.cancel()
      throw error
    }
    await server.stop()
    serving.cancel()
  }

  func get(_ target: String, _ headers: [String: String] = [:]) async throws -> Answer {
    try await Wire.send("GET", port, target, headers)
  }

  func post(_ target: String, _ body: JSONValue, _ headers: [String: String] = [:]) async throws -> Answer {
    try await Wire.send(
      "POST", port, target, headers.merging(["Content-Type": "application/json"]) { own, _ in own },
      body: String(decoding: CanonicalJSON.line(body), as: UTF8.self))
  }

  /// The headers that the orders API wants.
  static let orders = ["X-Auth-Token": "demo-token", "Accept": "application/vnd.api+json"]
  /// The header that WAHA wants.
  static let waha = ["X-Api-Key": "demo-waha-key"]
  /// The cookie that the cabinet wants.
  static let cabinet = ["Cookie": "mc-session=demo-session; mc-sid=1"]

  func api(_ target: String) async throws -> Answer { try await get("/shop/api/v2" + target, Self.orders) }

  /// Orders of the fourteen days before a moment.
  static func window(_ to: Int64, days: Int64 = 14, page: Int = 0, size: Int = 100, more: String = "")
    -> String
  {
    "/orders?page%5Bnumber%5D=\(page)&page[size]=\(size)"
      + "&filter[orders][creationDate][$ge]=\(to - days * World.day)&filter%5Borders%5D%5BcreationDate%5D%5B%24le%5D=\(to)"
      + more
  }
}
