import HTTP
import Model
import Store
import SystemPackage
import TestKit
import Testing

@testable import Notify

@Suite struct ReplyIntentTests {
  @Test(arguments: [
    "СТОП", "стоп", "Стоп!", "СТОП.", "стоп, спасибо", "Здравствуйте. Стоп", "стоп пожалуйста", "Нет, стоп",
    "CТОП", "стoп", "Стоп рассылка", "отписка", "Отпишите меня", "не пишите", "Не пишите мне больше!",
    "Пожалуйста, больше не пишите", "Прошу не присылать мне сообщения. Не присылайте сообщения",
    "хватит писать", "прекратите рассылку", "Удалите мой номер", "Не хочу получать сообщения",
    "не хочу больше получать ваши сообщения", "не беспокойте меня", "Хочу отписаться от рассылки",
    "ТОҚТА", "тоқта", "Тоқтатыңыз", "токта", "Жазбаңыз", "маған жазбаңыз", "Хабарлама жібермеңіз",
    "Мені мазаламаңыз", "хабарлама алғым келмейді", "жазуды тоқтатыңыз", "Тоқта, өтінемін",
    "STOP", "stop", "Stop please", "Unsubscribe", "stop texting me", "Don't message me again", "remove me",
    "Не надо мне писать", "мне не нужно больше писать, спасибо", "больше не присылать!", "Стопп",
    "СТООООП!!!",
    "stopp", "не надо присылать мне", "Мне не нужны ваши сообщения",
    "Please stop sending messages", "do not contact me", "no more messages",
  ])
  func hearsAStop(text: String) { #expect(ReplyIntent.of(text) == .stop) }

  @Test(arguments: [
    "Стоп, а где мой заказ?", "Почему вы не пишете?", "стоп-кран не подошёл", "нон-стоп работает",
    "Дверной стопор пришёл без винтов", "Не пишите имя на открытке", "Остановите доставку, я уеду",
    "Не хочу получать заказ завтра, можно в среду", "Не хотите получать сообщения — ответьте СТОП.",
    "когда будет доставка", "Спасибо!", "отмена заказа", "хватит мне двух штук", "стопка тарелок",
    "Стоп линия на полу есть?", "Почему не отправляете?", "Тоқтаған жерім осы", "Қашан келеді?",
    "тоқтамай жұмыс істейді", "Жазба дәптер бар ма", "Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.",
    "не надо мне второй чайник", "мне не нужны пакеты", "больше не надо", "топ", "столп",
    "bus stop is near", "Do not send it on Monday", "non-stop music", "When does it stop?", "stopwatch",
    "To get no more messages, reply STOP.", "please remove my order from the list", "👍", "", "?", "123",
  ])
  func doesNotHearAStopInOtherWords(text: String) { #expect(ReplyIntent.of(text) != .stop, "\(text)") }

  @Test(arguments: ["START", "старт", "Бастау", "start please", "Возобновить", "подписаться", "жалғастыру"])
  func hearsAStart(text: String) { #expect(ReplyIntent.of(text) == .start) }

  @Test(arguments: [
    ("Сәлеметсіз бе, тапсырысым қашан келеді", MessageLocale.kazakh), ("Когда приедет мой заказ", .russian),
    ("ок", nil), ("when will it arrive please", nil), ("Спасибо большое", nil),
  ])
  func learnsALanguageOnlyFromSentences(text: String, locale: MessageLocale?) {
    #expect(ReplyIntent.language(of: text) == locale)
  }
}

@Suite struct InboxTests {
  static func message(_ id: String, _ phone: String, _ text: String, at: Int = 1_795_400_000) -> JSONValue {
    [
      "id": .string("false_\(phone)@c.us_\(id)"), "from": .string("\(phone)@c.us"), "fromMe": false,
      "body": .string(text), "timestamp": .integer(at),
    ]
  }

  static let buyer = "77011234560"

  private func desk(_ incoming: [JSONValue]) throws -> Desk {
    var desk = try Desk()
    desk.settings.readsInbox = true
    desk.waha.change { $0.incoming = incoming }
    return desk
  }

  @Test(arguments: ["GOWS", "NOWEB", "WEBJS"])
  func aStopInTheChatIsHeardBeforeAnythingIsSent(engine: String) async throws {
    let desk = try desk([Self.message("A1", Self.buyer, "Стоп")])
    desk.waha.change { $0.engine = engine }
    try desk.plan(Desk.orders(2))
    let report = try await desk.run()
    #expect(report.inbox.stops == 1)
    #expect(desk.waha.now.visible.map(\.chat) == ["77011234561@c.us"])
    #expect(try desk.content().entries(in: .optedOut).count == 1)
    // For ever: a later order of the same person is not written to either.
    try desk.plan([Samples.order("700200000", phone: "7011234560")])
    #expect(try await desk.run().sends == 0)
  }

  @Test func theLastWordCounts() async throws {
    let desk = try desk([
      Self.message("A2", Self.buyer, "START", at: 1_795_400_100), Self.message("A1", Self.buyer, "stop"),
    ])
    try desk.plan(Desk.orders(1))
    let report = try await desk.run()
    #expect(report.inbox.stops == 1 && report.inbox.starts == 1)
    #expect(desk.waha.now.visible.count == 1)
    // Read again, the same messages say nothing new.
    desk.waha.change { $0.incoming.append(Self.message("A3", Self.buyer, "ТОҚТА", at: 1_795_400_200)) }
    try desk.plan([Samples.order("700200000", phone: "7011234560")])
    let next = try await desk.run()
    #expect(next.inbox.stops == 1 && next.inbox.starts == 0 && next.sends == 0)
  }

  @Test func aHiddenNumberIsAskedForOnce() async throws {
    var message = Self.message("A1", Self.buyer, "стоп").object ?? [:]
    message["from"] = "120000000000001@lid"
    message["id"] = "false_120000000000001@lid_A1"
    let desk = try desk([.object(message)])
    desk.waha.change { $0.lids = ["120000000000001@lid": Self.buyer] }
    try desk.plan(Desk.orders(1))
    #expect(try await desk.run().sends == 0)
    #expect(try desk.content().entries(in: .optedOut).count == 1)
  }

  @Test func aHiddenNumberThatIsToldLaterIsNotWrittenTo() async throws {
    var message = Self.message("A1", Self.buyer, "стоп").object ?? [:]
    message["from"] = "120000000000001@lid"
    message["id"] = "false_120000000000001@lid_A1"
    let desk = try desk([.object(message)])
    try desk.plan([Samples.order("700300000", phone: "7011234599")])
    let first = try await desk.run()
    #expect(first.inbox.unattributed == 1 && first.inbox.stops == 0)
    // The message is old by now and not read again; the id is asked about all the same.
    desk.waha.change {
      $0.incoming = []
      $0.lids = ["120000000000001@lid": Self.buyer]
    }
    try desk.plan(Desk.orders(1))
    let second = try await desk.run()
    #expect(second.inbox.stops == 1 && second.sends == 0)
    #expect(try desk.content().entries(in: .optedOut).count == 1)
    try desk.plan([Samples.order("700300001", phone: "7011234598")])
    #expect(try await desk.run().inbox.stops == 0, "told once")
  }

  @Test(arguments: [("стоп", "START", 1), ("START", "стоп", 0)])
  func whatIsStoredLateDoesNotTakeBackALaterWord(late: String, last: String, sends: Int) async throws {
    let desk = try desk([
      Self.message("A0", Self.buyer, "стоп", at: 1_795_390_000), Self.message("A9", Self.buyer, last),
    ])
    try desk.plan([Samples.order("700300000", phone: "7011234599")])
    #expect(try await desk.run().sends == 1)
    desk.waha.change { $0.incoming.append(Self.message("A1", Self.buyer, late, at: 1_795_400_000 - 3600)) }
    try desk.plan(Desk.orders(1))
    #expect(try await desk.run().sends == sends)
  }

  /// After an outage what came first may be stored last.
  @Test func aStopThatIsStoredLateIsHeard() async throws {
    let desk = try desk([Self.message("A9", "77019999999", "стоп", at: 1_795_400_000)])
    try desk.plan([Samples.order("700300000", phone: "7011234599")])
    #expect(try await desk.run().sends == 1)
    desk.waha.change {
      $0.incoming.append(Self.message("A1", Self.buyer, "стоп", at: 1_795_400_000 - 5 * 3600))
    }
    try desk.plan(Desk.orders(1))
    #expect(try await desk.run().sends == 0)
  }

  /// An engine that shows one chat at a time is not asked for a thousand of them before the first message.
  @Test func chatsAreReadOneByOneAsTheirMessagesAreDue() async throws {
    let desk = try desk([Self.message("A1", "77011234562", "стоп")])
    desk.waha.change { $0.engine = "WEBJS" }
    try desk.plan(Desk.orders(4))
    #expect(try await desk.run().inbox.stops == 1)
    let calls = desk.waha.now.calls.compactMap { call in
      call.hasSuffix("/messages") ? "read" : call.hasSuffix("/sendText") ? "send" : nil
    }
    // One look and one message, one look and the next; the third person has said stop.
    #expect(calls.prefix(4) == ["read", "send", "read", "send"], "\(calls)")
    #expect(calls.count { $0 == "send" } == 3)
  }

  @Test(arguments: ["GOWS", "WEBJS"]) func chatsThatCannotBeReadStopTheRun(engine: String) async throws {
    let desk = try desk([])
    desk.waha.change {
      $0.canRead = false
      $0.engine = engine
    }
    try desk.plan(Desk.orders(1))
    let report = try await desk.run()
    #expect(report.sends == 0 && report.stopped?.isTemporary == true)
    #expect(try desk.content().entries(in: .planned).count == 1)
  }

  @Test func textsOfStrangersAreNotKept() async throws {
    let desk = try desk([
      Self.message("A1", "77057654321", "Привет, это личное сообщение"),
      Self.message("A2", "77057654321", "Стоп"),
    ])
    try desk.plan(Desk.orders(1))
    _ = try await desk.run()
    #expect(try desk.content().replies.map(\.text) == [""])
  }

  @Test func droppedEventsAreHeardAndRemovedAndForgedOnesPutAside() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(1))
    let folder = desk.temporary.path.appending("inbox")
    let key = Array("my-secret-key".utf8)
    let spool = InboxSpool(folder, key: key, session: "default")
    let event: JSONValue = [
      "id": "evt_1", "event": "message", "session": "default",
      "payload": Self.message("A1", Self.buyer, "Стоп"),
    ]
    let body = CanonicalJSON.line(event)
    let signature = Digest.hmacSHA512(body, key: key)
    #expect(try spool.keep(body, signature: signature))
    #expect(try !spool.keep(body, signature: signature), "the same event twice is one file")
    try desk.temporary.write("inbox/forged.json", body)
    try desk.temporary.write("inbox/forged.json.hmac", Array(String(repeating: "0", count: 128).utf8))
    try desk.temporary.write("inbox/unsigned.json", body)
    try desk.temporary.write("inbox/large.json", Array(repeating: 0x20, count: (1 << 20) + 1))
    let client = WAHAClient(client: desk.waha, base: "http://w", key: "k", session: "default")
    let outbox = try desk.outbox()
    let report = try await spool.take(into: outbox, waha: client, now: desk.time.now)
    #expect(report.stops == 1 && report.files == 1)
    #expect(report.refused == ["wrong_signature": 1, "unsigned": 1, "too_large": 1])
    #expect(try Folder.files(in: folder, suffix: ".json").isEmpty)
    // A replay changes nothing.
    try spool.keep(body, signature: signature)
    #expect(try await spool.take(into: outbox, waha: client, now: desk.time.now).stops == 0)
    #expect(try await desk.run().sends == 0)
  }

  @Test func forgettingAPersonTakesUnreadEventsAwayAndKeepsTheStopInThem() async throws {
    let desk = try Desk()
    try desk.plan(Desk.orders(1))
    let phone = try #require(PhoneNumber(Self.buyer))
    let folder = desk.temporary.path.appending("inbox")
    let spool = InboxSpool(folder, key: nil, session: "default")
    func event(_ id: String, _ from: String, _ text: String) -> [UInt8] {
      CanonicalJSON.line([
        "id": .string("evt_" + id), "event": "message", "session": "default",
        "payload": Self.message(id, from, text),
      ])
    }
    try spool.keep(event("A1", Self.buyer, "Стоп"), signature: nil)
    try spool.keep(event("A2", "77770000000", "Стоп"), signature: nil)
    try desk.temporary.write("inbox/refused/x.json", event("A3", Self.buyer, "Когда?"))
    let outbox = try desk.outbox()
    #expect(try spool.forget(phone, outbox: outbox, now: desk.time.now) == 2)
    #expect(try Folder.files(in: folder, suffix: ".json").count == 1, "another's event stays")
    #expect(try Folder.files(in: folder.appending("refused"), suffix: ".json").isEmpty)
    _ = try outbox.forget(phone, now: desk.time.now)
    #expect(outbox.read { $0.person(phone)?.stopped } != nil)
  }

  @Test func theSignatureIsTheOneOfWAHAsDocumentation() {
    let body = Array(#"{"event":"message","session":"default","engine":"WEBJS"}"#.utf8)
    let signature = Digest.hmacSHA512(body, key: Array("my-secret-key".utf8))
    #expect(signature.hasPrefix("208f8a55dde9") && signature.hasSuffix("2c1631777076153fa89"))
  }

  @Test func anAcknowledgementConfirms() async throws {
    let desk = try Desk()
    desk.waha.change { $0.ack = 0 }
    let plan = try desk.plan(Desk.orders(1))
    #expect(try await desk.run().count(.accepted) == 1)
    let id = plan.messages[0].messageID
    let event: JSONValue = [
      "id": "evt_2", "event": "message.ack", "session": "default",
      "payload": ["id": .string("true_\(Self.buyer)@c.us_\(id)"), "ack": 2],
    ]
    let spool = InboxSpool(desk.temporary.path.appending("inbox"), key: nil, session: "default")
    try spool.keep(CanonicalJSON.line(event), signature: nil)
    let client = WAHAClient(client: desk.waha, base: "http://w", key: "k", session: "default")
    #expect(try await spool.take(into: try desk.outbox(), waha: client, now: desk.time.now).confirmed == 1)
    #expect(try desk.content().entries(in: .confirmed).count == 1)
  }
}
