import Model
import TestKit
import Testing

/// Catalogs full of what shops really write, and of what nobody should.
enum GeneratedCatalog {
  static func make(seed: UInt64, offers: Int) throws -> Catalog {
    var random = SeededGenerator(seed: seed)
    let texts = [
      "Чайник «Пример» 1.7 л", "a & b < c > \"d\" 'e'", " с пробелом впереди", "қазақша ұзын атау өңір",
      "😀 emoji",
      "tab\tinside", "line\nbreak", "]]>", "&amp;#34;", "\u{E9}", "e\u{301}", "ноль\u{A0}пробел", "0", "  ",
      "é|x|y",
    ]
    func text() -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }
    var entries: [CatalogEntry] = []
    for index in 0..<offers {
      let sku = try #require(SKU("\(index % 3 == 0 ? "00" : "АB(+) ")\(index)"))
      let price = try #require(Tenge(Int.random(in: Tenge.bounds, using: &random)))
      let cities = try ["750000000", "710000000"].map { try #require(CityID($0)) }
      let pricing: Pricing =
        Bool.random(using: &random) ? .everywhere(price) : .byCity([cities[0]: price, cities[1]: price])
      let stores = try ["PP1", "14000001_PP2", "мой склад"].prefix(index % 4).map {
        try #require(StoreID($0))
      }
      let offer = Offer(
        sku: sku, model: index % 5 == 0 ? "" : text(), brand: index % 2 == 0 ? text() : nil,
        availabilities: stores.map {
          Availability(
            store: $0, isAvailable: Bool.random(using: &random), stock: index % 2 == 0 ? index : nil,
            preorderDays: index % 7)
        }, pricing: pricing)
      var product: Product?
      if index % 3 != 1 {
        product = Product(
          id: try #require(ProductID("\(1000 + index)\(index % 2 == 0 ? "b" : "")")), title: text(),
          brand: index % 2 == 0 ? text() : nil,
          categories: [Category(code: "c", title: text()), Category(title: text())].suffix(index % 3),
          description: index % 4 == 0 ? text() + "\n" + text() : nil,
          characteristics: [
            CharacteristicGroup(
              name: index % 2 == 0 ? "" : text(),
              characteristics: [
                Characteristic(code: "x*y", name: text(), values: [text(), text()], unit: "см"),
                Characteristic(name: text(), values: [""]),
              ])
          ], images: ["https://a/b.jpg", "https://a/c.jpg?x=1&y=2"].suffix(index % 3),
          variants: [
            Variant(
              product: try #require(ProductID("77")), isAvailable: index % 2 == 0 ? true : nil,
              choices: [.init(name: "Цвет", value: text())])
          ].suffix(index % 2),
          rating: index % 2 == 0 ? Rating(hundredths: 488, count: index % 4 == 0 ? nil : 3) : nil,
          sales: index % 2 == 0 ? [cities[0]: .price(price), cities[1]: .soldOut] : [:])
      }
      entries.append(
        CatalogEntry(
          offer: offer, product: product, productID: index % 6 == 1 ? ProductID("42") : nil,
          standing: index % 10 == 9 ? .withdrawn(since: Day(number: 20_000 + index)) : .offered))
    }
    let merchant = try #require(MerchantID("14000001"))
    let catalog = Catalog(company: text(), merchant: merchant, entries: entries)
    return try #require(catalog)
  }
}
