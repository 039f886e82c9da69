import Synchronization

/// One request on its way through the client.
struct CurlJob: Sendable {
  typealias Outcome = Result<HTTPResponse, HTTPError>

  let request: CheckedRequest
  let ticket: CurlTicket
  /// Resumed exactly once, by the client's thread.
  let continuation: CheckedContinuation<Outcome, Never>

  func fail(_ code: HTTPError.Code, _ message: String) {
    continuation.resume(
      returning: .failure(
        HTTPError(code: code, mayHaveReachedServer: false, url: request.url, message: message)))
  }
}

/// The identity of a request, and whether its task was cancelled.
final class CurlTicket: Sendable {
  private let cancelled = Atomic(false)

  var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

  func cancel() { cancelled.store(true, ordering: .releasing) }
}

/// Where tasks leave work for the thread that owns libcurl.
final class CurlMailbox: Sendable {
  /// What the thread finds.
  struct Mail: Sendable {
    var jobs: [CurlJob] = []
    var cancelled: [CurlTicket] = []
    /// Steps of tasks that run on the thread.
    var steps: [UnownedJob] = []
    var isClosing = false

    var isEmpty: Bool { jobs.isEmpty && cancelled.isEmpty && steps.isEmpty && !isClosing }
  }

  private struct State {
    var mail = Mail()
    /// Whether the thread has looked last and now waits for the bell.
    var isWaiting = false
    var isFinished = false
    var wakeUp: CurlWakeUp?
    var untilFinished: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Leaves a job; `false` when the client is closed, and then the job is not kept.
  func submit(_ job: CurlJob) -> Bool { leave { $0.jobs.append(job) } }

  /// Leaves a step of a task; `false` when the client is closed, and then the step is not kept.
  func submit(_ step: UnownedJob) -> Bool { leave { $0.steps.append(step) } }

  private func leave(_ add: (inout Mail) -> Void) -> Bool {
    state.withLock { state in
      guard !state.mail.isClosing else { return false }
      add(&state.mail)
      Self.wake(&state)
      return true
    }
  }

  func cancel(_ ticket: CurlTicket) {
    ticket.cancel()
    state.withLock { state in
      state.mail.cancelled.append(ticket)
      Self.wake(&state)
    }
  }

  func close() {
    state.withLock { state in
      state.mail.isClosing = true
      Self.wake(&state)
    }
  }

  /// Waits until the thread has let go of libcurl.
  func untilFinished() async {
    await withCheckedContinuation { continuation in
      let isFinished = state.withLock { state in
        if !state.isFinished { state.untilFinished = continuation }
        return state.isFinished
      }
      if isFinished { continuation.resume() }
    }
  }

  // MARK: For the thread

  /// Says how to interrupt the thread's waiting, or, with `nil`, that it no longer waits.
  func setWakeUp(_ wakeUp: CurlWakeUp?) { state.withLock { $0.wakeUp = wakeUp } }

  /// Takes everything.
  func take() -> Mail {
    state.withLock { state in
      state.isWaiting = false
      guard !state.mail.isEmpty else { return Mail() }
      let mail = state.mail
      state.mail = Mail(isClosing: mail.isClosing)
      return mail
    }
  }

  /// Asks whether the thread may wait: `false` when there is something to take; after `true` the next thing rings the bell.
  func mayWait() -> Bool {
    state.withLock { state in
      state.isWaiting = state.mail.isEmpty
      return state.isWaiting
    }
  }

  /// The thread's last word.
  func finish() {
    let waiting = state.withLock { state in
      state.isFinished = true
      state.wakeUp = nil
      defer { state.untilFinished = nil }
      return state.untilFinished
    }
    waiting?.resume()
  }

  /// Under the lock, so that the handle behind `wakeUp` is still there.
  private static func wake(_ state: inout State) {
    guard state.isWaiting, let wakeUp = state.wakeUp else { return }
    state.isWaiting = false
    wakeUp()
  }
}
