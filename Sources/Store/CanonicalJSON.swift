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
    var writer = JSONWriter(isIndented: true)
    writer.value(value)
    writer.endDocument()
    return writer.bytes
  }

  /// A value on one line, without blanks and without newline.
  ///
  /// - Parameter value: Any value; decimals must be finite.
  /// - Returns: UTF-8 without any control character.
  public static func line(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.value(value)
    return writer.bytes
  }
}
