import Synchronization

/// Wraps a client so that it asks no faster than agreed, and asks again as the policy says.
///
/// Limits belong to surfaces: a host, or the part of a host below a path. Every other host has the fallback
/// limit, each for itself. A 429 or 503 makes the whole surface wait, not only the request that met it.
public final class PoliteClient: HTTPClient {
  /// A part of the web with limits of its own.
  public struct Surface: Sendable, Equatable {
    /// For logs, and the key of the limiter; unique among the surfaces of a client.
    public var name: String
    /// In small letters, without port, or `nil` for any host.
    public var host: String?
    /// Beginning of the path, like `/shop/api/v2/`; the longest one that fits decides.
    public var pathPrefix: String
    /// How fast it may be asked.
    public var limit: RateLimiter.Limit
    /// When a request is sent again.
    public var retries: RetryPolicy
    /// Share of the distance between two requests that chance may add, so that they do not come like a clock.
    public var jitter: Double
    /// Whether requests are pulled apart while the surface seems to suffer.
    public var adapts: Bool

    /// Makes a surface.
    ///
    /// - Parameters:
    ///   - name: Unique.
    ///   - host: Or `nil` for any.
    ///   - pathPrefix: `/` for all of the host.
    ///   - limit: How fast.
    ///   - retries: When again.
    ///   - jitter: What chance may add to a distance; 0 for nothing.
    ///   - adapts: Whether a suffering surface is asked more slowly.
    public init(
      name: String, host: String? = nil, pathPrefix: String = "/", limit: RateLimiter.Limit,
      retries: RetryPolicy = RetryPolicy(), jitter: Double = 0, adapts: Bool = false
    ) {
      self.name = name
      self.host = host
      self.pathPrefix = pathPrefix
      self.limit = limit
      self.retries = retries
      self.jitter = max(0, jitter)
      self.adapts = adapts
    }
  }

  /// Something worth a line in a log; holds no query, header or body.
  public struct Event: Sendable, Equatable {
    /// What happened.
    public enum Kind: Sendable, Equatable {
      /// A sending begins.
      case started
      /// An answer came.
      case answered(status: Int)
      /// No complete answer came.
      case failed(HTTPError.Code)
      /// It will be sent again after this time.
      case willRepeat(after: Duration)
    }

    /// What happened.
    public var kind: Kind
    /// Which surface, or the host where there is none.
    public var surface: String
    /// Which sending, from 1.
    public var attempt: Int
    /// The address without secrets.
    public var url: String
  }

  private let client: any HTTPClient
  private let surfaces: [Surface]
  private let fallback: Surface
  private let stopwatch: Stopwatch
  private let limiter: RateLimiter
  private let generator: Mutex<any RandomNumberGenerator & Sendable>
  private let paces = Mutex<[String: AdaptivePace]>([:])
  private let now: (@Sendable () -> Int64)?
  private let observer: (@Sendable (Event) -> Void)?

  /// Wraps a client.
  ///
  /// - Parameters:
  ///   - client: Sends.
  ///   - surfaces: With limits of their own.
  ///   - limit: For every other host.
  ///   - retries: For every other host.
  ///   - clock: Measures and waits.
  ///   - generator: Moves waits a little.
  ///   - now: Seconds since 1970-01-01T00:00:00Z, for a `Retry-After` date in an answer without `Date`.
  ///   - observer: Told about every sending; must be quick.
  public init(
    _ client: any HTTPClient, surfaces: [Surface] = [],
    limit: RateLimiter.Limit = RateLimiter.Limit(perSecond: 1, maximumInFlight: 2),
    retries: RetryPolicy = RetryPolicy(), clock: any Clock<Duration> = ContinuousClock(),
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    now: (@Sendable () -> Int64)? = nil, observer: (@Sendable (Event) -> Void)? = nil
  ) {
    self.client = client
    self.surfaces = surfaces.sorted { left, right in
      (left.pathPrefix.utf8.count, left.host == nil ? 0 : 1) > (
        right.pathPrefix.utf8.count, right.host == nil ? 0 : 1
      )
    }
    fallback = Surface(name: "", limit: limit, retries: retries)
    stopwatch = Stopwatch(clock)
    limiter = RateLimiter(clock: clock)
    self.generator = Mutex(generator)
    self.now = now
    self.observer = observer
  }

