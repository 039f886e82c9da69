import Model
import Mustache

/// Notes what came out empty while one message is rendered.
final class RenderNotes {
  var blanks: [String] = []
}

/// One value as the engine sees it.
///
/// It looks like an object without members, so that no name inside a section is ever found by reflection.
struct TemplateValue: MustacheParent, MustacheTransformable, MustacheCustomRenderable {
  enum Content {
    case text(String?)
    case money(Int?)
    case day(Day?)
    case count(Int?)
  }
  var name: String
  var content: Content
  var locale: MessageLocale
  var notes: RenderNotes

  func child(named: String) -> Any? { nil }

  var isNull: Bool {
    switch content {
    case .text(let text): text?.isEmpty ?? true
    case .money(let amount): amount == nil
    case .day(let day): day == nil
    case .count(let number): number == nil
    }
  }

  var renderText: String {
    let text: String? =
      switch content {
      case .text(let text): text
      case .money(let amount): amount.map { $0.grouped + "\u{A0}₸" }
      case .day(let day): day.map { MessageWords.date($0, locale) }
      case .count(let number): number.map(\.grouped)
      }
    if let text, !text.isEmpty { return text }
    notes.blanks.append(name)
    return ""
  }

  func transform(_ filter: String) -> Any? {
    switch (content, filter) {
    case (.money, "money"), (.day, "date"): return self
    case (.text(let text), "shorten"):
      return with(text.map { MessageContext.shortened($0, to: MessageContext.shortTitle) })
    case (.day(let day), "date_dots"): return with(day.map(MessageWords.dottedDate))
    case (.money(let amount), "amount"): return with(amount?.grouped)
    case (.day(let day), "date_full"): return with(day.map { MessageWords.fullDate($0, locale) })
    case (.day(let day), "weekday"): return with(day.map { MessageWords.weekday($0, locale) })
    case (.count(let number), "goods"): return with(number.map { MessageWords.goods($0, locale) })
    case (.count(let number), "pieces"): return with(number.map { MessageWords.pieces($0, locale) })
    case (.count(let number), _):
      return PluralForm(rawValue: filter).map { form in number.map { PluralForm.of($0, in: locale) } == form }
    default: return nil
    }
  }

  private func with(_ text: String?) -> TemplateValue {
    var copy = self
    copy.content = .text(text)
    return copy
  }
}

/// The names of one message, or of one line of its order.
struct TemplateScope: MustacheParent {
  var values: [String: TemplateValue]
  var flags: [String: Bool] = [:]
  var lists: [String: [TemplateScope]] = [:]

  func child(named: String) -> Any? { values[named] ?? flags[named] ?? lists[named] }

  init(_ context: MessageContext, notes: RenderNotes) {
    let texts: [String: String?] = [
      "buyer": context.firstName ?? MessageWords.buyer(context.locale), "first_name": context.firstName,
      "order_code": context.orderCode, "first_item": context.items.first?.title, "city": context.city,
      "delivery": MessageWords.delivery(context.delivery, context.locale), "shop_name": context.shopName,
      "product_link": context.productLink, "review_link": context.reviewLink,
      "seller_link": context.sellerLink, "whatsapp_link": context.whatsAppLink, "reason": context.reason,
    ]
    var contents = texts.mapValues { TemplateValue.Content.text($0) }
    contents["items_count"] = .count(context.itemsCount)
    contents["more_items"] = .count(context.moreItems > 0 ? context.moreItems : nil)
    contents["total"] = .money(context.total)
    contents["order_date"] = .day(context.orderDate)
    contents["planned_date"] = .day(context.plannedDate)
    self.init(contents: contents, locale: context.locale, notes: notes)
    flags = ["first_contact": context.isFirstContact, "pickup": context.delivery == .pickup]
    lists["items"] = context.items.map { item in
      TemplateScope(
        contents: [
          "title": .text(item.title), "quantity": .count(item.quantity), "item_total": .money(item.total),
        ], locale: context.locale, notes: notes)
    }
  }

  private init(contents: [String: TemplateValue.Content], locale: MessageLocale, notes: RenderNotes) {
    var values: [String: TemplateValue] = [:]
    for (name, content) in contents {
      values[name] = TemplateValue(name: name, content: content, locale: locale, notes: notes)
    }
    self.values = values
  }
}
