import HTTP
import Model
import Store

/// One message that somebody wrote to the shop.
struct IncomingMessage: Sendable, Hashable {
  /// The raw id.
  var id: String
  /// `77012345678@c.us` or an opaque `…@lid`.
  var chat: String
  /// What it says; empty for a picture.
  var text: String
  /// When it was written.
  var at: Instant

  /// Reads a message of any engine; `nil` for our own, for groups, and for what has no id.
  init?(_ value: JSONValue) {
    if value["fromMe"]?.bool == true { return nil }
    guard let id = WAHAAnswer.rawID(value),
      let chat = value["from"]?.string ?? value["chatId"]?.string, WAHAClient.isPerson(chat)
    else { return nil }
    self.id = id
    self.chat = chat
    text = value["body"]?.string ?? ""
    let seconds = value["timestamp"]?.int ?? value["timestamp"]?.string.flatMap { Int($0) } ?? 0
    // Some events count in milliseconds.
    at = Instant(milliseconds: Int64(seconds > 100_000_000_000 ? seconds : seconds * 1000))
  }
}

extension WAHAClient {
  /// Messages on one page of a reading.
  static let inboxPage = 100
  /// Pages after which something must be wrong.
  static let inboxPages = 500

  /// What people wrote in a chat, or in all of them; oldest first.
  ///
  /// - Parameters:
  ///   - chat: The chat, or `all`.
  ///   - since: The youngest message that was read before, on WAHA's clock; `nil` for the first look, which
  ///     reads the last two months.
  /// - Returns: Messages of others, not of ours.
  /// - Throws: ``WAHAError``; what was read before a failed page counts as nothing.
  func incoming(chat: String, since: Instant?) async throws(WAHAError) -> [IncomingMessage] {
    var messages: [IncomingMessage] = []
    var (seen, youngest): (Set<String>, Instant?) = ([], nil)
    for page in 0..<Self.inboxPages {
      var query = [
        ("limit", "\(Self.inboxPage)"), ("offset", "\(page * Self.inboxPage)"), ("sortBy", "timestamp"),
        ("sortOrder", "desc"), ("downloadMedia", "false"), ("filter.fromMe", "false"),
      ]
      if let since { query.append(("filter.timestamp.gte", "\(max(0, since.milliseconds / 1000))")) }
      let path = "/api/\(URLQuery.percentEncode(session))/chats/\(URLQuery.percentEncode(chat))/messages"
      guard let list = try await readSafely(URLQuery.append(query, to: path)).array else {
        throw WAHAError(.badAnswer, "GET /api/…/chats/…/messages", "the answer is no list")
      }
      // A short page may have others behind it; one that brings nothing new is the end.
      var isAnyNew = false
      for value in list {
        if let id = WAHAAnswer.rawID(value), !seen.insert(id).inserted { continue }
        isAnyNew = true
        guard let message = IncomingMessage(value), message.at >= since ?? message.at else { continue }
        messages.append(message)
        youngest = max(youngest ?? message.at, message.at)
      }
      let isOld = youngest.flatMap { youngest in messages.last.map { youngest.since($0.at) > Self.firstLook }
      }
      if !isAnyNew || isOld == true { return messages.sorted { ($0.at, $0.id) < ($1.at, $1.id) } }
    }
    throw WAHAError(.badAnswer, "GET /api/…/chats/…/messages", "the messages never end")
  }

  /// How far back the first look goes.
  private static let firstLook = Duration.seconds(60 * 86_400)

  /// The number behind an opaque id, or `nil` where WhatsApp does not tell.
  func phone(behind lid: String) async throws(WAHAError) -> PhoneNumber? {
    let path = "/api/\(URLQuery.percentEncode(session))/lids/\(URLQuery.percentEncode(lid))"
    let value: JSONValue
    do throws(WAHAError) {
      value = try await readSafely(path)
    } catch  where error.code == .notFound {
      return nil
    }
    return value["pn"]?.string.flatMap { $0.split(separator: "@").first }.flatMap { PhoneNumber(String($0)) }
  }

  /// Reads with up to two repeats: a reading changes nothing.
  private func readSafely(_ path: String) async throws(WAHAError) -> JSONValue {
    for _ in 0..<2 {
      do throws(WAHAError) {
        return try await read("GET", path)
      } catch {
        switch error.code {
        case .unreachable, .failed, .badAnswer: continue
        case .unauthorized, .notFound, .notReady, .limited, .refused, .proxyPage: throw error
        }
      }
    }
    return try await read("GET", path)
  }
}
