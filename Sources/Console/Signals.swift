import Dispatch
import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into cancellation: the first asks, the second ends the process at once.
///
/// Sendable by this rule: the sources are kept alive from `init` to `deinit` and never touched in between.
public final class Signals: @unchecked Sendable {
  private let sources: [any DispatchSourceSignal]

  /// Starts listening.
  ///
  /// SIGPIPE is ignored as well: a reader of our output that goes away must not end a half written file.
  ///
  /// - Parameter cancel: Called once, on another thread, at the first signal.
  public init(cancel: @escaping @Sendable () -> Void) {
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "signals")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if Self.isFirst(number) { cancel() } else { _exit(128 + number) }
      }
      source.resume()
      return source
    }
  }

  /// How a run ends that was stopped by a signal; `nil` when none came.
  public static var status: ExitStatus? {
    switch first.withLock({ $0 }) {
    case .some(SIGINT): .interrupted
    case .some: .terminated
    case .none: nil
    }
  }

  /// The first signal that came; a process runs one command.
  private static let first = Mutex<Int32?>(nil)

  private static func isFirst(_ number: Int32) -> Bool {
    first.withLock { first in
      guard first == nil else { return false }
      first = number
      return true
    }
  }
}
