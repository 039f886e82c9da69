import CXML
import TestKit
import Testing
import XML

/// Reads a whole document.
func events(_ text: String) throws -> [XMLEvent] { try events(Array(text.utf8)) }

func events(_ bytes: [UInt8], piece: Int = 32768) throws -> [XMLEvent] {
  var reader = try XMLReader(bytes, piece: piece)
  var all: [XMLEvent] = []
  while let event = try reader.next() { all.append(event) }
  return all
}

/// The error that a document ends in.
func failure(_ bytes: [UInt8], maximumBytes: Int = 1 << 20) -> XMLError? {
  do throws(XMLError) {
    var reader = try XMLReader(bytes, maximumBytes: maximumBytes)
    while try reader.next() != nil {}
    return nil
  } catch {
    return error
  }
}

func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
  let units = [0xFEFF] + Array(text.utf16)
  return units.flatMap {
    bigEndian ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
  }
}

@Suite struct XMLReaderTests {
  @Test func givesTagsTextAndEndsInOrder() throws {
    let found = try events(#"<a x="1&amp;2"><b/>t&lt;<![CDATA[<]]>&#1071;<!-- c -->u</a>"#)
    #expect(
      found == [
        .start(XMLElement(name: "a", attributes: [XMLAttribute(name: "x", value: "1&2")])),
        .start(XMLElement(name: "b", isEmpty: true)), .end(name: "b", namespace: nil),
        .text("t<<Яu"), .end(name: "a", namespace: nil),
      ])
  }

  @Test func resolvesNamespacesAndKeepsPrefixes() throws {
    let found = try events(#"<p:a xmlns:p="one" xmlns:q="two" q:x="1" x="2"/>"#)
    guard case .start(let element) = try #require(found.first) else { return #expect(Bool(false)) }
    #expect(element.namespace == "one")
    #expect(element.prefix == "p")
    #expect(element["x"] == "2")
    #expect(element.attributes.first?.namespace == "two")
    #expect(try events("<a xmlns='n'/>").last == .end(name: "a", namespace: "n"))
  }

  /// libxml2 hands attribute values over with `&#38;` in them when entity substitution is off.
  @Test(arguments: [
    ("&amp;", "&"), ("&amp;amp;", "&amp;"), ("&#38;#38;", "&#38;"), ("a&#x26;b", "a&b"),
    ("&lt;&quot;&#9;", "<\"\t"),
    ("a\tb\nc", "a b c"), ("&#10;&#13;", "\n\r"),
  ])
  func resolvesReferencesInAttributes(written: String, value: String) throws {
    guard case .start(let element) = try events("<a x=\"\(written)\"/>").first else {
      return #expect(Bool(false))
    }
    #expect(element["x"] == value)
  }

  @Test func tellsWhereEachEventBegins() throws {
    let text = "<?xml version='1.0'?>\n<a>\n  <бв г='д'\n   e='f'/>ж<c>x</c>\n</a>"
    var reader = try XMLReader(Array(text.utf8))
    var places: [String] = []
    while let event = try reader.next() {
      switch event {
      case .start(let element): places.append("<\(element.name) \(reader.line):\(reader.column)")
      case .end(let name, _): places.append("/\(name) \(reader.line):\(reader.column)")
      case .text(let text) where text == "x" || text == "ж":
        places.append("\(text) \(reader.line):\(reader.column)")
      case .text: break
      }
    }
    #expect(
      places == [
        "<a 2:1", "<бв 3:3", "/бв 3:3", "ж 4:11", "<c 4:12", "x 4:15", "/c 4:16", "/a 5:1",
      ])
  }

  /// The push parser sees its input cut at arbitrary places, which must not show.
  @Test(arguments: 1...97)
  func doesNotDependOnHowTheBytesAreCut(piece: Int) throws {
    let document = """
      <?xml version="1.0" encoding="utf-8"?>
      <k:a xmlns:k='n>s' x="a > b" y='1&amp;2'><!-- > --><b z="'"/>Чайник &gt; <![CDATA[ ]] > ]]>ъ
      <?p a > b?><c>\(String(repeating: "й&#10;", count: 40))</c></k:a>
      """
    #expect(try events(Array(document.utf8), piece: piece) == events(document))
  }

  @Test(arguments: [true, false])
  func readsUTF16(bigEndian: Bool) throws {
    let text = #"<?xml version="1.0" encoding="utf-16"?><a b="ә">Чайник</a>"#
    let found = try events(utf16(text, bigEndian: bigEndian))
    #expect(found == (try events(#"<a b="ә">Чайник</a>"#)))
  }

