import Store

/// A document as we write it, read in pieces: an object with a list `offers`, one element after another.
///
/// Our files are indented, and no text holds a line break, so elements are told apart by their lines. What an element
/// says is believed only when writing it again gives the same bytes; whoever reads them sees to that.
struct WrittenOffers {
  /// Gives the next bytes of the file; none at the end.
  let next: () throws -> [UInt8]

  /// What stands before the list, up to its bracket.
  private(set) var head: [UInt8] = []
  /// What stands behind it, from its bracket on.
  private(set) var tail: [UInt8] = []

  private static let opening = ByteSearch("\n  \"offers\": [\n")
  private static let closing = ByteSearch("\n    }")
  /// Most bytes in front of the list, and of one element.
  private static let longest = 64 << 20

  init(_ next: @escaping () throws -> [UInt8]) { self.next = next }

  /// The whole document without any offers.
  var frame: [UInt8] { head + tail }

  /// Reads the file to its end.
  ///
  /// - Parameter body: Takes each element, without the blanks in front of it; answers whether to go on.
  /// - Returns: Whether the file has our layout and `body` took all of it.
  /// - Throws: What the reading or `body` throw.
  mutating func read(_ body: ([UInt8]) throws -> Bool) throws -> Bool {
    var bytes: [UInt8] = []
    // The bracket comes first.
    var found: Range<Int>?
    while found == nil {
      let more = try next()
      guard !more.isEmpty, bytes.count < Self.longest else { return false }
      let from = max(0, bytes.count - Self.opening.bytes.count)
      bytes += more
      found = Self.opening.first(in: bytes, from..<bytes.count).map { $0..<$0 + Self.opening.bytes.count }
    }
    guard let found else { return false }
    head = Array(bytes[..<(found.upperBound - 1)])
    var place = found.upperBound
    var searched = place
    while true {
      if let end = Self.closing.first(in: bytes, searched..<bytes.count), end + 7 < bytes.count {
        // Behind an element stands a comma and the next one, or the end of the list.
        let after = end + Self.closing.bytes.count
        guard place + 4 <= end, bytes[place..<place + 4].allSatisfy({ $0 == 0x20 }),
          try body(Array(bytes[(place + 4)..<after]))
        else { return false }
        if bytes[after] == 0x2C, bytes[after + 1] == 0x0A {
          place = after + 2
          searched = place
          continue
        }
        return try readTail(Array(bytes[after...]))
      }
      let more = try next()
      guard !more.isEmpty, bytes.count - place < Self.longest else { return false }
      bytes.removeSubrange(..<place)
      searched = max(0, bytes.count - Self.closing.bytes.count - 8)
      place = 0
      bytes += more
    }
  }

  private mutating func readTail(_ start: [UInt8]) throws -> Bool {
    tail = start
    while true {
      let more = try next()
      if more.isEmpty { break }
      tail += more
      guard tail.count < Self.longest else { return false }
    }
    guard tail.starts(with: Array("\n  ]".utf8)) else { return false }
    tail.removeFirst(3)
    return true
  }
}
