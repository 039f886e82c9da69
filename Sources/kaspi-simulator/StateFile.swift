import Store
import SystemPackage

/// The file that lets a second run go on from the night before.
///
/// Format 1.
struct StateFile: Sendable {
  /// Where it lies.
  let path: FilePath

  /// What is kept.
  struct Saved {
    /// The night.
    var night: Int
    /// Changes that the control endpoint made to orders.
    var orderChanges: [String: OrderChange]
    /// Messages that a phone shows.
    var messages: [WAHAMessage]

    init(state: Simulator.State) {
      night = state.night
      orderChanges = state.orderChanges
      messages = state.waha.messages
    }

    fileprivate init(night: Int, orderChanges: [String: OrderChange], messages: [WAHAMessage]) {
      self.night = night
      self.orderChanges = orderChanges
      self.messages = messages
    }

    /// Puts it into a fresh state.
    func restore(_ state: inout Simulator.State) {
      state.night = night
      state.orderChanges = orderChanges
      state.waha.messages = messages
    }
  }

  /// Reads it; `nil` when there is none yet.
  func read() throws(StoreError) -> Saved? {
    let bytes: [UInt8]
    do {
      bytes = try AtomicFile.read(path, maximumBytes: 1 << 26)
    } catch {
      if error.code == .missing { return nil }
      throw error
    }
    guard let value = JSONValue(body: bytes), value["format"]?.int == 1, let night = value["night"]?.int,
      (0...World.lastNight).contains(night)
    else {
      throw StoreError(
        code: .damaged, path: path.string, detail: "This is no state of format 1.",
        hint: "Delete it to begin with night 0 again.")
    }
    var changes: [String: OrderChange] = [:]
    for (code, change) in value["orders"]?.object ?? [:] { changes[code] = OrderChange(change) }
    let messages = (value["messages"]?.array ?? []).compactMap(WAHAMessage.init(saved:))
    return Saved(night: night, orderChanges: changes, messages: messages)
  }

  /// Replaces it.
  func write(_ saved: Saved) throws(StoreError) {
    let document = JSONValue.object([
      "format": .integer(1), "night": .integer(saved.night),
      "orders": .object(saved.orderChanges.mapValues(\.json)),
      "messages": .array(saved.messages.map(\.saved)),
    ])
    // Phones and texts, so for nobody else's eyes.
    try AtomicFile.write(CanonicalJSON.document(document), to: path, mode: .ownerReadWrite)
  }
}
