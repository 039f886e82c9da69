/// A request that is fit to send: every field was looked at before a byte moves.
struct CheckedRequest: Sendable {
  let method: String
  let url: String
  let parts: URLParts
  let lines: [String]
  let body: [UInt8]?
  let timeout: Duration
  let connectTimeout: Duration
  let maximumBytes: Int
  let maximumRedirects: Int
  let redirectHosts: [String]

  /// GET and HEAD ask and change nothing, so libcurl may ask them again on a fresh connection.
  var isRead: Bool { method == "GET" || method == "HEAD" }

  init(_ request: HTTPRequest, configuration: CurlClient.Configuration) throws(HTTPError) {
    func refusal(_ why: String) -> HTTPError {
      HTTPError(code: .invalidRequest, mayHaveReachedServer: false, url: request.url, message: why)
    }
    if let problem = configuration.problem { throw refusal(problem) }
    url = URLQuery.escapeBeyondASCII(request.url)
    guard let parts = URLParts(url) else { throw refusal("not an absolute http or https address") }
    if let allowed = configuration.allowedHosts, !allowed.contains(parts.host) {
      throw refusal("host \(parts.host) is not one of the allowed hosts")
    }
    self.parts = parts

    guard !request.method.isEmpty, request.method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
      throw refusal("a method is written in capital letters")
    }
    method = request.method

    var lines: [String] = []
    var hasAgent = false
    var hasType = false
    for (name, value) in request.headers {
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else {
        throw refusal("a header name holds a character that no name may hold")
      }
      // The value is not repeated here: it may be a secret.
      guard !value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else {
        throw refusal("the value of header \(name) holds a line break or another control character")
      }
      switch name.lowercased() {
      case "content-length", "transfer-encoding":
        throw refusal("header \(name) is written by the client, from the body")
      case "user-agent": hasAgent = true
      case "content-type": hasType = true
      default: break
      }
      // libcurl takes `Name:` as the wish to leave a header out, and `Name;` as the empty value.
      lines.append(value.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) ? "\(name);" : "\(name): \(value)")
    }
    if !hasAgent, !configuration.userAgent.isEmpty { lines.append("User-Agent: \(configuration.userAgent)") }
    if request.body != nil || request.method == "POST" {
      // No waiting for `100 Continue`, and no content type that nobody chose.
      lines.append("Expect:")
      if !hasType { lines.append("Content-Type:") }
    }
    self.lines = lines

    // A POST without a body says so: `Content-Length: 0`.
    body = request.body ?? (request.method == "POST" ? [] : nil)
    guard method != "HEAD" || body == nil else { throw refusal("HEAD has no body") }
    timeout = request.timeout
    connectTimeout = request.connectTimeout
    maximumBytes = max(0, request.maximumBytes)
    maximumRedirects = max(0, request.maximumRedirects)
    redirectHosts = request.redirectHosts
  }

  /// Whether a redirect may lead to a server that is not the first one.
  ///
  /// Only to a host that was named, and encrypted; on loopback, where the simulator lives, there is nothing to encrypt.
  func mayLead(to other: URLParts) -> Bool {
    (other.scheme == "https" || parts.isLoopback && other.isLoopback)
      && redirectHosts.contains { $0.hasPrefix(".") ? other.host.hasSuffix($0) : other.host == $0 }
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }
}
