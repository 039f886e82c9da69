import TestKit
import Testing

@testable import HTTP

@Suite struct RetryPolicyTests {
  private func decide(
    _ outcome: RetryPolicy.Outcome, attempt: Int = 1, method: String = "GET",
    _ policy: RetryPolicy = RetryPolicy(), now: Int64? = nil
  ) -> RetryPolicy.Decision {
    var generator = Counting()
    return policy.decision(attempt: attempt, method: method, outcome: outcome, now: now, using: &generator)
  }

  private func answer(_ status: Int, _ headers: [(String, String)] = []) -> RetryPolicy.Outcome {
    .answered(HTTPResponse(status: status, headers: headers.map { ($0.0, $0.1) }, url: "http://a/"))
  }

  private func failed(_ code: HTTPError.Code, sent: Bool) -> RetryPolicy.Outcome {
    .failed(HTTPError(code: code, mayHaveReachedServer: sent, url: "http://a/", message: ""))
  }

  @Test(arguments: [
    (200, false), (204, false), (302, false), (304, false), (400, false), (401, false), (403, false),
    (404, false),
    (408, true), (429, true), (500, true), (501, false), (502, true), (503, true), (504, true), (505, false),
  ])
  func readsAreRepeatedAfterWhatMayPass(status: Int, isRepeated: Bool) {
    #expect((decide(answer(status)) != .stop) == isRepeated)
    #expect(decide(answer(status), method: "POST") == .stop)
  }

