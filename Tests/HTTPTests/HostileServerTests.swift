import HTTP
import TestKit
import Testing

/// Whatever a server does, the outcome is a whole answer or an error that says whether the request was sent.
@Suite(.timeLimit(.minutes(20))) struct HostileServerTests {
  private func error(
    _ server: RudeServer, _ method: String = "GET", maximumBytes: Int = 1 << 20,
    timeout: Duration = .seconds(20)
  ) async throws -> HTTPError {
    try await withClient { client async throws in
      try await failure(
        of: client,
        HTTPRequest(method, server.url, timeout: timeout, maximumBytes: maximumBytes))
    }
  }

  @Test(arguments: [
    "Content-Length: 10\r\n\r\nabc", "Content-Length: 9999\r\nContent-Encoding: gzip\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n5\r\nab", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
    "X: 1\r\nCut-He", "X: 1\r\n",
  ])
  func aCutAnswerIsLost(rest: String) async throws {
    let server = try RudeServer { _ in [.send([UInt8]("HTTP/1.1 200 OK\r\n" + rest)), .close] }
    let error = try await error(server)
    #expect(error.code == .connectionLost)
    #expect(error.mayHaveReachedServer)
  }

  @Test func bytesBehindTheDeclaredLengthAreNotTheNextAnswer() async throws {
    let smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"
    let server = try RudeServer { request in
      request.connection == 0
        ? [.send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + smuggled))]
        : [.answer(body: [UInt8]("honest"))]
    }
    try await withClient { client async throws in
      #expect(try await client.send(HTTPRequest("GET", server.url)).body == [UInt8]("hello"))
      let second = try await client.send(HTTPRequest("GET", server.url)).body
      #expect(second != [UInt8]("smuggled"), "\(server.record.connections) connections")
    }
  }

  @Test func bytesThatComeAfterAnAnswerAreNotTheNextAnswer() async throws {
    let gate = RudeServer.Gate()
    let smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"
    let server = try RudeServer { request in
      switch (request.connection, request.target) {
      case (0, "/first"): [.answer(body: [UInt8]("hello")), .wait(gate), .send([UInt8](smuggled)), .mark]
      default: [.answer(body: [UInt8]("honest"))]
      }
    }
    try await withClient { client async throws in
      #expect(try await client.send(HTTPRequest("GET", server.url + "/first")).body == [UInt8]("hello"))
      gate.open()
      await server.until { $0.marks > 0 }
      let second = try await client.send(HTTPRequest("GET", server.url + "/second")).body
      #expect(second == [UInt8]("honest"))
    }
  }

  @Test func aBombIsRefusedWhileItUnpacks() async throws {
    let bomb = Deflate.gzip(Deflate.zeros(100 << 20), of: [])
    #expect(bomb.count < 1 << 20)
    let server = try RudeServer { _ in [.answer(headers: [("Content-Encoding", "gzip")], body: bomb)] }
    let error = try await error(server)
    #expect(error.code == .tooLarge)
    #expect(error.mayHaveReachedServer)
  }

  @Test func anEndlessBodyEndsAtTheLimit() async throws {
    let server = try RudeServer { _ in
      [.send([UInt8]("HTTP/1.1 200 OK\r\n\r\n")), .flood([UInt8](repeating: 65, count: 64 << 10))]
    }
    #expect(try await error(server).code == .tooLarge)
    await server.until { $0.open == 0 }
  }

  @Test func aDeclaredLengthAboveTheLimitIsNotWaitedFor() async throws {
    let server = try RudeServer { _ in
      [.send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n")), .hang]
    }
    #expect(try await error(server).code == .tooLarge)
  }

  @Test(arguments: [(99, true), (100, true), (101, false)])
  func theLimitIsExact(count: Int, fits: Bool) async throws {
    let server = try RudeServer { _ in [.answer(body: [UInt8](repeating: 65, count: count))] }
    try await withClient { client async throws in
      let request = HTTPRequest("GET", server.url, maximumBytes: 100)
      if fits {
        #expect(try await client.send(request).body.count == count)
      } else {
        #expect(try await failure(of: client, request).code == .tooLarge)
      }
    }
  }

  @Test func endlessHeadersEndAtTheLimit() async throws {
    let server = try RudeServer { _ in
      [
        .send([UInt8]("HTTP/1.1 200 OK\r\n")),
        .flood([UInt8]("X-Filler: " + String(repeating: "a", count: 1000) + "\r\n")),
      ]
    }
    let error = try await error(server)
    #expect(error.code == .badAnswer)
    #expect(error.message.contains("headers"))
    await server.until { $0.open == 0 }
  }

  @Test func manyHeadersArriveInOrder() async throws {
    let server = try RudeServer { _ in [.answer(headers: (0..<1000).map { ("X-\($0)", "\($0)") })] }
    try await withClient { client async throws in
      let answer = try await client.send(HTTPRequest("GET", server.url))
      #expect(answer.headers.dropFirst().map(\.value) == (0..<1000).map(String.init))
    }
  }

  @Test(arguments: ["", "garbage\r\n\r\n", "<html>\r\n\r\n", "HTTP/9.9 what\r\n\r\n"])
  func garbageIsNoAnswer(text: String) async throws {
    let server = try RudeServer { _ in [.send([UInt8](text)), .close] }
    let error = try await error(server)
    #expect(error.code == .badAnswer || error.code == .connectionLost)
    #expect(error.mayHaveReachedServer)
  }

  @Test(arguments: ["gzip", "deflate", "br", "gzip, gzip"])
  func brokenCompressionIsABadAnswer(encoding: String) async throws {
    let server = try RudeServer { _ in
      [.answer(headers: [("Content-Encoding", encoding)], body: [UInt8]("this was never packed"))]
    }
    let error = try await error(server)
    #expect(error.code == .badAnswer)
    #expect(error.mayHaveReachedServer)
  }

  @Test(arguments: [1, 9, 12, 2000, 6500 + 15, 6500 + 22]) func compressionThatStopsHalfwayIsABadAnswer(
    kept: Int
  ) async throws {
    let plain = [UInt8](String(repeating: "a price list ", count: 500))
    let packed = Deflate.gzip(Deflate.stored(plain), of: plain)
    let server = try RudeServer { _ in
      [.answer(headers: [("Content-Encoding", "gzip")], body: Array(packed.prefix(kept)))]
    }
    #expect(try await error(server).code == .badAnswer)
  }

  @Test(arguments: ["GET", "POST"]) func aHangEndsWithTheTime(method: String) async throws {
    let server = try RudeServer { _ in [.hang] }
    let error = try await error(server, method, timeout: .milliseconds(300))
    #expect(error.code == .timedOut)
    #expect(error.mayHaveReachedServer)
    #expect(server.record.requests.count == 1)
  }

  @Test func aDripSlowerThanTheLeastSpeedIsGivenUp() async throws {
    let server = try RudeServer { _ in
      [
        .send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")),
        .drip([UInt8](repeating: 65, count: 1000), pause: .milliseconds(200)),
      ]
    }
    var configuration = CurlClient.Configuration()
    configuration.stallTimeout = .seconds(1)
    try await withClient(configuration) { client async throws in
      let error = try await failure(of: client, HTTPRequest("GET", server.url, timeout: .seconds(50)))
      #expect(error.code == .timedOut)
      #expect(error.message.lowercased().contains("too slow"))
    }
  }

  @Test func aSlowButSteadyAnswerIsWholeInTheEnd() async throws {
    let server = try RudeServer { _ in
      [.drip([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), pause: .milliseconds(1))]
    }
    try await withClient { client async throws in
      #expect(try await client.send(HTTPRequest("GET", server.url)).body == [UInt8]("hello"))
    }
  }

  // MARK: Sent or not

  @Test(arguments: ["GET", "POST"]) func aRefusedConnectionWasNotSent(method: String) async throws {
    let closed = try ClosedPort()
    try await withClient { client async throws in
      let error = try await failure(of: client, HTTPRequest(method, "http://127.0.0.1:\(closed.port)/"))
      #expect(error.code == .notConnected)
      #expect(!error.mayHaveReachedServer)
    }
  }

  @Test func anUnknownHostWasNotSent() async throws {
    // A label of 64 letters is no name, so that no name server is asked.
    let host = String(repeating: "a", count: 64) + ".invalid"
    try await withClient { client async throws in
      let error = try await failure(of: client, HTTPRequest("POST", "http://\(host)/", body: [1]))
      #expect(error.code == .notConnected)
      #expect(!error.mayHaveReachedServer)
    }
  }

  @Test(arguments: [true, false]) func aFailedHandshakeWasNotSent(withReset: Bool) async throws {
    let server = try RudeServer(greeting: { _ in
      withReset ? [.reset] : [.send([UInt8]("220 this speaks something else\r\n\r\n")), .close]
    })
    try await withClient { client async throws in
      let error = try await failure(
        of: client, HTTPRequest("POST", "https://127.0.0.1:\(server.port)/", body: [1]))
      #expect(error.code == .notConnected)
      #expect(!error.mayHaveReachedServer)
    }
  }

  @Test(arguments: ["GET", "POST"]) func aResetAfterTheRequestMayHaveReachedTheServer(method: String)
    async throws
  {
    let server = try RudeServer { _ in [.reset] }
    let error = try await error(server, method)
    #expect(error.code == .connectionLost)
    #expect(error.mayHaveReachedServer)
    #expect(server.record.requests.count == 1)
  }

  @Test(arguments: 0..<20) func aResetBeforeTheRequestIsNeverCalledUnsentWhenBytesLeft(round: Int)
    async throws
  {
    let server = try RudeServer(greeting: { _ in [.reset] })
    let error = try await error(server, "POST")
    // Which of both it is depends on who was faster; the two facts must agree.
    #expect(error.code == (error.mayHaveReachedServer ? .connectionLost : .notConnected))
  }

  @Test func aReadIsAskedAgainWhenAKeptConnectionHasDied() async throws {
    let server = try RudeServer { request in
      request.connection == 0 && request.turn == 1 ? [.reset] : [.answer()]
    }
    try await withClient { client async throws in
      for _ in 0..<2 { #expect(try await client.send(HTTPRequest("GET", server.url)).status == 200) }
    }
    #expect(server.record.requests.count == 3)
  }

  @Test(arguments: ["POST", "PUT", "DELETE"])
  func nothingButAReadIsEverSentTwice(method: String) async throws {
    let server = try RudeServer { request in request.method == "GET" ? [.answer()] : [.reset] }
    try await withClient { client async throws in
      _ = try await client.send(HTTPRequest("GET", server.url))
      let error = try await failure(of: client, HTTPRequest(method, server.url, body: [1]))
      #expect(error.code == .connectionLost)
      #expect(error.mayHaveReachedServer)
    }
    #expect(server.record.requests.count { $0.method == method } == 1)
  }
}
