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

extension WAHAClient {
  /// Brings the session to where it can be linked: made when missing, started, restarted once when it failed.
  ///
  /// - Parameters:
  ///   - time: Waits between two looks.
  ///   - patience: Longest wait.
  /// - Returns: `working` when it is linked already, `scanCode` when a code may be asked for, or where it stuck.
  /// - Throws: ``WAHAError``, or `CancellationError`.
  public func waitForLinking(
    _ time: Timekeeper, patience: Duration = .seconds(60)
  ) async throws -> SessionStatus {
    let end = time.now.advanced(by: patience)
    var (isMade, isStarted, isRestarted) = (false, false, false)
    while true {
      guard let status = try await statusOrMissing() else {
        if isMade { return .stopped }
        isMade = true
        try await create()
        continue
      }
      switch status {
      case .working, .scanCode, .passkeyRequired, .passkeyConfirmation, .other: return status
      case .stopped:
        if !isStarted { try await start() }
        isStarted = true
      case .failed:
        if isRestarted { return status }
        isRestarted = true
        try await restart()
      case .starting: break
      }
      if time.now >= end { return status }
      try await time.sleep(.seconds(2))
    }
  }

  /// The session's state, or `nil` when WAHA does not know the session.
  private func statusOrMissing() async throws(WAHAError) -> SessionStatus? {
    do throws(WAHAError) {
      return try await sessionInfo().status
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }
}
