import Model
@testable import Publish
import Store
import SystemPackage
import Testing
import XML

/// The same catalog in the files of other marketplaces.
@Suite struct ChannelTests {
  static let nasty = "Чайник & <b>\"1,7 л\"</b>\nвторая строка"

  private func version() throws -> PublishedVersion {
    let city = try #require(CityID("750000000"))
    let card = Product(
      id: try #require(ProductID("7")), title: Self.nasty, brand: "Дала",
      categories: [Category(title: "Бытовая техника"), Category(code: "kettles", title: "Чайники")],
      description: Self.nasty,
      characteristics: [
        CharacteristicGroup(
          name: "Основные", characteristics: [Characteristic(name: "Объём", values: ["1,7"], unit: "л")])
      ],
      images: [
        "https://resources.cdn-kaspi.kz/img/m/p/1.jpg?a=1&b=2", "https://resources.cdn-kaspi.kz/2.jpg",
      ])
    var offer = try Shops.offer("a").offer
    offer.model = Self.nasty
    var byCity = try Shops.offer("c", price: 500).offer
    byCity.pricing = .byCity([
      city: try #require(Tenge(700)), try #require(CityID("710000000")): try #require(Tenge(5)),
    ])
    var elsewhere = try Shops.offer("d").offer
    elsewhere.pricing = .byCity([try #require(CityID("710000000")): try #require(Tenge(5))])
    let catalog = try #require(
      Catalog(
        company: "Demo & Co", merchant: Shops.merchant(),
        entries: [
          CatalogEntry(offer: offer, product: card), CatalogEntry(offer: try Shops.offer("b").offer),
          CatalogEntry(offer: byCity, product: card), CatalogEntry(offer: elsewhere, product: card),
          CatalogEntry(
            offer: try Shops.offer("e").offer, product: card, standing: .withdrawn(since: Day(number: 20_000))
          ),
          CatalogEntry(offer: try Shops.offer("f", stock: 0).offer, product: card),
        ]))
    return PublishedVersion(
      manifest: Manifest(
        version: 3, parent: nil, created: Shops.now, files: [],
        counts: .init(offered: 4, withdrawn: 1, heldBack: 0), sources: [], approved: []), digest: "",
      catalog: catalog)
  }

  private func channel(_ kind: Channel.Kind, _ change: (inout Channel) -> Void = { _ in }) throws -> Channel {
    var channel = Channel(
      kind: kind, name: kind.rawValue, file: kind.rawValue, city: try #require(CityID("750000000")))
    change(&channel)
    return channel
  }

  @Test(arguments: [Channel.Kind.yml, .google, .meta])
  func marketplacesGetWhatTheyAskForAndReasonsForTheRest(kind: Channel.Kind) throws {
    let file = try ChannelFile(try channel(kind), of: version())
    #expect(file.items == 3)
    #expect(
      file.excluded.map { "\($0.sku) \($0.exclusion.reason)" } == ["b no-link", "d no-price", "e withdrawn"])
    #expect(try ChannelFile(try channel(kind), of: version()) == file)
    #expect(try ChannelCheck.faults(in: file.bytes, kind, items: 3) == [])
    #expect(try ChannelCheck.faults(in: file.bytes, kind, items: 4) != [], "the check can fail")
    let text = String(decoding: file.bytes, as: UTF8.self)
    #expect(
      text.contains("700") && !text.contains(">5</price>") && !text.contains(">5 KZT<")
        && !text.contains(",5 KZT"), "the price of the base city, never another's")
  }

  @Test func everyKindReadsBackWithNastyTexts() throws {
    let csv = try ChannelFile(try channel(.csv), of: version())
    let rows = try #require(DelimitedWriter.rows(csv.bytes))
    #expect(rows.count == 5 && rows[1][1] == Self.nasty && rows[1][4] == "1000")
    let lines = try ChannelFile(try channel(.jsonl), of: version())
    let first = try JSONValue(parsing: Array(lines.bytes.split(separator: 0x0A)[0]))
    #expect(first["title"]?.string == Self.nasty && first["price"]?.int == 1000)
    #expect(first["specs"]?[0]?["value"]?.string == "1,7 л")
    var reader = try XMLReader(try ChannelFile(try channel(.yml), of: version()).bytes)
    var names: [String] = []
    while let event = try reader.next() {
      if case .text(let text) = event, text.contains("вторая строка") { names.append(text) }
    }
    #expect(names.contains(Self.nasty))
  }

