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
  /// The address without its query, fragment, user and password.
  public var url: String
  /// The library's own words, trimmed.
  public var message: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - mayHaveReachedServer: Whether the server may have acted.
  ///   - url: The address; its query, fragment, user and password are dropped.
  ///   - message: The library's own words.
  public init(code: Code, mayHaveReachedServer: Bool, url: String, message: String) {
    self.code = code
    self.mayHaveReachedServer = mayHaveReachedServer
    self.url = Self.withoutSecrets(url)
    self.message = message
  }

  static func withoutSecrets(_ url: String) -> String {
    let visible = url.utf8.prefix { $0 != 0x3F && $0 != 0x23 }
    var bytes = Array(visible)
    // The user part ends at the last `@` of the authority; where there is no authority, at the last of all.
    let start = bytes.indices.dropLast(2).first { bytes[$0...].starts(with: [0x3A, 0x2F, 0x2F]) }.map {
      $0 + 3
    }
    let end = start.flatMap { bytes[$0...].firstIndex(of: 0x2F) } ?? bytes.endIndex
    if let at = bytes[(start ?? 0)..<end].lastIndex(of: 0x40) { bytes.removeSubrange((start ?? 0)...at) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
