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

  /// The HMAC-SHA512 of some bytes, as webhooks are signed.
  ///
  /// - Parameters:
  ///   - bytes: The raw body.
  ///   - key: The shared secret.
  /// - Returns: 128 hexadecimal digits in small letters.
  public static func hmacSHA512(_ bytes: [UInt8], key: [UInt8]) -> String {
    let code = HMAC<SHA512>.authenticationCode(for: bytes, using: SymmetricKey(data: key))
    return hexadecimal(code)
  }

  /// Compares two fingerprints in a time that does not tell where they differ.
  ///
  /// - Parameters:
  ///   - left: Hexadecimal digits.
  ///   - right: Hexadecimal digits; large and small letters count as the same.
  /// - Returns: Whether they are equal.
  public static func areEqual(_ left: String, _ right: String) -> Bool {
    let (one, other) = (Array(left.lowercased().utf8), Array(right.lowercased().utf8))
    guard one.count == other.count else { return false }
    var difference: UInt8 = 0
    for index in one.indices { difference |= one[index] ^ other[index] }
    return difference == 0
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

/// The SHA-256 of what comes piece by piece.
public struct StreamDigest: Sendable {
  private var hash = SHA256()

  /// Begins with nothing.
  public init() {}

  /// Takes the next bytes.
  ///
  /// - Parameter bytes: Any.
  public mutating func add(_ bytes: [UInt8]) { hash.add(bytes[...]) }

  /// Takes the next bytes.
  ///
  /// - Parameter bytes: Any.
  public mutating func add(_ bytes: ArraySlice<UInt8>) { hash.add(bytes) }

  /// The digest of all of them so far, in hexadecimal.
  public var hexadecimal: String { Digest.hexadecimal(hash.finalize()) }
}

extension SHA256 {
  mutating func add(_ bytes: ArraySlice<UInt8>) {
    // The pointer does not leave the closure, and the hash copies what it reads.
    unsafe bytes.withUnsafeBytes { unsafe update(bufferPointer: $0) }
  }
}
