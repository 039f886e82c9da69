import FoundationEssentials
import Glibc
import HTTP
import TestKit
import Testing

/// Many at once, giving up, and the end.
@Suite(.timeLimit(.minutes(20))) struct QueueAndLifeTests {
  @Test func twoHundredQueuedRequestsOpenFourConnections() async throws {
    let server = try RudeServer { request in [.answer(body: [UInt8](request.target))] }
    try await withClient { client async throws in
      let answers = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
        for number in 0..<200 {
          group.addTask {
            (number, try await client.send(HTTPRequest("GET", "\(server.url)/\(number)")).body)
          }
        }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      #expect(answers.count == 200)
      for (number, body) in answers { #expect(body == [UInt8]("/\(number)")) }
    }
    let record = server.record
    #expect(record.requests.count == 200)
    #expect(record.mostOpen <= 4)
    #expect(record.connections == 4)
  }

  @Test func theTotalIsCappedOverAllHosts() async throws {
    let gate = RudeServer.Gate()
    let servers = try (0..<5).map { _ in try RudeServer { _ in [.wait(gate), .answer()] } }
    var configuration = CurlClient.Configuration.unhurried
    configuration.maximumConnections = 3
    try await withClient(configuration) { client async throws in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for server in servers {
          for _ in 0..<4 { group.addTask { try await client.send(.unhurried("GET", server.url)).status } }
        }
        // Three are under way, on whichever hosts were first; nobody else gets in before the gate opens.
        await untilTrue { servers.reduce(0) { $0 + $1.record.requests.count } == 3 }
        #expect(servers.reduce(0) { $0 + $1.record.connections } == 3)
        gate.open()
        for try await status in group { #expect(status == 200) }
      }
    }
    #expect(servers.allSatisfy { $0.record.requests.count == 4 })
  }

  @Test func waitingInTheQueueDoesNotCountAsTimeout() async throws {
    let server = try RudeServer { _ in
      [
        .send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")),
        .drip([65], pause: .milliseconds(120)), .mark,
      ]
    }
    var configuration = CurlClient.Configuration()
    configuration.maximumConnectionsPerHost = 1
    try await withClient(configuration) { client async throws in
      // Twelve after one another take longer than one may take.
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<12 {
          group.addTask {
            let request = HTTPRequest("GET", server.url, timeout: .seconds(1), connectTimeout: .seconds(1))
            return try await client.send(request).status
          }
        }
        for try await status in group { #expect(status == 200) }
      }
    }
    #expect(server.record.connections == 1)
  }

  @Test func cancellingATaskEndsItsTransfer() async throws {
    let server = try RudeServer { request in request.target == "/hang" ? [.hang] : [.answer()] }
    try await withClient(.unhurried) { client async throws in
      let task = Task { try await client.send(.unhurried("POST", server.url + "/hang")) }
      await server.until { $0.requests.count == 1 }
      task.cancel()
      let error = try #require(await task.result.failure as? HTTPError)
      #expect(error.code == .cancelled)
      #expect(error.mayHaveReachedServer)
      await server.until { $0.open == 0 }
      #expect(try await client.send(HTTPRequest("GET", server.url)).status == 200)
    }
  }

  @Test func cancellingAWaitingRequestSendsNothing() async throws {
    let gate = RudeServer.Gate()
    let server = try RudeServer { _ in [.wait(gate), .answer()] }
    var configuration = CurlClient.Configuration.unhurried
    configuration.maximumConnectionsPerHost = 1
    try await withClient(configuration) { client async throws in
      let first = Task { try await client.send(.unhurried("GET", server.url + "/first")) }
      await server.until { $0.requests.count == 1 }
      let others = (0..<5).map { number in
        Task { try await client.send(.unhurried("GET", server.url + "/\(number)")) }
      }
      for number in [1, 3] { others[number].cancel() }
      for number in [1, 3] {
        let error = try #require(await others[number].result.failure as? HTTPError)
        #expect(error.code == .cancelled)
        #expect(!error.mayHaveReachedServer)
      }
      gate.open()
      _ = try await first.value
      for number in [0, 2, 4] { #expect(try await others[number].value.status == 200) }
    }
    #expect(Set(server.record.requests.map(\.target)) == ["/first", "/0", "/2", "/4"])
  }

  @Test func aTaskThatIsAlreadyCancelledSendsNothing() async throws {
    let server = try RudeServer()
    try await withClient { client async throws in
      let gate = RudeServer.Gate()
      let task = Task {
        while !gate.isOpen { await Task.yield() }
        return try await client.send(HTTPRequest("GET", server.url))
      }
      task.cancel()
      gate.open()
      let error = try #require(await task.result.failure as? HTTPError)
      #expect(error.code == .cancelled)
      #expect(!error.mayHaveReachedServer)
    }
    #expect(server.record.connections == 0)
  }

  @Test func closingEndsEverythingThatRunsOrWaits() async throws {
    let server = try RudeServer { _ in [.hang] }
    let client = CurlClient(configuration: .unhurried)
    let tasks = (0..<40).map { _ in Task { try await client.send(.unhurried("GET", server.url)) } }
    await server.until { $0.requests.count == 4 }
    async let second: Void = client.close()
    await client.close()
    await second
    var reached = 0
    for task in tasks {
      let error = try #require(await task.result.failure as? HTTPError)
      #expect(error.code == .cancelled)
      if error.mayHaveReachedServer { reached += 1 }
    }
    #expect(reached == 4)
    await server.until { $0.open == 0 }
    await client.close()
    let late = try await failure(of: client, HTTPRequest("GET", server.url))
    #expect(late.code == .cancelled)
    #expect(!late.mayHaveReachedServer)
    #expect(server.record.connections == 4)
  }

  @Test func aForgottenClientLetsGoOfItsConnections() async throws {
    let server = try RudeServer()
    do {
      let client = CurlClient()
      _ = try await client.send(HTTPRequest("GET", server.url))
    }
    await server.until { $0.open == 0 }
  }

  @Test func openingAndClosingLeavesNoFileOpen() async throws {
    // Counted in a process of its own: here others open files meanwhile.
    await #expect(processExitsWith: .success) {
      let server = try RudeServer()
      for round in 0..<200 {
        let before = openFiles()
        let client = CurlClient()
        for _ in 0..<2 { _ = try await client.send(HTTPRequest("GET", server.url)) }
        await client.close()
        await server.until { $0.open == 0 }
        await untilTrue { openFiles() <= before || round == 0 }
      }
    }
  }

  @Test func aProcessMayExitRightAfterClosing() async throws {
    await #expect(processExitsWith: .exitCode(7)) {
      let server = try RudeServer(greeting: { _ in [.hang] })
      let client = CurlClient()
      let url = "https://127.0.0.1:\(server.port)/"
      let tasks = (0..<4).map { _ in Task { try await client.send(HTTPRequest("GET", url)) } }
      await server.until { $0.connections == 4 }
      await client.close()
      // Nothing of the client's thread is left to meet OpenSSL's exit handler.
      await untilTrue { curlThreads().isEmpty }
      for task in tasks { _ = await task.result }
      exit(7)
    }
  }

  /// What the thread that runs this is called.
  private static func threadName() -> String {
    let name = FileManager.default.contents(atPath: "/proc/thread-self/comm") ?? Data()
    return String(decoding: name, as: UTF8.self).filter { !$0.isNewline }
  }

  @Test func tasksMayRunOnTheClientsThread() async throws {
    let server = try RudeServer { request in [.answer(body: [UInt8](request.target))] }
    try await withClient { client async throws in
      let answers = try await client.onItsThread { () async throws in
        try await withThrowingTaskGroup(of: (String, String).self) { group in
          for number in 0..<100 {
            group.addTask {
              let first = try await client.send(HTTPRequest("GET", "\(server.url)/\(number)"))
              let second = try await client.send(HTTPRequest("GET", "\(server.url)/again\(number)"))
              let body = String(decoding: first.body + second.body, as: UTF8.self)
              return (body == "/\(number)/again\(number)" ? "right" : body, Self.threadName())
            }
          }
          return try await group.reduce(into: [:]) { $0["\($1.0) on \($1.1)", default: 0] += 1 }
        }
      }
      #expect(answers == ["right on kaspi-curl": 100])
      await #expect(throws: HTTPError.self) {
        try await client.onItsThread { () async throws in
          _ = try await client.send(HTTPRequest("GET", "nowhere"))
        }
      }
    }
    #expect(server.record.connections == 4)
  }

  /// The thread is gone, and what began on it still comes to its end.
  @Test func aTaskOnTheThreadMayCloseTheClient() async throws {
    let server = try RudeServer()
    let client = CurlClient()
    let codes = try await client.onItsThread { () async throws in
      let before = try await client.send(HTTPRequest("GET", server.url)).status
      await client.close()
      await Task.yield()
      let late = try await failure(of: client, HTTPRequest("GET", server.url))
      return "\(before) \(late.code)"
    }
    #expect(codes == "200 cancelled")
    #expect(await client.onItsThread { 7 } == 7)
  }

  @Test func theClientsThreadTakesNoSignals() async throws {
    let client = CurlClient()
    defer { withExtendedLifetime(client) {} }
    await untilTrue { !curlThreads().isEmpty }
    for status in curlThreads() {
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") })
      let mask = try #require(UInt64(line.dropFirst(7).filter { !$0.isWhitespace }, radix: 16))
      for signal in [SIGPIPE, SIGINT, SIGTERM] {
        #expect(mask >> UInt64(signal - 1) & 1 == 1, "signal \(signal)")
      }
    }
    await client.close()
  }
}

extension Result {
  var failure: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}
