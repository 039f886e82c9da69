import FoundationEssentials
import HTTP
import Model
import Store
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Notify

/// Everything the notifier asks WAHA is a question that WAHA's own description knows.
@Suite struct OpenAPITests {
  static let file: String? = SampleData.root.map { $0 + "/../../reference/waha-openapi.json" }
  static let isPresent = file.map { FileManager.default.fileExists(atPath: $0) } ?? false

  @Test(.enabled(if: isPresent, "WAHA's description is not beside this checkout"))
  func everyQuestionIsInWAHAsDescription() async throws {
    let path = try #require(Self.file)
    let description = try APIDescription(try AtomicFile.read(FilePath(path)))
    let recorder = Recorder()
    for engine in ["GOWS", "NOWEB", "WEBJS"] {
      var desk = try Desk(waha: FakeWAHA())
      desk.settings = SendSettings(checksNumbers: true, patience: .seconds(100_000))
      desk.waha.change {
        $0.engine = engine
        $0.faults = [.timeoutBefore, .session]
        $0.incoming = [InboxTests.message("A1", "77011234569", "стоп")]
      }
      try desk.temporary.write("x.jpg", [0xFF, 0xD8, 0xFF, 0xE0])
      let outbox = try desk.outbox()
      var input = try desk.input(Desk.orders(3), outbox)
      input.rules[0].attachment = Attachment(kind: engine == "GOWS" ? .image : .document, file: "x.jpg")
      try outbox.record(try Scan.plan(input), now: desk.time.now)
      let client = WAHAClient(
        client: recorder.around(desk.waha), base: "http://w", key: "k", session: "default")
      _ = try await Sender(
        waha: client, settings: desk.settings, time: desk.time.keeper, seed: 1,
        media: MediaSource(workspace: desk.temporary.path)
      ).run(outbox)
      for call in [client.start, client.stop, client.restart, client.logout, client.create] {
        // The stand-in does not know them all; what was asked is what counts here.
        do { try await call() } catch { continue }
      }
      _ = try? await client.requestCode(for: try #require(PhoneNumber("77010000001")))
      _ = try? await client.phone(behind: "120000000000001@lid")
    }
    let requests = recorder.requests
    #expect(requests.count > 40)
    let calls = Set(requests.map { "\($0.method) \(description.template(of: $0) ?? $0.url)" })
    for call in [
      "POST /api/sendText", "POST /api/sendImage", "POST /api/sendFile", "POST /api/startTyping",
      "GET /api/contacts/check-exists", "GET /api/{session}/chats/{chatId}/messages/{messageId}",
      "GET /api/{session}/chats/{chatId}/messages", "POST /api/{session}/auth/request-code", "GET /ping",
    ] {
      #expect(calls.contains(call), "\(call) was never asked")
    }
    for request in requests {
      let objections = description.objections(to: request)
      #expect(objections.isEmpty, "\(request.method) \(request.url.prefix { $0 != "?" }): \(objections)")
      if request.url.hasSuffix("/api/sendText"), let body = request.body {
        // An id goes only where it is kept; a preview is never fetched.
        let value = try JSONValue(parsing: body)
        #expect(value["linkPreview"]?.bool == false)
        #expect(value["session"]?.string == "default" && value["chatId"]?.string?.hasSuffix("@c.us") == true)
      }
    }
    let withID = requests.filter { $0.url.hasSuffix("/api/sendText") }.compactMap { request in
      request.body.flatMap { try? JSONValue(parsing: $0) }?["id"]?.string
    }
    #expect(!withID.isEmpty && withID.allSatisfy { $0.hasPrefix("3EB0") && $0.utf8.count == 22 })
  }

  @Test(.enabled(if: isPresent, "WAHA's description is not beside this checkout"))
  func theCheckItselfFindsMistakes() throws {
    let path = try #require(Self.file)
    let description = try APIDescription(try AtomicFile.read(FilePath(path)))
    func objections(_ method: String, _ url: String, _ body: String? = nil) -> [String] {
      description.objections(to: HTTPRequest(method, "http://w" + url, body: body.map { Array($0.utf8) }))
    }
    #expect(!objections("GET", "/api/nowhere").isEmpty)
    #expect(!objections("PUT", "/api/sendText").isEmpty)
    #expect(!objections("POST", "/api/sendText", #"{"chatId":"1@c.us","session":"d"}"#).isEmpty)
    #expect(!objections("POST", "/api/sendText", #"{"chatId":1,"text":"x","session":"d"}"#).isEmpty)
    #expect(
      !objections("POST", "/api/sendText", #"{"chatId":"1","text":"x","session":"d","tetx":"y"}"#).isEmpty)
    #expect(!objections("GET", "/api/contacts/check-exists?session=d").isEmpty)
    #expect(!objections("GET", "/api/d/chats/all/messages?limit=ten").isEmpty)
    #expect(!objections("GET", "/api/d/chats/all/messages?limit=10&sortOrder=up").isEmpty)
    #expect(!objections("GET", "/api/d/chats/all/messages?limit=10&nothing=1").isEmpty)
    #expect(objections("GET", "/api/d/chats/all/messages?limit=10&sortOrder=asc").isEmpty)
  }
}

/// Keeps every request on its way.
final class Recorder: Sendable {
  private let kept = Mutex<[HTTPRequest]>([])
  var requests: [HTTPRequest] { kept.withLock { $0 } }

  func around(_ client: any HTTPClient) -> any HTTPClient { Through(client: client, recorder: self) }

  private struct Through: HTTPClient {
    let client: any HTTPClient
    let recorder: Recorder

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
      recorder.kept.withLock { $0.append(request) }
      return try await client.send(request)
    }
  }
}

/// An OpenAPI document, as far as checking a request against it needs.
struct APIDescription {
  private let document: JSONValue

