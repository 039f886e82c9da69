import Testing

@testable import HTTP

@Suite struct AddressTests {
  @Test func splitsAnAddress() throws {
    let parts = try #require(URLParts("HTTPS://user:pw@Kaspi.KZ:8443/shop/p/-100/?c=750000000&q=a#top"))
    #expect(parts.scheme == "https")
    #expect(parts.userInfo == "user:pw")
    #expect(parts.host == "kaspi.kz")
    #expect(parts.port == 8443)
    #expect(parts.path == "/shop/p/-100/")
    #expect(parts.query == "c=750000000&q=a")
    #expect(parts.origin == "https://kaspi.kz:8443")
  }

  @Test(
    arguments: [
      ("http://a", "a", 80, "/", nil), ("https://a?q", "a", 443, "/", "q"),
      ("http://a#f?x", "a", 80, "/", nil),
      ("http://[::1]:81/x", "::1", 81, "/x", nil), ("http://a/?", "a", 80, "/", ""),
      ("http://a/x?y=http://b/", "a", 80, "/x", "y=http://b/"),
    ] as [(String, String, Int, String, String?)])
  func knowsWhatIsLeftOut(url: String, host: String, port: Int, path: String, query: String?) throws {
    let parts = try #require(URLParts(url))
    #expect(parts.host == host)
    #expect(parts.port == port)
    #expect(parts.path == path)
    #expect(parts.query == query)
  }

  @Test(arguments: [
    "", "a", "http:", "http:/a", "http://", "http:///x", "http://:80", "http://a:", "http://a:0",
    "http://a:65536",
    "http://a:+1", "http://a b", "http://a\tb", "http://a\\b", "http://a%00b/", "http://é/", "http://u@v@a/",
    "http://[::1", "http://[]/", "http://[a]/", "http://[::1]x/", "http://-a/", "http://.a/", "ftp://a/",
    "://a",
  ])
  func refusesWhatTwoReadersCouldReadDifferently(url: String) {
    #expect(URLParts(url) == nil)
  }

  @Test(arguments: [
    ("http://a/", "http://a/x", true), ("http://a/", "http://A:80/x", true),
    ("http://a/", "https://a/", true),
    ("https://a/", "http://a/", false), ("http://a/", "http://b/", false),
    ("http://a/", "http://a:81/", false),
    ("http://a:81/", "https://a/", false), ("http://a/", "https://a:81/", false),
    ("http://a/", "http://a.b/", false),
  ])
  func aRedirectStaysWithItsServer(from: String, to: String, isAllowed: Bool) throws {
    #expect(try #require(URLParts(from)).mayRedirect(to: #require(URLParts(to))) == isAllowed)
  }

  @Test(arguments: [
    ("http://a/x?token=1", "http://a/x"), ("http://u:p@a/x", "http://a/x"),
    ("http://u:p@v@a/x@y", "http://a/x@y"),
    ("http://a/x#token", "http://a/x"), ("u:p@a", "a"), ("?token", ""), ("", ""),
    ("http://u:p@a?x@y", "http://a"),
  ])
  func errorsDropWhatMayBeSecret(url: String, shown: String) {
    #expect(HTTPError(code: .timedOut, mayHaveReachedServer: true, url: url, message: "").url == shown)
  }

  @Test func escapesAQuery() {
    #expect(URLQuery.percentEncode("a b+c/ч~-._9") == "a%20b%2Bc%2F%D1%87~-._9")
    #expect(URLQuery.encode([("page[number]", "0"), ("q", "a&b=c")]) == "page%5Bnumber%5D=0&q=a%26b%3Dc")
    #expect(URLQuery.append([("a", "1")], to: "http://x/?b=2") == "http://x/?b=2&a=1")
    #expect(URLQuery.append([("a", "1")], to: "http://x/") == "http://x/?a=1")
    #expect(URLQuery.append([], to: "http://x/") == "http://x/")
    #expect(URLQuery.escapeBeyondASCII("http://x/ч?a=%20 ") == "http://x/%D1%87?a=%20 ")
  }

  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
    ("Mon, 23 Nov 2026 16:00:00 GMT", 1_795_449_600), ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
    ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
  ])
  func readsADate(text: String, seconds: Int64) { #expect(HTTPDate.seconds(text) == seconds) }

  @Test(arguments: [
    "", "tomorrow", "Thu, 29 Feb 2023 00:00:00 GMT", "Thu, 01 Jan 1970 24:00:00 GMT", "1970-01-01T00:00:00Z",
    "Thu, 01 Jan 1970 00:00:00 +05", "Thu, +1 Jan 1970 00:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
  ])
  func refusesAnotherDate(text: String) { #expect(HTTPDate.seconds(text) == nil) }

  @Test func aQueueKeepsItsOrder() {
    var queue = Fifo<Int>()
    var model: [Int] = []
    var random = Counting()
    for step in 0..<5000 {
      switch Int.random(in: 0..<5, using: &random) {
      case 0...2:
        queue.append(step)
        model.append(step)
      case 3: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
      default:
        let wanted = model.randomElement(using: &random)
        #expect(queue.remove { $0 == wanted } == wanted)
        model.removeAll { $0 == wanted }
      }
      #expect(queue.count == model.count)
      #expect(queue.isEmpty == model.isEmpty)
    }
  }
}
