/// Writes JSON straight to bytes, in the one form of ``CanonicalJSON``, without a value in between.
///
/// The caller names members in the order of their bytes; a debug build stops where they are not.
public struct JSONWriter {
  /// What was written so far; a copy each time.
  public var bytes: [UInt8] { Array(room[..<used]) }
  /// How many bytes were written so far.
  public var count: Int { used }
  /// Room for more than was written, so that a text is copied to its place in one step.
  private var room = [UInt8](repeating: 0, count: 256)
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
  /// - Parameter name: Any text.
  public mutating func name(_ name: String) {
    separate()
    #if DEBUG
      if let last = names.last, !last.isEmpty {
        precondition(
          last.utf8.lexicographicallyPrecedes(name.utf8), "the member \(name) stands behind \(last)")
      }
      names[names.count - 1] = name
    #endif
    write(name)
    append(0x3A)
    if isIndented { append(0x20) }
    isAfterName = true
  }

  /// Writes a text.
  ///
  /// - Parameter text: Any text.
  public mutating func string(_ text: String) {
    separate()
    write(text)
  }

  /// Writes a whole number.
  ///
  /// - Parameter number: Any number.
  public mutating func integer(_ number: Int) {
    separate()
    var magnitude = number.magnitude
    if number < 0 { append(0x2D) }
    let start = used
    repeat {
      append(0x30 + UInt8(magnitude % 10))
      magnitude /= 10
    } while magnitude > 0
    if used - start > 1 { room[start..<used].reverse() }
  }

  /// Writes `true` or `false`.
  ///
  /// - Parameter flag: Which.
  public mutating func bool(_ flag: Bool) {
    separate()
    for letter in (flag ? "true" : "false").utf8 { append(letter) }
  }

  /// Writes a member whose value is a text, or nothing for `nil`.
  ///
  /// - Parameters:
  ///   - name: The member's name.
  ///   - text: Its value.
  public mutating func member(_ name: String, _ text: String?) {
    guard let text else { return }
    self.name(name)
    string(text)
  }

  /// Writes a member whose value is a number, or nothing for `nil`.
  ///
  /// - Parameters:
  ///   - name: The member's name.
  ///   - number: Its value.
  public mutating func member(_ name: String, _ number: Int?) {
    guard let number else { return }
    self.name(name)
    integer(number)
  }

  /// Writes any value.
  ///
  /// - Parameter value: Decimals must be finite.
  public mutating func value(_ value: JSONValue) {
    separate()
    var piece: [UInt8] = []
    CanonicalJSON.write(value, level: level, isIndented: isIndented, to: &piece)
    makeRoom(piece.count)
    room.replaceSubrange(used..<(used + piece.count), with: piece)
    used += piece.count
  }

  /// Ends a document with the newline that ``CanonicalJSON/document(_:)`` writes.
  public mutating func endDocument() { append(0x0A) }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    append(bracket)
    level += 1
    isFirst = true
    #if DEBUG
      names.append("")
    #endif
  }

  private mutating func end(_ bracket: UInt8) {
    level -= 1
    if !isFirst { breakLine() }
    append(bracket)
    isFirst = false
    #if DEBUG
      names.removeLast()
    #endif
  }

  /// Puts a comma and a line break where they are due.
  private mutating func separate() {
    if isAfterName {
      isAfterName = false
      isFirst = false
      return
    }
    if !isFirst { append(0x2C) }
    isFirst = false
    breakLine()
  }

  private mutating func breakLine() {
    guard isIndented else { return }
    let (start, blanks) = (used, 2 * level)
    makeRoom(blanks + 1)
    unsafe room.withUnsafeMutableBufferPointer { room in
      unsafe room[start] = 0x0A
      unsafe UnsafeMutableBufferPointer(rebasing: room[(start + 1)..<(start + 1 + blanks)])
        .update(repeating: 0x20)
    }
    used = start + 1 + blanks
  }

  private mutating func append(_ byte: UInt8) {
    if used == room.count { makeRoom(1) }
    room[used] = byte
    used += 1
  }

  private mutating func makeRoom(_ count: Int) {
    guard room.count - used < count else { return }
    room.append(contentsOf: repeatElement(0, count: max(count, room.count)))
  }

  /// Writes a text with its quotes; most texts hold nothing to escape and are copied as they are.
  private mutating func write(_ text: String) {
    let count = text.utf8.count
    makeRoom(count + 2)
    let start = used
    let isPlain = unsafe room.withUnsafeMutableBufferPointer { room in
      unsafe room[start] = 0x22
      let place = unsafe UnsafeMutableBufferPointer(rebasing: room[(start + 1)..<(start + 1 + count)])
      let isCopied: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { letters in
        unsafe _ = place.update(fromContentsOf: letters)
      }
      if isCopied == nil { unsafe _ = place.update(from: text.utf8) }
      unsafe room[start + 1 + count] = 0x22
      return unsafe JSONBytes.isPlain(UnsafeBufferPointer(place))
    }
    used += count + 2
    guard !isPlain else { return }
    used = start
    var escaped: [UInt8] = []
    CanonicalJSON.write(text, to: &escaped)
    makeRoom(escaped.count)
    room.replaceSubrange(used..<(used + escaped.count), with: escaped)
    used += escaped.count
  }
}