  @Test(arguments: [
    (HTTPError.Code.notConnected, true), (.timedOut, true), (.connectionLost, true), (.invalidRequest, false),
    (.tooLarge, false), (.badAnswer, false), (.badRedirect, false), (.cancelled, false),
  ])
  func readsAreRepeatedAfterTheConnectionFailed(code: HTTPError.Code, isRepeated: Bool) {
    for sent in [true, false] { #expect((decide(failed(code, sent: sent)) != .stop) == isRepeated) }
    #expect((decide(failed(code, sent: false), method: "POST") != .stop) == isRepeated)
    #expect(decide(failed(code, sent: true), method: "POST") == .stop)
  }

  @Test func waitsDoubleUpToABoundAndMoveALittle() throws {
    let policy = RetryPolicy(maximumAttempts: 100, longestWait: .seconds(30))
    for (attempt, wanted) in [(1, 1.0), (2, 2), (3, 4), (4, 8), (5, 16)] {
      var generator = Counting(state: UInt64(attempt))
      let decisions = Set(
        (0..<200).map { _ -> Duration in
          let outcome = failed(.timedOut, sent: true)
          switch policy.decision(attempt: attempt, method: "GET", outcome: outcome, using: &generator) {
          case .wait(let time): return time
          case .stop: return .zero
          }
        })
      #expect(decisions.count > 100)
      #expect(decisions.allSatisfy { (wanted * 0.75...wanted * 1.25).contains($0 / .seconds(1)) })
    }
    guard case .wait(let longest) = decide(failed(.timedOut, sent: true), attempt: 60, policy) else {
      Issue.record("stopped")
      return
    }
    #expect(longest > .seconds(22) && longest <= .seconds(30))
  }

  @Test func stopsAfterTheLastAttempt() {
    #expect(decide(answer(503), attempt: 3, RetryPolicy(maximumAttempts: 3)) == .stop)
    #expect(decide(answer(503), attempt: 2, RetryPolicy(maximumAttempts: 3)) != .stop)
    #expect(decide(answer(503), RetryPolicy.never) == .stop)
  }

  @Test(
    arguments: [
      ([("Retry-After", "7")], nil, 7), ([("Retry-After", "0")], nil, 0),
      (
        [("retry-after", "Mon, 23 Nov 2026 16:00:09 GMT"), ("Date", "Mon, 23 Nov 2026 16:00:00 GMT")], nil, 9
      ),
      ([("Retry-After", "Mon, 23 Nov 2026 16:00:09 GMT"), ("Date", "Mon, 23 Nov 2026 16:00:00 GMT")], 5, 9),
      ([("Retry-After", "Mon, 23 Nov 2026 16:00:09 GMT")], 1_795_449_607, 2),
      (
        [("Retry-After", "Mon, 23 Nov 2026 16:00:09 GMT"), ("Date", "Mon, 23 Nov 2026 16:01:00 GMT")], nil, 0
      ),
    ] as [([(String, String)], Int64?, Int)])
  func neverComesBackEarlierThanAsked(headers: [(String, String)], now: Int64?, seconds: Int) throws {
    guard case .wait(let time) = decide(answer(429, headers), now: now) else {
      Issue.record("stopped")
      return
    }
    #expect(time >= .seconds(seconds))
    #expect(time <= .seconds(seconds) * 1.1)
  }

  @Test(arguments: ["", "soon", "-5", "1.5", "Mon, 23 Nov 2026 16:00:09 GMT"])
  func anUnreadableWishIsNoWish(value: String) {
    guard case .wait(let time) = decide(answer(503, [("Retry-After", value)])) else {
      Issue.record("stopped")
      return
    }
    #expect(time >= .milliseconds(750) && time <= .milliseconds(1250))
  }

  @Test(arguments: ["301", "99999999999999999999999"]) func aWishBeyondTheBoundEndsIt(value: String) {
    #expect(decide(answer(429, [("Retry-After", value)])) == .stop)
  }

  @Test func aStatusMayHaveAShortestWait() {
    let policy = RetryPolicy(shortestWaits: [403: .seconds(15), 429: .seconds(15)])
    for status in [403, 429] { #expect(decide(answer(status), policy) == .wait(.seconds(15))) }
    guard case .wait(let time) = decide(answer(429, [("Retry-After", "3")]), policy) else {
      Issue.record("stopped")
      return
    }
    #expect(time >= .seconds(15))
  }
}

@Suite(.timeLimit(.minutes(20))) struct RateLimiterTests {
  private let slow = RateLimiter.Limit(perSecond: 2, maximumInFlight: .max)
  private let one = RateLimiter.Limit(perSecond: .infinity, maximumInFlight: 1)

  @Test func startsAreSpacedEvenly() async throws {
    let clock = ManualClock(isAutomatic: true)
    let limiter = RateLimiter(clock: clock)
    for _ in 0..<5 { try await limiter.acquire("a", limit: slow) }
    #expect(clock.now.offset == .seconds(2))
    #expect(clock.sleeps == Array(repeating: .milliseconds(500), count: 4))
    // Another key has a line of its own.
    try await limiter.acquire("b", limit: slow)
    #expect(clock.now.offset == .seconds(2))
  }

  @Test func timeThatPassedAnywayIsNotSavedUp() async throws {
    let clock = ManualClock(isAutomatic: true)
    let limiter = RateLimiter(clock: clock)
    try await limiter.acquire("a", limit: slow)
    clock.advance(by: .seconds(100))
    for _ in 0..<3 { try await limiter.acquire("a", limit: slow) }
    #expect(clock.now.offset == .seconds(101))
  }

  @Test func whoComesFirstStartsFirstAndOneAtATime() async throws {
    let limiter = RateLimiter(clock: ManualClock())
    let order = Guarded<[Int]>([])
    try await limiter.acquire("a", limit: one)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask {
          try await limiter.acquire("a", limit: one)
          order.withLock { $0.append(number) }
          #expect(limiter.inFlight("a") == 1)
          limiter.release("a", limit: one)
        }
        await untilTrue { limiter.waiting("a") == number + 1 }
      }
      limiter.release("a", limit: one)
      try await group.waitForAll()
    }
    #expect(order.withLock { $0 } == Array(0..<20))
    #expect(limiter.inFlight("a") == 0)
  }

