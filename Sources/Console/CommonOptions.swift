public import ArgumentParser
public import Model

/// What every command understands.
public struct CommonOptions: ParsableArguments, Sendable {
  /// The folder that holds kaspi.yaml; found upwards from the current one when `nil`.
  @Option(help: "The folder that holds kaspi.yaml; found upwards from here when left out.")
  public var workspace: String?

  /// One JSON document instead of text.
  @Flag(help: "Print one JSON document instead of text.")
  public var json = false

  /// Errors only.
  @Flag(name: .shortAndLong, help: "Print errors only.")
  public var quiet = false

  /// Details of what is going on.
  @Flag(name: .shortAndLong, help: "Print details of what is going on.")
  public var verbose = false

  /// Nothing asked for.
  public init() {}
}

extension Instant: ExpressibleByArgument {
  /// Reads ISO 8601 from a command line.
  ///
  /// - Parameter argument: Like `2026-11-23T21:00:00+05:00`.
  public init?(argument: String) { self.init(argument) }
}
