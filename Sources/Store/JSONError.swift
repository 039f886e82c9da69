/// Why bytes are not the JSON that was asked for.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int
  /// What is the case.
  public var message: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - line: From 1.
  ///   - column: From 1, in Unicode scalars.
  ///   - message: What is the case.
  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  /// `line:column: message`.
  public var description: String { "\(line):\(column): \(message)" }
}
