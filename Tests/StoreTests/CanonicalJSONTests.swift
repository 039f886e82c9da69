import TestKit
import Testing

@testable import Store

@Suite struct CanonicalJSONTests {
  @Test func writesOneMemberALineSortedByBytes() {
    let value: JSONValue = [
      "я": 1, "b": .array([]), "a": [["y": nil, "x": true], 2.5], "A": .object([:]),
      "é": "\"\\\n\u{1}\u{2028}",
    ]
    let text = """
      {
        "A": {},
        "a": [
          {
            "x": true,
            "y": null
          },
          2.5
        ],
        "b": [],
        "é": "\\"\\\\\\n\\u0001\u{2028}",
        "я": 1
      }

      """
    #expect(String(decoding: CanonicalJSON.document(value), as: UTF8.self) == text)
  }

  @Test(arguments: [
    (JSONValue.decimal(25_980), "25980.0"), (.decimal(1e21), "1e+21"), (.decimal(-0.0), "-0.0"),
    (.decimal(0.1), "0.1"), (.decimal(.leastNonzeroMagnitude), "5e-324"),
    (.integer(.min), "-9223372036854775808"),
    (.object(["b": 1, "a": [1, 2]]), #"{"a":[1,2],"b":1}"#),
    ("\u{7F}/\u{8}\u{C}\r\t", "\"\u{7F}/\\b\\f\\r\\t\""),
  ])
  func writesOneForm(value: JSONValue, text: String) {
    #expect(String(decoding: CanonicalJSON.line(value), as: UTF8.self) == text)
  }

  @Test func sortsByScalarsNotBySpelling() {
    // UTF-16 order would put the emoji first, and Swift's own order treats spellings alike.
    let value: JSONValue = ["\u{FFFD}": 1, "😀": 2, "e\u{301}": 3, "f": 4]
    #expect(
      String(decoding: CanonicalJSON.line(value), as: UTF8.self)
        == "{\"e\u{301}\":3,\"f\":4,\"\u{FFFD}\":1,\"😀\":2}")
  }

  @Test func whatIsWrittenIsReadBackAndWrittenTheSame() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let value = Self.value(depth: 0, &generator)
      for bytes in [CanonicalJSON.document(value), CanonicalJSON.line(value)] {
        let read = try JSONValue(parsing: bytes)
        #expect(read == value, "seed \(seed)")
        #expect([CanonicalJSON.document(read), CanonicalJSON.line(read)].contains(bytes), "seed \(seed)")
      }
      #expect(!CanonicalJSON.line(value).contains { $0 < 0x20 }, "seed \(seed)")
    }
  }

  static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0...(depth < 4 ? 8 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .integer(Int(truncatingIfNeeded: generator.next()))
    case 3:
      let number = Double(bitPattern: generator.next())
      return .decimal(number.isFinite ? number : 0.5)
    case 4, 5: return .string(text(&generator))
    case 6:
      return .array(
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in value(depth: depth + 1, &generator) })
    default:
      var members: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        members[text(&generator)] = value(depth: depth + 1, &generator)
      }
      return .object(members)
    }
  }

  static func text(_ generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
      let range = [0...0x7F as ClosedRange<UInt32>, 0x80...0x7FF, 0x800...0xFFFF, 0x10000...0x10FFFF]
        .randomElement(
          using: &generator)
      if let range, let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
