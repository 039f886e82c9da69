/// Writes JSON straight to bytes, in the one form of ``CanonicalJSON``, without a value in between.
///
/// The caller names members in the order of their bytes; a debug build stops where they are not.
public struct JSONWriter {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
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
    bytes.removeAll(keepingCapacity: true)
    isFirst = true
    isAfterName = true
  }

  /// Hands out what was written so far and forgets it; the document goes on.
  ///
  /// - Returns: The bytes since the last call.
  public mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    return taken
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
    bytes.append(0x3A)
    if isIndented { bytes.append(0x20) }
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
    if number < 0 { bytes.append(0x2D) }
    let start = bytes.count
    repeat {
      bytes.append(0x30 + UInt8(magnitude % 10))
      magnitude /= 10
    } while magnitude > 0
    if bytes.count - start > 1 { bytes[start...].reverse() }
  }

  /// Writes `true` or `false`.
  ///
  /// - Parameter flag: Which.
  public mutating func bool(_ flag: Bool) {
    separate()
    bytes.append(contentsOf: (flag ? "true" : "false").utf8)
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
    CanonicalJSON.write(value, level: level, isIndented: isIndented, to: &bytes)
  }

  /// Ends a document with the newline that ``CanonicalJSON/document(_:)`` writes.
  public mutating func endDocument() { bytes.append(0x0A) }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    level += 1
    isFirst = true
    #if DEBUG
      names.append("")
    #endif
  }

  private mutating func end(_ bracket: UInt8) {
    level -= 1
    if !isFirst { breakLine() }
    bytes.append(bracket)
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
    if !isFirst { bytes.append(0x2C) }
    isFirst = false
    breakLine()
  }

  private mutating func breakLine() {
    guard isIndented else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
  }

  private mutating func write(_ text: String) { CanonicalJSON.write(text, to: &bytes) }
}
