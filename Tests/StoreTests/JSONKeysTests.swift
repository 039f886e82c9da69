import TestKit
import Testing

@testable import Store

/// Members that are taken in one pass, and what readers in place ask of bytes.
@Suite struct JSONKeysTests {
  enum Key: Int, CaseIterable { case id, title, price, available, availabilities, baseProductCodes, a }
  static let keys = JSONKeys<Key>()

  @Test func findsEveryMemberAndOnlyThose() throws {
    let text = """
      {"x":{"id":9},"id":"7","titles":1,"title":"т","titl":2,"availabilities":[1],"availabilitiez":[2],"available":true,\
      "baseProductCodes":3,"baseProductCodez":4,"a":5,"price":null}
      """
    let found = try JSONTape(parsing: Array(text.utf8)).root.members(Self.keys)
    #expect(found[.id]?.string == "7" && found[.title]?.string == "т" && found[.a]?.int == 5)
    #expect(found[.available]?.bool == true && found[.availabilities]?.array?.first?.int == 1)
    #expect(found[.baseProductCodes]?.int == 3 && found[.price]?.isNull == true)
  }

  @Test(arguments: ["{}", "[]", "[\"id\"]", "7", "\"id\"", "null", "{\"ID\":1}", "{\"i\":1}", "{\"id \":1}"])
  func findsNothingWhereNothingIs(text: String) throws {
    let found = try JSONTape(parsing: Array(text.utf8)).root.members(Self.keys)
    for key in Key.allCases { #expect(found[key] == nil) }
  }

  @Test func readsEscapedNamesAndTheFirstOfTwo() throws {
    let found = try JSONTape(parsing: Array("{\"\\u0069d\":1,\"id\":2,\"a\":3}".utf8)).root.members(Self.keys)
    #expect(found[.id]?.int == 1 && found[.a]?.int == 3)
  }

  /// One pass finds what looking for each name finds, also at the very end of the bytes.
  @Test func agreesWithLookingForEachName() throws {
    var generator = SeededGenerator(seed: 21)
    let names = Key.allCases.map { "\($0)" } + ["b", "idx", "titlf", "pricf", "availablf", "", "вес"]
    for _ in 0..<500 {
      let members = (0..<Int.random(in: 0...12, using: &generator)).map { index in
        "\"\(names.randomElement(using: &generator) ?? "")\":\(index)"
      }
      let root = try JSONTape(parsing: Array("{\(members.joined(separator: ","))}".utf8)).root
      let found = root.members(Self.keys)
      for key in Key.allCases { #expect(found[key]?.int == root["\(key)"]?.int, "\(members)") }
    }
  }

  @Test func looksAreNamesInOrderAndWhatIsFilled() throws {
    func node(_ text: String) throws -> JSONNode { try JSONTape(parsing: Array(text.utf8)).root }
    let base = try node("{\"a\":1,\"b\":[],\"c\":null}")
    #expect(base.hasLooks(of: try node("{\"a\":\"x\",\"b\":\"\",\"c\":{}}")))
    for other in [
      "{\"a\":1,\"b\":[]}", "{\"a\":1,\"b\":[0],\"c\":null}", "{\"a\":1,\"c\":null,\"b\":[]}", "[1]", "{}",
    ] {
      let other = try node(other)
      #expect(!base.hasLooks(of: other) && !other.hasLooks(of: base), "\(other.value)")
    }
  }

  @Test(arguments: [
    ("a?b", "a"), ("?", ""), ("ab", "ab"), ("", ""), ("х?у", "х"), ("a\\u003fb", "a"), ("\\n?", "\n"),
  ])
  func readsATextAsFarAsAByte(text: String, head: String) throws {
    let root = try JSONTape(parsing: Array("\"\(text)\"".utf8)).root
    #expect(root.string(before: 0x3F) == head)
    #expect(try JSONTape(parsing: [0x31]).root.string(before: 0x3F) == nil)
  }

  @Test func walksElementsAndEntriesOfAnything() throws {
    let root = try JSONTape(parsing: Array("{\"a\":[1,[2,3],{\"b\":4}],\"c\":{}}".utf8)).root
    #expect(root.entries.map(\.name) == ["a", "c"] && Array(root.elements).isEmpty)
    #expect(root["a"]?.elements.map { $0.value } == [1, [2, 3], ["b": 4]])
    #expect(root["a"].map { Array($0.entries).isEmpty } == true)
  }
}

/// UTF-8 and texts, against the standard library.
@Suite struct JSONBytesTests {
  private func agrees(_ bytes: [UInt8]) -> Bool {
    let ours = unsafe bytes.withUnsafeBufferPointer { unsafe JSONBytes.isUTF8($0) }
    return ours == (String(validating: bytes, as: UTF8.self) != nil)
  }

  @Test func knowsEveryBeginningOfALetter() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        #expect(agrees([first, second]))
        for tail: [UInt8] in [
          [0x80], [0xBF], [0x7F], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0xC0], [0x80, 0x80, 0x80],
        ] {
          guard agrees([first, second] + tail) else {
            Issue.record("\(first) \(second) \(tail)")
            return
          }
        }
      }
    }
  }

  /// Every byte at every place of the words of eight that a text is read in.
  @Test func stopsWhereATextStops() throws {
    for length in 0...20 {
      for place in 0..<max(1, length) {
        for byte in UInt8.min...UInt8.max {
          var text = [UInt8](repeating: 0x61, count: length)
          if length > 0 { text[place] = byte }
          let document = [0x22] + text + [0x22]
          var (slow, fast): (JSONValue?, JSONValue?)
          do { slow = try JSONValue(parsing: document) } catch { slow = nil }
          do { fast = try JSONTape(parsing: document).root.value } catch { fast = nil }
          guard slow == fast else {
            Issue.record("length \(length), byte \(byte) at \(place)")
            return
          }
        }
      }
    }
  }

  /// Pieces of texts put together at random: both readers say the same.
  @Test func agreesOnTextsOfAllKinds() throws {
    let pieces: [[UInt8]] = [
      Array("abc".utf8), Array("слово".utf8), Array("\\u0416".utf8), Array("\\ud83d\\ude00".utf8),
      Array("\\ud83d".utf8),
      Array("\\ude00".utf8), Array("\\ud83d\\u0041".utf8), Array("\\n".utf8), Array("\\x".utf8),
      Array("\\u12g4".utf8),
      [0xD0], [0xB6], [0xE2, 0x82, 0xAC], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98, 0x80], [0xC0, 0x80], [0x1F],
      [0x22], [0x5C],
      Array("\",\"".utf8), Array("12345678".utf8),
    ]
    var generator = SeededGenerator(seed: 22)
    for _ in 0..<20_000 {
      var document: [UInt8] = Array("[\"".utf8)
      for _ in 0..<Int.random(in: 0...5, using: &generator) {
        document += pieces.randomElement(using: &generator) ?? []
      }
      document += Array("\"]".utf8)
      var (slow, fast): (JSONValue?, JSONValue?)
      do { slow = try JSONValue(parsing: document) } catch { slow = nil }
      do { fast = try JSONTape(parsing: document).root.value } catch { fast = nil }
      guard slow == fast else {
        Issue.record("\(document)")
        return
      }
    }
  }
}
