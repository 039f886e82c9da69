import Model
import XML

/// Reads any seller's price list: lenient in what it takes, and silent about none of it.
///
/// A leniency never changes a fact without a finding, and what would have to be guessed is held back by
/// name. A reading is whole or not at all: a file that is cut or damaged anywhere gives an error and no
/// offers.
public enum PriceListReader {
  /// The longest file that is accepted: about three million offers.
  public static let mostBytes = 1 << 30

  /// Reads a price list.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - source: A path or address without secrets, for the places of findings.
  ///   - maximumBytes: The longest file to accept.
  ///   - maximumOffers: The most offers to accept.
  /// - Returns: Offers, held back offers and findings.
  /// - Throws: ``PriceListError`` for a file that is no price list at all, or a damaged one.
  public static func read(
    _ bytes: [UInt8], source: String, maximumBytes: Int = mostBytes, maximumOffers: Int = 2_000_000
  ) throws(PriceListError) -> PriceListReading {
    if let refusal = Refusal.finding(beginningOf: bytes, source: source) { throw PriceListError(refusal) }
    if bytes.count <= maximumBytes,
      let reading = plainReading(bytes, source: source, maximumOffers: maximumOffers)
    {
      return reading
    }
    return try lenientReading(
      bytes, source: source, maximumBytes: maximumBytes, maximumOffers: maximumOffers)
  }

  /// Reads a file of plain XML, which nearly every price list is, in a fraction of the time.
  ///
  /// - Returns: What the other way of reading would give, or `nil` for any other file.
  package static func plainReading(_ bytes: [UInt8], source: String, maximumOffers: Int) -> PriceListReading?
  {
    PlainScanner.scan(bytes) { scanner in
      var parser = FeedParser(source: source, maximumOffers: maximumOffers)
      return parser.parse(&scanner) ? parser.reading() : nil
    }
  }

  /// Reads any file by libxml2, which also knows what is wrong with it.
  package static func lenientReading(
    _ bytes: [UInt8], source: String, maximumBytes: Int, maximumOffers: Int
  ) throws(PriceListError) -> PriceListReading {
    var parser = FeedParser(source: source, maximumOffers: maximumOffers)
    parser.noteBytes(bytes)
    let refusal: Finding?
    do throws(XMLError) {
      var reader = try XMLReader(bytes, maximumBytes: maximumBytes)
      refusal = try parser.parse(&reader)
    } catch {
      refusal = Refusal.finding(error, in: bytes, source: source)
    }
    if let refusal { throw PriceListError(refusal, after: parser.sortedFindings) }
    return parser.reading()
  }
}
