/// Comma-separated values as RFC 4180 has them, and as spreadsheets write them.
///
/// Pure. Understood beyond the letter of RFC 4180: a byte order mark, bare line feeds, semicolons or tabs in place of
/// commas. Quotes inside an unquoted field are text, as in `15" monitor`. A quote that is never closed would swallow
/// the rest of the file: it ends the reading with its line.
struct CSVReader: Sendable {
  /// One row with the line on which it begins, from 1.
  struct Row: Sendable, Equatable {
    var line: Int
    var fields: [String]
  }

  /// Why a file cannot be read.
  struct Problem: Error, Equatable {
    var line: Int
    var message: String
  }

  /// Longest row that is taken, in bytes; a sheet of stock has short ones.
  static let maximumRowBytes = 1 << 20

  /// Reads a whole file.
  ///
  /// - Parameter bytes: UTF-8, with or without a byte order mark.
  /// - Returns: Rows in order; empty lines are left out.
  /// - Throws: ``Problem`` for bytes that are not UTF-8, a quote without an end, and text behind a closed quote.
  static func rows(_ bytes: [UInt8]) throws(Problem) -> [Row] {
    var reader = CSVReader(bytes: bytes)
    return try reader.read()
  }

  private let bytes: [UInt8]
  private let separator: UInt8
  private var position: Int
  private var line = 1

  private init(bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    separator = Self.separator(of: bytes, from: position)
  }

  /// The separator that the first row uses most, outside quotes; a comma where none occurs.
  private static func separator(of bytes: [UInt8], from start: Int) -> UInt8 {
    var counts: [UInt8: Int] = [0x2C: 0, 0x3B: 0, 0x09: 0]
    var isQuoted = false
    for byte in bytes[start...] {
      if byte == 0x22 { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == 0x0A || byte == 0x0D { break }
      if counts[byte] != nil { counts[byte, default: 0] += 1 }
    }
    let order: [UInt8] = [0x2C, 0x3B, 0x09]
    return order.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? 0x2C
  }

  private mutating func read() throws(Problem) -> [Row] {
    var rows: [Row] = []
    while position < bytes.count {
      let row = try row()
      if row.fields != [""] { rows.append(row) }
    }
    return rows
  }

  private mutating func row() throws(Problem) -> Row {
    var row = Row(line: line, fields: [])
    let start = position
    while true {
      row.fields.append(try field())
      guard position - start <= Self.maximumRowBytes else {
        throw Problem(line: row.line, message: "a row longer than \(Self.maximumRowBytes) bytes")
      }
      guard position < bytes.count else { return row }
      let byte = bytes[position]
      position += 1
      if byte == separator { continue }
      if byte == 0x0D, position < bytes.count, bytes[position] == 0x0A { position += 1 }
      line += 1
      return row
    }
  }

  /// A field up to, and not with, the separator or line end behind it.
  private mutating func field() throws(Problem) -> String {
    guard position < bytes.count, bytes[position] == 0x22 else { return try plainField() }
    let opened = line
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte != 0x22 {
        if byte == 0x0A { line += 1 }
        text.append(byte)
      } else if position < bytes.count, bytes[position] == 0x22 {
        text.append(0x22)
        position += 1
      } else {
        guard position == bytes.count || isEnd(bytes[position]) else {
          throw Problem(line: line, message: "text behind a closed quote; a quote inside a field is doubled")
        }
        return try checked(text[...])
      }
    }
    throw Problem(line: opened, message: "a quote that is never closed")
  }

  private mutating func plainField() throws(Problem) -> String {
    let start = position
    while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
    return try checked(bytes[start..<position])
  }

  private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == 0x0A || byte == 0x0D }

  private func checked(_ piece: ArraySlice<UInt8>) throws(Problem) -> String {
    guard let text = String(validating: piece, as: UTF8.self) else {
      throw Problem(line: line, message: "bytes that are not UTF-8; save the sheet as UTF-8")
    }
    return text
  }
}
