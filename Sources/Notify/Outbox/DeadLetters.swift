import Model
public import Store
public import SystemPackage

/// Messages that need a person, one file each: `outbox/dead/<order>-<event>-<id>.json`.
///
/// A projection of the journal: written anew from it, never read back. Mode 0600: telephone and text.
public enum DeadLetters {
  /// Brings the folder up to what the outbox says.
  ///
  /// - Parameters:
  ///   - content: The outbox's content.
  ///   - folder: `output/<shop>/outbox`.
  /// - Returns: Files that are there now, by name.
  /// - Throws: `StoreError`.
  @discardableResult
  public static func write(_ content: OutboxContent, in folder: FilePath) throws(StoreError) -> [String] {
    let dead = folder.appending("dead")
    var wanted: [String: OutboxEntry] = [:]
    for entry in content.entries(in: .parked, .refused) { wanted[name(of: entry)] = entry }
    let there = try Folder.exists(dead) ? try Folder.files(in: dead, suffix: ".json") : []
    for name in there where wanted[name] == nil { try Folder.remove(dead.appending(name)) }
    if wanted.isEmpty { return [] }
    try Folder.make(dead, mode: [.ownerReadWriteExecute])
    for (name, entry) in wanted.sorted(by: { $0.key < $1.key }) {
      let path = dead.appending(name)
      let bytes = CanonicalJSON.document(document(entry))
      if there.contains(name), try AtomicFile.read(path) == bytes { continue }
      try AtomicFile.write(bytes, to: path, mode: [.ownerReadWrite])
    }
    return wanted.keys.sorted()
  }

  private static func name(of entry: OutboxEntry) -> String {
    let order = entry.order.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(40)
    return "\(order)-\(entry.event.rawValue)-\(entry.shortID).json"
  }

  private static func document(_ entry: OutboxEntry) -> JSONValue {
    var members = entry.summary.object ?? [:]
    members["format"] = 1
    members["identity"] = .string(entry.identity)
    members["text"] = .string(entry.text)
    members["recipient"] = entry.recipient.map { .string($0.digits) }
    members["first_reserved"] = entry.firstReserved.map { .string($0.description) }
    members["perhaps_sent"] = .bool(entry.attempts > 0)
    return .object(members)
  }
}
