import TestKit
import Testing

@testable import Store

@Suite struct ChecksumTests {
  /// RFC 3720, appendix B.4, and the usual nine digits.
  @Test(
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0...31), 0x46DD_794E), (Array((0...31).reversed()), 0x113F_DB5C),
      (Array("123456789".utf8), 0xE306_9283), ([], 0),
    ] as [([UInt8], UInt32)])
  func isThatOfTheStandard(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.checksum(bytes.span) == checksum)
    #expect(CRC32C.byTables(bytes.span) == checksum)
  }

  @Test func standsInEightDigits() {
    #expect(CRC32C.text([]) == Array("00000000".utf8))
    #expect(CRC32C.text(Array("123456789".utf8)[...]) == Array("e3069283".utf8))
  }

  @Test func isTheSameWithTheInstructionAndWithout() {
    var random = SeededGenerator(seed: 5)
    let bytes = (0..<100).map { _ in UInt8.random(in: 0...255, using: &random) }
    for start in 0..<16 {
      for end in start..<bytes.count {
        let piece = bytes.span.extracting(start..<end)
        #expect(CRC32C.checksum(piece) == CRC32C.byTables(piece))
      }
    }
  }
}
