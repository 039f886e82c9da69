/// How much slower than agreed a surface is asked, because it seems to suffer.
///
/// Pure. Doubles its distance after a 429 or 503, goes up by half after an answer that took three times as long as
/// usual and more than a second, and comes back by a twentieth with every good answer.
public struct AdaptivePace: Sendable, Equatable {
  /// How many times the agreed distance between two requests; 1 when all is well.
  public private(set) var factor = 1.0
  /// What answers usually take, in seconds; `nil` before the first.
  private var usual: Double?

  /// Farthest that requests are pulled apart.
  public static let slowest = 16.0

  /// All is well.
  public init() {}

  /// Learns from one answer.
  ///
  /// - Parameters:
  ///   - status: The answer's status; `nil` when none came.
  ///   - time: From sending to the last byte.
  public mutating func learn(status: Int?, time: Duration) {
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    switch status {
    case 429, 503: factor = min(factor * 2, Self.slowest)
    case nil: factor = min(factor * 1.5, Self.slowest)
    case .some(let code) where code >= 500: factor = min(factor * 1.5, Self.slowest)
    default:
      if let usual, seconds > 1, seconds > 3 * usual {
        factor = min(factor * 1.5, Self.slowest)
      } else {
        factor = max(1, factor * 0.95)
      }
      // Slow answers move the idea of the usual only slowly, so that a server in trouble does not become the norm.
      usual = usual.map { $0 + (seconds - $0) * (seconds > $0 ? 0.02 : 0.2) } ?? seconds
    }
  }

  /// What is added to the agreed distance; a surface without one gets a tenth of a second to begin with.
  ///
  /// - Parameter interval: The agreed distance.
  /// - Returns: 0 when all is well.
  public func slack(for interval: Duration) -> Duration {
    factor <= 1.01 ? .zero : max(interval, .milliseconds(100)) * (factor - 1)
  }
}
