public import Model
import Store
public import SystemPackage

/// One day of a shop in a few lines, for its owner; no telephone, no name.
public enum OwnerDigest {
  /// The text.
  ///
  /// - Parameters:
  ///   - content: The outbox's content.
  ///   - shop: Who it is about.
  ///   - day: The day, in Almaty.
  ///   - locale: The owner's language.
  /// - Returns: A message.
  public static func text(
    _ content: OutboxContent, shop: ShopProfile, day: Day, locale: MessageLocale
  ) -> String {
    let (start, end) = (day.start, Day(number: day.number + 1).start)
    func isToday(_ instant: Instant) -> Bool { instant >= start && instant < end }
    let today = content.entries.values.filter { isToday($0.changed) }
    let sent = today.count { $0.state.isSent }
    let troubled = content.entries(in: .parked, .refused, .unknown).count
    let waiting = content.entries(in: .planned).count
    let replies = content.replies.count { isToday($0.at) && $0.intent == .other }
    let stops = content.replies.count { isToday($0.at) && $0.intent == .stop }
    let date = MessageWords.date(day, locale)
    return switch locale {
    case .russian:
      """
      «\(shop.name)», \(date)
      Отправлено: \(sent), ждут: \(waiting)
      Ответов: \(replies), отписались: \(stops)
      Требуют внимания: \(troubled)
      """
    case .kazakh:
      """
      «\(shop.name)», \(date)
      Жіберілді: \(sent), кезекте: \(waiting)
      Жауаптар: \(replies), бас тартты: \(stops)
      Назар аудару керек: \(troubled)
      """
    case .english:
      """
      \(shop.name), \(date)
      Sent: \(sent), waiting: \(waiting)
      Replies: \(replies), opted out: \(stops)
      Need a person: \(troubled)
      """
    }
  }

  /// Sends a day's digest to the owner, once: a day that was tried is never tried again.
  ///
  /// - Parameters:
  ///   - text: The message.
  ///   - day: The day it is about.
  ///   - owner: The owner's number.
  ///   - shop: The shop's key.
  ///   - waha: The session.
  ///   - folder: `output/<shop>/outbox`.
  ///   - now: The moment.
  /// - Returns: A word for what came of it: `accepted`, `known`, or the reason why not.
  /// - Throws: `StoreError`; ``WAHAError``.
  public static func send(
    _ text: String, day: Day, to owner: PhoneNumber, shop: String, waha: WAHAClient, folder: FilePath,
    now: Instant
  ) async throws -> String {
    let (journal, records, _) = try Journal.open(
      folder.appending("digests.jsonl"), mode: [.ownerReadWrite])
    if records.contains(where: { $0["day"]?.string == day.description }) { return "known" }
    let honoursIDs = try await waha.server().honoursIDs
    let digest = Digest.sha256(CanonicalJSON.line([.string(shop), "digest", .string(day.description)]))
    try journal.append([
      "record": "reserved", "day": .string(day.description), "at": .string(now.description),
    ])
    let verdict = await waha.sendText(
      text, chat: WAHAClient.chat(for: owner),
      id: honoursIDs ? "3EB0" + digest.prefix(18).uppercased() : nil)
    try journal.append([
      "record": "ended", "day": .string(day.description), "at": .string(now.description),
      "reason": .string(verdict.reason),
    ])
    return verdict.reason
  }
}
