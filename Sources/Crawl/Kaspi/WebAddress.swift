/// The little of web addresses that crawling needs.
enum WebAddress {
  /// The parts of an address: scheme and host in small letters, path, query; no fragment.
  struct Parts: Sendable, Hashable {
    /// `https`, or empty for a bare path.
    var scheme: String
    /// Host with port, or empty for a bare path.
    var host: String
    /// From the first slash, still percent-encoded.
    var path: String
    /// Behind the question mark, or empty.
    var query: String

    /// `https://host:port`, or empty for a bare path.
    var base: String { scheme.isEmpty ? "" : "\(scheme)://\(host)" }
  }

  /// Takes an address apart.
  ///
  /// - Parameter text: An absolute address or a path.
  /// - Returns: Its parts.
  static func parts(of text: String) -> Parts {
    // By bytes: what parts an address is ASCII, and every page has its address taken apart a few times.
    let address = text[..<(text.utf8.firstIndex(of: 0x23) ?? text.endIndex)]
    let mark = address.utf8.firstIndex(of: 0x3F)
    let beforeQuery = address[..<(mark ?? address.endIndex)]
    let query = mark.map { String(address[address.utf8.index(after: $0)...]) } ?? ""
    guard let colon = beforeQuery.utf8.firstIndex(of: 0x3A),
      beforeQuery[colon...].utf8.starts(with: "://".utf8),
      !beforeQuery[..<colon].utf8.contains(0x2F)
    else { return Parts(scheme: "", host: "", path: String(beforeQuery), query: query) }
    let rest = beforeQuery[beforeQuery.utf8.index(colon, offsetBy: 3)...]
    let authority = rest[..<(rest.utf8.firstIndex(of: 0x2F) ?? rest.endIndex)]
    let host = authority.split(separator: "@").last ?? ""
    return Parts(
      scheme: beforeQuery[..<colon].lowercased(), host: host.lowercased(),
      path: String(rest[authority.endIndex...]), query: query)
  }

  /// The pairs of an address's query, decoded; the first of equal names.
  ///
  /// - Parameter text: An address or a path.
  /// - Returns: Values by name.
  static func query(of text: String) -> [String: String] {
    var pairs: [String: String] = [:]
    for pair in parts(of: text).query.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = decoded(halves[0])
      if pairs[name] == nil { pairs[name] = halves.count > 1 ? decoded(halves[1]) : "" }
    }
    return pairs
  }

  /// Percent-encodes everything but letters, digits, `-`, `.`, `_` and `~`.
  ///
  /// - Parameter text: Any text.
  /// - Returns: A value for a query.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result.append("%")
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
    return result
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, let high = rest.first, let low = rest.dropFirst().first,
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == 0x2B ? 0x20 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension WebAddress {
  /// An address without user, password and query, which may carry secrets.
  ///
  /// - Parameter text: An absolute address; a bare path or query stays as it is.
  /// - Returns: Scheme, host and path.
  static func withoutSecrets(_ text: String) -> String {
    let parts = parts(of: text)
    return parts.scheme.isEmpty ? text : parts.base + parts.path
  }
}
