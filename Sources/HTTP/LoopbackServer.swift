import Glibc

/// Takes small requests on 127.0.0.1, one at a time: for webhooks that another program on this machine sends.
///
/// Everything is capped: head, body, time. It never listens on another address.
public final class LoopbackServer: Sendable {
  /// A whole request.
  public struct Question: Sendable {
    /// In capitals.
    public var method: String
    /// With its query.
    public var target: String
    /// In order of arrival; names in small letters.
    public var headers: [(name: String, value: String)]
    /// As it came.
    public var body: [UInt8]

    /// The first header of a name.
    ///
    /// - Parameter name: Without regard to case.
    /// - Returns: The value, or `nil`.
    public func header(_ name: String) -> String? {
      headers.first { $0.name == name.lowercased() }?.value
    }
  }

  /// Why it does not listen.
  public struct Failure: Error, Sendable {
    /// The call that failed and what the system answered.
    public var detail: String
  }

  /// Where it listens.
  public let port: UInt16
  private let socket: Int32
  private let maximumBody: Int

  /// Longest head of a request in bytes.
  private static let maximumHead = 64 << 10

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - port: The port; 0 takes any free one.
  ///   - maximumBody: Largest body in bytes; a larger one is answered with 413.
  /// - Throws: ``Failure``, mostly because another program has the port.
  public init(port: UInt16, maximumBody: Int) throws(Failure) {
    self.maximumBody = maximumBody
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw Failure(detail: "socket: error \(errno)") }
    var yes: Int32 = 1
    unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // The pointer does not leave the closure, and the system copies the address.
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(socket, address, size) == 0 && getsockname(socket, address, &size) == 0
      }
    }
    guard isBound, Glibc.listen(socket, 64) == 0 else {
      let number = errno
      Glibc.close(socket)
      throw Failure(detail: "cannot listen on 127.0.0.1:\(port): error \(number)")
    }
    self.socket = socket
    self.port = UInt16(bigEndian: address.sin_port)
  }

  deinit { Glibc.close(socket) }

  /// Answers one request, if one comes in time.
  ///
  /// - Parameters:
  ///   - milliseconds: How long it waits for a connection.
  ///   - answer: Gives the status code; the body of the answer is empty.
  /// - Returns: Whether somebody came.
  public func serve(waiting milliseconds: Int32, _ answer: (Question) -> Int) -> Bool {
    var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&watched, 1, milliseconds) > 0 else { return false }
    let connection = accept(socket, nil, nil)
    guard connection >= 0 else { return false }
    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
    defer { Glibc.close(connection) }
    // Whoever is slow is left behind: one connection is served at a time.
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let status =
      switch read(connection) {
      case .success(let question): answer(question)
      case .failure(let refusal): refusal.status
      }
    let text =
      "HTTP/1.1 \(status) \(status < 300 ? "OK" : "Refused")\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { bytes in
      unsafe send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
    return true
  }

  private struct Refusal: Error { var status: Int }

  private func read(_ connection: Int32) -> Result<Question, Refusal> {
    var bytes: [UInt8] = []
    var searched = 0
    while true {
      if let end = Self.headEnd(bytes, from: searched) {
        guard var question = Self.head(bytes[..<end]) else { return .failure(Refusal(status: 400)) }
        let length = question.header("content-length").map { Int($0) ?? -1 } ?? 0
        guard length >= 0, question.header("transfer-encoding") == nil else {
          return .failure(Refusal(status: 411))
        }
        guard length <= maximumBody else { return .failure(Refusal(status: 413)) }
        var body = Array(bytes[(end + 4)...])
        while body.count < length {
          guard let more = Self.receive(connection) else { return .failure(Refusal(status: 408)) }
          body += more
        }
        question.body = Array(body.prefix(length))
        return .success(question)
      }
      guard bytes.count <= Self.maximumHead else { return .failure(Refusal(status: 431)) }
      searched = max(0, bytes.count - 3)
      guard let more = Self.receive(connection) else { return .failure(Refusal(status: 408)) }
      bytes += more
    }
  }

  private static func headEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= start + 4 else { return nil }
    return (start...(bytes.count - 4)).first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
  }

  private static func head(_ bytes: ArraySlice<UInt8>) -> Question? {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
    let headers = lines.dropFirst().map { line in
      let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = sides.count == 2 ? sides[1].drop { $0 == " " } : ""
      return (name: String(sides[0]).lowercased(), value: String(value))
    }
    return Question(method: String(words[0]), target: String(words[1]), headers: headers, body: [])
  }

  private static func receive(_ connection: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe recv(connection, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      return count > 0 ? Array(buffer[..<count]) : nil
    }
  }
}
