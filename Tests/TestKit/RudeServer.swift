import Glibc
import Synchronization

/// A port of 127.0.0.1 that refuses every connection, and that nobody else can take meanwhile.
public final class ClosedPort: Sendable {
  /// The port.
  public let port: Int
  private let socket: Int32

  /// Takes a free port without listening.
  ///
  /// - Throws: What the system answered.
  public init() throws { (socket, port) = try RawSocket.bound() }

  deinit { Glibc.close(socket) }
}

/// A server on 127.0.0.1 that does what it is told, also what no server should do.
///
/// It speaks raw bytes over real sockets, one thread for each connection. A script turns every request into
/// acts; the acts run in order. Everything that happened is recorded, and tests wait for it with
/// ``until(_:)`` instead of sleeping.
///
/// `unsafe` occurs here because sockets have no safe interface without a further package.
public final class RudeServer: Sendable {
  /// One thing to do on a connection.
  public enum Act: Sendable {
    /// A whole, honest answer that keeps the connection; `Content-Length` is added.
    case answer(Int = 200, headers: [(String, String)] = [], body: [UInt8] = [])
    /// These bytes, as they are.
    case send([UInt8])
    /// These bytes, one at a time, with a pause after each.
    case drip([UInt8], pause: Duration)
    /// These bytes again and again until the other side is gone.
    case flood([UInt8])
    /// Nothing until the gate opens, the other side is gone, or the server stops.
    case wait(Gate)
    /// Nothing until the other side is gone or the server stops.
    case hang
    /// Nothing, but counted in ``Record/marks``: the acts before it are done.
    case mark
    /// The end of the connection, in good order.
    case close
    /// The end of the connection by a reset.
    case reset
  }

  /// Something that a test opens when it is time.
  public final class Gate: Sendable {
    private let state = Atomic(false)

    /// A closed gate.
    public init() {}

    /// Whether it was opened.
    public var isOpen: Bool { state.load(ordering: .acquiring) }

    /// Lets everybody through, now and later.
    public func open() { state.store(true, ordering: .releasing) }
  }

  /// A request as it arrived.
  public struct Request: Sendable {
    /// Which connection it came on, from 0 in order of acceptance.
    public var connection: Int
    /// Its place among the requests of that connection, from 0.
    public var turn: Int
    /// Like `GET`.
    public var method: String
    /// Like `/path?query`.
    public var target: String
    /// In order of arrival.
    public var headers: [(name: String, value: String)]
    /// As long as `Content-Length` said.
    public var body: [UInt8]
    /// Every byte of it.
    public var raw: [UInt8]

    /// The first header of a name, without regard to case.
    ///
    /// - Parameter name: Like `Host`.
    /// - Returns: The value, or `nil`.
    public func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  /// What has happened so far.
  public struct Record: Sendable {
    /// Complete requests, in order of arrival.
    public var requests: [Request] = []
    /// Connections ever accepted.
    public var connections = 0
    /// Connections open now.
    public var open = 0
    /// Most connections ever open at once.
    public var mostOpen = 0
    /// Marks that were passed.
    public var marks = 0
  }

  private struct State {
    var record = Record()
    var sockets: Set<Int32> = []
    var isStopping = false
    var waiting: [(condition: @Sendable (Record) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
      []
  }

  /// Where it listens.
  public let port: Int
  private let listener: Int32
  private let greeting: @Sendable (Int) -> [Act]
  private let script: @Sendable (Request) -> [Act]
  private let state = Shared()

  /// The state, which the threads keep alive.
  private final class Shared: Sendable { let value = Mutex(State()) }

  /// Starts to listen on a free port.
  ///
  /// - Parameters:
  ///   - script: What to do with a request. After the last act the next request is read, unless an act ended
  ///     the connection.
  ///   - greeting: What to do with a new connection before anything is read; its number from 0.
  /// - Throws: What the system answered.
  public init(
    _ script: @escaping @Sendable (Request) -> [Act] = { _ in [.answer()] },
    greeting: @escaping @Sendable (Int) -> [Act] = { _ in [] }
  ) throws {
    self.greeting = greeting
    self.script = script
    (listener, port) = try RawSocket.listen()
    let (listener, state) = (listener, state)
    try RawSocket.thread {
      while let socket = RawSocket.accept(listener) {
        let number = state.value.withLock { state -> Int? in
          guard !state.isStopping else { return nil }
          state.sockets.insert(socket)
          state.record.connections += 1
          state.record.open += 1
          state.record.mostOpen = max(state.record.mostOpen, state.record.open)
          return state.record.connections - 1
        }
        guard let number else {
          Glibc.close(socket)
          continue
        }
        Self.report(state)
        let serve: @Sendable () -> Void = {
          Self.serve(socket, number, state, greeting, script)
          state.value.withLock { state in
            state.sockets.remove(socket)
            state.record.open -= 1
            Glibc.close(socket)
          }
          Self.report(state)
        }
        do { try RawSocket.thread(serve) } catch { Glibc.abort() }
      }
      // Closed here and nowhere else: a number that somebody else has got meanwhile must not be listened at.
      Glibc.close(listener)
    }
  }

  deinit { stop() }

  /// `http://127.0.0.1:` and the port, without a slash at the end.
  public var url: String { "http://127.0.0.1:\(port)" }

  /// What has happened so far.
  public var record: Record { state.value.withLock { $0.record } }

  /// Waits until something has happened.
  ///
  /// - Parameter condition: Asked after each change of the record.
  public func until(_ condition: @escaping @Sendable (Record) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isTrue = state.value.withLock { state in
        if condition(state.record) { return true }
        state.waiting.append((condition, continuation))
        return false
      }
      if isTrue { continuation.resume() }
    }
  }

