/// One question, taken off the wire.
struct Request: Sendable {
  /// In capitals.
  var method: String
  /// As it stood on the wire, without the query.
  var path: String
  /// Decoded parts of the path, without empty ones.
  var segments: [String]
  /// In order, decoded.
  var query: [(name: String, value: String)]
  /// By small-letter name.
  var headers: [String: String]
  /// Possibly empty.
  var body: [UInt8]

  /// Takes apart a target as it stands on the wire.
  init(method: String, target: String, headers: [String: String] = [:], body: [UInt8] = []) {
    self.method = method
    self.headers = headers
    self.body = body
    let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = halves.first.map(String.init) ?? ""
    segments = path.split(separator: "/").map { Self.decoded($0, plusIsBlank: false) }
    query =
      halves.count < 2
      ? []
      : halves[1].split(separator: "&").map { pair in
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (
          name: Self.decoded(sides[0], plusIsBlank: true),
          value: sides.count > 1 ? Self.decoded(sides[1], plusIsBlank: true) : ""
        )
      }
  }

  /// The first value of a query parameter.
  func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// A header without regard to case.
  func header(_ name: String) -> String? { headers[name.lowercased()] }

  /// A cookie by name.
  func cookie(_ name: String) -> String? {
    for pair in (header("cookie") ?? "").split(separator: ";") {
      let sides = pair.split(separator: "=", maxSplits: 1)
      if sides.count == 2, sides[0].trimmed == name { return sides[1].trimmed }
    }
    return nil
  }

  /// The query with everything that could be a secret hidden.
  var safeQuery: String {
    query.map { pair in
      let name = pair.name.lowercased()
      let isSecret = ["key", "token", "session-id", "password"].contains { name.hasSuffix($0) }
      return "\(pair.name)=\(isSecret ? "•••" : pair.value)"
    }.joined(separator: "&")
  }

  /// Undoes percent encoding; a broken sequence stays as it is.
  static func decoded(_ text: some StringProtocol, plusIsBlank: Bool) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var position = 0
    while position < source.count {
      let byte = source[position]
      if byte == UInt8(ascii: "%"), position + 2 < source.count, let high = hex(source[position + 1]),
        let low = hex(source[position + 2])
      {
        bytes.append(high * 16 + low)
        position += 3
      } else {
        bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        position += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