  @Test func readsADeclaredOldEncoding() throws {
    let head = Array(#"<?xml version="1.0" encoding="windows-1251"?><a>"#.utf8)
    let found = try events(head + [0xD7, 0xE0, 0xE9] + Array("</a>".utf8))
    #expect(found[1] == .text("Чай"))
  }

  @Test func readsAByteOrderMark() throws {
    #expect(try events([0xEF, 0xBB, 0xBF] + Array("<a/>".utf8)).count == 2)
  }

  static let damaged: [(String, XMLError.Code, Int, Int?)] = [
    ("<a>\n<b>\u{1}</b></a>", XMLError.Code.forbiddenCharacter, 2, 4),
    ("<a>\n&#11;</a>", .forbiddenCharacter, 2, 6),
    ("<a>\n<b></a>", .malformed, 2, 8),
    ("<a>\n<b x=1/></a>", .malformed, 2, 6),
    ("<a>&nbsp;</a>", .malformed, 1, 10),
    ("<a><b>text", .cut, 1, 11),
    ("<a><b x=\"", .cut, 1, nil),
    ("<a/><b/>", .malformed, 1, 5),
    ("<p:a/>", .malformed, 1, nil),
    ("", .empty, 1, 1),
    ("<", .empty, 1, nil),
    ("<?xml version=\"1.0\"?>\n", .empty, 2, 1),
    ("<!DOCTYPE a><a/>", .documentType, 1, 1),
    ("<?xml version=\"1.0\" encoding=\"klingon\"?><a/>", .encoding, 1, nil),
  ]

  @Test(arguments: damaged)
  func refusesWithAPlace(text: String, code: XMLError.Code, line: Int, column: Int?) throws {
    let error = try #require(failure(Array(text.utf8)), "accepted")
    #expect(error.code == code, "\(error)")
    #expect(error.line == line, "\(error)")
    if let column { #expect(error.column == column, "\(error)") }
    #expect(!error.message.hasSuffix("\n"))
  }

  @Test func refusesBytesThatDoNotFitTheEncoding() throws {
    let utf8 = try #require(failure(Array("<a>\nab".utf8) + [0xD7, 0xE0] + Array("</a>".utf8)))
    #expect(utf8.code == .encoding)
    #expect(utf8.line == 2)
    let head = Array(#"<?xml version="1.0" encoding="windows-1251"?><a>"#.utf8)
    let undefined = try #require(failure(head + [0x98] + Array("</a>".utf8)))
    #expect(undefined.code == .encoding, "\(undefined)")
    #expect(undefined.line == 1)
  }

  @Test func handsOutWhatComesBeforeTheDamageThenFailsForGood() throws {
    var reader = try XMLReader(Array("<a><b/><c></a>".utf8))
    for _ in 0..<4 { #expect(try reader.next() != nil) }
    let errors = (0..<2).map { _ in
      do throws(XMLError) {
        _ = try reader.next()
        return "none"
      } catch {
        return error.message
      }
    }
    #expect(errors[0] != "none")
    #expect(errors[0] == errors[1])
  }

  @Test func neverGivesAWholeDocumentForACutOne() throws {
    let document = Array("<?xml version='1.0'?>\n<a><b x='1'>т&amp;</b><!-- c --><c/><![CDATA[d]]></a>".utf8)
    for length in 0..<document.count {
      for piece in [1, 7, 4096] {
        #expect(throws: XMLError.self, "\(length)") { try events(Array(document[..<length]), piece: piece) }
      }
    }
  }
}

/// Input made to hurt.
@Suite struct HostileXMLTests {
  @Test func opensNoFileForAnEntity() throws {
    let folder = try TemporaryFolder()
    let secret = try folder.write("secret", Array("SECRET".utf8))
    for text in [
      "<!DOCTYPE a [<!ENTITY x SYSTEM \"file://\(secret)\">]><a>&x;</a>",
      "<!DOCTYPE a SYSTEM \"file://\(secret)\"><a/>",
      "<!DOCTYPE a [<!ENTITY % p SYSTEM \"file://\(secret)\">%p;]><a/>",
    ] {
      let error = try #require(failure(Array(text.utf8)))
      #expect(error.code == .documentType)
      #expect(!error.message.contains("SECRET"))
    }
  }

  /// The refusal of the whole library, should a parser ever get as far as asking.
  @Test func theLibraryItselfLoadsNothing() throws {
    let folder = try TemporaryFolder()
    let secret = try folder.write("secret", Array("<s>SECRET</s>".utf8))
    _ = try events("<a/>")
    let context = unsafe try #require(xmlNewParserCtxt())
    defer { unsafe xmlFreeParserCtxt(context) }
    let input = unsafe xmlLoadExternalEntity("file://\(secret)", nil, context)
    #expect(unsafe input == nil)
  }

  @Test func refusesABillionLaughs() {
    var text = "<!DOCTYPE l [<!ENTITY l0 \"lol\">"
    for level in 1...9 {
      text += "<!ENTITY l\(level) \"\(String(repeating: "&l\(level - 1);", count: 10))\">"
    }
    #expect(failure(Array((text + "]><l>&l9;</l>").utf8))?.code == .documentType)
  }

  @Test func refusesDepthLengthAndSize() throws {
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(failure(Array(deep.utf8))?.code == .tooDeep)
    let edge = String(repeating: "<a>", count: 256) + String(repeating: "</a>", count: 256)
    #expect(failure(Array(edge.utf8)) == nil)
    #expect(failure(Array("<a>    </a>".utf8), maximumBytes: 10)?.code == .tooLarge)
    var reader = try XMLReader(Array("<a>0123456789</a>".utf8), maximumTextBytes: 9)
    #expect(try reader.next() != nil)
    #expect(throws: XMLError.self) { try reader.next() }
  }

  @Test func readsAFileInPiecesAndCountsItsBytes() throws {
    let folder = try TemporaryFolder()
    let body = String(repeating: "<b>\(String(repeating: "x", count: 100))</b>", count: 2000)
    let path = "\(try folder.write("a.xml", Array("<a>\(body)</a>".utf8)))"
    var reader = try XMLReader(file: path)
    var texts = 0
    while let event = try reader.next() { if case .text(let text) = event { texts += text.utf8.count } }
    #expect(texts == 200_000)
    var bounded = try XMLReader(file: path, maximumBytes: 100_000)
    var error: XMLError?
    do throws(XMLError) { while try bounded.next() != nil {} } catch { #expect(error.code == .tooLarge) }
    do throws(XMLError) { _ = try XMLReader(file: path + ".none") } catch let caught { error = caught }
    #expect(error?.code == .unreadable)
  }

  /// libxml2 prints by itself unless it is told not to, thread by thread.
  @Test func isSilentOnEveryThread() async throws {
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          _ = failure(Array("<a xmlns='relative'><b>".utf8))
          return LibXML.isSilentHere
        }
      }
      for await silent in group { #expect(silent) }
    }
  }

  @Test func givesBackItsMemory() async throws {
    // Measured in a process of its own: here others take memory meanwhile.
    await #expect(processExitsWith: .success) {
      // Warm up, then compare: 10,000 readers and pages, many of them abandoned half-way or failing.
      try readAndAbandon(500)
      let before = residentPages()
      try readAndAbandon(10_000)
      // A reader that leaked its parser would keep more than 10 KB a round, 25,000 pages in all.
      #expect(residentPages() - before < 5_000)
    }
  }
}

private func readAndAbandon(_ rounds: Int) throws {
  let document = Array("<a x='1'><b>\(String(repeating: "т", count: 2000))</b></a>".utf8)
  let schema = try XMLSchema(Array(smallSchema.utf8))
  for round in 0..<rounds {
    var reader = try XMLReader(document)
    _ = try reader.next()
    _ = failure(Array("<a><b></a>".utf8))
    if round % 10 == 0 {
      _ = try HTMLPage.matches(in: Array("<p class=a>one<p>two".utf8), classes: ["a"])
      _ = try schema.validate(Array("<a><b>x</b></a>".utf8))
      let deep = Array(String(repeating: "<p class=a><b>", count: 300).utf8)
      _ = try? HTMLPage.matches(in: deep, classes: ["a"])
    }
  }
}

/// Pages of 4 KB in memory, from the second number of the process's `statm`.
private func residentPages() -> Int {
  let descriptor = unsafe shim_open_for_reading("/proc/self/statm")
  guard descriptor >= 0 else { return 0 }
  defer { shim_close(descriptor) }
  var buffer = [UInt8](repeating: 0, count: 256)
  let count = unsafe buffer.withUnsafeMutableBytes { unsafe shim_read_some(descriptor, $0.baseAddress, 256) }
  let fields = String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self).split(separator: " ")
  return fields.count > 1 ? Int(fields[1]) ?? 0 : 0
}
