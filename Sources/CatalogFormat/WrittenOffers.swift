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

  private var bytes: [UInt8] = []
  /// Where the next element begins, and from where on its end is looked for.
  private var place = 0
  private var searched = 0
  private var state = State.fresh

  private enum State { case fresh, inside, done, foreign }

  /// Whether the file was read to its end and has our layout.
  var isWhole: Bool { state == .done }

  /// Reads the file to its end.
  ///
  /// - Parameter body: Takes each element, without the blanks in front of it; answers whether to go on.
  /// - Returns: Whether the file has our layout and `body` took all of it.
  /// - Throws: What the reading or `body` throw.
  mutating func read(_ body: ([UInt8]) throws -> Bool) throws -> Bool {
    while let element = try element() {
      guard try body(element) else { return false }
    }
    return isWhole
  }

  /// Reads the next element.
  ///
  /// - Returns: Its bytes, without the blanks in front of it; `nil` at the end, of which ``isWhole`` tells more.
  /// - Throws: What the reading throws.
  mutating func element() throws -> [UInt8]? {
    if state == .fresh { state = try open() ? .inside : .foreign }
    while state == .inside {
      if let end = Self.closing.first(in: bytes, searched..<bytes.count), end + 7 < bytes.count {
        let after = end + Self.closing.bytes.count
        guard place + 4 <= end, bytes[place..<place + 4].allSatisfy({ $0 == 0x20 }) else { break }
        let element = Array(bytes[(place + 4)..<after])
        // Behind an element stands a comma and the next one, or the end of the list.
        if bytes[after] == 0x2C, bytes[after + 1] == 0x0A {
          place = after + 2
          searched = place
        } else {
          state = try readTail(Array(bytes[after...])) ? .done : .foreign
        }
        return element
      }
      let more = try next()
      guard !more.isEmpty, bytes.count - place < Self.longest else { break }
      bytes.removeSubrange(..<place)
      searched = max(0, bytes.count - Self.closing.bytes.count - 8)
      place = 0
      bytes += more
    }
    if state == .inside { state = .foreign }
    return nil
  }

  /// Reads up to the list; `false` when there is none.
  private mutating func open() throws -> Bool {
    while true {
      let more = try next()
      guard !more.isEmpty, bytes.count < Self.longest else { return false }
      let from = max(0, bytes.count - Self.opening.bytes.count)
      bytes += more
      guard let start = Self.opening.first(in: bytes, from..<bytes.count) else { continue }
      place = start + Self.opening.bytes.count
      searched = place
      head = Array(bytes[..<(place - 1)])
      return true
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
