import HTTP
import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// A simulator that runs as a program of its own for one test.
struct SimulatorProcess: Sendable {
  /// Base addresses by name: `base`, `shop`, `cabinet`, `api`, `waha`, `feeds`, `control`.
  let bases: [String: String]
  private let client: CurlClient

  /// Starts one on a free port, does something with it, and stops it.
  ///
  /// - Parameters:
  ///   - arguments: Beside `--port 0`.
  ///   - program: Another build of it than the one beside the tests.
  ///   - body: What to do with it.
  /// - Returns: What the body returns.
  /// - Throws: What the body throws, or that it never came up.
  static func with<Result: Sendable>(
    _ arguments: [String] = [], program: FilePath? = nil,
    _ body: @escaping @Sendable (SimulatorProcess) async throws -> Result
  ) async throws -> Result {
    let outcome = try await run(
      .path(try program ?? BuiltProgram.path("kaspi-simulator")),
      arguments: Arguments(["--port", "0"] + arguments), input: .none, output: .sequence, error: .discarded
    ) { execution in
      var bases: [String: String] = [:]
      for try await line in execution.standardOutput.strings() {
        let words = line.split(separator: " ")
        if words.count == 2 { bases[String(words[0])] = String(words[1].filter { $0 != "\n" }) }
        if bases["control"] != nil { break }
      }
      try #require(bases["control"] != nil, "the simulator did not come up")
      let client = CurlClient(configuration: CurlClient.Configuration())
      let result: Swift.Result<Result, any Error>
      do {
        result = .success(try await body(SimulatorProcess(bases: bases, client: client)))
      } catch {
        result = .failure(error)
      }
      await client.close()
      try execution.send(signal: .terminate)
      return result
    }
    return try outcome.closureResult.get()
  }

  /// One base address.
  ///
  /// - Throws: When the simulator has none of that name.
  func base(_ name: String) throws -> String { try #require(bases[name]) }

  /// Asks the control endpoint.
  ///
  /// - Returns: The document that it answers with.
  /// - Throws: When it does not answer 2xx with JSON.
  @discardableResult
  func control(_ method: String = "GET", _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
    let request = HTTPRequest(
      method, try base("control") + path,
      headers: [("User-Agent", "tests"), ("Content-Type", "application/json")],
      body: body.map { CanonicalJSON.line($0) })
    let response = try await client.send(request)
    try #require(
      (200..<300).contains(response.status), "\(path): \(String(decoding: response.body, as: UTF8.self))")
    return try JSONValue(parsing: response.body)
  }

  /// Asks any address.
  func get(_ address: String) async throws -> HTTPResponse {
    try await client.send(HTTPRequest("GET", address, headers: [("User-Agent", "tests")]))
  }

  /// Switches a fault on.
  func fault(_ fault: JSONValue) async throws { try await control("POST", "/faults", fault) }

  /// Goes on to the next night.
  func nextNight() async throws { try await control("POST", "/night", ["advance": 1]) }

  /// Lets the feed puller read a price list from a path.
  func pull(_ path: FilePath) async throws -> JSONValue {
    try await control("POST", "/pull", ["path": .string(path.string)])
  }

  /// What the phones show.
  func messages() async throws -> [JSONValue] {
    let answer = try await control("GET", "/messages")
    return answer["messages"]?.array ?? answer.array ?? []
  }

  /// Requests in order of arrival, of one surface or all.
  func requests(_ surface: String? = nil) async throws -> [JSONValue] {
    let answer = try await control("GET", "/requests" + (surface.map { "?surface=\($0)" } ?? ""))
    return answer["requests"]?.array ?? []
  }
}
