import Dispatch
import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into cancellation: the first asks, the second ends the process at once.
public final class Signals: Sendable {
  private let received = Mutex<Int32?>(nil)
  private let sources: Mutex<[any DispatchSourceSignal]>

  /// Starts listening.
  ///
  /// SIGPIPE is ignored as well: a reader of our output that goes away must not end a half written file.
  ///
  /// - Parameter cancel: Called once, on another thread, at the first signal.
  public init(cancel: @escaping @Sendable () -> Void) {
    sources = Mutex([])
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "signals")
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in
        let isFirst =
          self?.received.withLock { received in
            defer { received = received ?? number }
            return received == nil
          } ?? false
        if isFirst { cancel() } else { _exit(128 + number) }
      }
      source.resume()
      sources.withLock { $0.append(source) }
    }
  }

  /// How a run ends that was stopped by a signal; `nil` when none came.
  public var status: ExitStatus? {
    switch received.withLock({ $0 }) {
    case .some(SIGINT): .interrupted
    case .some: .terminated
    case .none: nil
    }
  }
}
