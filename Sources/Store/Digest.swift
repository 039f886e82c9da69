import Crypto
public import SystemPackage

/// Fingerprints of content.
public enum Digest {
  /// The SHA-256 of some bytes.
  ///
  /// - Parameter bytes: Any content.
  /// - Returns: 64 hexadecimal digits in small letters.
  public static func sha256(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.add(bytes[...])
    return hexadecimal(hash.finalize())
  }

  /// The SHA-256 of a file, read in pieces.
  ///
  /// - Parameter file: The file.
  /// - Returns: 64 hexadecimal digits in small letters.
  /// - Throws: ``StoreError`` when the file cannot be read to its end.
  public static func sha256(of file: FilePath) throws(StoreError) -> String {
    let descriptor = try Calls.open(file, .readOnly)
    defer { Calls.closeReadOnly(descriptor) }
    var hash = SHA256()
    while true {
      let piece = try Calls.read(descriptor, upTo: 1 << 20, file)
      if piece.isEmpty { return hexadecimal(hash.finalize()) }
      hash.add(piece[...])
    }
  }

  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension SHA256 {
  fileprivate mutating func add(_ bytes: ArraySlice<UInt8>) {
    // The pointer does not leave the closure, and the hash copies what it reads.
    unsafe bytes.withUnsafeBytes { unsafe update(bufferPointer: $0) }
  }
}
