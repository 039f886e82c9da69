public import Model

/// What runs behind the address.
public struct WAHAServer: Sendable, Hashable {
  /// Like `2026.7.1`.
  public var version: String
  /// Like `GOWS`.
  public var engine: String

  /// Makes a description.
  ///
  /// - Parameters:
  ///   - version: Like `2026.7.1`.
  ///   - engine: Like `GOWS`.
  public init(version: String, engine: String) {
    self.version = version
    self.engine = engine
  }

  /// Whether messages of all chats can be read in one go.
  public var readsAllChats: Bool { ["GOWS", "NOWEB"].contains(engine.uppercased()) }

  /// Whether a message keeps the id that we give it: GOWS and NOWEB since 2026.4.3.
  public var honoursIDs: Bool {
    guard ["GOWS", "NOWEB"].contains(engine.uppercased()) else { return false }
    let digits = version.split(separator: ".").map { $0.prefix { $0.isASCII && $0.isNumber } }
    let numbers = digits.prefix(3).map { Int($0) ?? 0 }
    return numbers.count == 3 && !numbers.lexicographicallyPrecedes([2026, 4, 3])
  }
}

/// A session as WAHA shows it.
public struct WAHASession: Sendable, Hashable {
  /// Its state.
  public var status: SessionStatus
  /// The linked account's own number; prints itself masked.
  public var account: PhoneNumber?
}

/// How far a message has come.
public enum Acknowledgement: Int, Sendable, Hashable {
  /// WhatsApp refused it.
  case error = -1
  /// Not taken yet.
  case pending = 0
  /// WhatsApp has it.
  case server = 1
  /// A phone has it.
  case device = 2
  /// Read.
  case read = 3
  /// Played.
  case played = 4

  /// Reads the wire's number; what is absent or unknown counts as pending.
  ///
  /// - Parameter wire: `ack` of a message.
  init(_ wire: Int?) { self = wire.flatMap(Acknowledgement.init(rawValue:)) ?? .pending }

  /// Whether WhatsApp has it.
  public var isProof: Bool { rawValue >= 1 }
}
