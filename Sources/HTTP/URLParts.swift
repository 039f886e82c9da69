/// The pieces of an absolute `http` or `https` address.
///
/// Reads a strict subset of RFC 3986, so that the host checked here is the host that libcurl connects to:
/// no blanks, no control characters, no backslash, no percent signs or letters beyond ASCII in the host.
public struct URLParts: Sendable, Hashable {
  /// `http` or `https`, in small letters.
  public let scheme: String
  /// What stands before `@`, as written, or `nil`; a secret.
  public let userInfo: String?
  /// In small letters, without brackets for an IPv6 address.
  public let host: String
  /// As written, or the scheme's own: 80 or 443.
  public let port: Int
  /// As written, beginning with `/`; `/` where there is none.
  public let path: String
  /// What stands after `?`, as written, or `nil`.
  public let query: String?

  /// Reads an address.
  ///
  /// Gives `nil` for what is relative, names another scheme, or breaks the subset.
  ///
  /// - Parameter url: Like `https://kaspi.kz/shop/p/-100/?c=750000000`. A fragment is dropped.
  public init?(_ url: String) {
    let bytes = Array(url.utf8)
    guard !bytes.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == 0x5C }) else { return nil }
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    guard let colon = bytes.firstIndex(of: 0x3A), bytes.count > colon + 3, bytes[colon + 1] == 0x2F,
      bytes[colon + 2] == 0x2F
    else { return nil }
    scheme = text(0..<colon).lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }

    let start = colon + 3
    let end = bytes[start...].firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? bytes.count
    var hostStart = start
    if let at = bytes[start..<end].lastIndex(of: 0x40) {
      guard !bytes[start..<at].contains(0x40) else { return nil }
      userInfo = text(start..<at)
      hostStart = at + 1
    } else {
      userInfo = nil
    }
    guard let (host, hostEnd) = Self.host(in: bytes, hostStart..<end) else { return nil }
    self.host = host
    if hostEnd == end {
      port = scheme == "https" ? 443 : 80
    } else {
      let digits = bytes[(hostEnd + 1)..<end]
      guard bytes[hostEnd] == 0x3A, (1...5).contains(digits.count),
        digits.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text((hostEnd + 1)..<end)),
        (1...65_535).contains(number)
      else { return nil }
      port = number
    }

    let fragment = bytes[end...].firstIndex(of: 0x23) ?? bytes.count
    let question = bytes[end..<fragment].firstIndex(of: 0x3F)
    let pathEnd = question ?? fragment
    path = pathEnd == end ? "/" : text(end..<pathEnd)
    query = question.map { text(($0 + 1)..<fragment) }
  }

  /// Scheme, host and port: what may share a connection.
  public var origin: String {
    host.utf8.contains(0x3A) ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)"
  }

  /// Whether following a redirect from here to there stays with the same server.
  ///
  /// The host must be the same, and the port too, unless the step goes from plain `http` to `https` on their
  /// own ports. Never from `https` to `http`.
  ///
  /// - Parameter other: Where the redirect points.
  /// - Returns: `false` for another host, another port, or the loss of encryption.
  public func mayRedirect(to other: URLParts) -> Bool {
    guard host == other.host else { return false }
    if scheme == other.scheme { return port == other.port }
    return scheme == "http" && port == 80 && other.scheme == "https" && other.port == 443
  }

  /// Whether the host is this machine by its name or number.
  var isLoopback: Bool { host == "127.0.0.1" || host == "localhost" || host == "::1" }

  private static func host(in bytes: [UInt8], _ range: Range<Int>) -> (String, end: Int)? {
    func isLetterOrDigit(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: false
      }
    }
    if bytes[range].first == 0x5B {
      guard let close = bytes[range].firstIndex(of: 0x5D) else { return nil }
      let inside = bytes[(range.lowerBound + 1)..<close]
      guard inside.contains(0x3A),
        inside.allSatisfy({ isLetterOrDigit($0) || $0 == 0x3A || $0 == 0x2E })
      else { return nil }
      return (String(decoding: inside, as: UTF8.self).lowercased(), close + 1)
    }
    let end = bytes[range].firstIndex(of: 0x3A) ?? range.upperBound
    let name = bytes[range.lowerBound..<end]
    guard let first = name.first, isLetterOrDigit(first),
      name.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F })
    else { return nil }
    return (String(decoding: name, as: UTF8.self).lowercased(), end)
  }
}
