import Store
import Subprocess
import SystemPackage
import TestKit
import Testing

extension ProgramRun {
  /// Runs a built program to its end, and answers what it says while it runs.
  ///
  /// - Parameters:
  ///   - program: Its name.
  ///   - arguments: As a shell would pass them.
  ///   - environment: Changes to the surroundings.
  ///   - folder: The current folder.
  ///   - hear: Gets each line of both outputs as it comes; the next one waits until this returns.
  /// - Returns: How it ended, with the lines of both outputs.
  /// - Throws: What `hear` throws, or when it cannot be started.
  static func talking(
    _ program: String, _ arguments: [String], environment: [String: String?] = [:], in folder: FilePath,
    _ hear: @escaping @Sendable (String) async throws -> Void
  ) async throws -> ProgramRun {
    let outcome = try await run(
      .path(try BuiltProgram.path(program)), arguments: Arguments(arguments),
      environment: surroundings(environment), workingDirectory: folder, input: .none, output: .sequence,
      error: .sequence
    ) { execution in
      async let out = Self.lines(execution.standardOutput, hear)
      async let err = Self.lines(execution.standardError, hear)
      do {
        return (out: try await out, err: try await err)
      } catch {
        try? execution.send(signal: .kill)
        throw error
      }
    }
    let said = outcome.closureResult
    return ProgramRun(outcome.terminationStatus, out: Array(said.out.utf8), err: Array(said.err.utf8))
  }

  private static func lines(
    _ sequence: SubprocessOutputSequence, _ hear: @Sendable (String) async throws -> Void
  ) async throws -> String {
    var all = ""
    for try await line in sequence.strings() {
      all += line.hasSuffix("\n") ? line : line + "\n"
      try await hear(line.filter { $0 != "\n" })
    }
    return all
  }
}
