import Store

/// Something that goes wrong on purpose.
struct Fault: Sendable {
  /// What goes wrong.
  enum Kind: Sendable, Equatable {
    /// This status instead of an answer, maybe with `Retry-After` in seconds, maybe as HTML.
    case status(Int, retryAfter: Int?, isHTML: Bool, body: String?)
    /// The answer comes so much later.
    case delay(milliseconds: Int)
    /// The body ends early though its whole length was announced.
    case cutBody(Int)
    /// Not one byte comes for so many seconds; 0 closes the connection at once.
    case silence(seconds: Double)
    /// Not one byte comes, and the connection is reset: what a crashing server's system sends.
    case reset
    /// The right answer with some bytes of its body replaced: a renamed key, a `null`, bytes that are no text.
    case rewrite(find: [UInt8], with: [UInt8])
    /// Another address in place of an answer; `self` leads here again, for ever.
    case redirect(to: String, status: Int)
    /// A body of so many bytes, announced or not.
    case flood(bytes: Int, isAnnounced: Bool)
    /// A small packed body that unpacks to so many bytes.
    case bomb(bytes: Int)
    /// The announced length differs from the body's by so many bytes.
    case wrongLength(Int)
    /// The page that a firewall sends to those it does not like.
    case block(Int)
  }

  /// Number by which it is listed.
  var id: Int
  /// The stand-in it is for, or `nil` for all but the control endpoint.
  var surface: Surface?
  /// Paths that begin so, or `nil` for all.
  var path: String?
  /// Only this method, or `nil`.
  var method: String?
  /// What goes wrong.
  var kind: Kind
  /// Questions that go well before the first one that does not.
  var skip: Int
  /// How often; `nil` for ever.
  var remaining: Int?
  /// Whether the question is carried out before its answer is lost.
  var isAfter: Bool

  /// Whether it is for this question.
  func concerns(_ request: Request, surface: Surface) -> Bool {
    guard surface != .control, self.surface == nil || self.surface == surface else { return false }
    if let method, method != request.method { return false }
    if let path, !request.path.hasPrefix(path) { return false }
    return remaining != 0
  }

  /// As the control endpoint shows it.
  var json: JSONValue {
    var fields: [String: JSONValue] = [
      "id": .integer(id), "surface": .text(surface?.rawValue), "path": .text(path), "method": .text(method),
      "skip": .integer(skip), "times": remaining.map { .integer($0) } ?? .string("always"),
      "when": .string(isAfter ? "after" : "before"),
    ]
    switch kind {
    case .status(let code, let retryAfter, let isHTML, let body):
      fields["kind"] = .string("status")
      fields["status"] = .integer(code)
      fields["retryAfter"] = .number(retryAfter)
      fields["html"] = .bool(isHTML)
      fields["body"] = .text(body)
    case .delay(let milliseconds):
      fields["kind"] = .string("delay")
      fields["milliseconds"] = .integer(milliseconds)
    case .cutBody(let bytes):
      fields["kind"] = .string("cutBody")
      fields["bytes"] = .integer(bytes)
    case .silence(let seconds):
      fields["kind"] = .string(seconds == 0 ? "close" : "hang")
      fields["seconds"] = .decimal(seconds)
    case .reset: fields["kind"] = .string("reset")
    case .rewrite(let find, let with):
      fields["kind"] = .string("rewrite")
      fields["find"] = .string(String(decoding: find, as: UTF8.self))
      fields["with"] = .string(String(decoding: with, as: UTF8.self))
    case .redirect(let target, let status):
      fields["kind"] = .string("redirect")
      fields["to"] = .string(target)
      fields["status"] = .integer(status)
    case .flood(let bytes, let isAnnounced):
      fields["kind"] = .string("flood")
      fields["bytes"] = .integer(bytes)
      fields["announced"] = .bool(isAnnounced)
    case .bomb(let bytes):
      fields["kind"] = .string("bomb")
      fields["bytes"] = .integer(bytes)
    case .wrongLength(let difference):
      fields["kind"] = .string("wrongLength")
      fields["by"] = .integer(difference)
    case .block(let status):
      fields["kind"] = .string("block")
      fields["status"] = .integer(status)
    }
    return .object(fields)
  }

  /// Reads one from the control endpoint; gives the reason when it makes no sense.
  static func read(_ value: JSONValue, id: Int) -> Result<Fault, Refusal> {
    var surface: Surface?
    if let name = value["surface"]?.string {
      guard let known = Surface(rawValue: name) else { return .failure(Refusal("unknown surface \(name)")) }
      surface = known
    }
    let kind: Kind
    switch value["kind"]?.string {
    case "status":
      guard let code = value["status"]?.int, (200...599).contains(code) else {
        return .failure(Refusal("kind status needs a status between 200 and 599"))
      }
      kind = .status(
        code, retryAfter: value["retryAfter"]?.int, isHTML: value["html"]?.bool ?? false,
        body: value["body"]?.string)
    case "delay": kind = .delay(milliseconds: value["milliseconds"]?.int ?? 1000)
    case "cutBody": kind = .cutBody(max(0, value["bytes"]?.int ?? 100))
    case "hang": kind = .silence(seconds: value["seconds"]?.double ?? 60)
    case "close": kind = .silence(seconds: 0)
    case "reset": kind = .reset
    default:
      switch readBent(value) {
      case .success(let bent): kind = bent
      case .failure(let refusal): return .failure(refusal)
      }
    }
    let times: Int?
    switch value["times"] {
    case .integer(let count): times = count
    case .string("always"): times = nil
    case nil: times = 1
    default: return .failure(Refusal("times is a number or \"always\""))
    }
    return .success(
      Fault(
        id: id, surface: surface, path: value["path"]?.string, method: value["method"]?.string?.uppercased(),
        kind: kind, skip: value["skip"]?.int ?? 0, remaining: times, isAfter: value["when"]?.string == "after"
      ))
  }
}

/// Why the control endpoint does not do what it was asked.
struct Refusal: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// All faults that are switched on.
struct Faults: Sendable {
  /// In the order in which they were switched on.
  private(set) var list: [Fault] = []
  /// Whether the orders API leaves a client without `User-Agent` waiting, as Kaspi's does.
  var hangsWithoutUserAgent = true
  /// How long it waits, in seconds.
  var hangSeconds = 60.0
  private var lastID = 0

  /// Switches one on.
  mutating func add(_ value: JSONValue) -> Result<Fault, Refusal> {
    let result = Fault.read(value, id: lastID + 1)
    if case .success(let fault) = result {
      lastID = fault.id
      list.append(fault)
    }
    return result
  }

  /// Switches all off.
  mutating func clear() { list = [] }

  /// Takes what goes wrong with this question: any delays, and at most one other fault.
  mutating func take(for request: Request, surface: Surface) -> (delay: Int, fault: Fault?) {
    var delay = 0
    var chosen: Fault?
    for index in list.indices where list[index].concerns(request, surface: surface) {
      if list[index].skip > 0 {
        list[index].skip -= 1
        continue
      }
      if case .delay(let milliseconds) = list[index].kind {
        delay += milliseconds
      } else if chosen == nil {
        chosen = list[index]
      } else {
        continue
      }
      if let left = list[index].remaining { list[index].remaining = left - 1 }
    }
    list.removeAll { $0.remaining == 0 }
    return (delay, chosen)
  }
}
