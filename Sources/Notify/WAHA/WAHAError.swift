/// Why WAHA did not do what was asked, for everything but sending a text.
///
/// Carries no body: answers of WAHA repeat telephone and text of the request.
public struct WAHAError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What callers tell apart.
  public enum Code: String, Sendable, CaseIterable {
    /// 401 or 403: the key is wrong or may not do this.
    case unauthorized
    /// No connection, or no complete answer.
    case unreachable
    /// 404, 405 or 501: no such call, session or message.
    case notFound = "not-found"
    /// 422: the session is not in the state for it.
    case notReady = "not-ready"
    /// 429 or WhatsApp's own limit.
    case limited
    /// 400 or another refusal.
    case refused
    /// 5xx.
    case failed
    /// Not JSON, or without what was asked for.
    case badAnswer = "bad-answer"
    /// A page of a proxy instead of an answer.
    case proxyPage = "proxy-page"
  }

  /// The kind.
  public var code: Code
  /// The call, without recipient: `GET /api/sessions/…`.
  public var call: String
  /// What happened, in words of ours.
  public var detail: String
  /// The session's status, when the answer names it.
  public var status: SessionStatus?

  init(_ code: Code, _ call: String, _ detail: String, status: SessionStatus? = nil) {
    self.code = code
    self.call = call
    self.detail = detail
    self.status = status
  }

  /// What a person should do.
  public var hint: String {
    switch code {
    case .unauthorized: "Check notifier.waha.key: it must be the plain key of this WAHA."
    case .unreachable: "Check that WAHA runs and notifier.waha.url points at it, then run again."
    case .notFound: "Check notifier.waha.url and session; this program needs WAHA 2024.11 or newer."
    case .notReady: status.map { SessionAdvice.of($0).sentence } ?? "Look at 'session status'."
    case .limited: "WhatsApp asks for a pause; run again in an hour, with a slower pace."
    case .refused: "Update WAHA and this program; then report the call."
    case .failed: "Look into WAHA's log, restart the session if it stays."
    case .badAnswer: "Look into WAHA's log; run again later."
    case .proxyPage: "Something between us and WAHA answers in its place: check notifier.waha.url."
    }
  }

  /// What, where, what to do.
  public var description: String { "\(detail) (\(call)). \(hint)" }
}
