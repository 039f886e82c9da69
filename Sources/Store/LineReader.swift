import Glibc
public import SystemPackage

/// Reads a large file line by line, holding one piece of it in memory.
///
/// Not sendable: one task owns it from beginning to end.
public final class LineReader {
  private let path: FilePath
  private let descriptor: FileDescriptor
  private let maximumLine: Int
  private let pieceSize: Int
  private var piece: ArraySlice<UInt8> = []
  private var isAtEnd = false
  /// Whether the line that ``next()`` gave last had a line end.
  private(set) var hasLineEnd = true

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - maximumLine: Longest line, in bytes without its LF.
  ///   - pieceSize: Bytes that are read at once.
  /// - Throws: ``StoreError``: `missing`, `denied`, `failed`.
  public init(_ path: FilePath, maximumLine: Int = 16 << 20, pieceSize: Int = 1 << 20) throws(StoreError) {
    self.path = path
    self.maximumLine = maximumLine
    self.pieceSize = pieceSize
    descriptor = try Calls.open(path, .readOnly)
  }

  deinit { Calls.closeReadOnly(descriptor) }

  /// The next line.
  ///
  /// - Returns: Its bytes without the LF; `nil` after the last one. Bytes behind the last LF are a line too.
  /// - Throws: ``StoreError``; `full` for a line above the limit.
  public func next() throws(StoreError) -> ArraySlice<UInt8>? {
    var searched = piece.startIndex
    while true {
      if let end = Self.lineEnd(piece, from: searched) {
        let line = piece[piece.startIndex..<end]
        piece = piece[(end + 1)...]
        return line
      }
      if isAtEnd {
        if piece.isEmpty { return nil }
        let line = piece
        piece = []
        hasLineEnd = false
        return line
      }
      guard piece.count <= maximumLine else {
        throw StoreError(
          code: .full, path: path.string, detail: "a line of more than \(maximumLine) bytes",
          hint: "Check that this is the right file.")
      }
      searched = piece.count
      let more = try Calls.read(descriptor, upTo: pieceSize, path)
      if more.isEmpty { isAtEnd = true }
      // The tail of the last piece stands in front of the next, so that a line is one slice.
      piece = piece.isEmpty ? more[...] : (Array(piece) + more)[...]
      searched += piece.startIndex
    }
  }

  private static func lineEnd(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    guard start < bytes.endIndex else { return nil }
    let rest = bytes[start...]
    // The pointers do not leave the closure; only their distance does.
    return unsafe rest.withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress, let found = unsafe memchr(base, 0x0A, buffer.count) else {
        return nil
      }
      return unsafe start + (UnsafeRawPointer(found) - base)
    }
  }

  /// Whether two lines are the same bytes.
  ///
  /// - Parameters:
  ///   - left: One line.
  ///   - right: Another.
  /// - Returns: `true` for equal bytes.
  public static func areEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe left.withUnsafeBytes { first in
      unsafe right.withUnsafeBytes { second in
        guard let one = first.baseAddress, let other = second.baseAddress else { return true }
        return unsafe memcmp(one, other, first.count) == 0
      }
    }
  }
}