  @Test func mapsFieldsFiltersPricesAndCategories() throws {
    var markup = PriceRule()
    markup.markup = 1000
    let file = try ChannelFile(
      try channel(.csv) {
        $0.fields = [
          ("id", "sku"), ("cost", "price"), ("cat", "category"), ("volume", "characteristic:Объём"),
          ("shop", "text:Demo"),
        ]
        $0.prices = [markup]
        $0.categories = ["kettles": "Kitchen > Kettles"]
        $0.filter.categories = ["Чайники"]
        $0.filter.availableOnly = true
      }, of: version())
    #expect(
      String(decoding: file.bytes, as: UTF8.self)
        == "id,cost,cat,volume,shop\na,1100,Kitchen > Kettles,\"1,7 л\",Demo\n"
        + "c,770,Kitchen > Kettles,\"1,7 л\",Demo\n")
    #expect(file.reasons == ["filter": 3, "no-price": 1])
    let error = #expect(throws: PublishError.self) {
      try ChannelFile(try channel(.csv) { $0.fields = [("x", "weight")] }, of: version())
    }
    #expect(error?.code == .badInput)
  }

  @Test func aLinkOfTheShopsOwnNeedsNoCard() throws {
    let file = try ChannelFile(
      try channel(.yml) { $0.link = "https://demo.example/p?sku={sku}" }, of: version())
    #expect(file.items == 4)
    var entry = CatalogEntry(offer: try Shops.offer("1").offer, productID: ProductID("9"))
    #expect(try channel(.yml).item(entry).link == nil, "a number alone may come from the cabinet")
    #expect(try channel(.yml) { $0.linksArePublic = true }.item(entry).link == "https://kaspi.kz/shop/p/-9/")
    entry.productID = nil
    #expect(try channel(.yml) { $0.linksArePublic = true }.item(entry).link == nil)
  }

  @Test func blockedPricesStayOutAndSayWhy() throws {
    var floor = PriceRule()
    floor.floor = 800
    let file = try ChannelFile(try channel(.jsonl) { $0.prices = [floor] }, of: version())
    #expect(file.excluded.contains { $0.sku.text == "c" && $0.exclusion.reason == "price-floor" })
  }

  @Test func filesAreReplacedOnlyWhenTheyDiffer() throws {
    let shop = try Shop()
    let publisher = ChannelPublisher(shop.folders)
    let channels = [try channel(.csv), try channel(.kaspi)]
    #expect(try publisher.publish(channels, of: version(), isDryRun: true).map(\.isNew) == [true])
    #expect(try !Folder.exists(shop.folders.feeds.appending("csv")))
    #expect(try publisher.publish(channels, of: version()).map(\.isNew) == [true])
    #expect(try publisher.publish(channels, of: version()).map(\.isNew) == [false])
    #expect(try publisher.findings(channels, of: version()) == [])
    try AtomicFile.write([0x41], to: shop.folders.feeds.appending("csv"))
    #expect(try publisher.findings(channels, of: version()).map(\.rule) == ["channel"])
  }

  @Test func aFileThatWouldLoseEveryOfferStays() throws {
    let shop = try Shop()
    let publisher = ChannelPublisher(shop.folders)
    let path = shop.folders.feeds.appending("csv")
    let nobody = [try channel(.csv) { $0.filter.brands = ["Nobody"] }]
    #expect(
      try publisher.publish(nobody, of: version()).map(\.isNew) == [true], "there is nothing to lose yet")
    #expect(try publisher.publish([try channel(.csv)], of: version()).map(\.isNew) == [true])
    let good = try AtomicFile.read(path)
    let kept = try publisher.publish(nobody, of: version())
    #expect(kept.map(\.isKept) == [true] && kept.map(\.isNew) == [false])
    #expect(try AtomicFile.read(path) == good)
    #expect(try publisher.findings(nobody, of: version()).map(\.rule) == ["channel"])
    #expect(try publisher.publish(nobody, of: version(), allowsEmpty: true).map(\.isNew) == [true])
    #expect(try AtomicFile.read(path) != good)
  }
}
