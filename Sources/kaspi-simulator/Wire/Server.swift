import FlyingFox
import FlyingSocks
import FoundationEssentials
import Glibc

/// Puts a ``Simulator`` on a loopback port.
struct Server {
  private let server: HTTPServer
  private let simulator: Simulator

  /// Prepares a port of 127.0.0.1; 0 takes any free one.
  init(simulator: Simulator, port: UInt16) throws {
    self.simulator = simulator
    // Not `.loopback`, which binds `::1`; and a long time-out, since our own delays are meant.
    let configuration = HTTPServer.Configuration(
      address: try .inet(ip4: "127.0.0.1", port: port), timeout: 900,
      pool: PromptPool(HTTPServer.defaultPool()), logger: .disabled)
    server = HTTPServer(
      config: configuration,
      handler: ClosureHTTPHandler { request in
        let question = try await Request(request)
        let reply = await simulator.answer(question)
        if reply.wire == .reset { Abruptness.arm(connectionFrom: request.remoteAddress) }
        return reply.response(to: question)
      })
  }

  /// Listens, and tells of events, until the task is cancelled or the port is closed.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask { await simulator.deliverWebhooks() }
      try await group.next()
      group.cancelAll()
    }
  }

  /// Waits until it listens.
  func port() async throws -> UInt16 {
    // Among many tests on few cores its turn comes late; a port that cannot be had is refused at once.
    try await server.waitUntilListening(timeout: 600)
    guard case .ip4(_, let port) = await server.listeningAddress else { throw SocketError.unsupportedAddress }
    return port
  }

  /// Closes the port and ends connections.
  func stop() async { await server.stop(timeout: 0) }
}

/// Sends what is written at once.
///
/// The server writes head and body one after the other. With Nagle's algorithm the body waits until the client has acknowledged the
/// head, which a client puts off for 40 ms. Connections inherit the option from the listening socket, which waits here first.
private struct PromptPool: AsyncSocketPool {
  private let base: any AsyncSocketPool

  init(_ base: any AsyncSocketPool) { self.base = base }

  func prepare() async throws { try await base.prepare() }

  func run() async throws { try await base.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    try socket.setValue(true, for: BoolSocketOption(level: Int32(IPPROTO_TCP), name: TCP_NODELAY))
    try await base.suspendSocket(socket, untilReadyFor: events)
  }
}

/// Lets a connection end with a reset instead of a proper end.
private enum Abruptness {
  /// `SO_LINGER` with no time at all: closing throws away what is there and resets.
  private struct Linger: SocketOption {
    var name: Int32 { SO_LINGER }
    func makeValue(from socketValue: linger) -> Bool { socketValue.l_onoff != 0 && socketValue.l_linger == 0 }
    func makeSocketValue(from value: Bool) -> linger { linger(l_onoff: value ? 1 : 0, l_linger: 0) }
  }

  /// Prepares the connection whose other end has this address; the server does not show its own end.
  static func arm(connectionFrom address: HTTPRequest.Address?) {
    guard let address, let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    else {
      return
    }
    for number in names.compactMap({ Int32($0) }) {
      let socket = Socket(file: .init(rawValue: number))
      // Other files, and listening sockets, have nobody at their other end.
      guard let peer = try? socket.remotePeer(), HTTPRequest.Address.make(from: peer) == address else {
        continue
      }
      try? socket.setValue(true, for: Linger())
    }
  }
}

extension Request {
  fileprivate init(_ request: HTTPRequest) async throws {
    var headers: [String: String] = [:]
    for header in request.headers { headers[header.key.rawValue.lowercased()] = header.value }
    self.init(
      method: request.method.rawValue, target: request.target.rawValue, headers: headers,
      body: [UInt8](try await request.bodyData))
  }
}