  /// Sends one request when its turn has come, again if the policy says so.
  ///
  /// - Parameter request: What to ask; its timeouts count for each sending, waiting not included.
  /// - Returns: The last answer, whatever its status.
  /// - Throws: ``HTTPError`` of the last sending; `mayHaveReachedServer` speaks for all of them.
  public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    guard let parts = URLParts(URLQuery.escapeBeyondASCII(request.url)) else {
      throw HTTPError(
        code: .invalidRequest, mayHaveReachedServer: false, url: request.url,
        message: "not an absolute http or https address")
    }
    let (surface, key) = surface(of: parts)
    var attempt = 0
    var wasSent = false
    while true {
      attempt += 1
      let outcome = try await sendOnce(request, surface, key, attempt, wasSent)
      let decision = generator.withLock { generator in
        surface.retries.decision(
          attempt: attempt, method: request.asksOnly ? "GET" : request.method, outcome: outcome, now: now?(),
          using: &generator)
      }
      switch (decision, outcome) {
      case (.stop, .answered(let answer)): return answer
      case (.stop, .failed(var error)):
        error.mayHaveReachedServer = error.mayHaveReachedServer || wasSent
        throw error
      case (.wait(let time), .answered(let answer)):
        wasSent = true
        if answer.status == 429 || answer.status == 503 { limiter.pause(key, for: time) }
        try await wait(time, request, key, attempt, wasSent)
      case (.wait(let time), .failed(let error)):
        wasSent = wasSent || error.mayHaveReachedServer
        try await wait(time, request, key, attempt, wasSent)
      }
    }
  }

  private func sendOnce(
    _ request: HTTPRequest, _ surface: Surface, _ key: String, _ attempt: Int, _ wasSent: Bool
  ) async throws(HTTPError) -> RetryPolicy.Outcome {
    do { try await limiter.acquire(key, limit: surface.limit, slack: slack(surface, key)) } catch {
      throw cancellation(of: request, wasSent)
    }
    defer { limiter.release(key, limit: surface.limit) }
    tell(.started, request, key, attempt)
    let start = stopwatch.elapsed()
    do {
      let answer = try await client.send(request)
      learn(surface, key, answer.status, stopwatch.elapsed() - start)
      tell(.answered(status: answer.status), request, key, attempt)
      return .answered(answer)
    } catch {
      if error.code != .cancelled { learn(surface, key, nil, stopwatch.elapsed() - start) }
      tell(.failed(error.code), request, key, attempt)
      return .failed(error)
    }
  }

  /// What is added to the distance behind a request: chance, and care for a surface that suffers.
  private func slack(_ surface: Surface, _ key: String) -> Duration {
    var slack = Duration.zero
    if surface.jitter > 0 {
      slack = generator.withLock { generator in
        surface.limit.interval * Double.random(in: 0...surface.jitter, using: &generator)
      }
    }
    if surface.adapts {
      slack += paces.withLock { $0[key] ?? AdaptivePace() }.slack(for: surface.limit.interval)
    }
    return slack
  }

  private func learn(_ surface: Surface, _ key: String, _ status: Int?, _ time: Duration) {
    guard surface.adapts else { return }
    paces.withLock { $0[key, default: AdaptivePace()].learn(status: status, time: time) }
  }

  private func wait(
    _ time: Duration, _ request: HTTPRequest, _ key: String, _ attempt: Int, _ wasSent: Bool
  ) async throws(HTTPError) {
    tell(.willRepeat(after: time), request, key, attempt)
    do { try await stopwatch.sleep(time) } catch { throw cancellation(of: request, wasSent) }
  }

  /// The surface of an address, and its key; the fallback has a key for each host.
  private func surface(of parts: URLParts) -> (Surface, key: String) {
    for surface in surfaces
    where (surface.host ?? parts.host) == parts.host && parts.path.hasPrefix(surface.pathPrefix) {
      return (surface, surface.name)
    }
    return (fallback, parts.origin)
  }

  private func cancellation(of request: HTTPRequest, _ wasSent: Bool) -> HTTPError {
    HTTPError(
      code: .cancelled, mayHaveReachedServer: wasSent, url: request.url, message: "cancelled while waiting")
  }

  private func tell(_ kind: Event.Kind, _ request: HTTPRequest, _ key: String, _ attempt: Int) {
    guard let observer else { return }
    observer(
      Event(kind: kind, surface: key, attempt: attempt, url: HTTPError.withoutSecrets(request.url)))
  }
}
