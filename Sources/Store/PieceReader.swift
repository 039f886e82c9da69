public import SystemPackage

/// A file that is read piece by piece.
///
/// Not sendable: one task owns it.
public final class PieceReader {
  private let path: FilePath
  private let descriptor: FileDescriptor
  private let piece: Int
  /// Bytes read so far.
  public private(set) var position = 0
  private let hash: SideDigest?

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - piece: Bytes a piece.
  ///   - isHashed: Whether the digest of what is read will be asked for.
  /// - Throws: ``StoreError``.
  public init(_ path: FilePath, piece: Int = 1 << 18, isHashed: Bool = false) throws(StoreError) {
    self.path = path
    hash = isHashed ? SideDigest() : nil
    self.piece = piece
    descriptor = try Calls.open(path, .readOnly)
  }

  deinit { Calls.closeReadOnly(descriptor) }

  /// Reads the next piece.
  ///
  /// - Returns: Bytes; none at the end.
  /// - Throws: ``StoreError``.
  public func next() throws(StoreError) -> [UInt8] {
    let bytes = try Calls.read(descriptor, upTo: piece, path)
    position += bytes.count
    hash?.add(bytes)
    return bytes
  }

  /// The SHA-256 of what was read so far, in hexadecimal; the reader was asked for one.
  public var digest: String {
    guard let hash else { preconditionFailure("a reader that takes no digest") }
    return hash.hexadecimal
  }
}
