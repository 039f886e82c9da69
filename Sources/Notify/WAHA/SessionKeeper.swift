import Model

/// Brings a session into the state in which it can send, as far as a program may.
public struct SessionKeeper: Sendable {
  private let waha: WAHAClient
  private let time: Timekeeper
  /// Longest wait for a session that connects.
  private let patience: Duration

  /// Makes a keeper.
  ///
  /// - Parameters:
  ///   - waha: The client.
  ///   - time: Waits between two looks.
  ///   - patience: Longest wait for a session that connects.
  public init(_ waha: WAHAClient, time: Timekeeper, patience: Duration = .seconds(120)) {
    self.waha = waha
    self.time = time
    self.patience = patience
  }

  /// Waits for the session to work; starts a stopped one, restarts a failed one once.
  ///
  /// - Returns: The state it ended in; anything but `working` needs a person or another run.
  /// - Throws: ``WAHAError``, or `CancellationError`.
  public func makeReady() async throws -> WAHASession {
    let end = time.now.advanced(by: patience)
    var (isStarted, isRestarted) = (false, false)
    while true {
      let info = try await waha.sessionInfo()
      switch SessionAdvice.of(info.status) {
      case .send, .tell: return info
      case .start:
        if !isStarted { try await waha.start() }
        isStarted = true
      case .restart:
        if isRestarted { return info }
        try await waha.restart()
        isRestarted = true
      case .wait: break
      }
      if time.now >= end { return info }
      try await time.sleep(.seconds(3))
    }
  }
}