  /// Ends every connection and listens no longer; the port refuses from now on.
  public func stop() {
    let isFirst = state.value.withLock { state in
      let isFirst = !state.isStopping
      state.isStopping = true
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      return isFirst
    }
    guard isFirst else { return }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  // MARK: On the threads

  private static func report(_ state: Shared) {
    let ready = state.value.withLock { state in
      let record = state.record
      let ready = state.waiting.filter { $0.condition(record) }
      state.waiting.removeAll { $0.condition(record) }
      return ready
    }
    for waiter in ready { waiter.continuation.resume() }
  }

  private static func serve(
    _ socket: Int32, _ number: Int, _ state: Shared, _ greeting: (Int) -> [Act], _ script: (Request) -> [Act]
  ) {
    var unread: [UInt8] = []
    var turn = 0
    guard greeting(number).allSatisfy({ perform($0, socket, state) }) else { return }
    while let request = readRequest(socket, &unread, number, turn) {
      turn += 1
      state.value.withLock { $0.record.requests.append(request) }
      report(state)
      guard script(request).allSatisfy({ perform($0, socket, state) }) else { return }
    }
  }

  /// Does one act; `false` when the connection has ended.
  private static func perform(_ act: Act, _ socket: Int32, _ state: Shared) -> Bool {
    func isWanted() -> Bool { !state.value.withLock { $0.isStopping } && !RawSocket.isGone(socket) }
    switch act {
    case .answer(let status, let headers, let body):
      var head = "HTTP/1.1 \(status) Whatever\r\nContent-Length: \(body.count)\r\n"
      for (name, value) in headers { head += "\(name): \(value)\r\n" }
      return RawSocket.send(socket, Array((head + "\r\n").utf8) + body)
    case .send(let bytes): return RawSocket.send(socket, bytes)
    case .drip(let bytes, let pause):
      for byte in bytes {
        guard RawSocket.send(socket, [byte]), !RawSocket.isGone(socket, within: pause) else { return false }
      }
      return true
    case .flood(let bytes):
      while isWanted() { guard RawSocket.send(socket, bytes) else { return false } }
      return false
    case .wait(let gate):
      while !gate.isOpen { guard isWanted() else { return false } }
      return true
    case .hang:
      while isWanted() {}
      return false
    case .mark:
      state.value.withLock { $0.record.marks += 1 }
      report(state)
      return true
    case .close: return false
    case .reset:
      RawSocket.makeCloseAReset(socket)
      return false
    }
  }

  private static func readRequest(
    _ socket: Int32, _ unread: inout [UInt8], _ number: Int, _ turn: Int
  ) -> Request? {
    var scanned = 0
    while true {
      if let end = (scanned..<max(scanned, unread.count - 3)).first(where: {
        unread[$0...].starts(with: [13, 10, 13, 10])
      }) {
        let lines = String(decoding: unread[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        let headers = lines.dropFirst().map { line in
          let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
          let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
          return (name: String(parts[0]), value: String(value))
        }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        while unread.count < end + 4 + length {
          guard let more = RawSocket.receive(socket) else { return nil }
          unread += more
        }
        let raw = Array(unread[..<(end + 4 + length)])
        unread.removeFirst(raw.count)
        return Request(
          connection: number, turn: turn, method: words.first ?? "", target: words.dropFirst().first ?? "",
          headers: headers, body: Array(raw[(end + 4)...]), raw: raw)
      }
      scanned = max(0, unread.count - 3)
      guard let more = RawSocket.receive(socket) else { return nil }
      unread += more
    }
  }
}
