import Glibc
import Store

/// What came back over the wire, with nothing smoothed over.
struct Answer {
  /// Status code; `nil` when not even a status line came.
  var status: Int?
  /// By small-letter name.
  var headers: [String: String] = [:]
  /// What came of the body.
  var body: [UInt8] = []
  /// Whether the connection ended with a reset.
  var wasReset = false

  /// The body read as JSON.
  var json: JSONValue? {
    do {
      return try JSONValue(parsing: body)
    } catch {
      return nil
    }
  }

  /// The body as text.
  var text: String { String(decoding: body, as: UTF8.self) }

  /// Whether fewer bytes came than were announced.
  var isCut: Bool { headers["content-length"].flatMap { Int($0) }.map { $0 > body.count } ?? false }
}

/// A client that sends exactly what it is told to: a socket, one request, everything until the server closes.
enum Wire {
  struct Failure: Error { var call: String }

  /// Sends one request and reads to the end of the connection.
  static func send(
    _ method: String = "GET", _ port: UInt16, _ target: String, _ headers: [String: String] = [:],
    body: String? = nil, agent: String? = "Mozilla/5.0"
  ) async throws -> Answer {
    var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    if let agent { lines.append("User-Agent: \(agent)") }
    for name in headers.keys.sorted() { lines.append("\(name): \(headers[name] ?? "")") }
    if let body { lines.append("Content-Length: \(body.utf8.count)") }
    let question = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8)
    return try await withCheckedThrowingContinuation { continuation in
      // A thread of its own: the reads below block, and tests share few cooperative threads.
      Thread.run {
        continuation.resume(with: Result { try exchange(question, port: port) })
      }
    }
  }

  private static func exchange(_ question: [UInt8], port: UInt16) throws -> Answer {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw Failure(call: "socket") }
    defer { Glibc.close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(socket, $0, size) }
    }
    guard connected == 0 else { throw Failure(call: "connect") }
    var rest = question[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(call: "send") }
      rest = rest.dropFirst(count)
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var wasReset = false
    while true {
      let count = unsafe recv(socket, &buffer, buffer.count, 0)
      wasReset = count < 0 && errno == ECONNRESET
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    var answer = parse(bytes)
    answer.wasReset = wasReset
    return answer
  }

  private static func parse(_ bytes: [UInt8]) -> Answer {
    guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: Array("\r\n\r\n".utf8)) }) else {
      return Answer()
    }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
    var answer = Answer(status: lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) })
    for line in lines.dropFirst() {
      let sides = line.split(separator: ":", maxSplits: 1)
      guard sides.count == 2 else { continue }
      answer.headers[sides[0].lowercased()] = String(sides[1].drop { $0 == " " })
    }
    answer.body = Array(bytes[(end + 4)...])
    return answer
  }
}

/// Threads for calls that block.
enum Thread {
  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs something on a thread of its own.
  static func run(_ body: @escaping @Sendable () -> Void) {
    let box = unsafe Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let failure = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    precondition(failure == 0, "no thread: \(failure)")
    pthread_detach(thread)
  }
}
