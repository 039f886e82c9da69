import Store

/// The bodies that the gateway sends when something is wrong.
enum WAHAReply {
  /// Shape A: the framework's own words.
  static func plain(_ status: Int, _ message: String, error: String? = nil) -> Reply {
    var fields: [String: JSONValue] = ["message": .string(message), "statusCode": .integer(status)]
    if let error { fields["error"] = .string(error) }
    return .json(.object(fields), status: status)
  }

  /// Shape B: the session is not in a state to do it.
  static func wrongStatus(_ session: String, _ status: WAHAState.Status, expected: WAHAState.Status) -> Reply
  {
    .json(
      [
        "error": .string("Session status is not as expected. Try again later or restart the session"),
        "session": .string(session), "status": .string(status.rawValue),
        "expected": .texts([expected.rawValue]),
      ], status: 422)
  }

  /// Shape B for a session that is not there.
  static func noSession(_ session: String) -> Reply {
    .json(
      ["error": .string("Session \"\(session)\" does not exist"), "session": .string(session)], status: 422)
  }

  /// Shape C: thrown inside; repeats the whole request.
  static func thrown(_ message: String, name: String = "Error", request: Request, now: Int64) -> Reply {
    .json(
      [
        "statusCode": .integer(500), "timestamp": .string(String(Moment.utc(now).dropLast()) + ".000Z"),
        "exception": .object([
          "message": .string(message), "name": .string(name), "code": .integer(2),
          "details": .string(message.replacing("2 UNKNOWN: ", with: "")), "metadata": .object([:]),
          "stack": .string("\(name): \(message)\n    at demo (simulator.js:1:1)"),
        ]),
        "request": .object([
          "path": .string("/" + request.segments.dropFirst().joined(separator: "/")),
          "method": .string(request.method),
          "body": JSONValue(body: request.body) ?? .null, "query": .object([:]),
        ]),
        "version": [
          "version": .string("2026.7.1"), "engine": .string("GOWS"), "tier": .string("CORE"),
        ],
      ], status: 500)
  }

  /// What the gateway says it is.
  static func version(_ state: WAHAState) -> JSONValue {
    [
      "version": .string(state.version), "engine": .string(state.engine.rawValue), "tier": .string("CORE"),
    ]
  }
}
