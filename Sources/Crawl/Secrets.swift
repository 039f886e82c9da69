internal import Store

/// What no recording may hold: values of cookies, and what stands in the addresses of a seller's own sources.
///
/// A value that looks like a secret is blanked wherever it stands as a word of its own. A short or plain one, like a
/// city's number in a cookie or `xml` in a query, is blanked only behind its own name: `token=…`. Blanking it
/// everywhere would change prices and codes, which are the point of a recording.
public struct Secrets: Sendable {
  private let values: [[UInt8]]
  private let pairs: [[UInt8]]

  /// Shortest value that is looked for wherever it stands.
  static let shortest = 8
  /// Length from which on it is looked for inside words too.
  static let unmistakable = 12
  /// Digits from which on a number is no city, card or seller.
  static let longNumber = 16

  /// Makes a list of secrets.
  ///
  /// - Parameters:
  ///   - values: Secrets themselves, like those of cookies.
  ///   - pairs: Names and values, like those of a query; a value that looks like a secret is one.
  public init(values: [String] = [], pairs: [(name: String, value: String)] = []) {
    let all = values + pairs.map(\.value)
    self.values = Set(all.filter(Self.looksSecret)).map { Array($0.utf8) }.sorted { $0.count > $1.count }
    self.pairs = pairs.filter { !$0.name.isEmpty && !$0.value.isEmpty && !Self.looksSecret($0.value) }
      .map { Array("\($0.name)=\($0.value)".utf8) }
  }

  private static func looksSecret(_ value: String) -> Bool {
    value.utf8.count >= (value.utf8.allSatisfy(\.isDigit) ? longNumber : shortest)
  }

  /// Blanks every secret of a text.
  func blanked(_ text: String) -> String {
    values.isEmpty && pairs.isEmpty ? text : String(decoding: blanked(Array(text.utf8)), as: UTF8.self)
  }

  /// Blanks every secret, without moving anything.
  func blanked(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for value in values { Self.blank(value, behind: 0, in: &result) }
    for pair in pairs { Self.blank(pair, behind: (pair.firstIndex(of: 0x3D) ?? 0) + 1, in: &result) }
    return result
  }

  private static func blank(_ value: [UInt8], behind: Int, in bytes: inout [UInt8]) {
    let pattern = BytePattern(bytes: value)
    var position = 0
    while let start = pattern.first(in: bytes, position..<bytes.count) {
      let end = start + value.count
      position = start + 1
      let isWord =
        value.count - behind >= unmistakable
        || (start == 0 || !bytes[start - 1].isWordByte) && (end == bytes.count || !bytes[end].isWordByte)
      guard isWord else { continue }
      for index in (start + behind)..<end { bytes[index] = 0x78 }
      position = end
    }
  }
}
