import Glibc

/// The system calls of ``RudeServer``.
enum RawSocket {
  /// What the system answered.
  struct Failure: Error { var call: String, number: Int32 }

  static func listen() throws -> (socket: Int32, port: Int) {
    let (socket, port) = try bound()
    guard Glibc.listen(socket, 512) == 0 else {
      let number = errno
      Glibc.close(socket)
      throw Failure(call: "listen", number: number)
    }
    return (socket, port)
  }

  /// A socket with a port of its own, not yet listening.
  static func bound() throws -> (socket: Int32, port: Int) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw Failure(call: "socket", number: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(socket, address, size) == 0 && getsockname(socket, address, &size) == 0
      }
    }
    guard result else {
      let number = errno
      Glibc.close(socket)
      throw Failure(call: "bind", number: number)
    }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// The next connection, or `nil` when the listener is closed.
  static func accept(_ listener: Int32) -> Int32? {
    while true {
      let socket = Glibc.accept(listener, nil, nil)
      if socket >= 0 {
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        var yes: Int32 = 1
        unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return socket
      }
      guard errno == EINTR || errno == ECONNABORTED else { return nil }
    }
  }

  static func send(_ socket: Int32, _ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// The next bytes, or `nil` at the end of the connection.
  static func receive(_ socket: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe recv(socket, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      return count > 0 ? Array(buffer[..<count]) : nil
    }
  }

  /// Whether the other side has gone, watched for a while.
  static func isGone(_ socket: Int32, within time: Duration = .milliseconds(2)) -> Bool {
    let hasHungUp: Int16 = 0x2000  // POLLRDHUP, which Glibc shows only with _GNU_SOURCE
    var watched = pollfd(fd: socket, events: hasHungUp, revents: 0)
    let (seconds, attoseconds) = time.components
    let milliseconds = Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    return unsafe poll(&watched, 1, milliseconds) > 0
  }

  static func makeCloseAReset(_ socket: Int32) {
    var now = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }

  /// Runs something on a thread of its own.
  static func thread(_ body: @escaping @Sendable () -> Void) throws {
    final class Box: Sendable {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let box = unsafe Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let failure = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    guard failure == 0 else {
      unsafe box.release()
      throw Failure(call: "pthread_create", number: failure)
    }
    pthread_detach(thread)
  }
}
