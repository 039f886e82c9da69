public import Model
public import Store
public import SystemPackage

/// A log of what was decided about each message, each line chained to the one before it by its hash.
///
/// Holds identities, orders, events and states; no telephone, no name, no text. A line that is changed, taken out
/// or put in breaks every hash behind it.
public enum AuditLog {
  /// Adds a line for each message whose state is not the one that the log has last.
  ///
  /// - Parameters:
  ///   - content: The outbox's content.
  ///   - path: The log; made when missing.
  ///   - now: The moment of writing.
  /// - Returns: Lines added.
  /// - Throws: `StoreError`; `damaged` when the chain is broken: nothing is added then.
  @discardableResult
  public static func append(
    _ content: OutboxContent, to path: FilePath, now: Instant
  ) throws(StoreError) -> Int {
    let (journal, old, _) = try Journal.open(path, mode: [.ownerReadWrite, .groupRead])
    var last = try check(old, path: path)
    var known: [String: String] = [:]
    for line in old {
      if let identity = line["message"]?.string { known[identity] = line["state"]?.string }
    }
    var lines: [JSONValue] = []
    for identity in content.identities {
      guard let entry = content.entries[identity], known[entry.messageID] != entry.state.rawValue else {
        continue
      }
      var members: [String: JSONValue] = [
        "number": .integer(old.count + lines.count + 1), "at": .string(entry.changed.description),
        "message": .string(entry.messageID), "order": .string(entry.order),
        "event": .string(entry.event.rawValue), "state": .string(entry.state.rawValue),
        "previous": .string(last), "written": .string(now.description),
      ]
      members["reason"] = entry.reason.map { .string($0) }
      let line = JSONValue.object(members)
      last = Digest.sha256(CanonicalJSON.line(line))
      lines.append(line)
    }
    try journal.append(contentsOf: lines)
    return lines.count
  }

  /// Checks the whole chain.
  ///
  /// - Parameter path: The log.
  /// - Returns: The number of lines.
  /// - Throws: `StoreError`; `damaged` with the first line that does not follow.
  public static func verify(_ path: FilePath) throws(StoreError) -> Int {
    let lines = try Journal.read(path)
    _ = try check(lines, path: path)
    return lines.count
  }

  /// The hash of the last line; what the first line names as the one before it is the empty text's.
  private static func check(_ lines: [JSONValue], path: FilePath) throws(StoreError) -> String {
    var last = Digest.sha256([])
    for (index, line) in lines.enumerated() {
      guard line["previous"]?.string == last, line["number"]?.int == index + 1 else {
        throw StoreError(
          code: .damaged, path: path.string,
          detail: "line \(index + 1) does not follow from the one before it",
          hint: "Somebody changed the log; keep it as evidence and move it away, a new one begins then.")
      }
      last = Digest.sha256(CanonicalJSON.line(line))
    }
    return last
  }
}
