import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

/// How one run of a built program ended, and all it said.
struct ProgramRun: Sendable {
  /// The exit code, or `nil` when a signal ended it.
  var exit: Int?
  /// The signal that ended it, or `nil`.
  var signal: Int?
  /// Standard output.
  var out: String
  /// Standard error.
  var err: String

  /// Standard output read as the one document of `--json`.
  ///
  /// - Throws: What is wrong with it.
  func json() throws -> JSONValue { try JSONValue(parsing: Array(out.utf8)) }

  /// The lines of standard error.
  var complaint: [Substring] { err.split(separator: "\n") }

  /// Runs a built program to its end.
  ///
  /// - Parameters:
  ///   - program: Its name.
  ///   - arguments: As a shell would pass them.
  ///   - environment: Changes to the surroundings; `nil` takes a variable away.
  ///   - folder: The current folder.
  /// - Returns: How it ended.
  /// - Throws: When it cannot be started.
  static func of(
    _ program: String, _ arguments: [String], environment: [String: String?] = [:], in folder: FilePath
  ) async throws -> ProgramRun {
    let result = try await run(
      .path(try BuiltProgram.path(program)), arguments: Arguments(arguments),
      environment: surroundings(environment),
      workingDirectory: folder, input: .none, output: .bytes(limit: 64 << 20),
      error: .bytes(limit: 4 << 20))
    return ProgramRun(
      result.terminationStatus, out: result.standardOutput, err: result.standardError)
  }

  /// Runs a program that may have so much memory of its own and no more: beyond it, it dies.
  ///
  /// The kernel counts heaps and stacks of all threads, touched or not.
  static func of(
    _ program: String, _ arguments: [String], megabytes: Int, in folder: FilePath
  ) async throws -> ProgramRun {
    let path = try BuiltProgram.path(program).string
    let result = try await run(
      .path("/bin/sh"),
      arguments: Arguments(["-c", "ulimit -d \(megabytes * 1024) && exec \"$0\" \"$@\"", path] + arguments),
      environment: surroundings([:]), workingDirectory: folder, input: .none,
      output: .bytes(limit: 64 << 20), error: .bytes(limit: 4 << 20))
    return ProgramRun(
      result.terminationStatus, out: result.standardOutput, err: result.standardError)
  }

  init(_ status: TerminationStatus, out: [UInt8], err: [UInt8]) {
    switch status {
    case .exited(let code): exit = Int(code)
    case .signaled(let number): signal = Int(number)
    }
    self.out = String(decoding: out, as: UTF8.self)
    self.err = String(decoding: err, as: UTF8.self)
  }

  /// The secrets that the simulator accepts, and no workspace from outside.
  static func surroundings(_ changes: [String: String?]) -> Environment {
    var values: [Environment.Key: String?] = [
      "KASPI_TOKEN": "demo-token", "WAHA_API_KEY": "demo-waha-key", "KASPI_WORKSPACE": nil,
      "KASPI_SHOP_ID": nil, "WAHA_API_ENDPOINT": nil, "WAHA_SESSION_ID": nil, "GOOGLE_SHEET_URL": nil,
      "NO_COLOR": nil,
    ]
    for (name, value) in changes { values[Environment.Key(stringLiteral: name)] = value }
    return .inherit.updating(values)
  }
}
