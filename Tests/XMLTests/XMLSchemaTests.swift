import TestKit
import Testing
import XML

let smallSchema = """
  <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:element name="a">
      <xs:complexType>
        <xs:sequence><xs:element name="b" type="xs:integer" maxOccurs="unbounded"/></xs:sequence>
        <xs:attribute name="x" type="xs:integer"/>
      </xs:complexType>
    </xs:element>
  </xs:schema>
  """

@Suite struct XMLSchemaTests {
  @Test func acceptsAValidDocument() throws {
    let schema = try XMLSchema(Array(smallSchema.utf8))
    #expect(try schema.validate(Array("<a x='1'>\n <b>1</b><b>2</b></a>".utf8)).isEmpty)
  }

  @Test func namesLineAndColumnOfEachViolation() throws {
    let schema = try XMLSchema(Array(smallSchema.utf8))
    let text = "<a>\n  <b>1</b>\n  <b>Чай</b> <b>x</b>\n  <c/>\n</a>"
    let found = try schema.validate(Array(text.utf8))
    #expect(found.map { "\($0.line):\($0.column)" } == ["3:9", "3:18", "4:3"], "\(found)")
    #expect(found[0].message.contains("'Чай' is not a valid value"))
    #expect(found.allSatisfy { !$0.message.hasSuffix("\n") })
    let attribute = try schema.validate(Array("<a\n x='y'><b>1</b></a>".utf8))
    #expect(attribute.map { "\($0.line):\($0.column)" } == ["1:1"], "\(attribute)")
  }

  @Test func stopsAtTheLimit() throws {
    let schema = try XMLSchema(Array(smallSchema.utf8))
    let text = "<a>" + String(repeating: "<b>x</b>", count: 100_000)
    #expect(try schema.validate(Array(text.utf8), limit: 7).count == 7)
  }

  @Test func judgesAFileLikeItsBytes() throws {
    let folder = try TemporaryFolder()
    let bytes = Array("<a><b>1</b><b/></a>".utf8)
    let path = "\(try folder.write("a.xml", bytes))"
    let schema = try XMLSchema(Array(smallSchema.utf8))
    let found = try schema.validate(file: path)
    #expect(found.count == 1)
    #expect(found == (try schema.validate(bytes)))
    #expect(throws: XMLError.self) { try schema.validate(file: path + ".none") }
  }

  @Test(arguments: [
    "", "<a><b>1</b>", "<a><b>1</a>", "<!DOCTYPE a [<!ENTITY e '1'>]><a><b>&e;</b></a>",
    "<a><b>\u{1}</b></a>",
  ])
  func throwsForWhatIsNoDocument(text: String) throws {
    let schema = try XMLSchema(Array(smallSchema.utf8))
    #expect(throws: XMLError.self) { try schema.validate(Array(text.utf8)) }
  }

  @Test func refusesABadSchemaWithItsLine() throws {
    let error = #expect(throws: XMLError.self) {
      let schema = try XMLSchema(
        Array("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>\n<xs:elemen/></xs:schema>".utf8))
      _ = try schema.validate([])
    }
    #expect(error?.code == .invalidQuery)
    #expect(error?.line == 2)
  }

  @Test func opensNoFileThatADocumentOrSchemaNames() throws {
    let folder = try TemporaryFolder()
    let other = try folder.write("other.xsd", Array(smallSchema.utf8))
    let including = """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="file://\(other)"/></xs:schema>
      """
    #expect(throws: XMLError.self) {
      let schema = try XMLSchema(Array(including.utf8))
      _ = try schema.validate(Array("<a><b>1</b></a>".utf8))
    }
    let schema = try XMLSchema(Array(smallSchema.utf8.map { $0 }))
    let pointing = """
      <z xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="file://\(other)"/>
      """
    #expect(try !schema.validate(Array(pointing.utf8)).isEmpty)
  }
}
