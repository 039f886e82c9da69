import Model
import Notify
import Store
import Synchronization
import SystemPackage

/// What the shops of a workspace have sent lately, each outbox read once and again only when it was written since.
final class SessionHistories: Sendable {
  private let known = Mutex<[String: (stamp: FileStamp, history: SessionHistory)]>([:])

  /// What other shops have done with the session.
  ///
  /// - Parameters:
  ///   - others: Their folders, by name.
  ///   - now: The moment to look back from.
  /// - Returns: All of it together, and why an outbox could not be read: its own shop's run says so too.
  func all(
    _ others: [(name: String, folders: ShopFolders)], now: Instant
  ) -> (history: SessionHistory, failures: [StoreError]) {
    var (all, failures) = (SessionHistory(), [StoreError]())
    for (name, folders) in others {
      do throws(StoreError) {
        guard let stamp = try FileStamp.of(folders.outbox.appending("journal.jsonl")) else { continue }
        if let known = known.withLock({ $0[name] }), known.stamp == stamp {
          all.add(known.history)
          continue
        }
        let history = SessionHistory(of: try Outbox.read(folders.outbox, shop: name), now: now)
        known.withLock { $0[name] = (stamp, history) }
        all.add(history)
      } catch {
        failures.append(error)
      }
    }
    return (all, failures)
  }
}
