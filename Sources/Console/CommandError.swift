public import Store

/// A failure as a person reads it: what, where, what to do.
public struct CommandError: Error, Sendable, Equatable {
  /// How the command ends.
  public var status: ExitStatus
  /// What is the case, in one line.
  public var what: String
  /// Where: a path, an address, a shop; without secrets.
  public var place: String
  /// What to do next, in one line.
  public var remedy: String

  /// Makes a failure.
  ///
  /// - Parameters:
  ///   - status: How the command ends.
  ///   - what: What is the case.
  ///   - place: Where.
  ///   - remedy: What to do next.
  public init(_ status: ExitStatus, what: String, place: String, remedy: String) {
    self.status = status
    self.what = what
    self.place = place
    self.remedy = remedy
  }

  /// Says a failure of the file system in the same three lines.
  ///
  /// - Parameter error: What the file room answered.
  public init(_ error: StoreError) {
    let status: ExitStatus =
      switch error.code {
      case .locked: .locked
      case .full: .temporary
      case .missing, .damaged, .denied, .failed: .failed
      }
    self.init(status, what: error.detail, place: error.path, remedy: error.hint)
  }

  /// Three lines for a terminal.
  public var lines: [String] { ["error: \(what)", "   at: \(place)", "   do: \(remedy)"] }

  /// The same for a program.
  public var json: JSONValue {
    .object([
      "format": 1, "error": .string(what), "at": .string(place), "do": .string(remedy),
      "exit": .integer(Int(status.rawValue)),
    ])
  }
}
