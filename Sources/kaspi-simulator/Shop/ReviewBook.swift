import Store

/// Reviews of a card.
///
/// Their authors and order numbers are invented; a client must not keep them all the same.
struct ReviewBook {
  /// 1 to 5.
  var rating: Int
  /// Invented.
  var author: String
  /// `dd.MM.yyyy`.
  var date: String
  /// Invented.
  var orderNumber: String
  /// What the buyer wrote.
  var text: String
  /// How many found it useful.
  var useful: Int

  /// Newest first; none for a card that nobody rated.
  static func reviews(of offering: Offering) -> [ReviewBook] {
    guard offering.rating > 0 else { return [] }
    let count = min(offering.ratings, 30)
    return (0..<count).map { number in
      var source = SplitMix(offering.article.index, "review", number)
      let rating = source.within(0...99) < offering.rating / 5 ? 5 : source.within(2...4)
      return ReviewBook(
        rating: rating, author: "Покупатель \(source.within(1...400))",
        date: Moment.date(World.firstNight - Int64(3 + number * 9 + source.below(8)) * World.day),
        orderNumber: "0000\(source.digits(5))", text: source.pick(rating >= 4 ? praise : complaints),
        useful: source.below(12))
    }
  }

  /// As the reviews endpoint writes it.
  func json(article: Article, number: Int) -> JSONValue {
    var source = SplitMix(article.index, "review id", number)
    let id = source.hex(32)
    let pictures: [JSONValue] =
      number % 5 == 0
      ? [
        .object([
          "id": .string("\(orderNumber)-\(article.card)/\(source.hex(8)).jpg"),
          "small": .string("https://resources.cdn-kaspi.kz/img/p/r/\(orderNumber)-\(article.card)/small.jpg"),
          "large": .string("https://resources.cdn-kaspi.kz/img/p/r/\(orderNumber)-\(article.card)/large.jpg"),
        ])
      ] : []
    return .object([
      "id": .string(id), "author": .string(author), "date": .string(date),
      "orderNumber": .string(orderNumber),
      "rating": .integer(rating),
      "comment": .object(["plus": .string(""), "minus": .string(""), "text": .string(text)]),
      "feedback": .object(["positive": .integer(useful), "voted": .bool(false)]),
      "galleryImages": .array(pictures),
      "product": .object([
        "id": .string(article.card), "name": .string(article.title),
        "categoryCode": .string(article.category.master), "categoryName": .string(article.category.title),
        "link": .string("https://kaspi.kz/shop\(article.shopLink)"),
      ]), "merchant": .null, "editable": .bool(false), "editedByCustomer": .bool(false),
    ])
  }

  private static let praise = [
    "Все как на фото, спасибо!", "Пришло быстро, упаковано хорошо.", "Пользуюсь месяц, нареканий нет.",
    "Өте жақсы, бағасына сай.", "Взяла маме, очень довольна.", "Сапасы керемет, рақмет сатушыға!",
    "Беру второй раз, качество не упало.",
  ]
  private static let complaints = [
    "Цвет немного отличается от фото.", "Доставка на день позже обещанного.", "За такие деньги нормально.",
    "Түсі суреттегідей емес.", "Упаковка помята, сам товар цел.",
  ]
}
