/// The one way JSON is written here: the same value gives the same bytes on every machine.
///
/// Members sorted by the bytes of their names, numbers in one form, only those escapes that JSON demands.
public enum CanonicalJSON {
  /// A document for people and `git diff`.
  ///
  /// Two blanks a level, one member or element a line, LF, a final newline; empty lists and objects stay on
  /// one line.
  ///
  /// - Parameter value: Any value; decimals must be finite.
  /// - Returns: UTF-8.
  public static func document(_ value: JSONValue) -> [UInt8] {
    var writer = Writer(isIndented: true)
    writer.write(value, level: 0)
    writer.bytes.append(0x0A)
    return writer.bytes
  }

  /// A value on one line, without blanks and without newline.
  ///
  /// - Parameter value: Any value; decimals must be finite.
  /// - Returns: UTF-8 without any control character.
  public static func line(_ value: JSONValue) -> [UInt8] {
    var writer = Writer(isIndented: false)
    writer.write(value, level: 0)
    return writer.bytes
  }

  private struct Writer {
    let isIndented: Bool
    var bytes: [UInt8] = []

    init(isIndented: Bool) { self.isIndented = isIndented }

    mutating func write(_ value: JSONValue, level: Int) {
      switch value {
      case .null: append("null")
      case .bool(let flag): append(flag ? "true" : "false")
      case .integer(let number): append(String(number))
      case .decimal(let number):
        precondition(number.isFinite, "JSON has no infinity and no not-a-number")
        append(number.description)
      case .string(let text): write(text)
      case .array(let elements):
        bytes.append(0x5B)
        for (index, element) in elements.enumerated() {
          if index > 0 { bytes.append(0x2C) }
          breakLine(level + 1)
          write(element, level: level + 1)
        }
        if !elements.isEmpty { breakLine(level) }
        bytes.append(0x5D)
      case .object(let members):
        let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        bytes.append(0x7B)
        for (index, member) in sorted.enumerated() {
          if index > 0 { bytes.append(0x2C) }
          breakLine(level + 1)
          write(member.key)
          bytes.append(0x3A)
          if isIndented { bytes.append(0x20) }
          write(member.value, level: level + 1)
        }
        if !members.isEmpty { breakLine(level) }
        bytes.append(0x7D)
      }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func breakLine(_ level: Int) {
      guard isIndented else { return }
      bytes.append(0x0A)
      bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }

    private mutating func write(_ text: String) { CanonicalJSON.write(text, to: &bytes) }
  }

  /// Writes a value that stands at a depth of a larger document.
  static func write(_ value: JSONValue, level: Int, isIndented: Bool, to bytes: inout [UInt8]) {
    var writer = Writer(isIndented: isIndented)
    swap(&writer.bytes, &bytes)
    writer.write(value, level: level)
    swap(&writer.bytes, &bytes)
  }

  /// Writes a text with its quotes; most texts hold nothing to escape and are copied as they are.
  static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    if mustEscape(bytes.span, from: start) {
      let plain = Array(bytes[start...])
      bytes.removeSubrange(start...)
      for byte in plain { escape(byte, to: &bytes) }
    }
    bytes.append(0x22)
  }

  /// Looks at every byte without a branch, which the compiler turns into a few bytes a step.
  private static func mustEscape(_ bytes: Span<UInt8>, from start: Int) -> Bool {
    var found: UInt8 = 0
    for index in start..<bytes.count {
      let byte = bytes[index]
      found |= (byte < 0x20 ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5C ? 1 : 0)
    }
    return found != 0
  }

  private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case 0x22: bytes += Array("\\\"".utf8)
    case 0x5C: bytes += Array("\\\\".utf8)
    case 0x08: bytes += Array("\\b".utf8)
    case 0x09: bytes += Array("\\t".utf8)
    case 0x0A: bytes += Array("\\n".utf8)
    case 0x0C: bytes += Array("\\f".utf8)
    case 0x0D: bytes += Array("\\r".utf8)
    case 0..<0x20: bytes += Array("\\u00\(Digest.hexadecimal(CollectionOfOne(byte)))".utf8)
    default: bytes.append(byte)
    }
  }
}
