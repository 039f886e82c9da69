/// One question to a server.
public struct HTTPRequest: Sendable {
  /// The method, like `GET`.
  public var method: String
  /// Absolute address, `http` or `https`.
  public var url: String
  /// In sending order.
  ///
  /// Names are compared without regard to case.
  public var headers: [(name: String, value: String)]
  /// The body, or `nil`.
  public var body: [UInt8]?
  /// Longest time from start to last byte.
  public var timeout: Duration
  /// Longest time to a connection.
  public var connectTimeout: Duration
  /// Largest body that is read, in bytes after decompression; a longer one ends the transfer.
  public var maximumBytes: Int
  /// Redirects that are followed; 0 gives the 3xx answer back.
  ///
  /// Never to another host than the first, except for ``redirectHosts``.
  public var maximumRedirects: Int
  /// Other hosts that a redirect may lead to, over TLS only; one with a dot in front stands for all hosts below it.
  public var redirectHosts: [String] = []
  /// Whether the request only asks, whatever its method: then it may be sent again like a `GET`.
  public var asksOnly = false

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - method: `GET`, `POST`, …
  ///   - url: Absolute address.
  ///   - headers: In sending order.
  ///   - body: The body, or `nil`.
  ///   - timeout: Start to last byte.
  ///   - connectTimeout: Until connected.
  ///   - maximumBytes: Largest body, decompressed.
  ///   - maximumRedirects: 0 to follow none.
  public init(
    _ method: String = "GET", _ url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(10),
    maximumBytes: Int = 32 << 20, maximumRedirects: Int = 0
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.maximumBytes = maximumBytes
    self.maximumRedirects = maximumRedirects
  }
}

/// One answer.
public struct HTTPResponse: Sendable {
  /// Status code of the final answer.
  public var status: Int
  /// Headers of the final answer, in order of arrival.
  public var headers: [(name: String, value: String)]
  /// The body, decompressed.
  public var body: [UInt8]
  /// The address that answered, after redirects.
  public var url: String
  /// Protocol version: `1.0`, `1.1` or `2`; empty where unknown.
  public var version: String

  /// Makes an answer.
  ///
  /// - Parameters:
  ///   - status: Status code.
  ///   - headers: In order of arrival.
  ///   - body: Decompressed.
  ///   - url: The address that answered.
  ///   - version: Protocol version.
  public init(
    status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], url: String,
    version: String = ""
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.url = url
    self.version = version
  }

  /// The first header of a name, without regard to case.
  ///
  /// - Parameter name: Like `Content-Type`.
  /// - Returns: The value, trimmed, or `nil`.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }
}

/// Whoever can send a request: the libcurl client, a wrapper around it, or a stand-in of a test.
public protocol HTTPClient: Sendable {
  /// Sends one request and waits for the whole answer.
  ///
  /// Any status is an answer, not an error.
  ///
  /// - Parameter request: What to ask.
  /// - Returns: The complete answer.
  /// - Throws: ``HTTPError`` when no complete answer came.
  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
