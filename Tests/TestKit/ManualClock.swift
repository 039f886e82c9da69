import Synchronization

/// A clock that moves only when a test moves it, or, when it is automatic, by as much as somebody sleeps.
public final class ManualClock: Clock {
  /// Time since the clock was made.
  public struct Instant: InstantProtocol {
    /// Since the clock was made.
    public var offset: Duration

    /// Later by a duration.
    public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }

    /// From here to there.
    public func duration(to other: Instant) -> Duration { other.offset - offset }

    /// Earlier first.
    public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct Sleeper {
    var number: Int
    var end: Instant
    var continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var now = Instant(offset: .zero)
    var count = 0
    var sleepers: [Sleeper] = []
    var awaited: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var sleeps: [Duration] = []
  }

  private let isAutomatic: Bool
  private let state = Mutex(State())

  /// Makes a clock at zero.
  ///
  /// - Parameter isAutomatic: Whether a sleep moves the clock to its end and returns at once.
  public init(isAutomatic: Bool = false) { self.isAutomatic = isAutomatic }

  /// The clock's time.
  public var now: Instant { state.withLock { $0.now } }

  /// Any step counts.
  public var minimumResolution: Duration { .zero }

  /// What was slept so far, in order of beginning.
  public var sleeps: [Duration] { state.withLock { $0.sleeps } }

  /// Waits until the clock was moved far enough.
  ///
  /// - Parameters:
  ///   - deadline: When to wake.
  ///   - tolerance: Ignored.
  /// - Throws: `CancellationError` when the task is cancelled.
  public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    let number = state.withLock { state in
      state.count += 1
      return state.count
    }
    let isOver = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (answer, ready) = state.withLock { state in begin(number, deadline, continuation, &state) }
        for waiter in ready { waiter.resume() }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else { return nil }
        return state.sleepers.remove(at: index)
      }
      sleeper?.continuation.resume(returning: false)
    }
    guard isOver, !Task.isCancelled else { throw CancellationError() }
  }

  private func begin(
    _ number: Int, _ deadline: Instant, _ continuation: CheckedContinuation<Bool, Never>, _ state: inout State
  ) -> (answer: Bool?, ready: [CheckedContinuation<Void, Never>]) {
    // A cancellation may have come while nothing was there to cancel.
    guard !Task.isCancelled else { return (false, []) }
    state.sleeps.append(state.now.duration(to: deadline))
    if isAutomatic { state.now = max(state.now, deadline) }
    guard deadline > state.now else { return (true, []) }
    state.sleepers.append(Sleeper(number: number, end: deadline, continuation: continuation))
    let count = state.sleepers.count
    let ready = state.awaited.filter { $0.count <= count }.map(\.continuation)
    state.awaited.removeAll { $0.count <= count }
    return (nil, ready)
  }

  /// Moves the clock and wakes whose time has come, the earliest first.
  ///
  /// - Parameter duration: How far.
  public func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let woken = state.sleepers.filter { $0.end <= state.now }.sorted { $0.end < $1.end }
      state.sleepers.removeAll { $0.end <= state.now }
      return woken
    }
    for sleeper in woken { sleeper.continuation.resume(returning: true) }
  }

  /// Waits until somebody sleeps.
  ///
  /// - Parameter count: How many.
  public func untilSleeping(_ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let isTrue = state.withLock { state in
        if state.sleepers.count >= count { return true }
        state.awaited.append((count, continuation))
        return false
      }
      if isTrue { continuation.resume() }
    }
  }
}
