import Model
import Notify
import Store

extension NotifierJob {
  /// Writes the text of a message whose template had failed; any other message is left as it is.
  ///
  /// - Parameters:
  ///   - entry: The message.
  ///   - outbox: Where it is kept.
  /// - Throws: `OutboxRefusal` when it cannot be written now either; `StoreError`.
  func writeAnew(_ entry: OutboxEntry, in outbox: Outbox) throws {
    guard entry.state == .parked, entry.text.isEmpty, entry.reason?.hasPrefix("template_") == true,
      let phone = entry.recipient
    else { return }
    let folder = SnapshotFolder(folders.orders)
    guard let newest = try folder.moments().last,
      let order = try folder.changes(
        ChangesQuestion(base: newest, current: newest, watching: [entry.order])
      ).watched[entry.order]
    else {
      throw OutboxRefusal(
        "the newest snapshot does not have the order \(entry.order)", hint: "Write to the buyer by hand.")
    }
    let language = entry.locale ?? locale
    guard
      let template = try templates().template(
        entry.event, language, variant: entry.variant ?? RuleVariant.main)
    else {
      throw OutboxRefusal(
        "there is no template for \(entry.event.rawValue) in \(language.rawValue)",
        hint: "Add it to templates/.")
    }
    let context = MessageContext(
      order: order, shop: profile, locale: language,
      isFirstContact: !outbox.content.isKnown(phone), links: try links())
    let text: String
    do throws(TemplateError) { text = try template.render(context) } catch {
      throw OutboxRefusal("\(error.file): \(error.message)", hint: error.hint)
    }
    try outbox.write(text, for: entry.identity, now: time.now)
  }
}
