import Synchronization

/// Holds requests back: so many a second, and so many at once, for each key by itself.
///
/// A key is a host, or a part of one that has limits of its own. Whoever asks first is let through first. The
/// first in line waits for the clock; the others wait for the first. Giving up by cancellation leaves no gap.
public final class RateLimiter: Sendable {
  /// What one key may be asked to bear.
  public struct Limit: Sendable, Equatable {
    /// Shortest time between the starts of two requests.
    public var interval: Duration
    /// Most requests under way at once.
    public var maximumInFlight: Int

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - perSecond: Starts a second; more than 0.
    ///   - maximumInFlight: At least 1.
    public init(perSecond: Double, maximumInFlight: Int) {
      precondition(perSecond > 0 && maximumInFlight > 0, "a limit that lets nothing through")
      interval = perSecond.isFinite ? .seconds(1) / perSecond : .zero
      self.maximumInFlight = maximumInFlight
    }

    /// No limit.
    public static let none = Limit(perSecond: .infinity, maximumInFlight: .max)
  }

  /// The line before one key.
  private struct Line {
    /// Whether somebody is at the head, waiting for the clock.
    var hasHead = false
    var inFlight = 0
    /// When the next may start.
    var next = Duration.zero
    var waiting = Fifo<Waiter>()
  }

  private struct Waiter {
    var ticket: CurlTicket
    /// Resumed once: `true` when the head is free for it, `false` when it was cancelled.
    var continuation: CheckedContinuation<Bool, Never>
  }

  private let stopwatch: Stopwatch
  private let lines = Mutex<[String: Line]>([:])

  /// Makes a limiter.
  ///
  /// - Parameter clock: Measures and waits.
  public init(clock: any Clock<Duration>) { stopwatch = Stopwatch(clock) }

  /// Waits for permission; each permission must be given back by ``release(_:)``.
  ///
  /// - Parameters:
  ///   - key: Whose line to stand in.
  ///   - limit: What holds for that key; the same in every call with it.
  ///   - slack: Added to the distance to the next start.
  /// - Returns: How long it took.
  /// - Throws: `CancellationError` when the task was cancelled; then there is nothing to give back.
  @discardableResult
  public func acquire(_ key: String, limit: Limit, slack: Duration = .zero) async throws -> Duration {
    let start = stopwatch.elapsed()
    guard await reachHead(key, limit) else { throw CancellationError() }
    do {
      while let wait = takePermission(key, limit, slack) { try await stopwatch.sleep(wait) }
    } catch {
      leaveHead(key, limit)
      throw CancellationError()
    }
    leaveHead(key, limit)
    return stopwatch.elapsed() - start
  }

  /// Gives a permission back.
  ///
  /// - Parameters:
  ///   - key: Whose permission.
  ///   - limit: As in ``acquire(_:limit:)``.
  public func release(_ key: String, limit: Limit) {
    wake(
      lines.withLock { lines in
        lines[key]?.inFlight -= 1
        return Self.nextInLine(&lines, key, limit)
      })
  }

  /// Lets nobody start for a while, as after a 429.
  ///
  /// - Parameters:
  ///   - key: Whose line.
  ///   - time: From now; a longer pause that is already running stays.
  public func pause(_ key: String, for time: Duration) {
    let until = stopwatch.elapsed() + time
    lines.withLock { lines in
      let next = lines[key]?.next ?? .zero
      lines[key, default: Line()].next = max(next, until)
    }
  }

  /// How many hold a permission.
  func inFlight(_ key: String) -> Int { lines.withLock { $0[key]?.inFlight ?? 0 } }

  /// How many stand in line behind the head.
  func waiting(_ key: String) -> Int { lines.withLock { $0[key]?.waiting.count ?? 0 } }

  // MARK: The line

  private func reachHead(_ key: String, _ limit: Limit) async -> Bool {
    let ticket = CurlTicket()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = lines.withLock { lines in
          guard !ticket.isCancelled else { return false }
          var line = lines[key] ?? Line()
          defer { lines[key] = line }
          if !line.hasHead, line.waiting.isEmpty, line.inFlight < limit.maximumInFlight {
            line.hasHead = true
            return true
          }
          line.waiting.append(Waiter(ticket: ticket, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = lines.withLock { lines in
        ticket.cancel()
        return lines[key]?.waiting.remove { $0.ticket === ticket }
      }
      waiter?.continuation.resume(returning: false)
    }
  }

  /// Takes a permission and gives `nil`, or says how long the head has to wait for one.
  private func takePermission(_ key: String, _ limit: Limit, _ slack: Duration) -> Duration? {
    lines.withLock { lines in
      let now = stopwatch.elapsed()
      guard let next = lines[key]?.next, next <= now else { return (lines[key]?.next ?? now) - now }
      lines[key]?.next = now + limit.interval + slack
      lines[key]?.inFlight += 1
      return nil
    }
  }

  private func leaveHead(_ key: String, _ limit: Limit) {
    wake(
      lines.withLock { lines in
        lines[key]?.hasHead = false
        return Self.nextInLine(&lines, key, limit)
      })
  }

  private static func nextInLine(_ lines: inout [String: Line], _ key: String, _ limit: Limit) -> Waiter? {
    guard var line = lines[key], !line.hasHead, line.inFlight < limit.maximumInFlight else { return nil }
    let waiter = line.waiting.popFirst()
    if waiter != nil { line.hasHead = true }
    lines[key] = line
    return waiter
  }

  private func wake(_ waiter: Waiter?) { waiter?.continuation.resume(returning: true) }
}
