import HTTP
import TestKit
import Testing

@Suite struct SmokeTests {
  @Test func fetches() async throws {
    let server = try RudeServer { _ in [.answer(headers: [("X-A", " b ")], body: Array("hello".utf8))] }
    let client = CurlClient()
    for _ in 0..<3 {
      let answer = try await client.send(HTTPRequest("GET", server.url + "/x?y=1"))
      #expect(answer.status == 200)
      #expect(answer.body == Array("hello".utf8))
      #expect(answer.header("x-a") == "b")
      #expect(answer.version == "1.1")
    }
    #expect(server.record.connections == 1)
    await client.close()
  }
}
