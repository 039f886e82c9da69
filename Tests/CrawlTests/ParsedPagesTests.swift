import Model
import Store
import SystemPackage
import TestKit
import Testing

@testable import Crawl

@Suite struct ParsedPagesTests {
  private let folder: TemporaryFolder
  private let archive: PageArchive

  init() throws {
    folder = try TemporaryFolder()
    archive = try PageArchive(folder.path)
  }

  private func open() throws -> ParsedPages { try ParsedPages(folder.path, archive: archive) }

  /// Keeps a page and notes what is read in it.
  private func keep(_ text: String, in parsed: ParsedPages) throws -> (kept: String, page: ParsedPages.Page) {
    let bytes = Array(text.utf8)
    let page = ParsedPages.Page(try ProductPage.extract(html: bytes, source: "a"))
    let kept = try archive.keep(bytes)
    try parsed.note(page, kept: kept, size: bytes.count, source: "a")
    return (kept, page)
  }

  @Test(.needsSampleData, arguments: SampleData.files(in: "product-pages").filter { $0.hasSuffix(".html") })
  func recordedPagesComeBack(name: String) throws {
    let bytes = try SampleData.bytes(name)
    guard let extracted = try? ProductPage.extract(html: bytes, source: name) else { return }
    let page = ParsedPages.Page(extracted)
    let line = try #require(
      JSONTape.root(of: ParsedPages.line(page, kept: String(repeating: "0", count: 64), size: 1)))
    #expect(ParsedPages.page(line, source: name) == page)
  }

  @Test func comesBackAfterReopening() throws {
    let (kept, page) = try keep(Fixtures.page(id: "100000001", price: nil), in: try open())
    let parsed = try open()
    #expect(try parsed.page(kept, source: "a") == page)
    #expect(try parsed.looks(kept)?.shape == page.shape && parsed.looks(kept)?.city == page.city)
    #expect(try parsed.page(String(repeating: "0", count: 64), source: "a") == nil)
    #expect(try parsed.page("no name", source: "a") == nil)
  }

  /// The findings of a page are told with the address that it was asked for under.
  @Test func findingsStandAtTheAddressThatIsAsked() throws {
    let text = Fixtures.page(id: "100000001").replacing("\"name\":\"Чайник", with: "\"name\":\"Другой чайник")
    let parsed = try open()
    let (kept, page) = try keep(text, in: parsed)
    #expect(!page.findings.isEmpty)
    let again = try #require(try parsed.page(kept, source: "b"))
    #expect(again.findings.map(\.message) == page.findings.map(\.message))
    #expect(again.findings.allSatisfy { $0.place == Place("b") })
  }

  @Test(arguments: [
    #"{"format":2,"parser":1,"record":"parsed"}"#, #"{"format":1,"parser":0,"record":"parsed"}"#, "{}",
  ])
  func anotherFormatOrParserBeginsAnew(head: String) throws {
    let path = folder.path.appending(ParsedPages.name)
    let (kept, _) = try keep(Fixtures.page(id: "100000001"), in: try open())
    let lines = try AtomicFile.read(path).split(separator: 0x0A)
    try AtomicFile.write(Journal.line(Array(head.utf8)) + lines[1] + [0x0A], to: path)
    let parsed = try open()
    #expect(try parsed.page(kept, source: "a") == nil)
    #expect(try Journal.read(path).count == 1, "only its own first line")
    let (other, page) = try keep(Fixtures.page(id: "100000002"), in: parsed)
    #expect(try open().page(other, source: "a") == page)
  }

  /// Whatever is done to the file, a line is what was written or is not there.
  @Test(arguments: 0..<60 as Range<UInt64>) func damageIsNeverBelieved(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pages = try (1...3).map { try keep(Fixtures.page(id: "10000000\($0)"), in: try open()) }
    let path = folder.path.appending(ParsedPages.name)
    var bytes = try AtomicFile.read(path)
    if seed % 2 == 0 {
      bytes[Int.random(in: bytes.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
    } else {
      bytes.removeSubrange(Int.random(in: bytes.indices, using: &random)...)
    }
    try AtomicFile.write(bytes, to: path)
    let parsed = try open()
    for (kept, page) in pages {
      let read = try parsed.page(kept, source: "a")
      #expect(read == nil || read == page)
      try parsed.note(page, kept: kept, size: 1, source: "a")
      #expect(try parsed.page(kept, source: "a") == page, "noted once more")
    }
  }

  @Test func aPageOfAnotherLengthMustBeReadAgain() throws {
    let parsed = try open()
    let bytes = Array(Fixtures.page(id: "100000001").utf8)
    let kept = try archive.keep(bytes)
    let page = ParsedPages.Page(try ProductPage.extract(html: bytes, source: "a"))
    try parsed.note(page, kept: kept, size: bytes.count - 1, source: "a")
    #expect(try parsed.page(kept, source: "a") != nil)
    #expect(try parsed.looks(kept) == nil)
  }

  @Test func sweepsWhatNoPageNeeds() throws {
    let parsed = try open()
    let pages = try (1...9).map { try keep(Fixtures.page(id: "10000000\($0)"), in: parsed) }
    let path = folder.path.appending(ParsedPages.name)
    let all = try AtomicFile.read(path).count
    try parsed.sweep(keeping: Set(pages.prefix(5).compactMap { ContentName($0.kept.utf8) }))
    #expect(try AtomicFile.read(path).count == all, "half of it is still of use")
    try parsed.sweep(keeping: Set(pages.prefix(2).compactMap { ContentName($0.kept.utf8) }))
    #expect(try AtomicFile.read(path).count < all / 3)
    let (last, page) = try keep(Fixtures.page(id: "100000077"), in: parsed)
    for reader in [parsed, try open()] {
      #expect(try reader.page(last, source: "a") == page)
      for (index, known) in pages.enumerated() {
        #expect(try reader.page(known.kept, source: "a") == (index < 2 ? known.page : nil))
      }
    }
  }

  @Test(arguments: [
    (String(repeating: "0f", count: 32), true), (String(repeating: "0F", count: 32), false),
    (String(repeating: "0", count: 63), false), (String(repeating: "0", count: 65), false), ("", false),
  ])
  func namesAreDigests(text: String, isName: Bool) { #expect((ContentName(text.utf8) != nil) == isName) }
}
