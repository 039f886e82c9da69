public import Model

/// How a large catalog is divided into files, so that each stays small and an offer stays in its file.
///
/// A part is chosen by the SKU alone. With 16 parts the first hexadecimal digit of a checksum of the SKU names the part,
/// with 256 parts the first two: an offer moves only when the whole shop grows or shrinks past a bound.
public enum CatalogParts {
  /// The numbers of parts that there are.
  public static let counts = [1, 16, 256]

  /// Largest file that is kept whole, in bytes; well below what code hosts refuse.
  public static let limit = 32 << 20

  /// How many parts a catalog has.
  ///
  /// - Parameters:
  ///   - bytes: Size of the largest of its files, if it were whole.
  ///   - parent: Parts of the version before; 1 for none.
  ///   - limit: Largest file.
  /// - Returns: A number of ``counts``: the smallest whose files fit. A former larger number stays until files would be
  ///   half as large as allowed, so that a shop at the bound does not move to and fro.
  public static func count(bytes: Int, parent: Int, limit: Int = limit) -> Int {
    func needed(_ limit: Int) -> Int {
      // Parts differ in size; a half more than the mean is allowed for.
      counts.first { $0 == 1 ? bytes <= limit : bytes / $0 / 2 * 3 <= limit } ?? 256
    }
    return parent > needed(limit) ? min(parent, needed(limit / 2)) : needed(limit)
  }

  /// The part of an offer.
  ///
  /// - Parameters:
  ///   - sku: The offer.
  ///   - count: A number of ``counts``.
  /// - Returns: From 0 on.
  /// - SeeAlso: FNV-1a, 32 bits, by Fowler, Noll and Vo; its halves are folded together.
  public static func part(of sku: SKU, of count: Int) -> Int {
    var hash: UInt32 = 0x811C_9DC5
    for byte in sku.text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
    let byte = Int((hash ^ hash >> 13) >> 24)
    return count == 1 ? 0 : count == 16 ? byte >> 4 : byte
  }

  /// The name of a file.
  ///
  /// - Parameters:
  ///   - stem: Like `catalog`.
  ///   - ending: Like `json`.
  ///   - part: From 0 on.
  ///   - count: A number of ``counts``.
  /// - Returns: `catalog.json`, `catalog-7.json` or `catalog-7f.json`.
  public static func name(_ stem: String, _ ending: String, part: Int, of count: Int) -> String {
    let digits = String(part, radix: 16)
    switch count {
    case 1: return "\(stem).\(ending)"
    case 16: return "\(stem)-\(digits).\(ending)"
    default: return "\(stem)-\(digits.utf8.count == 1 ? "0" : "")\(digits).\(ending)"
    }
  }

  /// The names that are a whole file or a part of it.
  ///
  /// - Parameters:
  ///   - stem: Like `catalog`.
  ///   - ending: Like `json`.
  ///   - names: Names of files.
  /// - Returns: Those that fit, in their order.
  public static func names(_ stem: String, _ ending: String, among names: [String]) -> [String] {
    names.filter { name in
      guard name.hasSuffix(".\(ending)"), name.hasPrefix(stem) else { return false }
      let middle = name.dropFirst(stem.count).dropLast(ending.count + 1)
      let digits = middle.dropFirst()
      return middle.isEmpty
        || middle.hasPrefix("-") && (1...2).contains(digits.count)
          && digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
  }
}
