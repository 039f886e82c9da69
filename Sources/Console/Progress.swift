import Synchronization

/// A bar on a terminal: done, total, rate and the time left.
///
/// Redrawn at most ten times a second, and not at all where nobody looks.
public final class Progress: Sendable {
  private struct State {
    var drawn: ContinuousClock.Instant?
    var width = 0
  }

  private let title: String
  private let isShown: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())
  private let write: @Sendable (String) -> Void

  init(title: String, isShown: Bool, write: @escaping @Sendable (String) -> Void) {
    self.title = title
    self.isShown = isShown
    self.write = write
  }

  /// Shows how far it is.
  ///
  /// - Parameters:
  ///   - done: Items done.
  ///   - total: Items in all; 0 while unknown.
  ///   - note: What is being done, or empty.
  public func show(_ done: Int, of total: Int, note: String = "") {
    guard isShown else { return }
    let now = ContinuousClock.now
    state.withLock { state in
      if let drawn = state.drawn, now - drawn < .milliseconds(100), done != total { return }
      state.drawn = now
      let line = Self.line(title: title, done: done, total: total, elapsed: now - start, note: note)
      write("\r" + line + String(repeating: " ", count: max(0, state.width - line.count)))
      state.width = line.count
    }
  }

  /// Takes the bar away.
  public func finish() {
    guard isShown else { return }
    state.withLock { state in
      if state.width > 0 { write("\r" + String(repeating: " ", count: state.width) + "\r") }
      state.width = 0
    }
  }

  /// One drawing of the bar.
  ///
  /// - Parameters:
  ///   - title: What is counted.
  ///   - done: Items done.
  ///   - total: Items in all; 0 while unknown.
  ///   - elapsed: Time since the start.
  ///   - note: What is being done.
  /// - Returns: `pages [#####-----] 120/240 60/s 2 s left note`.
  static func line(title: String, done: Int, total: Int, elapsed: Duration, note: String) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rate = seconds > 0 ? Double(done) / seconds : 0
    var parts = [title]
    if total > 0 {
      let filled = min(20, done * 20 / total)
      parts.append(
        "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: 20 - filled) + "]")
      parts.append("\(done)/\(total)")
    } else {
      parts.append("\(done)")
    }
    if rate > 0 {
      parts.append(rate >= 10 ? "\(Int(rate))/s" : "\((rate * 10).rounded() / 10)/s")
      if total > done { parts.append("\(Int((Double(total - done) / rate).rounded(.up))) s left") }
    }
    if !note.isEmpty { parts.append(note) }
    return parts.joined(separator: " ")
  }
}
