import Dispatch
import Synchronization

/// Brings a file that many small pieces are written to to disk once a second, while whoever writes goes on.
public final class SyncCadence: Sendable {
  private let clock = ContinuousClock()
  private let state: Mutex<(last: ContinuousClock.Instant, isBusy: Bool)>
  private let queue = DispatchQueue(label: "sync")

  /// Begins a second.
  public init() { state = Mutex((clock.now, false)) }

  /// Starts bringing the file to disk when a second has gone by since that was begun last, and it has ended.
  ///
  /// - Parameter sync: Waits for the disk; a failure is the file's own to remember.
  public func piece(_ sync: @escaping @Sendable () -> Void) {
    let isDue = state.withLock { state in
      guard !state.isBusy, clock.now - state.last >= .seconds(1) else { return false }
      state = (clock.now, true)
      return true
    }
    guard isDue else { return }
    queue.async { [self] in
      sync()
      state.withLock { $0.isBusy = false }
    }
  }
}
