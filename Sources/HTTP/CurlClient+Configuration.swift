import Glibc

extension CurlClient {
  /// What holds for every request of a client.
  public struct Configuration: Sendable {
    /// Sent where a request names no `User-Agent` of its own.
    ///
    /// It looks like a browser's, because Kaspi leaves connections without one hanging.
    public var userAgent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
    /// Connections, and requests in flight, to all hosts together; more wait their turn.
    public var maximumConnections = 16
    /// Connections, and requests in flight, to one host and port; more wait their turn.
    public var maximumConnectionsPerHost = 4
    /// A cookie file in Netscape format, or `nil` to know no cookies.
    ///
    /// It is read once and never written. Cookies that servers set live as long as the client.
    public var cookieFile: String?
    /// A PEM file of the authorities to trust in place of the system's, or `nil`.
    public var trustedCertificates: String?
    /// The only hosts that may be asked, in small letters, or `nil` for any.
    public var allowedHosts: Set<String>?
    /// The address of a proxy, or `nil` to ask servers directly; the environment is not consulted.
    public var proxy: String?
    /// Most bytes of header lines in one answer, interim answers and trailers included.
    public var maximumHeaderBytes = 256 << 10
    /// A transfer slower than 16 bytes a second for this long is given up as timed out; whole seconds.
    public var stallTimeout: Duration = .seconds(60)

    /// The defaults.
    public init() {}

    /// Why no request can be sent with this configuration, or `nil`.
    var problem: String? {
      if !curlIsReady {
        return "libcurl.so.4 is missing or too old: install it (Debian and Ubuntu: libcurl4)"
      }
      if let trustedCertificates, case .failure(let problem) = Self.read(trustedCertificates) {
        return "certificate file \(trustedCertificates): \(problem.text)"
      }
      guard let cookieFile else { return nil }
      switch Self.read(cookieFile) {
      case .failure(let problem): return "cookie file \(cookieFile): \(problem.text)"
      case .success(let bytes):
        // libcurl passes over what it cannot read, and a request without cookies would look like a logout.
        let hasCookie = bytes.split(separator: 0x0A).contains { line in
          let isComment = line.first == 0x23 && !line.starts(with: Array("#HttpOnly_".utf8))
          return !isComment && line.count(where: { $0 == 0x09 }) == 6
        }
        return hasCookie ? nil : "cookie file \(cookieFile): no cookie in Netscape format"
      }
    }

    struct Problem: Error { var text: String }

    private static func read(_ path: String) -> Result<[UInt8], Problem> {
      let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return .failure(Problem(text: unsafe String(cString: strerror(errno)))) }
      defer { Glibc.close(file) }
      var bytes: [UInt8] = []
      while bytes.count < 16 << 20 {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe Glibc.read(file, &piece, piece.count)
        guard count >= 0 else { return .failure(Problem(text: unsafe String(cString: strerror(errno)))) }
        guard count > 0 else { return .success(bytes) }
        bytes += piece[..<count]
      }
      return .failure(Problem(text: "larger than 16 MiB"))
    }
  }
}
