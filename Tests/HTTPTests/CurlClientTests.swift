import HTTP
import TestKit
import Testing

@Suite(.timeLimit(.minutes(20))) struct CurlClientTests {
  @Test func givesStatusHeadersAndBody() async throws {
    let server = try RudeServer { _ in
      [.answer(404, headers: [("X-A", "  b  "), ("X-a", "c"), ("Empty", "")], body: [UInt8]("gone"))]
    }
    try await withClient { client async throws in
      let answer = try await client.send(HTTPRequest("GET", server.url + "/x?y=1"))
      #expect(answer.status == 404)
      #expect(answer.headers.map(\.name) == ["Content-Length", "X-A", "X-a", "Empty"])
      #expect(answer.headers.map(\.value) == ["4", "b", "c", ""])
      #expect(answer.header("x-A") == "b")
      #expect(answer.body == [UInt8]("gone"))
      #expect(answer.url == server.url + "/x?y=1")
      #expect(answer.version == "1.1")
    }
    let request = try #require(server.record.requests.first)
    #expect(request.target == "/x?y=1")
    #expect(request.header("User-Agent")?.hasPrefix("Mozilla/5.0") == true)
    #expect(request.header("Accept-Encoding") == "gzip, deflate")
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "PATCH"])
  func sendsEveryMethodWithItsBodyAndNoHeaderThatNobodyChose(method: String) async throws {
    let server = try RudeServer()
    let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
    try await withClient { client async throws in
      _ = try await client.send(HTTPRequest(method, server.url, headers: [("X", "1")], body: body))
      _ = try await client.send(HTTPRequest(method, server.url, body: []))
    }
    let requests = server.record.requests
    #expect(requests.map(\.method) == [method, method])
    #expect(requests[0].body == body)
    #expect(requests.map { $0.header("Content-Length") } == ["200000", "0"])
    for request in requests {
      #expect(request.header("Content-Type") == nil)
      #expect(request.header("Expect") == nil)
    }
  }

  @Test func oneHandleForgetsTheLastRequest() async throws {
    let server = try RudeServer { request in
      [.answer(headers: [("Seen", "\(request.method) \(request.body.count)")])]
    }
    var configuration = CurlClient.Configuration()
    configuration.maximumConnections = 1
    try await withClient(configuration) { client async throws in
      let first = HTTPRequest("POST", server.url, headers: [("Authorization", "secret")], body: [1, 2, 3])
      #expect(try await client.send(first).header("Seen") == "POST 3")
      #expect(try await client.send(HTTPRequest("GET", server.url)).header("Seen") == "GET 0")
      #expect(try await client.send(HTTPRequest("HEAD", server.url)).header("Seen") == "HEAD 0")
      #expect(try await client.send(HTTPRequest("DELETE", server.url)).header("Seen") == "DELETE 0")
      #expect(try await client.send(HTTPRequest("POST", server.url)).header("Seen") == "POST 0")
    }
    let later = server.record.requests.dropFirst()
    #expect(later.allSatisfy { $0.header("Authorization") == nil })
    #expect(later.last?.header("Content-Length") == "0")
    #expect(later.first?.header("Content-Length") == nil)
  }

  @Test func aHeaderOfTheRequestReplacesTheDefaultOne() async throws {
    let server = try RudeServer()
    try await withClient { client async throws in
      _ = try await client.send(
        HTTPRequest(
          "GET", server.url, headers: [("user-agent", "me"), ("X-Empty", ""), ("Accept", "text/xml")]))
    }
    let request = try #require(server.record.requests.first)
    #expect(request.headers.filter { $0.name.lowercased() == "user-agent" }.map(\.value) == ["me"])
    #expect(request.header("X-Empty") == "")
    #expect(request.header("Accept") == "text/xml")
  }

  @Test func readsDoNotOpenASecondConnection() async throws {
    let server = try RudeServer()
    try await withClient { client async throws in
      for _ in 0..<20 { _ = try await client.send(HTTPRequest("GET", server.url)) }
    }
    #expect(server.record.connections == 1)
    #expect(server.record.requests.map(\.turn) == Array(0..<20))
  }

  @Test(arguments: ["gzip", "x-gzip", "members", "deflate", "raw deflate", "identity", "dripping"])
  func unpacksWhatTheServerPacked(kind: String) async throws {
    let plain = [UInt8](String(repeating: "Чайник ", count: 900))
    let block = Deflate.stored(plain)
    let (encoding, packed): (String, [UInt8]) =
      switch kind {
      case "members": ("gzip", Deflate.gzip(block, of: plain) + Deflate.gzip(block, of: plain))
      case "deflate": ("Deflate", Deflate.zlib(block, of: plain))
      case "raw deflate": ("deflate", block)
      case "identity": ("identity", plain)
      case "dripping": ("GZIP ", Deflate.gzip(block, of: plain))
      default: (kind, Deflate.gzip(block, of: plain))
      }
    let server = try RudeServer { _ in
      guard kind == "dripping" else {
        return [.answer(headers: [("Content-Encoding", encoding)], body: packed)]
      }
      let head = "HTTP/1.1 200 OK\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(packed.count)\r\n\r\n"
      return [.drip([UInt8](head) + packed, pause: .zero)]
    }
    try await withClient { client async throws in
      for _ in 0..<2 {
        let body = try await client.send(HTTPRequest("GET", server.url)).body
        #expect(body == (kind == "members" ? plain + plain : plain))
      }
      #expect(try await client.send(HTTPRequest("HEAD", server.url + "/head")).status == 200)
    }
  }

  @Test func readsChunksAndDropsInterimAnswersAndTrailers() async throws {
    let server = try RudeServer { _ in
      [
        .send([UInt8]("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")),
        .send([UInt8]("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: 1\r\n\r\n")),
        .drip([UInt8]("3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: late\r\n\r\n"), pause: .zero),
      ]
    }
    try await withClient { client async throws in
      for _ in 0..<2 {
        let answer = try await client.send(HTTPRequest("GET", server.url))
        #expect(answer.status == 200)
        #expect(answer.body == [UInt8]("abcde"))
        #expect(answer.headers.map(\.name) == ["Transfer-Encoding", "X"])
      }
    }
    #expect(server.record.connections == 1)
  }

  @Test func escapesLettersBeyondASCIIInAnAddress() async throws {
    let server = try RudeServer()
    try await withClient { client async throws in
      _ = try await client.send(HTTPRequest("GET", server.url + "/чай?q=қ#никогда"))
    }
    #expect(server.record.requests.map(\.target) == ["/%D1%87%D0%B0%D0%B9?q=%D2%9B"])
  }

  @Test(arguments: [
    "", "/relative", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://a b/", "http://a/\r\nX: 1",
    "http://a\\@b/", "http://a%2eb/", "http://a:0/", "http://a:99999/", "gopher://a", "HTTP:/a",
  ])
  func refusesAnAddressThatIsNotPlainlyHTTP(url: String) async throws {
    try await withClient { client async throws in
      let error = try await failure(of: client, HTTPRequest("GET", url))
      #expect(error.code == .invalidRequest)
      #expect(!error.mayHaveReachedServer)
    }
  }

  @Test(arguments: [
    ("X", "7\r\nInjected: 1"), ("X", "7\n8"), ("X", "7\r8"), ("X", "7\08"), ("X: 1\r\nY", "7"), ("", "7"),
    ("X Y", "7"), ("Content-Length", "3"), ("transfer-encoding", "chunked"),
  ])
  func refusesAHeaderThatCouldSmuggle(name: String, value: String) async throws {
    let server = try RudeServer()
    try await withClient { client async throws in
      let request = HTTPRequest("GET", server.url, headers: [(name, value)])
      let error = try await failure(of: client, request)
      #expect(error.code == .invalidRequest)
      #expect(!error.mayHaveReachedServer)
      #expect(!error.message.contains(value))
    }
    #expect(server.record.connections == 0)
  }

  @Test func asksAllowedHostsOnly() async throws {
    let server = try RudeServer()
    var configuration = CurlClient.Configuration()
    configuration.allowedHosts = ["127.0.0.1"]
    try await withClient(configuration) { client async throws in
      #expect(try await client.send(HTTPRequest("GET", server.url)).status == 200)
      let other = try await failure(of: client, HTTPRequest("GET", "http://localhost:\(server.port)/"))
      #expect(other.code == .invalidRequest)
      #expect(other.message.contains("localhost"))
    }
    #expect(server.record.requests.count == 1)
  }

  @Test func sendsTheCookiesOfAFileAndLeavesTheFileAlone() async throws {
    let folder = try TemporaryFolder()
    let text = "# Netscape HTTP Cookie File\n#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\tmc-session\tsecret\n"
    let path = try folder.write("cookies.txt", [UInt8](text))
    let server = try RudeServer { _ in [.answer(headers: [("Set-Cookie", "later=1; Path=/")])] }
    var configuration = CurlClient.Configuration()
    configuration.cookieFile = "\(path)"
    try await withClient(configuration) { client async throws in
      let requests = (0..<2).map { HTTPRequest("GET", server.url + "/\($0)") }
      for request in requests { _ = try await client.send(request) }
    }
    let cookies = server.record.requests.compactMap { $0.header("Cookie") }
    #expect(
      cookies.map { $0.split(separator: "; ").sorted() } == [
        ["mc-session=secret"], ["later=1", "mc-session=secret"],
      ])
    #expect(try folder.read("cookies.txt") == [UInt8](text))
  }

  @Test(arguments: [nil, "", "no cookie here\n", "# 1\t2\t3\t4\t5\t6\t7\n"])
  func sendsNothingWithACookieFileThatHoldsNone(content: String?) async throws {
    let folder = try TemporaryFolder()
    if let content { try folder.write("cookies.txt", [UInt8](content)) }
    let server = try RudeServer()
    var configuration = CurlClient.Configuration()
    configuration.cookieFile = "\(folder.path)/cookies.txt"
    try await withClient(configuration) { client async throws in
      let error = try await failure(of: client, HTTPRequest("GET", server.url))
      #expect(error.code == .invalidRequest)
      #expect(error.message.contains("cookie file"))
    }
    #expect(server.record.connections == 0)
  }

  @Test func errorsHoldNoSecretOfTheAddress() async throws {
    let closed = try ClosedPort()
    try await withClient { client async throws in
      let url = "http://user:password@127.0.0.1:\(closed.port)/path?token=secret#part"
      let error = try await failure(of: client, HTTPRequest("GET", url))
      #expect(error.url == "http://127.0.0.1:\(closed.port)/path")
      for secret in ["user", "password", "token", "secret", "part"] {
        #expect(!error.message.contains(secret))
      }
    }
  }
}
