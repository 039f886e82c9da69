import CXML

/// Where a reader's bytes come from, handed out in pieces and counted.
struct ByteSource: ~Copyable {
  private enum Origin {
    case memory([UInt8], position: Int)
    case file(descriptor: Int32)
  }

  private var origin: Origin
  private var buffer: [UInt8] = []
  private let piece: Int
  private let maximumBytes: Int
  private var total = 0

  init(_ bytes: [UInt8], piece: Int, maximumBytes: Int) throws(XMLError) {
    guard bytes.count <= maximumBytes else { throw Self.tooLarge(maximumBytes) }
    origin = .memory(bytes, position: 0)
    self.piece = piece
    self.maximumBytes = maximumBytes
  }

  init(file path: String, piece: Int, maximumBytes: Int) throws(XMLError) {
    let descriptor = unsafe shim_open_for_reading(path)
    guard descriptor >= 0 else { throw Self.unreadable(-descriptor) }
    origin = .file(descriptor: descriptor)
    self.piece = piece
    self.maximumBytes = maximumBytes
  }

  deinit {
    if case .file(let descriptor) = origin { shim_close(descriptor) }
  }

  /// Hands the next piece to `body`; nothing more comes once a piece is empty.
  mutating func next(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(XMLError) {
    switch origin {
    case .memory(let bytes, let position):
      let end = min(bytes.count, position + piece)
      origin = .memory(bytes, position: end)
      unsafe bytes.withUnsafeBufferPointer { all in
        unsafe body(UnsafeBufferPointer(rebasing: all[position..<end]))
      }
    case .file(let descriptor):
      if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: piece) }
      // A parser looks at the first four bytes together, so a short read is filled up.
      var filled = 0
      while filled < buffer.count {
        let received = unsafe buffer.withUnsafeMutableBytes { room in
          let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[filled...])
          return unsafe shim_read_some(descriptor, rest.baseAddress, UInt(rest.count))
        }
        guard received >= 0 else { throw Self.unreadable(Int32(-received)) }
        if received == 0 { break }
        filled += received
      }
      total += filled
      guard total <= maximumBytes else { throw Self.tooLarge(maximumBytes) }
      unsafe buffer.withUnsafeBufferPointer { all in
        unsafe body(UnsafeBufferPointer(rebasing: all[..<filled]))
      }
    }
  }

  private static func tooLarge(_ limit: Int) -> XMLError {
    XMLError(code: .tooLarge, message: "the document is larger than \(limit) bytes")
  }

  private static func unreadable(_ number: Int32) -> XMLError {
    XMLError(code: .unreadable, message: unsafe LibXML.message(shim_error_text(number)))
  }
}
