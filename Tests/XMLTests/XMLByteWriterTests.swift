import CXML
import Testing
import XML

@Suite struct XMLByteWriterTests {
  @Test func writesOneChildALineAndTextInPlace() throws {
    var writer = XMLByteWriter()
    writer.declaration()
    writer.start("a")
    try writer.attribute("x", "1 & \"2\"\t<\r\n>")
    writer.start("b")
    writer.end()
    try writer.element("c", "т & <>\"\r\n")
    try writer.element("d", "")
    writer.end()
    #expect(
      String(decoding: writer.finish(), as: UTF8.self) == """
        <?xml version="1.0" encoding="utf-8"?>
        <a x="1 &amp; &quot;2&quot;&#9;&lt;&#13;&#10;&gt;">
          <b/>
          <c>т &amp; &lt;&gt;"&#13;
        </c>
          <d/>
        </a>

        """)
  }

  @Test func canBeTakenInPieces() throws {
    var writer = XMLByteWriter(indentation: nil)
    var all: [UInt8] = []
    writer.start("a")
    for number in 0..<100 {
      try writer.element("b", "\(number)")
      all += writer.take()
      #expect(writer.take().isEmpty)
    }
    writer.end()
    all += writer.finish()
    #expect(try events(all).count == 302)
  }

  /// Every Unicode scalar: written and read back unchanged, or refused; nothing between.
  @Test func survivesAllOfUnicode() throws {
    var accepted = 0
    for start in stride(from: UInt32(0), to: 0x110000, by: 0x400) {
      var block = String.UnicodeScalarView()
      var probe = XMLByteWriter()
      probe.start("probe")
      for number in start..<start + 0x400 {
        guard let scalar = Unicode.Scalar(number) else { continue }
        let isAllowed =
          number == 0x9 || number == 0xA || number == 0xD
          || (number >= 0x20 && number != 0xFFFE && number != 0xFFFF)
        do throws(XMLError) {
          try probe.text(String(scalar))
          if !isAllowed { Issue.record("U+\(String(number, radix: 16)) was written") }
          block.append(scalar)
        } catch {
          if isAllowed || error.code != .forbiddenCharacter {
            Issue.record("U+\(String(number, radix: 16)): \(error)")
          }
        }
      }
      let text = String(block)
      var writer = XMLByteWriter()
      writer.start("all")
      try writer.attribute("v", text)
      try writer.text(text)
      writer.end()
      let found = try events(writer.finish())
      guard case .start(let element) = found[0] else { return #expect(Bool(false)) }
      if Array((element["v"] ?? "").utf8) != Array(text.utf8) { Issue.record("attribute \(start) changed") }
      guard !block.isEmpty else { continue }
      guard case .text(let read) = found[1] else { return #expect(Bool(false)) }
      if Array(read.utf8) != Array(text.utf8) { Issue.record("text \(start) changed") }
      accepted += block.count
    }
    #expect(accepted == 0x110000 - 0x800 - 29 - 2)
  }

  /// libxml2's own writer is the judge: it says the same things in its own words.
  @Test(arguments: [
    "", "plain", "a & b < c > d", "\"q\" 'a'", "Чайник ә 😀", "  blanks  ", "]]>", "a\tb\nc\rd",
  ])
  func saysTheSameAsTheLibrarysWriter(value: String) throws {
    var writer = XMLByteWriter()
    writer.declaration()
    writer.start("r")
    writer.start("e")
    try writer.attribute("v", value)
    try writer.text(value)
    writer.end()
    writer.end()
    let ours = try events(writer.finish())
    let theirs = try events(libraryDocument(value))
    #expect(withoutIndentation(ours) == withoutIndentation(theirs))
  }

  /// The trap that makes our own writer necessary: the library's writes what it cannot read.
  @Test(arguments: ["\u{1}", "\u{B}", "\u{FFFE}"])
  func refusesWhatTheLibrarysWriterLetsThrough(value: String) throws {
    #expect(throws: XMLError.self) { try events(libraryDocument(value)) }
    var writer = XMLByteWriter()
    writer.start("a")
    #expect(
      throws: XMLError(code: .forbiddenCharacter, message: "XML cannot carry the character U+\(hex(value))")
    ) {
      try writer.text(value)
    }
    #expect(throws: XMLError.self) { try writer.attribute("b", value) }
    try writer.text("ok")
    writer.end()
    #expect(String(decoding: writer.finish(), as: UTF8.self) == "<a>ok</a>\n")
  }

  private func hex(_ value: String) -> String {
    let digits = String(value.unicodeScalars.first?.value ?? 0, radix: 16, uppercase: true)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// What is left when layout and the choice between `<a/>` and `<a></a>` do not count.
  private func withoutIndentation(_ events: [XMLEvent]) -> [XMLEvent] {
    events.compactMap {
      switch $0 {
      case .text(let text): text.hasPrefix("\n") && text.allSatisfy(\.isWhitespace) ? nil : $0
      case .start(var element):
        {
          element.isEmpty = false
          return .start(element)
        }()
      case .end: $0
      }
    }
  }

  /// The same document from `xmlTextWriter`.
  private func libraryDocument(_ value: String) throws -> [UInt8] {
    let buffer = unsafe try #require(xmlBufferCreate())
    defer { unsafe xmlBufferFree(buffer) }
    let writer = unsafe try #require(xmlNewTextWriterMemory(buffer, 0))
    unsafe xmlTextWriterSetIndent(writer, 1)
    unsafe xmlTextWriterStartDocument(writer, nil, "utf-8", nil)
    unsafe xmlTextWriterStartElement(writer, "r")
    unsafe xmlTextWriterStartElement(writer, "e")
    unsafe xmlTextWriterWriteAttribute(writer, "v", value)
    unsafe xmlTextWriterWriteString(writer, value)
    unsafe xmlTextWriterEndDocument(writer)
    unsafe xmlFreeTextWriter(writer)
    return unsafe Array(
      UnsafeBufferPointer(start: xmlBufferContent(buffer), count: Int(xmlBufferLength(buffer))))
  }
}
