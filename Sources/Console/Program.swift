public import ArgumentParser

/// The way from a command line to an exit code, for both front doors.
public enum Program {
  /// Reads the command line, runs the command, and ends the process when it is not done.
  ///
  /// A command line that cannot be read is told as its reader tells it, or, where `--json` stands in it, as every
  /// other failure of a program: a document with `error`, `at` and `do`.
  ///
  /// - Parameter root: The program.
  public static func run<Root: AsyncParsableCommand>(_ root: Root.Type) async {
    do {
      var command = try root.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      let isSlip = !(error is ExitCode) && root.exitCode(for: error) == .validationFailure
      guard isSlip, CommandLine.arguments.contains("--json") else { root.exit(withError: error) }
      var manner = Terminal.Manner()
      manner.json = true
      Terminal(manner).fail(
        CommandError(
          .usage, what: root.message(for: error), place: CommandLine.arguments.joined(separator: " "),
          remedy: "\(root._commandName) --help"))
      root.exit(withError: ExitCode(ExitStatus.usage.rawValue))
    }
  }
}
