import Store

/// Puts sections together to a segment file: header, table, sections, checksums.
struct SegmentWriter {
  private let source: String
  private var sections: [(section: SegmentLayout.Section, bytes: [UInt8])] = []

  /// Starts a file.
  ///
  /// - Parameter source: What errors name.
  init(source: String) { self.source = source }

  /// Adds a section.
  ///
  /// - Parameters:
  ///   - section: The next one in the file's order.
  ///   - bytes: Its content.
  mutating func add(_ section: SegmentLayout.Section, _ bytes: [UInt8]) {
    precondition(section.rawValue == sections.count, "sections come in the file's order")
    sections.append((section, bytes))
  }

  /// Writes the file.
  ///
  /// - Returns: Its bytes.
  /// - Throws: ``IndexError`` with code `tooLarge` when a section passes 4 GiB, the reach of places inside it.
  func finish() throws(IndexError) -> [UInt8] {
    for (section, bytes) in sections where bytes.count > UInt32.max {
      throw IndexError(code: .tooLarge, path: source, detail: "section \(section.name) would pass 4 GiB")
    }
    var table: [UInt8] = []
    var end = SegmentLayout.headerSize + sections.count * SegmentLayout.entrySize
    for (section, bytes) in sections {
      let start = Self.aligned(end)
      table += section.tag
      table.append32(CRC32C.checksum(bytes.span))
      table.append64(UInt64(start))
      table.append64(UInt64(bytes.count))
      end = start + bytes.count
    }
    var file: [UInt8] = []
    file.reserveCapacity(end)
    file += SegmentLayout.magic
    file.append32(SegmentLayout.format)
    file.append32(0)
    file.append64(UInt64(end))
    file.append32(UInt32(sections.count))
    let covered = file + table
    file.append32(CRC32C.checksum(covered.span))
    file += table
    for (_, bytes) in sections {
      while file.count % SegmentLayout.alignment != 0 { file.append(0) }
      file += bytes
    }
    return file
  }

  /// The next place where a section may start.
  static func aligned(_ position: Int) -> Int {
    (position + SegmentLayout.alignment - 1) / SegmentLayout.alignment * SegmentLayout.alignment
  }
}
