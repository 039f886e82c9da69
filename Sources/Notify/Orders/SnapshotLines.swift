import Model
import Store
import SystemPackage

/// A snapshot file of format 2, read order by order; memory holds one piece of the file at a time.
///
/// Not sendable: one task owns it from beginning to end.
final class SnapshotLines {
  private let reader: LineReader
  private let path: String
  private var isDone = false
  private var line = 1
  private var last: ArraySlice<UInt8>?
  /// Orders in the file, as its first line says.
  let count: Int
  /// Whether it was made of saved answers.
  let isSaved: Bool
  private(set) var read = 0

  /// Opens a file; gives `nil` for one of format 1, which has no lines.
  init?(_ file: FilePath) throws(StoreError) {
    reader = try LineReader(file)
    path = file.string
    guard let first = try reader.next() else { throw Self.damage(file.string, "the file is empty") }
    guard first.starts(with: SnapshotCodec.opening) else {
      // Format 1 starts with a brace on a line of its own; anything else is for the other reader to refuse.
      return nil
    }
    let head = Array(first) + Array("]}".utf8)
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: head)
    } catch {
      throw Self.damage(file.string, "the first line is no JSON: \(error)")
    }
    guard let count = value["count"]?.int, count >= 0, let format = value["format"]?.int else {
      throw Self.damage(file.string, "the first line names no format")
    }
    guard format == SnapshotCodec.format else { throw SnapshotCodec.unknown(format, path: file.string) }
    self.count = count
    isSaved = value["from"]?.string == SnapshotCodec.savedOrigin
  }

  /// The next order's bytes, without the comma behind it; `nil` after the last one.
  ///
  /// - Throws: `StoreError` with code `damaged` for a file that is cut or holds another number of orders.
  func next() throws(StoreError) -> ArraySlice<UInt8>? {
    if isDone { return nil }
    guard let bytes = try reader.next() else { throw Self.damage(path, "the file is cut") }
    line += 1
    if bytes.first == 0x5D {
      isDone = true
      guard read == count else {
        throw Self.damage(path, "\(read) orders where the first line says \(count)")
      }
      guard try reader.next() == nil else { throw Self.damage(path, "something stands behind the end") }
      return nil
    }
    read += 1
    return bytes.last == 0x2C ? bytes.dropLast() : bytes
  }

  /// The order in a line.
  func order(_ bytes: ArraySlice<UInt8>) throws(StoreError) -> Order {
    try SnapshotCodec.order(line: bytes, path: path, number: line)
  }

  /// The order's number in a line, without reading the rest.
  func code(_ bytes: ArraySlice<UInt8>) throws(StoreError) -> ArraySlice<UInt8> {
    guard let code = Self.text(behind: Self.codeMark, in: bytes) else {
      throw Self.damage(path, "line \(line) has no code")
    }
    return code
  }

  /// The telephone's digits in a line, or `nil`.
  static func phone(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? { text(behind: phoneMark, in: bytes) }

  // A quote inside a text is escaped, so these bytes stand in no value.
  private static let codeMark = Array("\"code\":\"".utf8)
  private static let phoneMark = Array("\"phone\":\"".utf8)

  private static func text(behind mark: [UInt8], in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var position = bytes.startIndex
    let end = bytes.endIndex - mark.count
    while position < end {
      if bytes[position] == 0x22, bytes[position + 1] == mark[1],
        bytes[position..<(position + mark.count)].elementsEqual(mark)
      {
        let start = position + mark.count
        return bytes[start...].prefix { $0 != 0x22 }
      }
      position += 1
    }
    return nil
  }

  static func damage(_ path: String, _ what: String) -> StoreError {
    StoreError(
      code: .damaged, path: path, detail: what, hint: "Move the file away; the next snapshot makes a new one."
    )
  }
}
