import Crypto
import Dispatch
import Synchronization

/// The SHA-256 of what comes piece by piece, taken on another core while the caller works on the piece.
///
/// Small files are not worth a second thread: only from the second large piece on is one used.
final class SideDigest: Sendable {
  private let hash = Mutex((value: SHA256(), isAside: false))
  private let queue = DispatchQueue(label: "digest")
  /// Pieces that may wait: what they hold of memory is bounded.
  private let room = DispatchSemaphore(value: 4)

  /// Below this a piece is taken at once.
  private static let large = 1 << 16

  /// Takes the next piece.
  func add(_ bytes: [UInt8]) {
    let isAside = hash.withLock { hash in
      let before = hash.isAside
      if bytes.count >= Self.large { hash.isAside = true }
      if !before { hash.value.add(bytes[...]) }
      return before
    }
    guard isAside else { return }
    room.wait()
    queue.async { [self] in
      hash.withLock { $0.value.add(bytes[...]) }
      room.signal()
    }
  }

  /// The digest of all pieces so far, in hexadecimal.
  var hexadecimal: String {
    queue.sync { hash.withLock { Digest.hexadecimal($0.value.finalize()) } }
  }
}
