/// One line of text with its checksum behind it: `<text> <CRC-32C as eight digits>`.
public enum CheckedLine {
  /// Writes a line.
  ///
  /// - Parameter value: Any value.
  /// - Returns: Its canonical JSON, one blank, the checksum and a line end.
  public static func encode(_ value: JSONValue) -> [UInt8] {
    var line = CanonicalJSON.line(value)
    let checksum = CRC32C.text(line[...])
    line.append(0x20)
    line += checksum
    line.append(0x0A)
    return line
  }

  /// Reads a line.
  ///
  /// - Parameter line: Without its line end.
  /// - Returns: The value, or `nil` when the line does not match its checksum.
  public static func decode(_ line: ArraySlice<UInt8>) -> JSONValue? {
    guard line.count > 9, line[line.endIndex - 9] == 0x20 else { return nil }
    let json = line[..<(line.endIndex - 9)]
    guard line.suffix(8).elementsEqual(CRC32C.text(json)) else { return nil }
    // A line that matches its checksum and is no JSON was not written by us: as good as damaged.
    return try? JSONValue(parsing: json)
  }
}
