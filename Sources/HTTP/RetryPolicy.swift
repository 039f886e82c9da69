/// Decides whether a request is sent again, and after what time.
///
/// Pure: no clock, no network, no randomness but the one it is given.
///
/// - A read (`GET`, `HEAD`) is repeated after 408, 429, most of 5xx, and after every failure of the connection.
/// - Anything else is repeated only when not a byte of it can have reached the server.
public struct RetryPolicy: Sendable, Equatable {
  /// Sendings in all, the first included; 1 never repeats.
  public var maximumAttempts: Int
  /// The wait after the first failure; it doubles with each further one, and is moved by up to a quarter.
  public var firstWait: Duration
  /// Longest wait that we choose ourselves.
  public var longestWait: Duration
  /// Longest wait that a server may ask for by `Retry-After`; for a longer one the request is given up.
  public var longestRetryAfter: Duration
  /// Shortest waits after certain answers; a status named here is repeated even if it would not be otherwise.
  public var shortestWaits: [Int: Duration]

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - maximumAttempts: Sendings in all.
  ///   - firstWait: Doubles with each failure.
  ///   - longestWait: Bound of our own waits.
  ///   - longestRetryAfter: Bound of what a server may ask for.
  ///   - shortestWaits: By status, like 15 s for 403.
  public init(
    maximumAttempts: Int = 4, firstWait: Duration = .seconds(1), longestWait: Duration = .seconds(60),
    longestRetryAfter: Duration = .seconds(300), shortestWaits: [Int: Duration] = [:]
  ) {
    self.maximumAttempts = maximumAttempts
    self.firstWait = firstWait
    self.longestWait = longestWait
    self.longestRetryAfter = longestRetryAfter
    self.shortestWaits = shortestWaits
  }

  /// No repetition at all.
  public static let never = RetryPolicy(maximumAttempts: 1)

  /// What came of a sending.
  public enum Outcome: Sendable {
    /// An answer.
    case answered(HTTPResponse)
    /// No complete answer.
    case failed(HTTPError)
  }

  /// What to do next.
  public enum Decision: Sendable, Equatable {
    /// Take the outcome as it is.
    case stop
    /// Send again after this time.
    case wait(Duration)
  }

  /// Decides about one outcome.
  ///
  /// `Retry-After` is honoured in seconds and as a date. A date is compared with the `Date` of the same
  /// answer, so that a wrong clock on either side does no harm; without that header, with `now`.
  ///
  /// - Parameters:
  ///   - attempt: Which sending this was, from 1.
  ///   - method: Like `GET`.
  ///   - outcome: What came of it.
  ///   - now: Seconds since 1970-01-01T00:00:00Z, or `nil` where no clock is at hand.
  ///   - generator: Moves the wait by up to a quarter.
  /// - Returns: Stop, or a wait of 0 or more.
  public func decision(
    attempt: Int, method: String, outcome: Outcome, now: Int64? = nil,
    using generator: inout some RandomNumberGenerator
  ) -> Decision {
    guard attempt < maximumAttempts else { return .stop }
    let isRead = method == "GET" || method == "HEAD"
    switch outcome {
    case .failed(let error):
      guard isRead || !error.mayHaveReachedServer else { return .stop }
      switch error.code {
      case .notConnected, .timedOut, .connectionLost:
        return .wait(ownWait(attempt, using: &generator))
      case .invalidRequest, .tooLarge, .badAnswer, .badRedirect, .cancelled: return .stop
      }
    case .answered(let answer):
      guard isRead, isRepeated(answer.status) else { return .stop }
      let shortest = shortestWaits[answer.status] ?? .zero
      if let asked = Self.retryAfter(answer, now: now) {
        guard asked <= longestRetryAfter else { return .stop }
        // Never earlier than asked, and not everybody at the same moment.
        return .wait(max(asked, shortest) * Double.random(in: 1...1.1, using: &generator))
      }
      return .wait(max(shortest, ownWait(attempt, using: &generator)))
    }
  }

  /// Reads how long a server asks to be left alone.
  ///
  /// - Parameters:
  ///   - answer: With a `Retry-After` in seconds or as a date.
  ///   - now: Used for a date where the answer has no `Date`.
  /// - Returns: 0 or more, or `nil` where nothing readable was asked.
  public static func retryAfter(_ answer: HTTPResponse, now: Int64? = nil) -> Duration? {
    guard let text = answer.header("Retry-After") else { return nil }
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      // Beyond eighteen digits it is "never" all the same.
      return .seconds(min(Int64(text) ?? .max, 1 << 40))
    }
    let sent = answer.header("Date").flatMap(HTTPDate.seconds)
    guard let until = HTTPDate.seconds(text), let from = sent ?? now else { return nil }
    return .seconds(max(0, until - from))
  }

  private func isRepeated(_ status: Int) -> Bool {
    switch status {
    case 408, 429: true
    case 501, 505: shortestWaits[status] != nil  // what a server cannot do, it cannot do a second later
    case 500...599: true
    default: shortestWaits[status] != nil
    }
  }

  private func ownWait(_ attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
    var wait = firstWait
    for _ in 1..<max(1, min(attempt, 32)) { wait = min(wait * 2, longestWait) }
    return min(wait * Double.random(in: 0.75...1.25, using: &generator), longestWait)
  }
}
