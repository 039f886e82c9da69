public import Model
public import Store
public import SystemPackage

/// Events that a web server or `receive` has dropped into a folder: `output/<shop>/inbox/*.json`.
///
/// Each file is one event as WAHA sent it, byte for byte; with a key its signature lies beside it in
/// `NAME.json.hmac`.
public struct InboxSpool: Sendable {
  private let folder: FilePath
  private let key: [UInt8]?
  private let session: String

  /// Largest event that is read.
  public static let maximumBytes = 1 << 20

  /// Names a folder.
  ///
  /// - Parameters:
  ///   - folder: `output/<shop>/inbox`.
  ///   - key: The key that WAHA signs with, or `nil` when it does not sign.
  ///   - session: The session whose events count.
  public init(_ folder: FilePath, key: [UInt8]?, session: String) {
    self.folder = folder
    self.key = key
    self.session = session
  }

  /// What is wrong with an event, in one word; `nil` for a good one.
  ///
  /// - Parameters:
  ///   - body: The raw body.
  ///   - signature: What came as `X-Webhook-Hmac`, or `nil`.
  ///   - key: The key, or `nil` when nothing is signed.
  /// - Returns: `too_large`, `unsigned`, `wrong_signature`, `no_json` or `no_event`.
  public static func objection(to body: [UInt8], signature: String?, key: [UInt8]?) -> String? {
    if body.count > maximumBytes { return "too_large" }
    if let key {
      guard let signature else { return "unsigned" }
      guard Digest.areEqual(signature.trimmed, Digest.hmacSHA512(body, key: key)) else {
        return "wrong_signature"
      }
    }
    guard let value = value(body) else { return "no_json" }
    return value["event"]?.string == nil ? "no_event" : nil
  }

  private static func value(_ body: [UInt8]) -> JSONValue? {
    do throws(JSONError) {
      return try JSONValue(parsing: body)
    } catch {
      // Which mistake it was does not matter: the file is put aside whole.
      return nil
    }
  }

  /// Keeps one event for the next run.
  ///
  /// - Parameters:
  ///   - body: The raw body.
  ///   - signature: Its signature, or `nil`.
  /// - Returns: Whether it is new: the same event twice is one file.
  /// - Throws: `StoreError`.
  @discardableResult
  public func keep(_ body: [UInt8], signature: String?) throws(StoreError) -> Bool {
    let name = "evt-" + Digest.sha256(body).prefix(32) + ".json"
    let path = folder.appending(name)
    if try Folder.exists(path) { return false }
    try Folder.make(folder, mode: [.ownerReadWriteExecute])
    if let signature {
      try AtomicFile.write(
        Array(signature.utf8), to: folder.appending(name + ".hmac"), mode: [.ownerReadWrite])
    }
    try AtomicFile.write(body, to: path, mode: [.ownerReadWrite])
    return true
  }

  /// Takes in what lies there and removes it.
  ///
  /// An event that was taken in before changes nothing. A file that cannot be trusted is put aside into
  /// `refused/`, never read.
  ///
  /// - Parameters:
  ///   - outbox: Where stops, starts, replies and acknowledgements are kept.
  ///   - waha: Asked who is behind an opaque id.
  ///   - now: The moment of the look.
  /// - Returns: What was found.
  /// - Throws: `StoreError`; ``WAHAError`` when somebody behind an opaque id could not be asked for: then the
  ///   files stay.
  public func take(into outbox: Outbox, waha: WAHAClient, now: Instant) async throws -> InboxReport {
    guard try Folder.exists(folder) else { return InboxReport() }
    var report = InboxReport()
    var messages: [IncomingMessage] = []
    var acknowledged: [String] = []
    var taken: [String] = []
    for name in try Folder.files(in: folder, suffix: ".json") {
      guard let body = try read(folder.appending(name)) else {
        try putAside(name, "too_large", &report)
        continue
      }
      let signature = try signature(of: name)
      if let objection = Self.objection(to: body, signature: signature, key: key) {
        try putAside(name, objection, &report)
        continue
      }
      taken.append(name)
      guard let event = Self.value(body), event["session"]?.string ?? session == session,
        let payload = event["payload"]
      else { continue }
      switch event["event"]?.string {
      case "message", "message.any":
        if let message = IncomingMessage(payload) { messages.append(message) }
      case "message.ack":
        if let id = WAHAAnswer.rawID(payload), Acknowledgement(payload["ack"]?.int).isProof {
          acknowledged.append(id)
        }
      default: break
      }
    }
    let found = try await Inbox(outbox, waha: waha).take(messages, source: "webhook", now: now)
    (report.messages, report.stops, report.starts) = (found.messages, found.stops, found.starts)
    report.unattributed = found.unattributed
    report.confirmed = try confirm(acknowledged, outbox, now: now)
    report.files = taken.count
    for name in taken {
      try Folder.remove(folder.appending(name))
      try Folder.remove(folder.appending(name + ".hmac"))
    }
    return report
  }

