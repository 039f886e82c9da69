import TestKit
import Testing

@testable import Store

@Suite struct JSONWriterTests {
  private static let texts = [
    "", "a", "чай", "\"", "\\", "\u{1}\u{8}\n\t\r\u{C}", "long " + String(repeating: "я", count: 40),
  ]

  private func value(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &random) {
    case 0: .null
    case 1: .bool(.random(using: &random))
    case 2: .integer([0, 7, -1, 10, .max, .min].randomElement(using: &random) ?? 0)
    case 3: .string(Self.texts.randomElement(using: &random) ?? "")
    case 4: .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1, &random) })
    default:
      .object(
        Dictionary(
          (0..<Int.random(in: 0...4, using: &random)).map { _ in
            (Self.texts.randomElement(using: &random) ?? "", value(depth + 1, &random))
          }, uniquingKeysWith: { first, _ in first }))
    }
  }

  private func write(_ value: JSONValue, to writer: inout JSONWriter) {
    switch value {
    case .array(let elements):
      writer.beginArray()
      for element in elements { write(element, to: &writer) }
      writer.endArray()
    case .object(let members):
      writer.beginObject()
      for (name, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        writer.name(text: name)
        write(member, to: &writer)
      }
      writer.endObject()
    case .string(let text): writer.string(text)
    case .integer(let number): writer.integer(number)
    case .bool(let flag): writer.bool(flag)
    case .null, .decimal: writer.value(value)
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func writesWhatTheValueWriterWrites(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let value = value(0, &random)
    var line = JSONWriter()
    write(value, to: &line)
    #expect(line.bytes == CanonicalJSON.line(value))
    var document = JSONWriter(isIndented: true)
    write(value, to: &document)
    document.endDocument()
    #expect(document.bytes == CanonicalJSON.document(value))
  }

  /// Texts are copied sixteen bytes a step: whatever must be escaped is seen at every place of every length.
  @Test(arguments: [0x22, 0x5C, 0x00, 0x0A, 0x1F, 0x7F] as [UInt8]) func escapesAtEveryPlace(byte: UInt8) {
    let escapes: [UInt8: String] = [
      0x22: "\\\"", 0x5C: "\\\\", 0x00: "\\u0000", 0x0A: "\\n", 0x1F: "\\u001f", 0x7F: "\u{7F}",
    ]
    for length in 1...50 {
      for place in 0..<length {
        let (head, tail) = (
          String(repeating: "a", count: place), String(repeating: "b", count: length - place - 1)
        )
        var writer = JSONWriter()
        writer.string(head + String(UnicodeScalar(byte)) + tail)
        let expected = Array("\"\(head)\(escapes[byte] ?? "")\(tail)\"".utf8)
        let holds = writer.holds(expected)
        #expect(holds, "\(length) \(place)")
        #expect(writer.bytes == expected)
      }
    }
  }

  @Test func holdsJustWhatWasWritten() {
    var writer = JSONWriter()
    var held = [writer.holds([]), writer.holds([0x22])]
    writer.string("чай")
    for text in ["\"чай\"", "\"чаи\"", "\"чай"] { held.append(writer.holds(Array(text.utf8))) }
    #expect(held == [true, false, true, false, false])
  }

  /// A piece that was begun at its depth fits into the document around it.
  @Test func writesPieces() {
    let element: JSONValue = ["a": [1, 2], "b": ["c": "d"]]
    let whole = CanonicalJSON.document(["list": [element, element]])
    var piece = JSONWriter(isIndented: true, level: 2)
    var joined = Array("{\n  \"list\": [\n    ".utf8)
    for index in 0..<2 {
      piece.restart()
      write(element, to: &piece)
      joined += (index > 0 ? Array(",\n    ".utf8) : []) + piece.bytes
    }
    joined += Array("\n  ]\n}\n".utf8)
    #expect(joined == whole)
  }
}
