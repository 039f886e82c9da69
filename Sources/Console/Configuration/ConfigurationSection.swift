import Model
import Yams

/// One mapping of the configuration file, read key by key; what nobody asked for is an error.
///
/// Every value that is read is noted with where it came from.
struct ConfigurationSection {
  /// Dotted name of the mapping, empty at the top.
  let path: String
  private let entries: [String: (key: Node, value: Node)]
  private let mark: Mark?
  private let reader: ConfigurationReader

  /// Opens a mapping.
  ///
  /// - Parameters:
  ///   - node: The mapping; `nil` or an empty scalar for an absent one.
  ///   - path: Dotted name.
  ///   - keys: Every key that is understood; `nil` where the keys are names.
  ///   - reader: Knows the file and notes origins.
  /// - Throws: ``CommandError`` for anything but a mapping, an unknown key or a repeated one.
  init(_ node: Node?, path: String, keys: Set<String>?, reader: ConfigurationReader) throws(CommandError) {
    self.path = path
    self.reader = reader
    mark = node?.mark
    var entries: [String: (key: Node, value: Node)] = [:]
    switch node {
    case nil: break
    case .some(.mapping(let mapping)):
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw reader.failure("a key of '\(path)' is not a name", at: key.mark ?? mapping.mark)
        }
        if let keys, !keys.contains(name.string) {
          throw reader.unknown(
            key: name.string, in: path, at: name.mark, among: keys)
        }
        guard entries.updateValue((key, value), forKey: name.string) == nil else {
          throw reader.failure("the key '\(name.string)' occurs twice", at: name.mark)
        }
      }
    case .some(let other):
      throw reader.failure("'\(path)' must be a mapping of keys to values", at: other.mark)
    }
    self.entries = entries
  }

  /// Whether the mapping has a key.
  func has(_ key: String) -> Bool { entries[key] != nil }

  /// A configuration error at the place of a key.
  func fail(_ what: String, at key: String) -> CommandError { reader.failure(what, at: mark(of: key)) }

  /// Names in the mapping, sorted.
  var names: [String] { entries.keys.sorted() }

  /// The dotted name of a key.
  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The place of a key's value, or of the mapping.
  func mark(of key: String) -> Mark? { entries[key]?.value.mark ?? mark }

  /// The value of a key as it stands in the file; `nil` when absent.
  func node(of key: String) -> Node? { entries[key]?.value }

  /// A mapping below this one.
  func section(_ key: String, keys: Set<String>?) throws(CommandError) -> ConfigurationSection {
    try ConfigurationSection(entries[key]?.value, path: name(key), keys: keys, reader: reader)
  }

  /// A list below this one; `nil` when absent.
  func list(_ key: String) throws(CommandError) -> [Node]? {
    guard let node = entries[key]?.value else { return nil }
    guard case .sequence(let items) = node else {
      throw reader.failure("'\(name(key))' must be a list", at: node.mark)
    }
    return Array(items)
  }

  /// A value in the form that `parse` understands.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - fallback: Taken when neither environment nor file has it; `nil` makes the key required.
  ///   - variable: The environment variable that goes before the file.
  ///   - expected: What a person should write, for the error.
  ///   - parse: Gives `nil` for what is not understood.
  /// - Returns: The value.
  /// - Throws: ``CommandError`` for a missing value or one that is not understood.
  func value<Value>(
    _ key: String, default fallback: String?, variable: String? = nil, expected: String,
    parse: (String) -> Value?
  ) throws(CommandError) -> Value {
    let text: String
    let source: String
    let place: Mark?
    if let variable, let set = reader.environment[variable], !set.isEmpty {
      (text, source, place) = (set, "$\(variable)", nil)
    } else if let node = entries[key]?.value {
      guard case .scalar(let scalar) = node else {
        throw reader.failure("'\(name(key))' must be \(expected)", at: node.mark)
      }
      (text, source, place) = (scalar.string, reader.place(scalar.mark), scalar.mark)
    } else if let fallback {
      (text, source, place) = (fallback, "default", nil)
    } else {
      throw reader.failure("'\(name(key))' is missing; it must be \(expected)", at: mark)
    }
    guard let value = parse(text) else {
      let what = "'\(name(key))' must be \(expected), not '\(text)'"
      guard place != nil else {
        throw CommandError(.configuration, what: what, place: source, remedy: "Correct the value.")
      }
      throw reader.failure(what, at: place)
    }
    reader.note(name(key), text, source)
    return value
  }

  /// A text.
  func text(
    _ key: String, default fallback: String? = nil, variable: String? = nil
  ) throws(CommandError) -> String {
    try value(key, default: fallback, variable: variable, expected: "a text") { $0.isEmpty ? nil : $0 }
  }

  /// A text of the file, or `nil`; not noted as read.
  func optionalText(_ key: String) -> String? { entries[key]?.value.scalar?.string }

  /// `true` or `false`, as YAML 1.2 writes them.
  func flag(_ key: String, default fallback: Bool) throws(CommandError) -> Bool {
    try value(key, default: fallback ? "true" : "false", expected: "true or false") {
      switch $0 {
      case "true": true
      case "false": false
      default: nil
      }
    }
  }

  /// A whole number.
  func count(_ key: String, default fallback: Int, in range: ClosedRange<Int>) throws(CommandError) -> Int {
    try value(
      key, default: "\(fallback)", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"
    ) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
  }

  /// A share like `5%`.
  func share(_ key: String, default fallback: String) throws(CommandError) -> Share {
    try value(key, default: fallback, expected: "a share like 5%") { Share($0) }
  }

  /// A time like `30s`.
  func duration(_ key: String, default fallback: String) throws(CommandError) -> Duration {
    try value(key, default: fallback, expected: "a time like 30s, 5m, 24h or 3d", parse: Written.duration)
  }

  /// A range of times like `30s..60s`.
  func durations(_ key: String, default fallback: String) throws(CommandError) -> ClosedRange<Duration> {
    try value(key, default: fallback, expected: "times like 30s..60s", parse: Written.durations)
  }

  /// A secret, or `nil` when the key is absent.
  func secret(_ key: String) throws(CommandError) -> Secret? {
    guard let node = entries[key]?.value else { return nil }
    guard case .mapping(let mapping) = node, let (kind, value) = mapping.first, mapping.count == 1,
      case .scalar(let name) = kind
    else {
      throw reader.failure(
        "'\(name(key))' must name where the secret is: {env: NAME}, {file: PATH} or {command: […]}",
        at: node.mark)
    }
    let place: Secret.Place
    switch (name.string, value) {
    case ("env", .scalar(let text)) where !text.string.isEmpty: place = .environment(text.string)
    case ("file", .scalar(let text)) where !text.string.isEmpty: place = .file(text.string)
    case ("command", .sequence(let words)):
      let texts = words.compactMap { $0.scalar?.string }
      guard !texts.isEmpty, texts.count == words.count else {
        throw reader.failure("'\(self.name(key)).command' must be a list of words", at: value.mark)
      }
      place = .command(texts)
    default:
      throw reader.unknown(
        key: name.string, in: self.name(key), at: name.mark, among: ["env", "file", "command"])
    }
    reader.note(self.name(key), "•••", reader.place(node.mark))
    return Secret(place: place, source: reader.place(node.mark))
  }
}

/// Numbers as people write them.
enum Written {
  /// `500ms`, `30s`, `5m`, `24h`, `3d`; a bare `0` too.
  static func duration(_ text: String) -> Duration? {
    if text == "0" { return .zero }
    let units: [(String, Int64)] = [
      ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    for (unit, milliseconds) in units where text.hasSuffix(unit) {
      guard let number = Int64(text.dropLast(unit.count)), (0...1_000_000_000).contains(number) else {
        continue
      }
      return .milliseconds(number * milliseconds)
    }
    return nil
  }

  /// `30s..60s`; a single time is a range of one.
  static func durations(_ text: String) -> ClosedRange<Duration>? {
    if let single = duration(text) { return single...single }
    let ends = text.split(separator: ".", omittingEmptySubsequences: true).map(String.init)
    guard text.contains(".."), ends.count == 2, let low = duration(ends[0]), let high = duration(ends[1]),
      low <= high
    else { return nil }
    return low...high
  }

  /// `21:00` in minutes after midnight.
  static func timeOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
    else { return nil }
    return hour * 60 + minute
  }
}
