import Store

/// One answer, and how it goes over the wire.
struct Reply: Sendable {
  /// Status code.
  var status: Int
  /// Without length and connection.
  var headers: [(name: String, value: String)]
  /// The whole body.
  var body: [UInt8]
  /// What the wire does to it.
  var wire = Wire.whole

  /// What happens on the way.
  enum Wire: Sendable, Equatable {
    /// Nothing.
    case whole
    /// The length of the whole body is announced, so many bytes come, then the connection is closed.
    case cut(after: Int)
    /// Not one byte comes; the connection is closed when the client leaves or this many seconds are over.
    case silence(seconds: Double)
    /// Not one byte comes; the connection is reset.
    case reset
    /// So many bytes of filling; the length that is announced, or `nil` for none.
    case flood(bytes: Int, announced: Int?)
    /// The body as it is under another length.
    case announced(Int)
    /// The whole body under a length that is larger; then the connection is closed.
    case short(announced: Int)
  }

  /// An answer with a body of any kind.
  init(
    _ status: Int, type: String? = nil, _ body: [UInt8] = [], headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.headers = (type.map { [(name: "Content-Type", value: $0)] } ?? []) + headers
    self.body = body
  }

  /// JSON.
  static func json(_ value: JSONValue, status: Int = 200, type: String = "application/json; charset=utf-8")
    -> Reply
  {
    Reply(status, type: type, CanonicalJSON.line(value))
  }

  /// A page.
  static func html(_ text: String, status: Int = 200) -> Reply {
    Reply(status, type: "text/html; charset=utf-8", Array(text.utf8))
  }

  /// A page that only says what went wrong, as gateways and firewalls send it.
  static func errorPage(_ status: Int, _ words: String) -> Reply {
    html(
      "<!DOCTYPE html><html><head><title>\(status) \(words)</title></head>"
        + "<body><center><h1>\(status) \(words)</h1></center><hr><center>nginx</center></body></html>",
      status: status)
  }

  /// A file as it lies on disk, with a tag that changes with its bytes.
  static func file(_ bytes: [UInt8], type: String, request: Request) -> Reply {
    let tag = "\"\(Digest.sha256(bytes).prefix(32))\""
    let wanted = (request.header("if-none-match") ?? "").split(separator: ",").map { $0.trimmed }
    if wanted.contains(tag) || wanted.contains("*") {
      return Reply(304, headers: [(name: "ETag", value: tag)])
    }
    return Reply(200, type: type, bytes, headers: [(name: "ETag", value: tag)])
  }

  /// The value of a header without regard to case.
  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
