public import Model

/// What time it is, and how to wait.
///
/// The front door makes it from the real clock or from `--now`; tests make time pass by waiting.
public struct Timekeeper: Sendable {
  private let read: @Sendable () -> Instant
  private let wait: @Sendable (Duration) async throws -> Void

  /// Makes one from two functions.
  ///
  /// - Parameters:
  ///   - now: Tells the time.
  ///   - sleep: Waits; throws `CancellationError` when the run is called off.
  public init(
    now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    read = now
    wait = sleep
  }

  /// Makes one that starts at a moment and goes on with a clock.
  ///
  /// - Parameters:
  ///   - clock: Measures what has passed.
  ///   - start: The moment at which it starts.
  public init<C: Clock<Duration>>(_ clock: C, start: Instant) {
    let beginning = clock.now
    self.init(
      now: { start.advanced(by: beginning.duration(to: clock.now)) },
      sleep: { try await clock.sleep(for: $0) })
  }

  /// What time it is.
  public var now: Instant { read() }

  /// Waits.
  ///
  /// - Parameter duration: How long; nothing happens for zero or less.
  /// - Throws: `CancellationError` when the run is called off.
  public func sleep(_ duration: Duration) async throws {
    if duration > .zero { try await wait(duration) }
  }
}
