/// The line before each content of a ``PackFile``: `page`, its SHA-256, its length in ten digits, and the CRC-32C of
/// all that.
struct PackHeader {
  /// The line that a file begins with.
  static let head = Array("kaspi-pack 1\n".utf8)
  /// Bytes of a header with the line end before it and its own.
  static let size = 91

  private static let word = Array("\npage ".utf8)

  /// 64 hexadecimal digits.
  let digest: ArraySlice<UInt8>
  /// Bytes of the content.
  let length: Int

  /// Reads one.
  ///
  /// - Parameter bytes: ``size`` of them, beginning with the line end before it.
  init?(_ bytes: ArraySlice<UInt8>) {
    let start = bytes.startIndex
    guard bytes.count == Self.size, bytes.starts(with: Self.word), bytes.last == 0x0A,
      bytes[start + 81] == 0x20,
      bytes[(start + 82)..<(start + 90)].elementsEqual(CRC32C.text(bytes[(start + 1)..<(start + 81)]))
    else { return nil }
    digest = bytes[(start + 6)..<(start + 70)]
    // What matches its checksum was written by `line(digest:length:)`.
    guard ContentName(digest) != nil,
      let length = Int(String(decoding: bytes[(start + 71)..<(start + 81)], as: UTF8.self))
    else { return nil }
    guard length <= PackFile.maximumContent else { return nil }
    self.length = length
  }

  /// The header of a content, without the line end before it.
  static func line(digest: String, length: Int) -> [UInt8] {
    let digits = String(length)
    var line = Array("page \(digest) ".utf8)
    line += Array(repeating: 0x30, count: max(0, 10 - digits.utf8.count))
    line += Array(digits.utf8)
    let checksum = CRC32C.text(line[...])
    line.append(0x20)
    line += checksum
    line.append(0x0A)
    return line
  }
}
