/// Why something could not be planned, published or read back.
public struct PublishError: Error, Sendable, Equatable {
  /// What callers tell apart.
  public enum Code: Sendable {
    /// A stored file is not what its manifest says.
    case damaged
    /// The plan starts from a version that is not the last any more.
    case stale
    /// The approval names another plan.
    case wrongApproval
    /// What would be published does not pass our own checks.
    case invalidOutput
    /// There is nothing to work with yet.
    case missing
    /// It would replace something newer, or something that nobody approved.
    case refused
    /// An input file cannot be used.
    case badInput
  }

  /// The kind.
  public var code: Code
  /// What is the case.
  public var what: String
  /// Where.
  public var place: String
  /// What to do next.
  public var remedy: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - what: What is the case.
  ///   - place: Where.
  ///   - remedy: What to do next.
  public init(_ code: Code, what: String, place: String, remedy: String) {
    self.code = code
    self.what = what
    self.place = place
    self.remedy = remedy
  }
}
