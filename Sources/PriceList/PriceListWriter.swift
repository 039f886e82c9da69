public import Model
import XML

/// Writes a price list that Kaspi takes, byte for byte the same for the same offers.
///
/// An offer without any store is written without `availabilities`, as the schema allows: leaving it out of
/// the file would take it off sale silently.
public enum PriceListWriter {
  /// Writes a price list: sorted by SKU, one element a line, two blanks a level, line feeds.
  ///
  /// - Parameters:
  ///   - company: The shop's name; not blank.
  ///   - merchant: The seller's number.
  ///   - offers: In any order, each SKU once; at least one.
  ///   - date: What stands in the `date` attribute, or `nil` for none.
  /// - Returns: The whole file.
  /// - Throws: ``PriceListError`` for anything that the file could not carry; no bytes exist then.
  public static func write(
    company: String, merchant: MerchantID, offers: [Offer], date: String? = nil
  ) throws(PriceListError) -> [UInt8] {
    guard !offers.isEmpty else {
      throw refusal(.noOffers, nil, "there are no offers to write")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1024 + offers.count * 448)
    do {
      var pieces = try PriceListPieces(company: company, merchant: merchant, date: date) {
        bytes.append($0)
      }
      for offer in rising(offers) { try pieces.add(offer) }
      try pieces.finish()
    } catch let error as PriceListError {
      throw error
    } catch {
      preconditionFailure("memory takes every piece: \(error)")
    }
    return bytes
  }

  // MARK: Inside

  /// Offers sorted by SKU; mostly they are already.
  private static func rising(_ offers: [Offer]) -> [Offer] {
    let places = offers.span
    for index in places.indices.dropFirst() where places[index].sku < places[index - 1].sku {
      return offers.sorted { $0.sku < $1.sku }
    }
    return offers
  }

  /// What the types do not promise.
  static func check(_ offer: Offer) throws(PriceListError) {
    for entry in offer.availabilities {
      if let stock = entry.stock, stock < 0 {
        throw refusal(.badStock, offer.sku, "the stock in store \(entry.store) is \(stock)")
      }
      if let days = entry.preorderDays, !(1...30).contains(days) {
        throw refusal(.badPreorder, offer.sku, "\(days) days of preorder in store \(entry.store)")
      }
    }
    for (left, right) in zip(offer.availabilities, offer.availabilities.dropFirst())
    where left.store.text.utf8.elementsEqual(right.store.text.utf8) {
      throw refusal(.conflictingStore, offer.sku, "store \(left.store) is named twice")
    }
    if case .byCity(let prices) = offer.pricing, prices.isEmpty {
      throw refusal(.noPrice, offer.sku, "there is no city price")
    }
  }

  static func refusal(_ rule: LintRule, _ sku: SKU?, _ message: String) -> PriceListError {
    PriceListError(
      rule.finding(Place("price list"), sku: sku?.text, severity: .error, message))
  }
}
