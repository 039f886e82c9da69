public import Model
import XML

/// Makes a corrected copy of a price list: what can be put right in one way only.
///
/// Read leniently and written strictly, so the copy has the right namespace, order, spelling and numbers. A file that is
/// no XML because of typographic quotes, no-break blanks in tags, bare ampersands or control characters is mended first.
/// What nobody can decide stays out of the copy, by name.
public enum PriceListFixer {
  /// A corrected copy.
  public struct Fix: Sendable, Hashable {
    /// The whole copy; without any error of the linter.
    public var bytes: [UInt8]
    /// Rules that the original broke and the copy keeps, sorted.
    public var mended: [String]
    /// Offers that are not in the copy, because only a person can say what they mean.
    public var heldBack: [HeldBackOffer]
  }

  /// Corrects a price list.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - source: A path or address without secrets.
  /// - Returns: The copy.
  /// - Throws: ``PriceListError`` for a file that only a person can mend.
  public static func fix(_ bytes: [UInt8], source: String) throws(PriceListError) -> Fix {
    var text = bytes
    var mended: Set<String> = []
    var reading: PriceListReading?
    var attempts = 0
    while reading == nil {
      do throws(PriceListError) { reading = try PriceListReader.read(text, source: source) } catch {
        attempts += 1
        guard attempts < 5, let next = mend(text, error.reason.rule), next != text else { throw error }
        mended.insert(error.reason.rule)
        text = next
      }
    }
    guard let reading else { preconditionFailure("the loop ends with a reading or throws") }
    func named(_ text: String?) -> String? { text.flatMap { Blank.isNothing($0) ? nil : Blank.trimmed($0) } }
    guard let merchant = MerchantID(named(reading.merchant) ?? named(reading.company) ?? "") else {
      throw PriceListError(
        LintRule.missingMerchant.finding(Place(source), "neither company nor merchantid has a text"))
    }
    let copy = try PriceListWriter.write(
      company: named(reading.company) ?? merchant.text, merchant: merchant, offers: reading.offers,
      date: reading.date)
    let before = Set(reading.findings.map(\.rule)).union(reading.suppressed.keys)
    let after = Set(Linter.lint(copy, source: source).findings.map(\.rule))
    let held = Set(reading.heldBack.map(\.rule))
    mended.formUnion(before.subtracting(after).subtracting(held))
    return Fix(bytes: copy, mended: mended.sorted(), heldBack: reading.heldBack)
  }

  /// Bytes with the cause of one rule taken away; `nil` for a rule that has no one right form.
  private static func mend(_ bytes: [UInt8], _ rule: String) -> [UInt8]? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    switch rule {
    case LintRule.curlyQuotes.id, LintRule.noBreakSpace.id: return mendTags(text)
    case LintRule.controlCharacter.id: return Array(withoutForbidden(text).utf8)
    case LintRule.notWellFormed.id: return mendAmpersands(bytes)
    default: return nil
    }
  }

  /// Typographic quotes and no-break blanks inside tags become the plain ones.
  private static func mendTags(_ text: String) -> [UInt8] {
    var result = String.UnicodeScalarView()
    var isInside = false
    for scalar in text.unicodeScalars {
      if scalar == "<" { isInside = true }
      if scalar == ">" { isInside = false }
      if isInside, "“”„‟«»″".unicodeScalars.contains(scalar) {
        result.append("\"")
      } else if isInside, "‘’".unicodeScalars.contains(scalar) {
        result.append("'")
      } else if isInside, scalar == "\u{A0}" {
        result.append(" ")
      } else {
        result.append(scalar)
      }
    }
    return Array(String(result).utf8)
  }

  private static func withoutForbidden(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { scalar in
          switch scalar.value {
          case 0x9, 0xA, 0xD, 0x20...0xFFFD, 0x10000...: true
          default: false
          }
        }))
  }

  /// An ampersand that begins no reference becomes `&amp;`.
  private static func mendAmpersands(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 64)
    for (index, byte) in bytes.enumerated() {
      result.append(byte)
      guard byte == 0x26 else { continue }
      let rest = bytes[(index + 1)...].prefix(12)
      let name = rest.prefix { $0 != 0x3B }
      let isReference =
        name.count < rest.count
        && (["amp", "lt", "gt", "quot", "apos"].contains(String(decoding: name, as: UTF8.self))
          || name.first == 0x23 && name.count > 1)
      if !isReference { result.append(contentsOf: "amp;".utf8) }
    }
    return result
  }
}
