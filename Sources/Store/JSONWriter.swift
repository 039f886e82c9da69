internal import CBytes
internal import Glibc

/// The name of a member as it stands in our source: ASCII in which nothing has to be escaped.
public struct JSONName: ExpressibleByStringLiteral, Sendable {
  let text: StaticString

  /// Takes a name from the source.
  ///
  /// - Parameter value: ASCII without quotes, backslashes and control characters.
  public init(stringLiteral value: StaticString) {
    assert(value.isASCII, "a name of ours is ASCII")
    text = value
  }
}

/// Writes JSON straight to bytes, in the one form of ``CanonicalJSON``, without a value in between.
///
/// The caller names members in the order of their bytes; a debug build stops where they are not.
///
/// `@safe`: the memory is its own and goes with it, it cannot be copied, and every write stands behind ``makeRoom(_:)``
/// for all that it writes. An array would ask before each of a card's hundred pieces whether it is shared.
@safe public struct JSONWriter: ~Copyable {
  /// Room for more than was written, so that each piece is copied to its place in one step.
  private var room: UnsafeMutablePointer<UInt8>
  private var size: Int
  private var used = 0
  private let isIndented: Bool
  private var level: Int
  /// Whether something stands before the next value or name, so that a comma is due.
  private var isFirst = true
  private var isAfterName = false
  #if DEBUG
    private var names: [String] = []
  #endif

  /// Begins a document, or a piece of one.
  ///
  /// - Parameters:
  ///   - isIndented: As ``CanonicalJSON/document(_:)`` writes, or on one line.
  ///   - level: How deep the piece will stand; its first line is not indented.
  public init(isIndented: Bool = false, level: Int = 0) {
    self.isIndented = isIndented
    self.level = level
    isAfterName = true
    size = 1024
    unsafe room = .allocate(capacity: 1024)
  }

  deinit { unsafe room.deallocate() }

  /// What was written so far; a copy each time.
  public var bytes: [UInt8] { unsafe Array(UnsafeBufferPointer(start: room, count: used)) }

  /// How many bytes were written so far.
  public var count: Int { used }

  /// Whether just these bytes were written so far.
  ///
  /// - Parameter other: Any bytes.
  /// - Returns: Whether they are the same as ``bytes``.
  public func holds(_ other: [UInt8]) -> Bool {
    unsafe other.withUnsafeBytes { other in
      guard other.count == used, let start = other.baseAddress else { return other.count == used }
      return unsafe memcmp(start, room, used) == 0
    }
  }

  /// Forgets what was written and begins the next piece at the same depth, in the same memory.
  public mutating func restart() {
    used = 0
    isFirst = true
    isAfterName = true
  }

  /// Hands out what was written so far and forgets it; the document goes on.
  ///
  /// - Returns: The bytes since the last call.
  public mutating func take() -> [UInt8] {
    defer { used = 0 }
    return bytes
  }

  /// Goes on in an object whose first members were written elsewhere.
  public mutating func continueObject() {
    isAfterName = false
    isFirst = false
    #if DEBUG
      names.append("")
    #endif
  }

  /// Begins an object.
  public mutating func beginObject() { begin(0x7B) }

  /// Ends it.
  public mutating func endObject() { end(0x7D) }

  /// Begins a list.
  public mutating func beginArray() { begin(0x5B) }

  /// Ends it.
  public mutating func endArray() { end(0x5D) }

  /// Names the next value of an object.
  ///
  /// - Parameter name: A name of ours.
  public mutating func name(_ name: JSONName) {
    let length = name.text.utf8CodeUnitCount
    separate(beside: length + 4)
    #if DEBUG
      follow("\(name.text)")
    #endif
    var place = unsafe room + used
    unsafe place[0] = 0x22
    unsafe (place + 1).update(from: name.text.utf8Start, count: length)
    unsafe place += length + 1
    unsafe place[0] = 0x22
    unsafe place[1] = 0x3A
    unsafe place[2] = 0x20
    used += length + (isIndented ? 4 : 3)
    isAfterName = true
  }

  /// Names the next value of an object by any text.
  ///
  /// - Parameter name: Any text.
  public mutating func name(text name: String) {
    separate(beside: 0)
    #if DEBUG
      follow(name)
    #endif
    write(name, beside: 2)
    unsafe room[used] = 0x3A
    unsafe room[used + 1] = 0x20
    used += isIndented ? 2 : 1
    isAfterName = true
  }

  /// Writes a text.
  ///
  /// - Parameter text: Any text.
  public mutating func string(_ text: borrowing String) {
    separate(beside: 0)
    write(text, beside: 0)
  }

  /// Writes a whole number.
  ///
  /// - Parameter number: Any number.
  public mutating func integer(_ number: Int) {
    separate(beside: 20)
    var magnitude = number.magnitude
    if number < 0 {
      unsafe room[used] = 0x2D
      used += 1
    }
    var digits = 1
    var limit: UInt = 10
    while magnitude >= limit {
      digits += 1
      let next = limit.multipliedReportingOverflow(by: 10)
      if next.overflow { break }
      limit = next.partialValue
    }
    var place = used + digits
    used = place
    repeat {
      place -= 1
      unsafe room[place] = 0x30 + UInt8(truncatingIfNeeded: magnitude % 10)
      magnitude /= 10
    } while magnitude > 0
  }

