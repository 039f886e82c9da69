import TestKit
import Testing

@testable import Store

/// The reader in place against the reader that makes values: same documents, same facts, same refusals.
@Suite struct JSONTapeTests {
  static let good = [
    "{}", "[]", "null", "-0.5e3", "\"\"", " {\"a\" : [1, 2.0, -3, true, false, null, \"x\"]} ",
    "{\"ключ\":{\"b\":[{\"c\":\"д\\u0416\\n\\\"\"}]}}", "[[[[]]]]", "{\"a\\u0062\":1}",
    "123456789012345678901234567890",
    "\"\\ud83d\\ude00\"",
  ]

  @Test(arguments: good) func readsWhatTheOtherReaderReads(text: String) throws {
    let bytes = Array(text.utf8)
    #expect(try JSONTape(parsing: bytes).root.value == JSONValue(parsing: bytes))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "01", "1.", "-", "1e", "nul", "\"\u{1}\"", "\"\\x\"",
    "\"\\ud800\"", "[1] x", "1e999",
    "\"open", "{'a':1}", "[1 2]", "\u{FEFF}{}",
  ])
  func refusesWhatTheOtherReaderRefuses(text: String) {
    #expect(throws: JSONError.self) { try JSONTape(parsing: Array(text.utf8)) }
  }

  @Test func refusesBytesThatAreNoText() {
    #expect(throws: JSONError.self) { try JSONTape(parsing: [0x22, 0xFF, 0x22]) }
    #expect(JSONTape(prefixOf: [0x22, 0xFF, 0x22], from: 0) == nil)
  }

  @Test func refusesWhatIsNestedTooDeep() throws {
    let deep = Array((String(repeating: "[", count: 65) + String(repeating: "]", count: 65)).utf8)
    #expect(throws: JSONError.self) { try JSONTape(parsing: deep, maximumDepth: 64) }
    _ = try JSONTape(parsing: deep, maximumDepth: 65)
  }

  @Test func findsMembersInPlace() throws {
    let bytes = Array(
      "x = {\"card\":{\"id\":\"7\",\"price\":2835.0,\"none\":null},\"list\":[1,[],\"\"]}; y".utf8)
    let tape = try #require(JSONTape(prefixOf: bytes, from: 4))
    #expect(bytes[tape.end] == 0x3B)
    let card = try #require(tape.root["card"])
    #expect(card["id"]?.string == "7" && card["price"]?.int == 2835 && card["none"]?.isNull == true)
    #expect(card["gone"] == nil && tape.root["list"]?.array?.map(\.isFilled) == [true, false, false])
    #expect(tape.root.members.map(\.name) == ["card", "list"])
  }

  /// Random damage: both readers say the same of it.
  @Test func agreesOnDamagedDocuments() throws {
    var generator = SeededGenerator(seed: 11)
    let base = Array(
      "{\"a\":[1,2.5,\"т\\u0435кст\",{\"b\":null,\"c\":true}],\"d\":{\"e\":\"\\\\\",\"f\":-1}}".utf8)
    for _ in 0..<3000 {
      var bytes = base
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      var (slow, fast): (JSONValue?, JSONValue?)
      do { slow = try JSONValue(parsing: bytes) } catch { slow = nil }
      do { fast = try JSONTape(parsing: bytes).root.value } catch { fast = nil }
      // Two members of one name are the one thing on which they may differ: then only the tape reads it.
      if let slow { #expect(fast == slow) }
      if slow == nil, let fast {
        #expect(CanonicalJSON.line(fast).count < bytes.count, "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }

  /// Texts are looked through sixteen bytes at a time: what ends or spoils one is found at every place of a piece and beside it.
  @Test(arguments: [UInt8(0x00), 0x1F, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xC3, 0xFF])
  func findsWhatEndsATextWhereverItStands(byte: UInt8) {
    for length in 1...40 {
      for place in 0..<length {
        var text = [UInt8](repeating: 0x61, count: length)
        text[place] = byte
        let document = Array("[\"".utf8) + text + Array("\"]".utf8)
        #expect(
          isDocument { _ = try JSONTape(parsing: document) }
            == isDocument { _ = try JSONValue(parsing: document) }, "\(byte) at \(place) of \(length)")
      }
    }
  }

  private func isDocument(_ read: () throws -> Void) -> Bool {
    do {
      try read()
      return true
    } catch { return false }
  }
}
