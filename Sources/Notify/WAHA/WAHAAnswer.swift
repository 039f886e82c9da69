import HTTP
import Store

/// A failed answer of WAHA, reduced to what decides; five shapes, see <doc:WAHAErrors>.
struct WAHAFailure: Sendable, Equatable {
  /// HTTP status.
  var status: Int
  /// The cause in small letters, of `exception`, `message` or `error`; never shown, it may name a telephone.
  var cause: String
  /// The session's state, in shape B.
  var sessionStatus: SessionStatus?
  /// Whether a page came instead of JSON.
  var isPage: Bool
  /// What the server asks to wait, or `nil`.
  var retryAfter: Duration?

  init(_ response: HTTPResponse) {
    status = response.status
    isPage = WAHAAnswer.isPage(response)
    retryAfter = response.header("Retry-After").flatMap { Int($0.trimmed) }.flatMap {
      (0...86_400).contains($0) ? .seconds($0) : nil
    }
    cause = ""
    sessionStatus = nil
    guard let value = WAHAAnswer.json(response) else { return }
    // Only these members: "request" repeats the text of the message, which may say anything.
    let exception = value["exception"]
    let texts =
      [
        exception?["message"], exception?["details"], value["message"], value["error"],
        value["error"]?["message"],
      ].compactMap { $0?.string } + (value["message"]?.array ?? []).compactMap(\.string)
    cause = texts.joined(separator: "\n").lowercased()
    if value["session"]?.string != nil || value["expected"]?.array != nil {
      sessionStatus = value["status"]?.string.map(SessionStatus.init(wire:))
    }
  }

  /// Whether the cause names an engine error by number: `error 463`, but not `error 4630`.
  func names(error number: Int) -> Bool {
    let wanted = "error \(number)"
    var rest = cause[...]
    while let found = rest.firstRange(of: wanted) {
      rest = rest[found.upperBound...]
      if rest.first?.isNumber != true { return true }
    }
    return false
  }
}

/// What an answer of WAHA holds.
enum WAHAAnswer {
  /// The body as JSON, or `nil` when it is none.
  static func json(_ response: HTTPResponse) -> JSONValue? {
    do throws(JSONError) {
      return try JSONValue(parsing: response.body)
    } catch {
      // Empty, cut, a page: callers ask what it means, not where it broke.
      return nil
    }
  }

  /// Whether a page of a proxy or a web server came.
  static func isPage(_ response: HTTPResponse) -> Bool {
    if response.header("Content-Type")?.lowercased().contains("html") == true { return true }
    return response.body.first { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF } == 0x3C
  }

  /// The chat in an answer's full id, or `nil`.
  static func chat(_ value: JSONValue) -> String? {
    let full = value["id"]?.string ?? value["id"]?["_serialized"]?.string
    let parts = full?.split(separator: "_", omittingEmptySubsequences: false) ?? []
    return parts.count >= 3 ? String(parts[1]) : value["key"]?["remoteJid"]?.string
  }

  /// The raw message id in an answer of any engine, or `nil`.
  ///
  /// GOWS puts it behind `true_<chat>_`, WEBJS into an object, NOWEB into `key`.
  static func rawID(_ value: JSONValue) -> String? {
    func raw(_ text: String?) -> String? {
      guard let text, !text.isEmpty else { return nil }
      let parts = text.split(separator: "_", omittingEmptySubsequences: false)
      if parts.count == 1 { return text }
      return parts.count >= 3 && !parts[2].isEmpty ? String(parts[2]) : nil
    }
    func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    return raw(value["id"]?.string) ?? filled(value["id"]?["id"]?.string) ?? raw(
      value["id"]?["_serialized"]?.string)
      ?? filled(value["key"]?["id"]?.string) ?? filled(value["_data"]?["Info"]?["ID"]?.string)
  }
}
