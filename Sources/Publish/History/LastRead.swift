import Model
import Store
import Synchronization
import SystemPackage

/// The version that was read last: the stages of a night ask for the same one in turn.
///
/// It is given again only while its manifest is the same and nobody has written its files; it was checked against its
/// digests when it was read. A catalog in memory is shared, not copied.
enum LastRead {
  private struct Key: Equatable {
    var folder: FilePath
    var digest: String
    var stamps: [FileStamp?]
  }

  private static let kept = Mutex<(key: Key, version: PublishedVersion)?>(nil)

  static func version(in folder: FilePath, _ digest: String, _ stamps: [FileStamp?]) -> PublishedVersion? {
    let key = Key(folder: folder, digest: digest, stamps: stamps)
    return kept.withLock { $0?.key == key ? $0?.version : nil }
  }

  static func keep(
    _ version: PublishedVersion, in folder: FilePath, _ digest: String, _ stamps: [FileStamp?]
  ) {
    kept.withLock { $0 = (Key(folder: folder, digest: digest, stamps: stamps), version) }
  }
}
