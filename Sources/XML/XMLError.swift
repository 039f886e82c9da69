/// Why markup could not be read, written or judged.
public struct XMLError: Error, Sendable, Hashable {
  /// What callers tell apart.
  public enum Code: Sendable, Hashable, CaseIterable {
    /// Nothing but blanks, a byte order mark or an XML declaration.
    case empty
    /// The document ends before its last element is closed.
    case cut
    /// The bytes do not fit the declared encoding, or the encoding is unknown.
    case encoding
    /// A document type declaration, which could declare entities or name other files.
    ///
    /// Refused, whatever it holds.
    case documentType
    /// A character that XML 1.0 forbids.
    case forbiddenCharacter
    /// Not well-formed in any other way.
    case malformed
    /// More bytes, or a longer text, than the caller allows.
    case tooLarge
    /// Elements nested deeper than allowed.
    case tooDeep
    /// The file could not be read.
    case unreadable
    /// The schema itself is wrong.
    case invalidQuery
  }

  /// The kind.
  public var code: Code
  /// From 1; `nil` when the whole document is meant.
  public var line: Int?
  /// From 1, in Unicode scalars; `nil` when unknown.
  public var column: Int?
  /// The library's own words, trimmed, or ours.
  public var message: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - line: From 1, or `nil`.
  ///   - column: From 1, or `nil`.
  ///   - message: One sentence without its full stop.
  public init(code: Code, line: Int? = nil, column: Int? = nil, message: String) {
    self.code = code
    self.line = line
    self.column = column
    self.message = message
  }
}

extension XMLError: CustomStringConvertible {
  /// `line:column: message`, as far as known.
  public var description: String {
    [line.map(String.init), column.map(String.init), line == nil ? message : " " + message]
      .compactMap(\.self).joined(separator: ":")
  }
}
