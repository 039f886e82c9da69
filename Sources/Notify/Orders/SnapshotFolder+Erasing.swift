public import Model
public import Store
import SystemPackage

extension SnapshotFolder {
  /// Snapshots that may go: older than a moment, but for the newest and the one that a scan compares with.
  ///
  /// - Parameters:
  ///   - cutoff: The moment.
  ///   - scanned: The snapshot that the outbox stands at, or `nil`.
  /// - Returns: Oldest first.
  /// - Throws: `StoreError`.
  public func purgeable(before cutoff: Instant, keeping scanned: Instant?) throws(StoreError) -> [Instant] {
    let all = try moments()
    let base = scanned.flatMap { scanned in all.last { $0 <= scanned } }
    return all.filter { $0 < cutoff && $0 != all.last && $0 != base }
  }

  /// Removes snapshots.
  ///
  /// - Parameter moments: When they were taken.
  /// - Throws: `StoreError`; those before the failed one are gone.
  public func purge(_ moments: [Instant]) throws(StoreError) {
    for moment in moments { try Folder.remove(path(of: moment)) }
  }

  /// Takes a person's name and telephone out of every snapshot.
  ///
  /// - Parameter phone: The person.
  /// - Returns: Orders that know nobody any more.
  /// - Throws: `StoreError`; each file is the old one or the new one.
  public func forget(_ phone: PhoneNumber) throws(StoreError) -> Int {
    var changed = 0
    for moment in try moments() {
      var snapshot = try read(moment)
      var isChanged = false
      for index in snapshot.orders.indices where snapshot.orders[index].customer.phone == .number(phone) {
        snapshot.orders[index].customer = Customer(firstName: nil, lastName: nil, phone: .masked)
        isChanged = true
        changed += 1
      }
      if isChanged { try write(snapshot) }
    }
    return changed
  }
}
