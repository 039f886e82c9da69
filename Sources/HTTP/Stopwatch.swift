/// A clock whose kind has been forgotten: time since it was made, and a way to wait.
struct Stopwatch: Sendable {
  /// Time since the stopwatch was made.
  let elapsed: @Sendable () -> Duration
  /// Waits; throws when the task is cancelled.
  let sleep: @Sendable (Duration) async throws -> Void

  init(_ clock: any Clock<Duration>) { self.init(opened: clock) }

  private init<C: Clock>(opened clock: C) where C.Duration == Duration {
    let start = clock.now
    elapsed = { start.duration(to: clock.now) }
    sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
  }
}
