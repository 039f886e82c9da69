import FoundationEssentials
import Glibc
import Store
import Subprocess
public import SystemPackage

/// Something that is never printed: a name for where it is kept.
public struct Secret: Sendable, Equatable, CustomStringConvertible {
  enum Place: Sendable, Equatable {
    case environment(String)
    case file(String)
    case command([String])
  }

  let place: Place
  /// Where the configuration names it, for errors.
  let source: String

  /// Three dots, wherever it is printed.
  public var description: String { "•••" }

  /// Fetches the secret.
  ///
  /// - Parameters:
  ///   - workspace: The folder that a relative path starts from.
  ///   - environment: The process's variables.
  /// - Returns: The secret without the line end behind it; never empty.
  /// - Throws: ``CommandError`` with status `configuration` when it is absent, or when others may read its file.
  public func value(workspace: FilePath, environment: [String: String]) async throws -> String {
    switch place {
    case .environment(let name):
      guard let value = environment[name], !value.isEmpty else {
        throw failure("the environment variable \(name) is not set", "Set \(name) before the run.")
      }
      return value
    case .file(let name):
      let path = workspace.pushing(FilePath(name))
      let attributes: [FileAttributeKey: Any]
      do { attributes = try FileManager.default.attributesOfItem(atPath: path.string) } catch {
        throw failure(
          "the secret file \(path) cannot be read", "Create it, readable for its owner only (chmod 600).")
      }
      if let mode = attributes[.posixPermissions] as? Int, mode & 0o077 != 0 {
        throw failure("others may read the secret file \(path)", "chmod 600 \(path)")
      }
      return try trimmed(AtomicFile.read(path, maximumBytes: 1 << 16), of: path.string)
    case .command(let words):
      let result: ExecutionResult<Void, BytesOutput, DiscardedOutput>
      do {
        result = try await Subprocess.run(
          words[0].contains("/") ? .path(workspace.pushing(FilePath(words[0]))) : .name(words[0]),
          arguments: Arguments(Array(words.dropFirst())),
          workingDirectory: workspace, output: .bytes(limit: 1 << 16), error: .discarded)
      } catch {
        throw failure("the command for the secret did not run: \(words[0])", "Run it by hand.")
      }
      guard result.terminationStatus.isSuccess else {
        throw failure("the command for the secret failed: \(words[0])", "Run it by hand.")
      }
      return try trimmed(result.standardOutput, of: words[0])
    }
  }

  private func trimmed(_ bytes: [UInt8], of name: String) throws -> String {
    let text = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(
      String.init)
    guard let text, !text.isEmpty else { throw failure("the secret in \(name) is empty", "Put it there.") }
    return text
  }

  private func failure(_ what: String, _ remedy: String) -> CommandError {
    CommandError(.configuration, what: what, place: source, remedy: remedy)
  }
}
