import HTTP
import TestKit
import Testing

@Suite(.timeLimit(.minutes(20))) struct RedirectTests {
  /// `/5` leads to `/4`, and so on to `/0`, which answers; `/loop` leads to itself.
  private func chain(status: Int = 302) throws -> RudeServer {
    try RudeServer { request in
      if request.target == "/loop" { return [.answer(status, headers: [("Location", "/loop")])] }
      guard let number = Int(request.target.dropFirst()), number > 0 else {
        return [.answer(body: [UInt8]("arrived"))]
      }
      return [.answer(status, headers: [("Location", "\(number - 1)")], body: [UInt8]("moved"))]
    }
  }

  @Test func withoutLeaveTheAnswerItselfIsGiven() async throws {
    let server = try chain()
    try await withClient { client async throws in
      let answer = try await client.send(HTTPRequest("GET", server.url + "/3"))
      #expect(answer.status == 302)
      #expect(answer.header("Location") == "2")
      #expect(answer.body == [UInt8]("moved"))
    }
    #expect(server.record.requests.count == 1)
  }

  @Test(arguments: [301, 302, 303, 307, 308]) func followsWithinItsHost(status: Int) async throws {
    let server = try chain(status: status)
    try await withClient { client async throws in
      let request = HTTPRequest("GET", server.url + "/3", headers: [("X", "kept")], maximumRedirects: 3)
      let answer = try await client.send(request)
      #expect(answer.status == 200)
      #expect(answer.body == [UInt8]("arrived"))
      #expect(answer.url == server.url + "/0")
    }
    #expect(server.record.requests.map(\.target) == ["/3", "/2", "/1", "/0"])
    #expect(server.record.requests.allSatisfy { $0.header("X") == "kept" })
    #expect(server.record.connections == 1)
  }

  @Test(arguments: ["/4", "/loop"]) func stopsAfterSoMany(path: String) async throws {
    let server = try chain()
    try await withClient { client async throws in
      let error = try await failure(of: client, HTTPRequest("GET", server.url + path, maximumRedirects: 3))
      #expect(error.code == .badRedirect)
      #expect(error.mayHaveReachedServer)
    }
    #expect(server.record.requests.count == 4)
  }

  @Test(arguments: [
    "http://localhost:PORT/", "//localhost:PORT/", "http://127.0.0.1:OTHER/", "file:///etc/passwd",
    "https://127.0.0.1:PORT/", "http://127.0.0.1:PORT@localhost:PORT/",
  ])
  func neverToAnotherServer(location: String) async throws {
    let other = try RudeServer()
    let server = try RudeServer { request in
      guard request.target == "/" else { return [.answer()] }
      let own = String(request.header("Host")?.split(separator: ":").last ?? "")
      let place = location.replacing("PORT", with: own).replacing("OTHER", with: "\(other.port)")
      return [.answer(302, headers: [("Location", place)])]
    }
    try await withClient { client async throws in
      let request = HTTPRequest(
        "GET", server.url, headers: [("Authorization", "secret")], maximumRedirects: 5)
      let error = try await failure(of: client, request)
      #expect(error.code == .badRedirect)
      #expect(error.mayHaveReachedServer)
    }
    #expect(server.record.requests.count == 1)
    #expect(other.record.connections == 0)
  }

  @Test func onlyReadsAreRedirected() async throws {
    let server = try chain(status: 307)
    try await withClient { client async throws in
      let request = HTTPRequest("POST", server.url + "/3", body: [1], maximumRedirects: 5)
      #expect(try await client.send(request).status == 307)
    }
    #expect(server.record.requests.count == 1)
  }

  @Test func theTimeIsForAllHopsTogether() async throws {
    let server = try RudeServer { _ in
      [
        .drip([UInt8]("HTTP/1.1 302 X\r\nLocation: /a\r\nContent-Length: 0\r\n"), pause: .milliseconds(5)),
        .send([UInt8]("\r\n")),
      ]
    }
    try await withClient { client async throws in
      let request = HTTPRequest("GET", server.url, timeout: .seconds(1), maximumRedirects: 1_000_000)
      #expect(try await failure(of: client, request).code == .timedOut)
    }
  }
}