  @Test func whoGivesUpLeavesNoGap() async throws {
    let clock = ManualClock()
    let limiter = RateLimiter(clock: clock)
    try await limiter.acquire("a", limit: slow)
    // The first waits for the clock, the others for the first.
    var tasks: [Task<Duration, any Error>] = []
    for number in 0..<4 {
      tasks.append(Task { try await limiter.acquire("a", limit: slow) })
      if number == 0 {
        await clock.untilSleeping()
      } else {
        await untilTrue { limiter.waiting("a") == number }
      }
    }
    tasks[0].cancel()
    tasks[2].cancel()
    for number in [0, 2] { #expect(await tasks[number].result.failure is CancellationError) }
    await clock.untilSleeping()
    clock.advance(by: .milliseconds(500))
    #expect(try await tasks[1].value == .milliseconds(500))
    await clock.untilSleeping()
    clock.advance(by: .milliseconds(500))
    #expect(try await tasks[3].value == .seconds(1))
    #expect(limiter.inFlight("a") == 3)
    #expect(limiter.waiting("a") == 0)
  }

  @Test func aPauseHoldsEverybodyBack() async throws {
    let clock = ManualClock(isAutomatic: true)
    let limiter = RateLimiter(clock: clock)
    limiter.pause("a", for: .seconds(10))
    limiter.pause("a", for: .seconds(3))
    try await limiter.acquire("b", limit: slow)
    #expect(clock.now.offset == .zero)
    try await limiter.acquire("a", limit: slow)
    #expect(clock.now.offset == .seconds(10))
  }

  @Test func neverMoreInFlightThanAllowedWhateverHappens() async throws {
    let limiter = RateLimiter(clock: ContinuousClock())
    let limit = RateLimiter.Limit(perSecond: .infinity, maximumInFlight: 3)
    let most = Guarded((now: 0, most: 0))
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<500 {
        group.addTask {
          let task = Task {
            try await limiter.acquire("a", limit: limit)
            most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await Task.yield()
            most.withLock { $0.now -= 1 }
            limiter.release("a", limit: limit)
          }
          if number % 3 == 0 { task.cancel() }
          _ = await task.result
        }
      }
    }
    #expect(most.withLock { $0.most } <= 3)
    #expect(most.withLock { $0.now } == 0)
    #expect(limiter.inFlight("a") == 0)
    #expect(limiter.waiting("a") == 0)
  }
}