  init(_ bytes: [UInt8]) throws { document = try JSONValue(parsing: bytes) }

  /// The path of the description that a request fits, fixed words before variables.
  func template(of request: HTTPRequest) -> String? {
    let parts = Self.parts(Self.path(request))
    let fitting = (document["paths"]?.object ?? [:]).keys.filter { template in
      let wanted = Self.parts(template)
      return wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
    return fitting.min { left, right in
      let count = { (text: String) in Self.parts(text).count { $0.hasPrefix("{") } }
      return (count(left), left) < (count(right), right)
    }
  }

  /// What the description has against a request.
  func objections(to request: HTTPRequest) -> [String] {
    guard let template = template(of: request) else { return ["no such path"] }
    guard let operation = document["paths"]?[template]?[request.method.lowercased()] else {
      return ["no such method"]
    }
    var objections: [String] = []
    var given: [String: String] = [:]
    for pair in request.url.split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&") ?? []
    {
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      given[sides[0]] = sides.count > 1 ? sides[1] : ""
    }
    for parameter in operation["parameters"]?.array ?? [] where parameter["in"]?.string == "query" {
      let name = parameter["name"]?.string ?? ""
      guard let text = given.removeValue(forKey: name) else {
        if parameter["required"]?.bool == true, parameter["schema"]?["default"] == nil {
          objections.append("the query has no '\(name)'")
        }
        continue
      }
      let schema = parameter["schema"] ?? .null
      switch schema["type"]?.string {
      case "number", "integer": if Double(text) == nil { objections.append("'\(name)' is no number") }
      case "boolean": if !["true", "false"].contains(text) { objections.append("'\(name)' is no yes or no") }
      default: break
      }
      if let words = schema["enum"]?.array, !words.contains(.string(text)) {
        objections.append("'\(name)' is none of the words")
      }
    }
    objections += given.keys.sorted().map { "the query has an unknown '\($0)'" }
    let content = operation["requestBody"]?["content"]?["application/json"]?["schema"]
    switch (content, request.body) {
    case (nil, nil): break
    case (nil, .some): objections.append("a body where none is wanted")
    case (.some, nil): objections.append("no body")
    case (.some(let schema), .some(let body)):
      guard let value = try? JSONValue(parsing: body) else { return objections + ["the body is no JSON"] }
      objections += check(value, schema, "body")
    }
    return objections
  }

  private func check(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    if let reference = schema["$ref"]?.string {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      guard let found = document["components"]?["schemas"]?[name] else {
        return ["\(place): no schema \(name)"]
      }
      return check(value, found, place)
    }
    if let all = schema["allOf"]?.array { return all.flatMap { check(value, $0, place) } }
    if let choices = schema["oneOf"]?.array ?? schema["anyOf"]?.array {
      let results = choices.map { check(value, $0, place) }
      return results.contains([]) ? [] : results.min { $0.count < $1.count } ?? []
    }
    let types = schema["type"]?.array?.compactMap(\.string) ?? schema["type"]?.string.map { [$0] } ?? []
    if !types.isEmpty, !types.contains(where: { Self.fits(value, $0) }) {
      return ["\(place): \(value.kind) where \(types.joined(separator: " or ")) is wanted"]
    }
    if let words = schema["enum"]?.array, !words.contains(value) { return ["\(place): none of the words"] }
    var objections: [String] = []
    if let members = value.object, let properties = schema["properties"]?.object {
      for name in schema["required"]?.array?.compactMap(\.string) ?? [] where members[name] == nil {
        objections.append("\(place): no '\(name)'")
      }
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        guard let inner = properties[name] else {
          objections.append("\(place): unknown '\(name)'")
          continue
        }
        objections += check(member, inner, "\(place).\(name)")
      }
    }
    if let elements = value.array, let inner = schema["items"] {
      objections += elements.enumerated().flatMap { check($1, inner, "\(place)[\($0)]") }
    }
    return objections
  }

  private static func fits(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "object": value.object != nil
    case "array": value.array != nil
    case "string": value.string != nil
    case "boolean": value.bool != nil
    case "integer": value.int != nil
    case "number": value.double != nil
    case "null": value.isNull
    default: false
    }
  }

  private static func path(_ request: HTTPRequest) -> String {
    String(request.url.dropFirst("http://w".count).prefix { $0 != "?" })
  }

  private static func parts(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }
}
