import Model
import Testing

/// Prices on their way to a channel.
@Suite struct PriceRuleTests {
  private func entry(_ sku: String = "1", price: Int = 1000, category: String? = nil) throws -> CatalogEntry {
    let product = try category.map { name in
      Product(id: try #require(ProductID("7")), title: "t", categories: [Category(code: "code", title: name)])
    }
    return CatalogEntry(
      offer: Offer(
        sku: try #require(SKU(sku)), model: "m", brand: "Дала", availabilities: [],
        pricing: .everywhere(try #require(Tenge(price)))), product: product)
  }

  private func trace(_ price: Int, _ rules: PriceRule...) throws -> PriceTrace {
    PriceTrace(try #require(Tenge(price)), of: try entry(price: price), rules: rules)
  }

  @Test(arguments: [
    ("100", 1049, 1000), ("100", 1050, 1100), ("up 100", 1001, 1100), ("up 100", 1100, 1100),
    ("down 100", 1199, 1100), ("ending 990", 1000, 1990), ("ending 990", 990, 990), ("ending 990", 991, 1990),
    ("ending 9", 1230, 1239), ("nearest 5", 1002, 1000),
  ])
  func rounds(text: String, amount: Int, result: Int) throws {
    let rounding = try #require(PriceRule.Rounding(text))
    #expect(rounding.apply(to: amount) == result)
  }

  @Test(arguments: ["", "0", "-5", "up", "up x", "sideways 100", "100 up"])
  func refusesOtherRoundings(text: String) {
    #expect(PriceRule.Rounding(text) == nil)
  }

  @Test func worksInTheWrittenOrderAndSaysEachStep() throws {
    var rule = PriceRule()
    rule.markup = 1000
    rule.rounding = .up(100)
    rule.minimum = 500
    rule.maximum = 1500
    let trace = try trace(1234, rule)
    #expect(trace.steps.map(\.what) == ["markup 10%", "round up 100"])
    #expect(trace.steps.map(\.amount) == [1357, 1400] && trace.amount == 1400 && trace.blocks.isEmpty)
    #expect(try self.trace(2000, rule).amount == 1500)
    #expect(try self.trace(100, rule).amount == 500)
    var set = PriceRule()
    set.set = 990
    #expect(try self.trace(5, set, rule).amount == 1100, "rules follow one another")
  }

  @Test func floorAndMarginOnlyBlock() throws {
    var floor = PriceRule()
    floor.floor = 1000
    #expect(try trace(999, floor).blocks.map(\.kind) == [.floor])
    #expect(try trace(999, floor).amount == 999)
    #expect(try trace(1000, floor).blocks.isEmpty)
    var margin = PriceRule()
    margin.margin = PriceRule.Margin(costs: [try #require(SKU("1")): 800], commission: 1200, least: 500)
    // 1000 − 12% − 800 leaves 8%; 900 leaves −0.89%.
    #expect(try trace(1000, margin).blocks.isEmpty)
    #expect(try trace(900, margin).blocks.map(\.kind) == [.margin])
    #expect(try trace(900, margin).amount == 900)
    var cut = PriceRule()
    cut.markup = -10_000
    #expect(try trace(5, cut).blocks.map(\.kind) == [.range], "no list can carry 0")
  }

  @Test func filtersByWhatIsKnown() throws {
    var filter = OfferFilter()
    #expect(filter.objection(to: try entry()) == nil)
    filter.categories = ["ЧАЙНИКИ"]
    #expect(filter.objection(to: try entry()) != nil)
    #expect(filter.objection(to: try entry(category: "Чайники")) == nil)
    filter.categories = ["code"]
    #expect(filter.objection(to: try entry(category: "Чайники")) == nil)
    filter = OfferFilter()
    filter.brands = ["дала"]
    filter.skuPrefix = "1"
    filter.minimumPrice = 1000
    filter.maximumPrice = 1000
    #expect(filter.objection(to: try entry()) == nil)
    #expect(filter.objection(to: try entry("2")) != nil)
    #expect(filter.objection(to: try entry(price: 999)) != nil)
    #expect(filter.objection(to: try entry(price: 1001)) != nil)
  }
}