@Suite(.timeLimit(.minutes(20))) struct PoliteClientTests {
  private func answer(_ status: Int, retryAfter: String? = nil) -> Result<HTTPResponse, HTTPError> {
    let headers = retryAfter.map { [(name: "Retry-After", value: $0)] } ?? []
    return .success(HTTPResponse(status: status, headers: headers, url: "http://a/"))
  }

  private func failed(_ code: HTTPError.Code, sent: Bool) -> Result<HTTPResponse, HTTPError> {
    .failure(HTTPError(code: code, mayHaveReachedServer: sent, url: "http://a/?secret", message: ""))
  }

  private func polite(
    _ client: ScriptedClient, _ clock: ManualClock, surfaces: [PoliteClient.Surface] = [],
    observer: (@Sendable (PoliteClient.Event) -> Void)? = nil
  ) -> PoliteClient {
    PoliteClient(
      client, surfaces: surfaces, limit: .none, clock: clock, generator: Counting(), observer: observer)
  }

  @Test func asksAgainUntilItGetsAnAnswer() async throws {
    let inner = ScriptedClient([answer(503), failed(.timedOut, sent: true), answer(200)])
    let clock = ManualClock(isAutomatic: true)
    let events = Guarded<[PoliteClient.Event]>([])
    let client = polite(inner, clock) { event in events.withLock { $0.append(event) } }
    #expect(try await client.send(HTTPRequest("GET", "http://a/x?token=secret")).status == 200)
    #expect(inner.asked == 3)
    let kinds = events.withLock { $0.map(\.kind) }
    guard kinds.count == 8, case .willRepeat(let first) = kinds[2], case .willRepeat(let second) = kinds[5]
    else {
      Issue.record("\(kinds)")
      return
    }
    #expect(
      kinds == [
        .started, .answered(status: 503), .willRepeat(after: first), .started, .failed(.timedOut),
        .willRepeat(after: second), .started, .answered(status: 200),
      ])
    #expect(clock.now.offset == first + second)
    #expect(events.withLock { $0.allSatisfy { $0.url == "http://a/x" && $0.surface == "http://a:80" } })
    #expect(events.withLock { $0.map(\.attempt) } == [1, 1, 1, 2, 2, 2, 3, 3])
  }

  @Test func givesTheLastAnswerWhenItGivesUp() async throws {
    let inner = ScriptedClient(Array(repeating: answer(502), count: 10))
    let client = polite(inner, ManualClock(isAutomatic: true))
    #expect(try await client.send(HTTPRequest("GET", "http://a/")).status == 502)
    #expect(inner.asked == 4)
  }

  @Test func aMessageIsSentAgainOnlyWhenItCannotHaveArrived() async throws {
    let inner = ScriptedClient([failed(.notConnected, sent: false), failed(.timedOut, sent: true)])
    let client = polite(inner, ManualClock(isAutomatic: true))
    let error = try await failure(of: client, HTTPRequest("POST", "http://a/", body: [1]))
    #expect(error.code == .timedOut)
    #expect(error.mayHaveReachedServer)
    #expect(inner.asked == 2)
  }

  @Test func anEarlierSendingIsNotForgottenInTheLastError() async throws {
    let answers =
      [failed(.timedOut, sent: true)] + Array(repeating: failed(.notConnected, sent: false), count: 3)
    let client = polite(ScriptedClient(answers), ManualClock(isAutomatic: true))
    let error = try await failure(of: client, HTTPRequest("GET", "http://a/"))
    #expect(error.code == .notConnected)
    #expect(error.mayHaveReachedServer)
  }

  @Test func aBusySurfaceIsLeftAloneByEverybody() async throws {
    let clock = ManualClock()
    let inner = ScriptedClient([answer(429, retryAfter: "10")])
    let surfaces = ["/api/", "/shop/"].map {
      PoliteClient.Surface(name: $0, host: "a", pathPrefix: $0, limit: .none)
    }
    let client = polite(inner, clock, surfaces: surfaces)
    let first = Task { try await client.send(HTTPRequest("GET", "http://a/api/1")).status }
    await clock.untilSleeping()
    let second = Task { try await client.send(HTTPRequest("GET", "http://a/api/2")).status }
    await clock.untilSleeping(2)
    #expect(try await client.send(HTTPRequest("GET", "http://a/shop/1")).status == 200)
    #expect(inner.asked == 2)
    clock.advance(by: .seconds(11))
    #expect(try await first.value == 200)
    #expect(try await second.value == 200)
    #expect(inner.asked == 4)
  }

  @Test func theLongestFittingPathDecides() async throws {
    let clock = ManualClock(isAutomatic: true)
    let seen = Guarded<[String]>([])
    let surfaces = [("/", nil), ("/shop/", "a"), ("/shop/api/v2/", "a"), ("/shop/", nil)].map {
      PoliteClient.Surface(name: "\($0.1 ?? "*")\($0.0)", host: $0.1, pathPrefix: $0.0, limit: .none)
    }
    let client = polite(ScriptedClient([]), clock, surfaces: surfaces) { event in
      if event.kind == .started { seen.withLock { $0.append(event.surface) } }
    }
    for url in [
      "http://a/shop/api/v2/orders", "http://a/shop/p/", "http://b/shop/p/", "http://a/x", "https://c",
    ] {
      _ = try await client.send(HTTPRequest("GET", url))
    }
    #expect(seen.withLock { $0 } == ["a/shop/api/v2/", "a/shop/", "*/shop/", "*/", "*/"])
  }

  @Test func cancellingWhileItWaitsSaysWhetherSomethingWasSent() async throws {
    for sent in [true, false] {
      let clock = ManualClock()
      let client = polite(ScriptedClient([failed(.connectionLost, sent: sent)]), clock)
      let task = Task { try await client.send(HTTPRequest("GET", "http://a/")) }
      await clock.untilSleeping()
      task.cancel()
      let error = try #require(await task.result.failure as? HTTPError)
      #expect(error.code == .cancelled)
      #expect(error.mayHaveReachedServer == sent)
    }
  }

  @Test func worksOverRealSockets() async throws {
    let server = try RudeServer { request in
      request.connection == 0 && request.turn == 0
        ? [.answer(429, headers: [("Retry-After", "2")])] : [.answer()]
    }
    let clock = ManualClock(isAutomatic: true)
    try await withClient { client async throws in
      let polite = PoliteClient(client, limit: .none, clock: clock, generator: Counting())
      #expect(try await polite.send(HTTPRequest("GET", server.url)).status == 200)
    }
    #expect(clock.now.offset >= .seconds(2))
    #expect(server.record.requests.count == 2)
  }
}
