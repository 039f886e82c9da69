public import ArgumentParser

/// Which of a program's commands are read at its start.
public enum CommandChoice {
  /// The command that is asked for by name, or all of them where none is: in `--help` and behind a slip.
  ///
  /// Reading what every command takes costs more than a search does.
  ///
  /// - Parameters:
  ///   - commands: All of them.
  ///   - arguments: As the program was started, its own name first.
  /// - Returns: One or all.
  public static func narrowed(
    _ commands: [any ParsableCommand.Type], to arguments: [String]
  ) -> [any ParsableCommand.Type] {
    guard arguments.count > 1 else { return commands }
    let asked = commands.first { $0.configuration.commandName == arguments[1] }
    return asked.map { [$0] } ?? commands
  }
}
