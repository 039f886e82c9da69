/// The state of a WhatsApp session in WAHA; a word nobody documented is kept as `other`.
public enum SessionStatus: Sendable, Hashable {
  /// Not running.
  case stopped
  /// Connecting, also at every reconnect.
  case starting
  /// Must be linked with the phone.
  case scanCode
  /// Linking waits for a passkey.
  case passkeyRequired
  /// Linking waits for a passkey to be confirmed.
  case passkeyConfirmation
  /// May send.
  case working
  /// Logged out, never linked, or given up.
  case failed
  /// Anything else, as on the wire: not working.
  case other(String)

  /// The wire's word.
  public var wire: String {
    switch self {
    case .stopped: "STOPPED"
    case .starting: "STARTING"
    case .scanCode: "SCAN_QR_CODE"
    case .passkeyRequired: "PASSKEY_REQUIRED"
    case .passkeyConfirmation: "PASSKEY_CONFIRMATION_REQUIRED"
    case .working: "WORKING"
    case .failed: "FAILED"
    case .other(let word): word
    }
  }

  /// Reads the wire's word.
  ///
  /// - Parameter wire: `status` of a session.
  public init(wire: String) {
    let known: [SessionStatus] = [
      .stopped, .starting, .scanCode, .passkeyRequired, .passkeyConfirmation, .working, .failed,
    ]
    self = known.first { $0.wire == wire } ?? .other(wire)
  }
}

/// What to do about a session's state.
public enum SessionAdvice: Sendable, Hashable {
  /// Send.
  case send
  /// Start it, then wait.
  case start
  /// Wait, two minutes at most.
  case wait
  /// Restart it once, then tell the operator.
  case restart
  /// Only a person can go on.
  case tell(String)

  /// The advice for a state.
  ///
  /// - Parameter status: The state.
  /// - Returns: What the notifier does.
  public static func of(_ status: SessionStatus) -> SessionAdvice {
    switch status {
    case .working: .send
    case .stopped: .start
    case .starting: .wait
    case .failed: .restart
    case .scanCode:
      .tell("The session is not linked: run 'kaspi-notifier session link --phone <the shop's own number>'.")
    case .passkeyRequired, .passkeyConfirmation:
      .tell("WhatsApp asks for a passkey: finish linking in WAHA's dashboard, in a browser.")
    case .other: .tell("The session is in a state that this program does not know: look at WAHA's dashboard.")
    }
  }

  /// One line for the operator.
  public var sentence: String {
    switch self {
    case .send: "The session works."
    case .start: "The session is stopped: run 'kaspi-notifier session start'."
    case .wait: "The session is connecting: run again in two minutes."
    case .restart:
      "The session has failed: run 'kaspi-notifier session restart', then link it again if it asks."
    case .tell(let sentence): sentence
    }
  }
}
