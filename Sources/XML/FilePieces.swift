/// A file's bytes, piece by piece.
///
/// Not sendable: one task owns it.
package final class FilePieces {
  private var source: ByteSource

  /// Opens a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``XMLError`` with code `unreadable`.
  package init(_ path: String) throws(XMLError) {
    source = try ByteSource(file: path, piece: 1 << 18, maximumBytes: .max)
  }

  /// The next bytes; none at the end.
  package func next() throws(XMLError) -> [UInt8] {
    var piece: [UInt8] = []
    try unsafe source.next { piece = unsafe Array($0) }
    return piece
  }
}