extension Reply {
  fileprivate func response(to request: Request) -> HTTPResponse {
    var fields = HTTPHeaders()
    for header in headers { fields.addValue(header.value, for: HTTPHeader(header.name)) }
    let code = HTTPStatusCode(status, phrase: Self.phrases[status] ?? "Status")
    switch wire {
    case .silence(let seconds):
      return HTTPResponse(webSocket: Silence(seconds: seconds))
    case .reset: return HTTPResponse(webSocket: Silence(seconds: 0))
    case .cut(let count):
      fields[.connection] = "close"
      let part = CutBody(bytes: Array(body.prefix(count)))
      return HTTPResponse(
        statusCode: code, headers: fields, body: HTTPBodySequence(from: part, count: body.count))
    case .flood(let count, let announced):
      fields[.connection] = "close"
      let filling = FloodBody(count: count)
      let sequence =
        announced.map { HTTPBodySequence(from: filling, count: $0) } ?? HTTPBodySequence(from: filling)
      return HTTPResponse(statusCode: code, headers: fields, body: sequence)
    case .short(let length):
      fields[.connection] = "close"
      let part = CutBody(bytes: body)
      return HTTPResponse(
        statusCode: code, headers: fields, body: HTTPBodySequence(from: part, count: length))
    case .announced(let length):
      fields[.connection] = "close"
      let part = WholeBody(bytes: body)
      return HTTPResponse(
        statusCode: code, headers: fields, body: HTTPBodySequence(from: part, count: length))
    case .whole where request.method == "HEAD" || status == 304 || status == 204:
      if request.method == "HEAD" { fields[.contentLength] = String(body.count) }
      return HTTPResponse(statusCode: code, headers: fields)
    case .whole:
      return HTTPResponse(statusCode: code, headers: fields, body: Data(body))
    }
  }

  private static let phrases: [Int: String] = [
    200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    406: "Not Acceptable", 413: "Payload Too Large", 422: "Unprocessable Entity", 429: "Too Many Requests",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout",
  ]
}

/// A body that ends before its announced length: the server closes the connection when it throws.
private struct CutBody: AsyncBufferedSequence {
  typealias Element = UInt8
  let bytes: [UInt8]

  struct End: Error {}

  struct AsyncIterator: AsyncBufferedIteratorProtocol {
    typealias Element = UInt8
    var rest: ArraySlice<UInt8>

    mutating func next() async throws -> UInt8? {
      guard let byte = rest.popFirst() else { throw End() }
      return byte
    }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      guard !rest.isEmpty else { throw End() }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes[...]) }
}

/// A body that is sent as it is, whatever length was announced.
private struct WholeBody: AsyncBufferedSequence {
  typealias Element = UInt8
  let bytes: [UInt8]

  struct AsyncIterator: AsyncBufferedIteratorProtocol {
    typealias Element = UInt8
    var rest: ArraySlice<UInt8>

    mutating func next() async throws -> UInt8? { rest.popFirst() }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      guard !rest.isEmpty else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes[...]) }
}

/// Filling without end or sense, made while it is sent.
private struct FloodBody: AsyncBufferedSequence {
  typealias Element = UInt8
  let count: Int

  struct AsyncIterator: AsyncBufferedIteratorProtocol {
    typealias Element = UInt8
    var left: Int
    let piece = [UInt8](repeating: 0x20, count: 64 << 10)

    mutating func next() async throws -> UInt8? {
      guard left > 0 else { return nil }
      left -= 1
      return 0x20
    }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      guard left > 0 else { return nil }
      let part = piece.prefix(Swift.min(left, piece.count))
      left -= part.count
      return part
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(left: count) }
}

/// Not one byte of an answer.
///
/// The server asks a web socket's handler for frames before it writes the status line, and closes the connection when
/// the handler throws. The frames that come in end when the client leaves, which is how we notice.
private struct Silence: WSHandler {
  let seconds: Double

  struct End: Error {}

  func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
    if seconds > 0 {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          do {
            for try await _ in client {}
          } catch {
            // The client left, or sent what is no frame: over either way.
          }
        }
        // A cancelled sleep ends the silence as well.
        group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
        await group.next()
        group.cancelAll()
      }
    }
    throw End()
  }
}
