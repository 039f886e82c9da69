/// How a command ended, as the shell sees it.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Done, also when nothing changed.
  case done = 0
  /// Failed; nothing published or sent.
  case failed = 1
  /// Some items failed; what is there is complete and consistent.
  case partly = 3
  /// Refused by policy; the last good feed is kept.
  case refused = 4
  /// Another run holds the lock.
  case locked = 11
  /// The command line is wrong.
  case usage = 64
  /// The input file is bad.
  case badInput = 65
  /// Temporary; safe to run again.
  case temporary = 75
  /// The configuration is bad.
  case configuration = 78
  /// Stopped by SIGINT; resumable.
  case interrupted = 130
  /// Stopped by SIGTERM; resumable.
  case terminated = 143
}
