import Model

/// A stretch of creation dates, both ends included.
struct OrderWindow: Sendable, Equatable {
  var from: Instant
  var to: Instant

  /// One hour under the fourteen days that the API allows.
  static let longest = Duration.seconds(14 * 86_400 - 3600)

  /// Cuts a period into windows, newest first, without gap or overlap.
  static func cut(from: Instant, to: Instant, longest: Duration = longest) -> [OrderWindow] {
    var windows: [OrderWindow] = []
    var end = to
    while end >= from {
      let start = max(from, end.advanced(by: .zero - longest))
      windows.append(OrderWindow(from: start, to: end))
      end = start.advanced(by: .milliseconds(-1))
    }
    return windows
  }
}