  /// Writes `true` or `false`.
  ///
  /// - Parameter flag: Which.
  public mutating func bool(_ flag: Bool) { raw(flag ? "true" : "false") }

  /// Writes a member whose value is a text, or nothing for `nil`.
  ///
  /// - Parameters:
  ///   - name: The member's name.
  ///   - text: Its value.
  public mutating func member(_ name: JSONName, _ text: String?) {
    guard let text else { return }
    self.name(name)
    isAfterName = false
    isFirst = false
    write(text, beside: 0)
  }

  /// Writes a member whose value is a number, or nothing for `nil`.
  ///
  /// - Parameters:
  ///   - name: The member's name.
  ///   - number: Its value.
  public mutating func member(_ name: JSONName, _ number: Int?) {
    guard let number else { return }
    self.name(name)
    integer(number)
  }

  /// Writes any value.
  ///
  /// - Parameter value: Decimals must be finite.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: raw("null")
    case .bool(let flag): bool(flag)
    case .integer(let number): integer(number)
    case .decimal(let number):
      precondition(number.isFinite, "JSON has no infinity and no not-a-number")
      separate(beside: 0)
      for byte in number.description.utf8 { put(byte) }
    case .string(let text): string(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for (name, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        self.name(text: name)
        self.value(member)
      }
      endObject()
    }
  }

  /// Ends a document with the newline that ``CanonicalJSON/document(_:)`` writes.
  public mutating func endDocument() { put(0x0A) }

  private mutating func begin(_ bracket: UInt8) {
    separate(beside: 1)
    unsafe room[used] = bracket
    used += 1
    level += 1
    isFirst = true
    #if DEBUG
      names.append("")
    #endif
  }

  private mutating func end(_ bracket: UInt8) {
    level -= 1
    makeRoom(2 * level + 2)
    if !isFirst { breakLine() }
    unsafe room[used] = bracket
    used += 1
    isFirst = false
    #if DEBUG
      names.removeLast()
    #endif
  }

  #if DEBUG
    private mutating func follow(_ name: String) {
      if let last = names.last, !last.isEmpty {
        precondition(
          last.utf8.lexicographicallyPrecedes(name.utf8), "the member \(name) stands behind \(last)")
      }
      names[names.count - 1] = name
    }
  #endif

  private mutating func raw(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    separate(beside: length)
    unsafe (room + used).update(from: text.utf8Start, count: length)
    used += length
  }

  /// Puts a comma and a line break where they are due, and makes room for what comes behind them.
  @inline(__always) private mutating func separate(beside count: Int) {
    makeRoom(2 * level + 2 + count)
    let isDue = !isAfterName
    isAfterName = false
    if isDue {
      unsafe room[used] = 0x2C
      if !isFirst { used += 1 }
      breakLine()
    }
    isFirst = false
  }

  /// There is room for it.
  @inline(__always) private mutating func breakLine() {
    guard isIndented else { return }
    let blanks = 2 * level
    unsafe room[used] = 0x0A
    let place = unsafe UnsafeMutableRawPointer(room + used + 1)
    // Behind what is asked for there is always room for sixteen bytes more.
    for offset in stride(from: 0, to: blanks, by: 16) {
      unsafe place.storeBytes(of: 0x2020_2020_2020_2020, toByteOffset: offset, as: UInt64.self)
      unsafe place.storeBytes(of: 0x2020_2020_2020_2020, toByteOffset: offset + 8, as: UInt64.self)
    }
    used += 1 + blanks
  }

  /// Makes room for so many bytes and sixteen more.
  @inline(__always) private mutating func makeRoom(_ count: Int) {
    if size - used < count + 16 { grow(count + 16) }
  }

  @inline(never) private mutating func grow(_ count: Int) {
    size = max(2 * size, used + count)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    unsafe larger.update(from: room, count: used)
    unsafe room.deallocate()
    unsafe room = larger
  }

  private mutating func put(_ byte: UInt8) {
    makeRoom(1)
    unsafe room[used] = byte
    used += 1
  }

  /// Writes a text with its quotes and makes room for what comes behind; most texts hold nothing to escape and are
  /// copied as they are.
  private mutating func write(_ text: borrowing String, beside: Int) {
    let count = text.utf8.count
    makeRoom(count + 2 + beside)
    let place = unsafe room + used
    unsafe place[0] = 0x22
    let isPlain = unsafe text.utf8Span.span.withUnsafeBufferPointer { letters in
      guard let start = letters.baseAddress else { return true }
      return unsafe kb_copy_plain(place + 1, start, count) != 0
    }
    if isPlain {
      unsafe place[count + 1] = 0x22
      used += count + 2
    } else {
      used += 1
      for byte in text.utf8 { escape(byte) }
      put(0x22)
      makeRoom(beside)
    }
  }

  private mutating func escape(_ byte: UInt8) {
    let letter: UInt8
    switch byte {
    case 0x22, 0x5C: letter = byte
    case 0x08: letter = 0x62
    case 0x09: letter = 0x74
    case 0x0A: letter = 0x6E
    case 0x0C: letter = 0x66
    case 0x0D: letter = 0x72
    case 0..<0x20:
      put(0x5C)
      for letter in "u00\(Digest.hexadecimal(CollectionOfOne(byte)))".utf8 { put(letter) }
      return
    default: return put(byte)
    }
    put(0x5C)
    put(letter)
  }
}
