/// Why no complete answer came.
public struct HTTPError: Error, Sendable, Equatable {
  /// What callers tell apart.
  public enum Code: Sendable, Equatable {
    /// The request is malformed or names a protocol that is not allowed.
    ///
    /// Not sent.
    case invalidRequest
    /// No connection: name not found, refused, TLS failed.
    ///
    /// Not sent.
    case notConnected
    /// The time was over.
    case timedOut
    /// The connection ended before the answer was complete.
    case connectionLost
    /// The body is larger than allowed.
    case tooLarge
    /// The answer breaks the protocol or its declared encoding.
    case badAnswer
    /// Too many redirects, or one to another host.
    case badRedirect
    /// The caller cancelled, or the client was closed.
    case cancelled
  }

  /// The kind.
  public var code: Code
  /// Whether the server may have acted: some byte of the request left before the failure.
  ///
  /// Decisive for a message: `false` may be repeated, `true` has to be looked up first.
  public var mayHaveReachedServer: Bool
  /// The address without its query.
  public var url: String
  /// The library's own words, trimmed.
  public var message: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - mayHaveReachedServer: Whether the server may have acted.
  ///   - url: The address; its query is dropped.
  ///   - message: The library's own words.
  public init(code: Code, mayHaveReachedServer: Bool, url: String, message: String) {
    self.code = code
    self.mayHaveReachedServer = mayHaveReachedServer
    self.url = url.split(separator: "?", maxSplits: 1).first.map(String.init) ?? url
    self.message = message
  }
}