  /// Removes what lies there from a person, unread and put aside; a stop in it is kept.
  ///
  /// - Parameters:
  ///   - phone: The person.
  ///   - outbox: Where a stop is kept.
  ///   - now: The moment of forgetting.
  /// - Returns: Events that were removed.
  /// - Throws: `StoreError`.
  public func forget(_ phone: PhoneNumber, outbox: Outbox, now: Instant) throws(StoreError) -> Int {
    guard try Folder.exists(folder) else { return 0 }
    // Whoever has an opaque id is named by it, and by no number.
    let ids = outbox.read { content in
      Set(
        ([phone.digits, content.numbers[phone]?.chat].compactMap(\.self)
          + content.aliases.filter { $0.value == phone }.map(\.key)).map { String($0.prefix { $0 != "@" }) })
    }
    let traces = ids.map { ByteSearch(bytes: Array($0.utf8)) }
    var removed = 0
    for folder in [folder, folder.appending("refused")] where try Folder.exists(folder) {
      for name in try Folder.files(in: folder, suffix: ".json") {
        let path = folder.appending(name)
        let body = try read(path) ?? []
        let isTheirs = body.isEmpty || traces.contains { $0.first(in: body, 0..<body.count) != nil }
        guard isTheirs else { continue }
        if folder == self.folder,
          Self.objection(to: body, signature: try signature(of: name), key: key) == nil,
          let message = Self.value(body)?["payload"].flatMap(IncomingMessage.init),
          ids.contains(String(message.chat.prefix { $0 != "@" })),
          ReplyIntent.of(message.text) == .stop
        {
          try outbox.optOut(phone, source: "webhook", now: now)
        }
        try Folder.remove(path)
        try Folder.remove(folder.appending(name + ".hmac"))
        removed += 1
      }
    }
    return removed
  }

  /// Removes events that were put aside.
  ///
  /// - Parameter folder: `output/<shop>/inbox`.
  /// - Throws: `StoreError`.
  public static func purge(_ folder: FilePath) throws(StoreError) {
    try Folder.remove(folder.appending("refused"))
  }

  private func confirm(_ ids: [String], _ outbox: Outbox, now: Instant) throws(StoreError) -> Int {
    let wanted = Set(ids)
    if wanted.isEmpty { return 0 }
    let entries = outbox.content.entries(in: .accepted).filter { wanted.contains($0.messageID) }
    for entry in entries { try outbox.move(entry.identity, to: .confirmed, at: now) }
    return entries.count
  }

  private func read(_ path: FilePath) throws(StoreError) -> [UInt8]? {
    do throws(StoreError) {
      return try AtomicFile.read(path, maximumBytes: Self.maximumBytes)
    } catch  where error.code == .full {
      return nil
    }
  }

  private func signature(of name: String) throws(StoreError) -> String? {
    let path = folder.appending(name + ".hmac")
    guard try Folder.exists(path) else { return nil }
    return String(decoding: try AtomicFile.read(path, maximumBytes: 4096), as: UTF8.self)
  }

  private func putAside(_ name: String, _ reason: String, _ report: inout InboxReport) throws(StoreError) {
    report.refused[reason, default: 0] += 1
    let target = folder.appending("refused")
    try Folder.make(target, mode: [.ownerReadWriteExecute])
    try Folder.move(folder.appending(name), to: target.appending(name))
  }
}
