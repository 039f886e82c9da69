import TestKit
import Testing

@testable import HTTP

/// A request may be led on to the hosts that it names, and to no other.
@Suite(.timeLimit(.minutes(20))) struct NamedHostTests {
  @Test(arguments: [
    ("https://doc-0s-1k-sheets.googleusercontent.com/export/x", true),
    ("https://docs.google.com/spreadsheets/d/ID/export", true),
    ("http://doc-0s-1k-sheets.googleusercontent.com/export/x", false),
    ("https://googleusercontent.com.example/x", false), ("https://evilgoogleusercontent.com/x", false),
    ("https://googleusercontent.com/x", false), ("https://docs.google.com.example/", false),
    ("https://accounts.google.com/ServiceLogin", false), ("http://127.0.0.1/", false),
  ])
  func aSheetLeadsOnlyWhereSheetsAreServed(address: String, isAllowed: Bool) throws {
    var request = HTTPRequest("GET", "https://docs.google.com/spreadsheets/d/ID/export?format=csv")
    request.redirectHosts = ["docs.google.com", ".googleusercontent.com"]
    let checked = try CheckedRequest(request, configuration: CurlClient.Configuration())
    #expect(checked.mayLead(to: try #require(URLParts(address))) == isAllowed)
  }

  @Test(arguments: [[], ["example.invalid"], ["localhost"]]) func followsToANamedHost(hosts: [String])
    async throws
  {
    let other = try RudeServer { _ in [.answer(body: [UInt8]("SKU,price"))] }
    let server = try RudeServer { _ in
      [.answer(307, headers: [("Location", "http://localhost:\(other.port)/export")])]
    }
    try await withClient { client async throws in
      var request = HTTPRequest("GET", server.url, maximumRedirects: 3)
      request.redirectHosts = hosts
      if hosts == ["localhost"] {
        let answer = try await client.send(request)
        #expect(answer.body == [UInt8]("SKU,price") && answer.url.hasSuffix("/export"))
      } else {
        #expect(try await failure(of: client, request).code == .badRedirect)
      }
    }
    #expect(other.record.requests.count == (hosts == ["localhost"] ? 1 : 0))
  }
}
