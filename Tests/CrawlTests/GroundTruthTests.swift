import Model
import Store
import TestKit
import Testing

@testable import Crawl

/// The saved pages against what was cut out of them by other means.
@Suite(.needsSampleData) struct GroundTruthTests {
  static let numbers = SampleData.files(in: "product-json").map {
    String($0.split(separator: "/").last?.split(separator: ".").first ?? "")
  }

  private func truth(_ number: String) throws -> JSONValue {
    try JSONValue(parsing: SampleData.bytes("product-json/\(number).json"))
  }

  private func page(_ number: String) throws -> ExtractedPage {
    try ProductPage.extract(html: SampleData.bytes("product-pages/\(number).html"), source: number)
  }

  @Test func hasSevenPages() { #expect(Self.numbers.count == 7) }

  @Test(arguments: numbers) func givesNumberTitleBrandAndCategories(number: String) throws {
    let (page, truth) = (try page(number), try truth(number))
    #expect(page.product.id.text == number)
    #expect(page.product.title == truth["item"]?["card"]?["title"]?.string)
    let brand = truth["item"]?["card"]?["promoConditions"]?["brand"]?.string
    #expect(page.product.brand == (brand == "Без бренда" ? nil : brand))
    let path = truth["digitalDataProduct"]?["category"]?.array?.compactMap(\.string)
    #expect(page.product.categories.map(\.title) == path)
    let codes = truth["item"]?["breadcrumbs"]?.array?.compactMap { $0["id"]?.string }.dropFirst()
    #expect(page.product.categories.map(\.code) == codes.map { $0.map(Optional.some) })
  }

  @Test(arguments: numbers) func givesThePriceOfItsCityOrSoldOut(number: String) throws {
    let (page, truth) = (try page(number), try truth(number))
    let city = try #require(truth["digitalData"]?["website"]?["regionId"]?.string.flatMap { CityID($0) })
    #expect(page.city == city)
    let price = truth["item"]?["card"]?["price"]?.int
    #expect(page.product.sales == [city: price.flatMap(Tenge.init).map { .price($0) } ?? .soldOut])
    #expect(truth["meta"]?["product:availability"]?.string == (price == nil ? "out of stock" : "in stock"))
  }

  @Test(arguments: numbers) func givesEveryCharacteristicWithItsGroupAndValues(number: String) throws {
    let (page, truth) = (try page(number), try truth(number))
    let groups = try #require(truth["item"]?["specifications"]?.array)
    #expect(page.product.characteristics.count == groups.count)
    for (ours, theirs) in zip(page.product.characteristics, groups) {
      #expect(ours.name == theirs["name"]?.string)
      let features = try #require(theirs["features"]?.array)
      #expect(ours.characteristics.map(\.name) == features.compactMap { $0["name"]?.string })
      #expect(ours.characteristics.map(\.code) == features.map { $0["code"]?.string })
      #expect(
        ours.characteristics.map(\.values)
          == features.map { ($0["featureValues"]?.array ?? []).compactMap { $0["value"]?.string } })
      #expect(ours.characteristics.allSatisfy { $0.unit == nil })
    }
    let several = page.product.characteristics.flatMap(\.characteristics).filter { $0.values.count > 1 }
    #expect(!several.isEmpty, "each of these pages has a property with several values")
  }

  @Test(arguments: numbers) func givesEveryImageWithoutAFormat(number: String) throws {
    let (page, truth) = (try page(number), try truth(number))
    let locations = try #require(truth["item"]?["galleryImages"]?.array).compactMap { $0["location"]?.string }
    #expect(page.product.images == locations.map { "https://resources.cdn-kaspi.kz/img/m/p/" + $0 })
  }

