import Crawl
import Model
import PriceList
import Testing

@testable import kaspi_simulator

/// What the product's own readers make of the stand-ins: the two must agree without knowing each other.
@Suite struct CounterpartTests {
  let world = World(seed: 1)

  @Test func theCrawlerReadsEveryKindOfPageAsItWasMeant() throws {
    let offerings = world.offerings(2)
    for offering in offerings where offering.article.index % 9 == 0 || !offering.state.isOnSale {
      let siblings = offerings.filter { $0.article.family == offering.article.family }
      let html = ProductPage(offering: offering, siblings: siblings, city: World.cities[0]).html
      let page = try Crawl.ProductPage.extract(html: Array(html.utf8))
      let article = offering.article
      #expect(page.product.id.text == article.card)
      #expect(page.product.title == article.title)
      #expect(page.product.brand == article.brand)
      #expect(
        page.product.categories.map(\.title).suffix(article.category.path.count)
          == article.category.path.map(\.title)[...])
      #expect(page.product.images.count == article.images.count)
      #expect(page.product.description == article.text)
      let read = page.product.characteristics.flatMap(\.characteristics)
      let meant = article.groups.flatMap(\.features)
      #expect(read.map(\.name) == meant.map(\.name) && read.map(\.values) == meant.map(\.values))
      #expect(read.map(\.unit) == meant.map(\.unit))
      #expect(
        page.product.variants.count == (siblings.count > 1 && !article.choices.isEmpty ? siblings.count : 0))
      let sale = page.city.flatMap { page.product.sales[$0] }
      #expect(sale == offering.sale(in: World.baseCity).flatMap { Tenge($0).map { .price($0) } } ?? .soldOut)
      if offering.rating > 0 { #expect(page.product.rating?.count == offering.ratings) }
    }
  }

  @Test(arguments: 0...3) func theFeedIsReadToTheSameOffers(night: Int) throws {
    let offerings = world.offerings(night).filter { $0.state.withdrawn == nil }
    let reading = try PriceListReader.read(
      Array(Feed.xml(world.offerings(night), night: night).utf8), source: "feed")
    #expect(reading.heldBack.isEmpty)
    #expect(reading.offers.map(\.sku.text) == offerings.map(\.article.sku))
    for (offer, offering) in zip(reading.offers, offerings) {
      #expect(offer.model == offering.article.title && offer.brand == offering.article.brand)
      #expect(offer.availabilities.map { $0.stock ?? -1 } == offering.state.stock)
      #expect(offer.isAvailable == offering.state.isOnSale)
      for city in World.cities {
        #expect(
          CityID(city.id).flatMap { offer.pricing.price(in: $0) }?.amount == offering.price(in: city.id))
      }
    }
  }
}
