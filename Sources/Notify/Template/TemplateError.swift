/// Why a template cannot be used, or a text cannot be sent.
///
/// Never carries a value of an order: names and texts stay out of errors.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What callers tell apart.
  public enum Code: String, Sendable, CaseIterable {
    /// The file is not UTF-8, or its name is not `<event>.<locale>.mustache`.
    case unreadable
    /// A tag that does not end, does not match or is of a kind that messages do not have.
    case syntax
    /// A name that the event does not have.
    case unknownName = "unknown-name"
    /// A filter that does not exist, or not for this kind of value.
    case unknownFilter = "unknown-filter"
    /// A value that may be absent is used without a section around it.
    case unguarded
    /// A value came out empty.
    case blank
    /// The text is longer than allowed.
    case tooLong = "too-long"
    /// No template for an event and a language.
    case missing
  }

  /// The kind.
  public var code: Code
  /// The file's name, like `order_created.ru.mustache`.
  public var file: String
  /// From 1, or `nil` when the whole file is meant.
  public var line: Int?
  /// From 1, in Unicode scalars.
  public var column: Int?
  /// What is wrong, in one sentence.
  public var message: String
  /// What to do.
  public var hint: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - file: The file's name.
  ///   - line: From 1, or `nil`.
  ///   - column: From 1, or `nil`.
  ///   - message: One sentence.
  ///   - hint: What to do.
  public init(
    code: Code, file: String, line: Int? = nil, column: Int? = nil, message: String, hint: String
  ) {
    self.code = code
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
  }

  /// `file:line:column: message`, as compilers print it.
  public var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self)
    return place.joined(separator: ":") + ": " + message
  }
}
