import ArgumentParser
import Testing

@testable import Console

private struct Look: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "look")
}

private struct Jump: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "jump")
}

@Suite struct CommandChoiceTests {
  @Test(arguments: [
    (["program", "jump"], ["jump"]), (["program", "jump", "--help"], ["jump"]),
    (["program", "look", "jump"], ["look"]),
    (["program"], ["look", "jump"]), (["program", "--help"], ["look", "jump"]),
    (["program", "help", "jump"], ["look", "jump"]), (["program", "jmup"], ["look", "jump"]),
    ([], ["look", "jump"]),
  ])
  func readsTheCommandThatIsAskedForAndElseAll(arguments: [String], names: [String]) {
    let commands = CommandChoice.narrowed([Look.self, Jump.self], to: arguments)
    let found = commands.map { $0.configuration.commandName ?? "" }
    #expect(found == names)
  }
}