  @Test(arguments: numbers) func givesEveryVariantWithItsChoices(number: String) throws {
    let (page, truth) = (try page(number), try truth(number))
    var expected: [Variant] = []
    for colour in truth["configurator"]?["matrix"]?.array ?? [] {
      for size in colour["matrix"]?.array ?? [] {
        let id = try #require(size["productCode"]?.string.flatMap { ProductID($0) })
        let choices = [colour, size].compactMap { level -> Variant.Choice? in
          let value = level["characteristic"]?["values"]?[0]
          let words = [value?["value"]?.string, value?["dimension"]?.string].compactMap(\.self)
          return Variant.Choice(
            name: level["characteristic"]?["title"]?.string ?? "", value: words.joined(separator: " "))
        }
        expected.append(Variant(product: id, isAvailable: size["available"]?.bool, choices: choices))
      }
    }
    #expect(!expected.isEmpty)
    #expect(page.product.variants == expected)
    #expect(expected.contains { $0.product == page.product.id }, "a card is one of its own forms")
  }

  /// The figures beside the heading; `digitalData.reviewCount` says 0 on every one of these pages.
  static let ratings: [(String, Rating?)] = [
    ("102529963", Rating(hundredths: 480, count: 709)), ("120765717", Rating(hundredths: 480, count: 7)),
    ("120765729", Rating(hundredths: 490, count: 85)), ("121207859", Rating(hundredths: 480, count: 7)),
    ("135502195", nil), ("135502266", Rating(hundredths: 480, count: 7)), ("140035538", nil),
  ]

  @Test(arguments: ratings) func givesTheRatingThatBuyersSee(number: String, rating: Rating?) throws {
    let page = try page(number)
    #expect(page.product.rating == rating)
    #expect(try truth(number)["digitalDataProduct"]?["reviewCount"]?.int == 0)
  }

  @Test(arguments: numbers) func findsNoDisagreementOnAGoodPage(number: String) throws {
    let page = try page(number)
    #expect(page.findings.isEmpty, "\(page.findings.map(\.message))")
    #expect(
      page.fields[.title] == .item && page.fields[.rating] == (page.product.rating == nil ? nil : .markup))
  }

  @Test(arguments: numbers) func keepsEveryFactWhenReviewersAreTakenOut(number: String) throws {
    let raw = try SampleData.bytes("product-pages/\(number).html")
    let kept = PageRedaction.withoutPeople(raw)
    #expect(try ProductPage.extract(html: kept, source: number) == page(number))
    let text = String(decoding: kept, as: UTF8.self)
    #expect(!text.contains("reviews__author") && !text.contains("Покупатель "))
  }

  @Test(arguments: numbers) func readsTheSameFromTheMarkupWhenTheCardIsMissing(number: String) throws {
    let text = String(decoding: try SampleData.bytes("product-pages/\(number).html"), as: UTF8.self)
    let bare = text.replacing("BACKEND.components.item ", with: "BACKEND.components.itemRenamed ")
    #expect(bare != text)
    let (page, whole) = (try ProductPage.extract(html: Array(bare.utf8), source: number), try page(number))
    #expect(page.findings.map(\.rule) == ["page-state-missing"])
    #expect(page.product.id == whole.product.id && page.product.title == whole.product.title)
    #expect(page.product.brand == whole.product.brand && page.product.sales == whole.product.sales)
    #expect(page.product.rating == whole.product.rating && page.product.variants == whole.product.variants)
    #expect(page.product.images == whole.product.images)
    #expect(page.product.categories.map(\.title) == whole.product.categories.map(\.title))
    let ours = page.product.characteristics.flatMap(\.characteristics)
    let theirs = whole.product.characteristics.flatMap(\.characteristics)
    #expect(ours.map(\.name) == theirs.map(\.name))
    #expect(ours.map { $0.values.first } == theirs.map { $0.values.joined(separator: ", ") })
    #expect(page.fields[.title] == .markup)
  }

  @Test func refusesTheShellOfASearch() throws {
    let bytes = try SampleData.bytes("product-pages/search-shell-almaty.html")
    #expect { try ProductPage.extract(html: bytes, source: "shell") } throws: {
      ($0 as? PageError)?.code == .notAProduct
    }
  }

  @Test(arguments: numbers) func refusesEveryPageThatIsCut(number: String) throws {
    let bytes = try SampleData.bytes("product-pages/\(number).html")
    for tenth in 1...9 {
      let cut = Array(bytes.prefix(bytes.count * tenth / 10))
      #expect { try ProductPage.extract(html: cut, source: "cut at \(tenth)/10") } throws: {
        ($0 as? PageError)?.code == .cut
      }
    }
  }
}
