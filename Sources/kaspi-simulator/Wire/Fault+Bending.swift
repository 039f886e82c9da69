import Store

/// Faults that need the right answer first, and bend it.
extension Fault {
  /// Reads one of the kinds that bend an answer.
  static func readBent(_ value: JSONValue) -> Result<Kind, Refusal> {
    switch value["kind"]?.string {
    case "rewrite":
      guard let find = value["find"]?.string, !find.isEmpty else {
        return .failure(Refusal("kind rewrite needs find, and with or withHex"))
      }
      if let digits = value["withHex"]?.string {
        guard let bytes = hexadecimal(digits) else { return .failure(Refusal("withHex is pairs of digits")) }
        return .success(.rewrite(find: Array(find.utf8), with: bytes))
      }
      return .success(.rewrite(find: Array(find.utf8), with: Array((value["with"]?.string ?? "").utf8)))
    case "redirect":
      return .success(.redirect(to: value["to"]?.string ?? "self", status: value["status"]?.int ?? 302))
    case "flood":
      return .success(
        .flood(bytes: max(0, value["bytes"]?.int ?? 1 << 30), isAnnounced: value["announced"]?.bool ?? true))
    case "bomb": return .success(.bomb(bytes: max(0, value["bytes"]?.int ?? 1 << 30)))
    case "wrongLength": return .success(.wrongLength(value["by"]?.int ?? 100))
    case "block": return .success(.block(value["status"]?.int ?? 403))
    default:
      return .failure(
        Refusal(
          "kind is one of status, delay, cutBody, hang, close, reset, rewrite, redirect, flood, bomb, wrongLength, block"
        ))
    }
  }

  private static func hexadecimal(_ digits: String) -> [UInt8]? {
    let digits = Array(digits)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(digits[index...(index + 1)]), radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// The question as it is answered: a body that is rewritten is never the one that the client has already.
  func asked(_ request: Request) -> Request {
    guard case .rewrite = kind else { return request }
    var request = request
    for name in ["if-none-match", "if-modified-since"] { request.headers[name] = nil }
    return request
  }

  /// The answer, bent; `nil` for a fault that does not bend.
  func bent(_ answer: Reply, _ request: Request) -> Reply? {
    var reply = answer
    switch kind {
    case .rewrite(let find, let with):
      reply.body = Self.replacing(find, by: with, in: answer.body)
      // A tag that no longer belongs to the bytes would make the change invisible.
      reply.headers.removeAll { ["etag", "last-modified"].contains($0.name.lowercased()) }
    case .redirect(let target, let status):
      let here = request.path + (request.safeQuery.isEmpty ? "" : "?" + request.safeQuery)
      reply = Reply(status, headers: [(name: "Location", value: target == "self" ? here : target)])
    case .flood(let bytes, let isAnnounced):
      reply.wire = .flood(bytes: bytes, announced: isAnnounced ? bytes : nil)
    case .bomb(let bytes):
      reply.body = Bomb.gzip(unpackingTo: bytes)
      reply.headers.append((name: "Content-Encoding", value: "gzip"))
    case .wrongLength(let difference):
      let length = max(0, answer.body.count + difference)
      // More than there is: the rest never comes, and the connection ends.
      reply.wire =
        difference > 0 ? .short(announced: length) : .announced(length)
    case .block(let status):
      reply = .html(
        "<!DOCTYPE html><html><head><title>Доступ ограничен</title></head><body><h1>403 Forbidden</h1>"
          + "<p>Доступ к сайту с вашего адреса ограничен.</p></body></html>", status: status)
    case .status, .delay, .cutBody, .silence, .reset: return nil
    }
    return reply
  }

  private static func replacing(_ find: [UInt8], by other: [UInt8], in body: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = body[...]
    while let found = rest.firstRange(of: find) {
      result += rest[..<found.lowerBound]
      result += other
      rest = rest[found.upperBound...]
    }
    return result + rest
  }
}

/// A packed body that is small on the wire and large in memory.
enum Bomb {
  /// A gzip member whose content is so many blanks: one literal, then repetitions of it.
  ///
  /// Deflate with fixed codes (RFC 1951, 3.2.6): a repetition of 258 bytes at distance 1 takes 13 bits.
  static func gzip(unpackingTo count: Int) -> [UInt8] {
    var bits = Bits(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
    bits.add(0b011, 3)  // the last block, fixed codes
    bits.addReversed(0x30 + 0x20, 8)  // a blank
    var left = max(0, (count - 1) / 258)
    func repeatBlank(_ times: Int) {
      for _ in 0..<times {
        bits.addReversed(0b1100_0101, 8)  // length 258
        bits.addReversed(0, 5)  // distance 1
      }
    }
    if left >= 16 {
      // Eight codes are thirteen whole bytes, and behind the first eight always the same. Made bit by bit in a debug
      // build, a gigabyte kept clients on a busy machine waiting until they gave up.
      repeatBlank(16)
      left -= 16
      let eight = Array(bits.bytes.suffix(13))
      var many = eight
      while many.count < left / 8 * 13 { many += many }
      bits.bytes += many.prefix(left / 8 * 13)
      left %= 8
    }
    repeatBlank(left)
    bits.addReversed(0, 7)  // the end of the block
    bits.flush()
    // Whoever unpacks it all finds a wrong sum; nobody should.
    return bits.bytes + [0, 0, 0, 0, 0, 0, 0, 0]
  }

  private struct Bits {
    var bytes: [UInt8]
    private var pending: UInt32 = 0
    private var count: UInt32 = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func add(_ value: UInt32, _ width: UInt32) {
      pending |= value << count
      count += width
      while count >= 8 {
        bytes.append(UInt8(pending & 0xFF))
        pending >>= 8
        count -= 8
      }
    }

    mutating func addReversed(_ value: UInt32, _ width: UInt32) {
      var reversed: UInt32 = 0
      for bit in 0..<width where value >> bit & 1 == 1 { reversed |= 1 << (width - 1 - bit) }
      add(reversed, width)
    }

    mutating func flush() { if count > 0 { add(0, 8 - count) } }
  }
}
