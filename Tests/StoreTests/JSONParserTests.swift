import Testing

@testable import Store

private func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

@Suite struct JSONParserTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" true\n", true), ("[]", .array([])), ("{}", .object([:])), ("0", 0),
    ("-5", -5),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .decimal(9_223_372_036_854_775_808)), ("25980.0", .decimal(25_980)),
    ("1e3", .decimal(1000)), ("-0", .decimal(-0.0)), ("0.1", 0.1), ("2.5E-3", 0.0025),
    (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"), (#""\u0416\u00e9""#, "Жé"),
    (#""x\uD83D\uDE00y""#, "x😀y"), (#""\u0000""#, "\u{0}"), ("\"Қазақ 😀 \u{7F}\"", "Қазақ 😀 \u{7F}"),
    (#"{"a":[1,{"b":null}],"":2}"#, .object(["a": .array([1, .object(["b": .null])]), "": 2])),
  ])
  func readsWhatTheStandardHas(text: String, value: JSONValue) throws {
    #expect(try parse(text) == value)
  }

  @Test(arguments: [
    ("", 1, 1), ("  ", 1, 3), ("{", 1, 2), ("[1,]", 1, 4), ("[1 2]", 1, 4), ("{\"a\":1,}", 1, 8),
    ("{'a':1}", 1, 2), ("{\"a\" 1}", 1, 6), ("01", 1, 1), ("-01", 1, 2), ("1.", 1, 3), (".5", 1, 1),
    ("+1", 1, 1),
    ("1e", 1, 3), ("1e999", 1, 1), ("-", 1, 2), ("nul", 1, 1), ("nulls", 1, 5), ("NaN", 1, 1), ("1 2", 1, 3),
    ("[\n  \"ж\", x]", 2, 8), ("\"a\nb\"", 1, 3), ("\"a", 1, 3), (#""\x""#, 1, 2), (#""\u12g4""#, 1, 6),
    (#""ж\uD800""#, 1, 3), (#""\uDC00\uD800""#, 1, 2), (#""\uD800\u0041""#, 1, 2), (#""\uD83D"#, 1, 2),
    ("{\"a\":1,\n\"\\u0061\":2}", 2, 1), ("\u{FEFF}1", 1, 1), ("/**/1", 1, 1),
  ])
  func refusesTheRestAndNamesThePlace(text: String, line: Int, column: Int) throws {
    let error = try #require(throws: JSONError.self) { try parse(text) }
    #expect((error.line, error.column) == (line, column), "\(text): \(error)")
  }

  @Test(
    arguments: [
      ([0x22, 0x61, 0xFF, 0x22], 3), ([0x22, 0xC0, 0x80, 0x22], 2),
      ([0x22, 0xD0, 0xB6, 0xED, 0xA0, 0x80, 0x22], 3),
      ([0x22, 0x5C, 0x6E, 0xF8, 0x22], 4), ([0x22, 0xE2, 0x82, 0x22], 2),
    ] as [([UInt8], Int)])
  func refusesBytesThatAreNoUTF8(bytes: [UInt8], column: Int) throws {
    let error = try #require(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    #expect(error.column == column && error.message.contains("UTF-8"), "\(error)")
  }

  @Test func boundsTheDepth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try parse(nested(128))
    let error = try #require(throws: JSONError.self) { try parse(nested(129)) }
    #expect(error.column == 129)
    _ = try #require(throws: JSONError.self) { try parse(String(repeating: "[{\"a\":", count: 100_000)) }
    #expect(try JSONValue(parsing: Array("[[1]]".utf8), maximumDepth: 2)[0]?[0] == 1)
  }

  @Test func looksInside() throws {
    let value = try parse(#"{"n":25980.0,"m":2.5,"t":"x","l":[1,2],"f":false,"z":null}"#)
    #expect(value["n"]?.int == 25_980)
    #expect(value["m"]?.int == nil && value["m"]?.double == 2.5)
    #expect(value["l"]?[1]?.double == 2 && value["l"]?[2] == nil && value["l"]?["n"] == nil)
    #expect(value["t"]?.string == "x" && value["t"]?.int == nil && value["t"]?[0] == nil)
    #expect(value["f"]?.bool == false && value["z"]?.isNull == true && value["y"] == nil)
    #expect(value.object?.count == 6 && value["l"]?.array?.count == 2 && value["t"]?.array == nil)
  }
}
