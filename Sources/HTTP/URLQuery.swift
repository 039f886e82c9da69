/// Builds the query of an address.
public enum URLQuery {
  /// Escapes everything but letters, digits, `-`, `.`, `_` and `~`: right for a query value and a path segment.
  ///
  /// - Parameter text: Any text; its UTF-8 bytes are escaped.
  /// - Returns: ASCII only, with capital hexadecimal digits. A blank becomes `%20`, never `+`.
  public static func percentEncode(_ text: String) -> String {
    escape(text.utf8) { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
      default: false
      }
    }
  }

  /// Writes `name=value` pairs, joined by `&`, in the given order.
  ///
  /// - Parameter pairs: Names and values, not yet escaped.
  /// - Returns: The query without `?`; empty for no pairs.
  public static func encode(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { "\(percentEncode($0.name))=\(percentEncode($0.value))" }.joined(separator: "&")
  }

  /// Puts pairs behind an address.
  ///
  /// - Parameters:
  ///   - pairs: Names and values, not yet escaped.
  ///   - url: An address, with or without a query; without a fragment.
  /// - Returns: The address with the pairs added behind `?` or `&`; the same address for no pairs.
  public static func append(_ pairs: [(name: String, value: String)], to url: String) -> String {
    guard !pairs.isEmpty else { return url }
    return url + (url.utf8.contains(0x3F) ? "&" : "?") + encode(pairs)
  }

  /// An address as people copy it, with bytes beyond ASCII escaped: fit to be read and sent.
  ///
  /// - Parameter url: Any address.
  /// - Returns: The same for one of ASCII only.
  public static func escaped(_ url: String) -> String { escapeBeyondASCII(url) }

  /// Escapes bytes beyond ASCII and leaves the rest as it is: an address as people copy it, made fit to send.
  static func escapeBeyondASCII(_ url: String) -> String {
    url.utf8.contains { $0 >= 0x80 } ? escape(url.utf8) { $0 < 0x80 } : url
  }

  private static func escape(_ bytes: String.UTF8View, keeping isKept: (UInt8) -> Bool) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for byte in bytes {
      if isKept(byte) {
        result.append(byte)
      } else {
        result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
