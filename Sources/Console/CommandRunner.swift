public import ArgumentParser
import FoundationEssentials
import Glibc
import Store
public import SystemPackage

/// What a command is handed: where it works, how it speaks, what the surroundings say.
public struct CommandContext: Sendable {
  /// Where the command speaks.
  public let terminal: Terminal
  /// The process's variables.
  public let environment: [String: String]
  /// The current folder.
  public let currentFolder: FilePath
  /// `--workspace`, or `nil`.
  public let workspaceFlag: String?

  /// Describes the surroundings.
  ///
  /// - Parameters:
  ///   - terminal: Where the command speaks.
  ///   - environment: The process's variables.
  ///   - currentFolder: The current folder.
  ///   - workspaceFlag: `--workspace`, or `nil`.
  public init(
    terminal: Terminal, environment: [String: String], currentFolder: FilePath, workspaceFlag: String?
  ) {
    self.terminal = terminal
    self.environment = environment
    self.currentFolder = currentFolder
    self.workspaceFlag = workspaceFlag
  }

  /// Finds and reads the workspace.
  ///
  /// - Returns: The folder and what `kaspi.yaml` in it says.
  /// - Throws: ``CommandError`` with status `configuration`.
  public func workspace() throws(CommandError) -> (folder: FilePath, configuration: Configuration) {
    let folder = try WorkspaceFinder.find(
      flag: workspaceFlag, environment: environment, current: currentFolder)
    let file = folder.appending(WorkspaceFinder.fileName)
    let bytes: [UInt8]
    do { bytes = try AtomicFile.read(file, maximumBytes: 1 << 20) } catch {
      throw CommandError(
        .configuration, what: error.detail, place: file.string, remedy: "Make the file readable.")
    }
    // Some editors write a mark in front, which is no part of the text.
    let marked = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let text = String(validating: marked, as: UTF8.self) else {
      throw CommandError(
        .configuration, what: "the configuration is not UTF-8 text", place: file.string,
        remedy: "Save it as UTF-8.")
    }
    return (folder, try ConfigurationReader.read(text, file: file.string, environment: environment))
  }

  /// Reads a file that a person named on the command line.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - maximumBytes: The longest file to take.
  /// - Returns: Its bytes.
  /// - Throws: ``CommandError`` with status `badInput` when it is not there or cannot be read.
  public func input(
    _ path: FilePath, maximumBytes: Int = 1 << 30
  ) throws(CommandError) -> [UInt8] {
    do { return try AtomicFile.read(path, maximumBytes: maximumBytes) } catch {
      throw CommandError(.badInput, what: error.detail, place: path.string, remedy: "Check the path.")
    }
  }

  /// A path as a person gave it, from the current folder.
  ///
  /// - Parameter argument: Absolute or relative.
  /// - Returns: Absolute.
  public func path(_ argument: String) -> FilePath {
    currentFolder.pushing(FilePath(argument)).lexicallyNormalized()
  }
}

/// A command of one of the front doors.
public protocol Command: AsyncParsableCommand, Sendable {
  /// What every command understands.
  var common: CommonOptions { get }

  /// Does the work.
  ///
  /// - Parameter context: Where it works and how it speaks.
  /// - Returns: How it ended.
  /// - Throws: A ``CommandError``, or any error that the front door can say as one.
  func execute(_ context: CommandContext) async throws -> ExitStatus

  /// Says an error of a room as a person reads it; `nil` for one that this front door does not know.
  ///
  /// - Parameter error: Any error that `execute` threw.
  /// - Returns: What, where and what to do.
  static func explain(_ error: any Error) -> CommandError?
}

extension Command {
  /// Runs the command: signals cancel it, errors become three lines and an exit code.
  ///
  /// - Throws: `ExitCode` for everything but success.
  public func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(Terminal.Manner(common, environment: environment))
    let context = CommandContext(
      terminal: terminal, environment: environment,
      currentFolder: FilePath(FileManager.default.currentDirectoryPath), workspaceFlag: common.workspace)
    let work = Task { try await execute(context) }
    let signals = Signals { work.cancel() }
    defer { withExtendedLifetime(signals) {} }
    let status: ExitStatus
    do { status = try await work.value } catch {
      if let stopped = Signals.status {
        terminal.remark("stopped; the next run goes on from here")
        throw ExitCode(stopped.rawValue)
      }
      let failure = Self.failure(error)
      terminal.fail(failure)
      throw ExitCode(failure.status.rawValue)
    }
    if Terminal.hasLostOutput {
      terminal.fail(
        CommandError(
          .failed, what: "the result could not be written", place: "standard output",
          remedy: "Make room where it goes to; what the command did on disk is done."))
      throw ExitCode(status == .done ? ExitStatus.failed.rawValue : status.rawValue)
    }
    guard status == .done else { throw ExitCode(status.rawValue) }
  }

  /// Says any error as a person reads it, with the exit code that belongs to it.
  ///
  /// - Parameter error: Any error that `execute` threw.
  /// - Returns: What, where and what to do; an error that no room knows is a plain failure.
  public static func failure(_ error: any Error) -> CommandError {
    switch error {
    case let error as CommandError: return error
    case let error as StoreError: return CommandError(error)
    default:
      return explain(error)
        ?? CommandError(
          .failed, what: "\(error)", place: _commandName, remedy: "Run it again with --verbose and report it."
        )
    }
  }
}
