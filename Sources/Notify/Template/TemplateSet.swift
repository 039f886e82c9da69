/// A template file by name and content.
public struct TemplateSource: Sendable, Hashable {
  /// `<event>.<locale>.mustache`.
  public var name: String
  /// The template.
  public var text: String

  /// Names a text.
  ///
  /// - Parameters:
  ///   - name: `<event>.<locale>.mustache`.
  ///   - text: The template.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// Everything that is wrong with a folder of templates.
public struct TemplateProblems: Error, Sendable, Hashable {
  /// By file, then by place; never empty.
  public var problems: [TemplateError]
}

/// The checked templates of a workspace.
public struct TemplateSet: Sendable {
  private var templates: [Key: MessageTemplate] = [:]

  private struct Key: Hashable {
    var event: OrderEventKind
    var locale: MessageLocale
  }

  /// Checks and compiles texts.
  ///
  /// - Parameters:
  ///   - sources: Files in any order; each name once.
  ///   - maximumLength: Longest message, in Unicode scalars.
  /// - Throws: ``TemplateProblems`` with every mistake of every file.
  public init(
    _ sources: [TemplateSource], maximumLength: Int = MessageTemplate.standardLength
  ) throws(TemplateProblems) {
    var problems: [TemplateError] = []
    for source in sources.sorted(by: { $0.name < $1.name }) {
      guard let (event, locale) = Self.parts(of: source.name) else {
        problems.append(
          TemplateError(
            code: .unreadable, file: source.name, message: "The name fits no event and language.",
            hint: "Name it <event>.<ru|kk|en>.mustache, like order_created.ru.mustache."))
        continue
      }
      let text = source.text.replacingLineEnds
      let mistakes = MessageTemplate.problems(in: text, event: event, locale: locale)
      problems += mistakes
      guard mistakes.isEmpty else { continue }
      do throws(TemplateError) {
        templates[Key(event: event, locale: locale)] = try MessageTemplate(
          text: text, event: event, locale: locale, maximumLength: maximumLength)
      } catch {
        problems.append(error)
      }
    }
    if !problems.isEmpty { throw TemplateProblems(problems: problems) }
  }

  /// The template of an event in a language.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - locale: The language.
  /// - Returns: `nil` when there is none; another language never stands in.
  public func template(_ event: OrderEventKind, _ locale: MessageLocale) -> MessageTemplate? {
    templates[Key(event: event, locale: locale)]
  }

  /// All templates, by file name.
  public var all: [MessageTemplate] { templates.values.sorted { $0.file < $1.file } }

  /// What the rules need and the set does not have.
  ///
  /// - Parameters:
  ///   - rules: The rules; only those that send count.
  ///   - locale: The shop's language.
  /// - Returns: One error a missing file, in the order of the rules.
  public func missing(for rules: [NotificationRule], locale: MessageLocale) -> [TemplateError] {
    rules.filter(\.isSent).compactMap { rule in
      let wanted = MessageLocale.chosen(rule: rule.locale, shop: locale)
      guard template(rule.event, wanted) == nil else { return nil }
      let file = MessageTemplate.fileName(event: rule.event, locale: wanted)
      return TemplateError(
        code: .missing, file: file,
        message: "The rule '\(rule.event.rawValue)' sends, and its template is missing.",
        hint: "Add templates/\(file), or set 'send: false'.")
    }
  }

  static func parts(of name: String) -> (OrderEventKind, MessageLocale)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[2] == "mustache", let event = OrderEventKind(rawValue: parts[0]),
      let locale = MessageLocale(rawValue: parts[1])
    else { return nil }
    return (event, locale)
  }
}

extension String {
  /// Line ends of other systems as `\n`, and no byte order mark.
  var replacingLineEnds: String {
    var result = String.UnicodeScalarView()
    var wasReturn = false
    for (index, scalar) in unicodeScalars.enumerated() where index > 0 || scalar != "\u{FEFF}" {
      if scalar == "\n", wasReturn {
        wasReturn = false
        continue
      }
      wasReturn = scalar == "\r"
      result.append(wasReturn ? "\n" : scalar)
    }
    return String(result)
  }
}
