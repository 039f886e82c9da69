internal import Synchronization

/// When a file that many small pieces are written to is brought to disk: once a second, see the article KilledAndCut.
final class SyncCadence: Sendable {
  private let clock = ContinuousClock()
  private let last: Mutex<ContinuousClock.Instant>

  /// Begins a second.
  init() { last = Mutex(clock.now) }

  /// Whether a second has gone by since the last time that this was so; of many who ask at once, one is told.
  func isDue() -> Bool {
    last.withLock { last in
      guard clock.now - last >= .seconds(1) else { return false }
      last = clock.now
      return true
    }
  }
}
