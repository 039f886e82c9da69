import Dispatch
import Glibc
import Synchronization

/// Waits for SIGINT or SIGTERM.
///
/// Sendable by this rule: the sources are kept alive from `init` to `deinit` and never touched in between.
final class StopSignal: @unchecked Sendable {
  private let stream: AsyncStream<Void>
  private let raised = Mutex(false)
  private let sources: [any DispatchSourceSignal]

  /// Starts listening; also ignores SIGPIPE, since clients leave in the middle of answers.
  init() {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    self.stream = stream
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "signals")
    let numbers = [SIGINT, SIGTERM]
    for number in numbers { signal(number, SIG_IGN) }
    let made = numbers.map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
    sources = made
    for (number, source) in zip(numbers, made) {
      source.setEventHandler { [weak self] in
        let isSecond = self?.raised.withLock { raised in
          defer { raised = true }
          return raised
        }
        if isSecond ?? true { _exit(128 + number) }
        continuation.yield()
      }
      source.resume()
    }
  }

  /// Whether a signal came.
  var isRaised: Bool { raised.withLock { $0 } }

  /// Returns at the first signal, or when the task is cancelled.
  func wait() async { for await _ in stream { return } }
}
