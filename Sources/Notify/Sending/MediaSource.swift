import Model
import Store
public import SystemPackage

/// Reads the pictures and documents that follow texts.
public struct MediaSource: Sendable {
  private let workspace: FilePath

  /// Largest file: larger ones have run into the engines' own time limits.
  public static let maximumBytes = 5 << 20

  /// Names the folder that attachments are looked for in.
  ///
  /// - Parameter workspace: The folder that holds `kaspi.yaml`.
  public init(workspace: FilePath) { self.workspace = workspace }

  /// Why an attachment cannot be sent, in one sentence; `nil` for one that can.
  ///
  /// - Parameter attachment: From a rule.
  /// - Returns: The objection.
  public func objection(to attachment: Attachment) -> String? {
    do throws(StoreError) {
      let bytes = try bytes(of: attachment)
      if bytes.isEmpty { return "the file '\(attachment.file)' is empty" }
      if attachment.kind == .image, !bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
        return "'\(attachment.file)' is no JPEG, and WhatsApp takes no other picture"
      }
      return nil
    } catch {
      return error.code == .full
        ? "'\(attachment.file)' is larger than \(Self.maximumBytes >> 20) MB"
        : "'\(attachment.file)' cannot be read: \(error.detail)"
    }
  }

  /// The file's content.
  func bytes(of attachment: Attachment) throws(StoreError) -> [UInt8] {
    let path = workspace.pushing(FilePath(attachment.file)).lexicallyNormalized()
    guard path.starts(with: workspace.lexicallyNormalized()) else {
      throw StoreError(
        code: .denied, path: attachment.file, detail: "the file lies outside the workspace",
        hint: "Put it below the workspace.")
    }
    return try AtomicFile.read(path, maximumBytes: Self.maximumBytes)
  }

  /// The kind of a file by its name's end; `application/octet-stream` for others.
  static func mimeType(_ file: String) -> String {
    let end = file.split(separator: ".").last?.lowercased() ?? ""
    return switch end {
    case "jpg", "jpeg": "image/jpeg"
    case "pdf": "application/pdf"
    case "txt": "text/plain"
    case "doc": "application/msword"
    case "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case "xls": "application/vnd.ms-excel"
    case "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    default: "application/octet-stream"
    }
  }
}

extension WAHAClient {
  /// Sends a picture or document, once: media take no id, so no answer is ever followed by a second try.
  func sendMedia(_ attachment: Attachment, _ bytes: [UInt8], chat: String) async -> SendVerdict {
    let name = attachment.file.split(separator: "/").last.map(String.init) ?? "file"
    let file: JSONValue = [
      "mimetype": .string(attachment.kind == .image ? "image/jpeg" : MediaSource.mimeType(name)),
      "filename": .string(name), "data": .string(Base64.text(bytes)),
    ]
    return await send(
      attachment.kind == .image ? "/api/sendImage" : "/api/sendFile",
      ["session": .string(session), "chatId": .string(chat), "file": file])
  }
}

/// Base64 with padding, as WAHA takes files.
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    var position = 0
    while position < bytes.count {
      let rest = bytes.count - position
      let one = UInt32(bytes[position]) << 16
      let two = rest > 1 ? UInt32(bytes[position + 1]) << 8 : 0
      let three = rest > 2 ? UInt32(bytes[position + 2]) : 0
      let group = one | two | three
      for (index, shift) in [18, 12, 6, 0].enumerated() {
        result.append(index > rest ? 0x3D : letters[Int(group >> UInt32(shift) & 63)])
      }
      position += 3
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension SendRun {
  /// Sends what follows a text that was taken: reserved first, tried once, and never again.
  func sendMedia(_ entry: OutboxEntry, chat: String) async throws {
    guard let attachment = entry.attachment, let media else { return }
    let bytes: [UInt8]
    do throws(StoreError) {
      bytes = try media.bytes(of: attachment)
    } catch {
      notes.insert("attachment_unreadable")
      try outbox.append([.media(identity: entry.identity, to: .refused, at: time.now)])
      return
    }
    try outbox.append([.media(identity: entry.identity, to: .reserved, at: time.now)])
    let verdict = await waha.sendMedia(attachment, bytes, chat: chat)
    let state: MediaState =
      switch verdict.outcome {
      case .accepted: .accepted
      case .unknown: .unknown
      case .notSent, .refused: .refused
      }
    try outbox.append([.media(identity: entry.identity, to: state, at: time.now)])
    if state != .accepted { notes.insert("attachment_\(state.rawValue)") }
  }

  /// Attachments that a killed run left behind: one under way is unknown for ever, one not begun is sent.
  func sendOpenMedia() async throws {
    guard media != nil else { return }
    let now = time.now
    let open = outbox.content.entries(in: .accepted, .confirmed).filter { $0.attachment != nil }
    for entry in open {
      if entry.media == .reserved {
        try outbox.append([.media(identity: entry.identity, to: .unknown, at: now)])
      } else if entry.media == nil, let phone = entry.recipient, now < entry.expires,
        !settings.quietHours.isQuiet(at: now), !outbox.read({ $0.hasOptedOut(phone) })
      {
        try await sendMedia(entry, chat: chat(of: phone))
      }
    }
  }
}
