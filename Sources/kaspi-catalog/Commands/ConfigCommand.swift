import ArgumentParser
import Console
import Model
import Store

/// `config show`.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Look at the configuration.", subcommands: [Show.self])

  struct Show: Command {
    static let configuration = CommandConfiguration(
      abstract: "Print every value; secrets as •••.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Say where each value comes from.")
    var origin = false

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      let (_, configuration) = try context.workspace()
      for value in configuration.origins {
        context.terminal.say("\(value.key): \(value.value)" + (origin ? "    # \(value.source)" : ""))
      }
      context.terminal.document([
        "format": 1,
        "values": .array(
          configuration.origins.map {
            ["key": .string($0.key), "value": .string($0.value), "origin": .string($0.source)]
          }),
      ])
      return .done
    }
  }
}
