package import Store

/// Contents that belong to a number, so that a reader can tell whether they are whole.
package enum Numbered {
  /// What stands in a file with a number: from a few bytes to some thousands.
  package static func content(_ number: Int) -> [UInt8] {
    let line = Array("\(number)\n".utf8)
    return Array(repeatElement(line, count: 1 + number * 7919 % 3001).joined())
  }

  /// The record of a number; every fifth is long, so that a kill may fall into the middle of its write.
  package static func record(_ number: Int) -> JSONValue {
    [
      "number": .integer(number),
      "text": .string(String(repeating: "ы", count: number % 5 == 4 ? 40_000 : number % 50)),
    ]
  }

  /// The number at the head of a content.
  package static func number(of bytes: [UInt8]) -> Int {
    Int(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)) ?? -1
  }
}
