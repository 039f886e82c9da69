public import HTTP

/// What one attempt to send a text means, and what to do next.
public struct SendVerdict: Sendable, Hashable {
  /// Whether the message is on its way.
  public enum Outcome: String, Sendable, CaseIterable {
    /// WAHA has it, under our id.
    case accepted
    /// Nobody knows.
    case unknown
    /// It certainly did not leave.
    case notSent = "not-sent"
    /// It did not leave, and asking again changes nothing.
    case refused
  }

  /// What to do next.
  public enum Step: Sendable, Hashable {
    /// On to the next message.
    case goOn
    /// Look the message up by its id.
    case lookUp
    /// Look it up as far as possible, then end the run.
    case lookUpAndStop
    /// Wait, then try again; the server may say how long.
    case backOff(Duration?)
    /// End the run.
    case stop
    /// Put this message aside for a person.
    case park
    /// Put this recipient's messages aside.
    case parkRecipient
    /// Read the session's state and act on it.
    case checkSession
    /// No messages to new people for hours.
    case holdNewContacts
    /// Remember; with a second recipient in a row, restart the session once.
    case suspectDevice
    /// Pause for minutes, go on slower.
    case pause
  }

  /// The class.
  public var outcome: Outcome
  /// What follows.
  public var step: Step
  /// A word for journal and reports; never from the answer itself.
  public var reason: String
  /// The chat that an accepted message is filed under, where the answer names it.
  public var chat: String?

  /// The word for a message that was taken under another id than ours.
  static let foreignID = "foreign_id"

  init(_ outcome: Outcome, _ step: Step, _ reason: String, chat: String? = nil) {
    self.outcome = outcome
    self.step = step
    self.reason = reason
    self.chat = chat
  }

  /// Judges the answer to one `sendText`.
  ///
  /// Pure. The table is in <doc:WAHAErrors>; in doubt the outcome is `unknown`, never `notSent`.
  ///
  /// - Parameters:
  ///   - result: The answer, or why there is none.
  ///   - sentID: The raw id that was sent along, or `nil` for engines that take none.
  /// - Returns: Class, next step and a word for it.
  public static func judge(_ result: Result<HTTPResponse, HTTPError>, sentID: String?) -> SendVerdict {
    switch result {
    case .failure(let error): judge(error)
    case .success(let response):
      (200...299).contains(response.status)
        ? judgeSuccess(response, sentID: sentID) : judge(WAHAFailure(response))
    }
  }

  private static func judge(_ error: HTTPError) -> SendVerdict {
    if error.mayHaveReachedServer {
      return switch error.code {
      case .cancelled: SendVerdict(.unknown, .lookUpAndStop, "interrupted")
      case .timedOut: SendVerdict(.unknown, .lookUp, "timed_out")
      case .tooLarge: SendVerdict(.unknown, .lookUp, "answer_too_large")
      case .badAnswer, .badRedirect: SendVerdict(.unknown, .lookUp, "answer_broken")
      case .connectionLost, .notConnected, .invalidRequest: SendVerdict(.unknown, .lookUp, "connection_lost")
      }
    }
    return switch error.code {
    case .cancelled: SendVerdict(.notSent, .stop, "interrupted")
    case .invalidRequest: SendVerdict(.refused, .stop, "bad_address")
    case .notConnected, .timedOut, .connectionLost, .tooLarge, .badAnswer, .badRedirect:
      SendVerdict(.notSent, .backOff(nil), "not_connected")
    }
  }

  private static func judgeSuccess(_ response: HTTPResponse, sentID: String?) -> SendVerdict {
    if WAHAAnswer.isPage(response) { return SendVerdict(.unknown, .lookUpAndStop, "proxy_page") }
    guard let value = WAHAAnswer.json(response), let raw = WAHAAnswer.rawID(value) else {
      return SendVerdict(.unknown, .lookUp, "answer_without_id")
    }
    if let sentID, raw != sentID { return SendVerdict(.unknown, .lookUp, Self.foreignID) }
    return SendVerdict(.accepted, .goOn, "accepted", chat: WAHAAnswer.chat(value))
  }

  private static func judge(_ failure: WAHAFailure) -> SendVerdict {
    switch failure.status {
    case 401, 403: return SendVerdict(.refused, .stop, "unauthorized")
    case 404, 405, 501: return SendVerdict(.refused, .stop, "no_such_call")
    case 408: return SendVerdict(.unknown, .lookUp, "timed_out")
    case 413: return SendVerdict(.notSent, .park, "too_large")
    case 422: return SendVerdict(.notSent, .checkSession, "session_not_working")
    case 429: return SendVerdict(.notSent, .backOff(failure.retryAfter), "too_many_requests")
    case 400...499: return SendVerdict(.refused, .park, "bad_request")
    case 503 where failure.retryAfter != nil:
      return SendVerdict(.notSent, .backOff(failure.retryAfter), "too_many_requests")
    case 500 where !failure.isPage: return judgeException(failure)
    case 500...599: return SendVerdict(.unknown, .lookUp, "gateway_error")
    default: return SendVerdict(.refused, .stop, "no_such_call")
    }
  }

  private static func judgeException(_ failure: WAHAFailure) -> SendVerdict {
    func says(_ words: String...) -> Bool { words.contains { failure.cause.contains($0) } }
    if failure.names(error: 463) { return SendVerdict(.notSent, .holdNewContacts, "new_contacts_limited") }
    if failure.names(error: 400) || failure.names(error: 479) {
      return SendVerdict(.notSent, .suspectDevice, "device_session_broken")
    }
    if says("no lid found", "no lid for user") { return SendVerdict(.notSent, .parkRecipient, "no_lid") }
    if says("rate-overlimit") { return SendVerdict(.notSent, .pause, "rate_overlimit") }
    if says("request entity too large") { return SendVerdict(.notSent, .park, "too_large") }
    if says("websocket not connected") {
      return SendVerdict(.notSent, .checkSession, "websocket_not_connected")
    }
    if says("deadline_exceeded", "deadline exceeded", "timed out", "protocolerror") {
      return SendVerdict(.unknown, .lookUp, "deadline")
    }
    return SendVerdict(.unknown, .lookUp, "server_error")
  }
}
