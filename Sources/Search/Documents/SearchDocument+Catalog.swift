public import Model

extension SearchDocument {
  /// Makes a document of a catalog's entry.
  ///
  /// The title is the offer's; where the offer has none, the card's. A card's title that differs is searched
  /// with the description.
  ///
  /// - Parameters:
  ///   - entry: An offer with its card.
  ///   - city: Whose price is shown; a city without a price has none. Without a city the lowest price counts.
  public init(entry: CatalogEntry, city: CityID?) {
    let (offer, product) = (entry.offer, entry.product)
    let titles = [offer.model, product?.title].compactMap(\.self).filter { !$0.isEmpty }
    let otherTitle = titles.count == 2 && titles[0] != titles[1] ? titles[1] : nil
    let description = [otherTitle, product?.description].compactMap(\.self)
    let price = city.map(offer.pricing.price(in:)) ?? offer.pricing.lowest
    let isOffered = entry.standing == .offered
    self.init(
      sku: offer.sku.text, title: titles.first ?? "", brand: offer.brand ?? product?.brand,
      category: Self.line(product?.categories ?? []), price: price?.amount,
      stock: isOffered ? offer.totalStock : 0,
      rating: product?.rating.map { Rating(hundredths: $0.hundredths, count: $0.count ?? 1) },
      isAvailable: isOffered && offer.isAvailable,
      characteristics: (product?.characteristics ?? []).flatMap { $0.characteristics.map(Property.init) },
      description: description.isEmpty ? nil : description.joined(separator: "\n"))
  }

  /// Categories in one line, from broad to narrow.
  private static func line(_ categories: [Category]) -> String? {
    categories.isEmpty ? nil : categories.map(\.title).joined(separator: " / ")
  }
}

extension SearchDocument.Property {
  /// Values in one line, each with the unit.
  fileprivate init(_ characteristic: Characteristic) {
    let unit = characteristic.unit.map { " " + $0 } ?? ""
    self.init(
      name: characteristic.name, value: characteristic.values.map { $0 + unit }.joined(separator: ", "))
  }
}
