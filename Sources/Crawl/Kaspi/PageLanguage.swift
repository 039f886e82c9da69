/// The language that a page says it is in.
enum PageLanguage {
  private static let html = BytePattern("<html")
  private static let attribute = BytePattern("lang=\"")

  /// The first two letters of the `lang` of `<html>`, or `nil` when the page does not say.
  ///
  /// - Parameter page: HTML.
  /// - Returns: Like `ru`.
  static func of(_ page: [UInt8]) -> String? {
    guard let start = html.first(in: page, 0..<min(page.count, 1024)),
      let name = attribute.first(in: page, start..<min(page.count, start + 256))
    else { return nil }
    let letters = page[(name + attribute.bytes.count)...].prefix(2)
    guard letters.count == 2, letters.allSatisfy({ (0x61...0x7A).contains($0) }) else { return nil }
    return String(decoding: letters, as: UTF8.self)
  }
}
