import HTTP
import Synchronization
import TestKit
import Testing

extension [UInt8] {
  init(_ text: String) { self = Array(text.utf8) }
}

/// For what a test itself holds up, on a machine that has other tests to run meanwhile.
extension HTTPRequest {
  static func unhurried(_ method: String, _ url: String) -> HTTPRequest {
    HTTPRequest(method, url, timeout: .seconds(1200), connectTimeout: .seconds(1200))
  }
}

extension CurlClient.Configuration {
  static var unhurried: Self {
    var configuration = Self()
    configuration.stallTimeout = .seconds(1200)
    return configuration
  }
}

/// Runs something with a client and closes it, also after a failure.
func withClient<Result: Sendable>(
  _ configuration: CurlClient.Configuration = .init(), _ body: (CurlClient) async throws -> Result
) async throws -> Result {
  let client = CurlClient(configuration: configuration)
  do {
    let result = try await body(client)
    await client.close()
    return result
  } catch {
    await client.close()
    throw error
  }
}

/// The error of a sending that must fail.
func failure(of client: any HTTPClient, _ request: HTTPRequest) async throws -> HTTPError {
  do {
    let answer = try await client.send(request)
    Issue.record("an answer came: \(answer.status), \(answer.body.count) bytes")
    throw CancellationError()
  } catch let error as HTTPError {
    return error
  }
}

/// A client that answers from a list and remembers what it was asked.
final class ScriptedClient: HTTPClient {
  private let state: Mutex<(answers: [Result<HTTPResponse, HTTPError>], asked: [HTTPRequest])>

  init(_ answers: [Result<HTTPResponse, HTTPError>]) { state = Mutex((answers, [])) }

  var asked: Int { state.withLock { $0.asked.count } }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let next = state.withLock { state in
      state.asked.append(request)
      return state.answers.isEmpty
        ? .success(HTTPResponse(status: 200, url: request.url)) : state.answers.removeFirst()
    }
    return try next.get()
  }
}

/// Random bits that are always the same.
struct Counting: RandomNumberGenerator {
  var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }
}

/// Just enough of RFC 1950 to 1952 to serve compressed answers.
enum Deflate {
  /// One stored block: nothing is compressed.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let count = UInt16(bytes.count)
    return [1, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)] + bytes
  }

  /// So many zeros, each 258 of them in 13 bits.
  static func zeros(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var (bits, width): (UInt32, UInt32) = (0, 0)
    func reversed(_ value: UInt32, _ count: Int) -> UInt32 {
      (0..<count).reduce(0) { $0 << 1 | (value >> UInt32($1) & 1) }
    }
    func put(_ value: UInt32, _ count: UInt32) {
      bits |= value << width
      width += count
      while width >= 8 {
        bytes.append(UInt8(bits & 255))
        bits >>= 8
        width -= 8
      }
    }
    put(0b011, 3)  // last block, fixed codes
    put(reversed(0x30, 8), 8)  // the literal zero
    for _ in 0..<(count / 258) {
      put(reversed(0xC5, 8), 8)  // repeat 258 bytes
      put(0, 5)  // from 1 byte back
    }
    put(0, 7 + 7)  // end of block, and fill
    return bytes
  }

  static func gzip(_ block: [UInt8], of plain: [UInt8]) -> [UInt8] {
    var crc: UInt32 = ~0
    for byte in plain {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + block + little(~crc) + little(UInt32(plain.count))
  }

  static func zlib(_ block: [UInt8], of plain: [UInt8]) -> [UInt8] {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in plain {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return [0x78, 0x01] + block + little(high << 16 | low).reversed()
  }

  private static func little(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(value >> $0 & 255) }
  }
}

/// A value that several tasks change.
final class Guarded<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    value.withLock { value in body(&value) }
  }
}
