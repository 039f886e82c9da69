import Mustache

/// One checked text of one event in one language.
///
/// Behind it is swift-mustache in text mode; in front of it a scanner that lets nothing through that the event
/// does not have. See <doc:Templates>.
public struct MessageTemplate: Sendable {
  /// The event.
  public let event: OrderEventKind
  /// The language.
  public let locale: MessageLocale
  /// The name among several texts, or ``RuleVariant/main``.
  public let variant: String
  /// `<event>.<locale>.mustache` or `<event>.<locale>.<variant>.mustache`.
  public let file: String
  /// Longest message, in characters as WhatsApp shows them.
  public let maximumLength: Int
  private let compiled: MustacheTemplate

  /// A message that people still read without unfolding it.
  public static let standardLength = 1000

  /// Checks and compiles a text.
  ///
  /// - Parameters:
  ///   - text: The template.
  ///   - event: The event.
  ///   - locale: The language.
  ///   - variant: The name among several texts.
  ///   - maximumLength: Longest message, in characters as WhatsApp shows them.
  /// - Throws: ``TemplateError``, the first by place; ``problems(in:event:locale:variant:)`` gives them all.
  public init(
    text: String, event: OrderEventKind, locale: MessageLocale, variant: String = RuleVariant.main,
    maximumLength: Int = standardLength
  ) throws(TemplateError) {
    self.event = event
    self.locale = locale
    self.variant = variant
    self.maximumLength = maximumLength
    file = Self.fileName(event: event, locale: locale, variant: variant)
    if let first = Self.problems(in: text, event: event, locale: locale, variant: variant).first {
      throw first
    }
    let words = PlainWords(of: text, maximumLength: maximumLength)
    let length = MessageLength.shown(Self.tidied(words.text))
    if length > maximumLength, let place = words.overflow {
      throw TemplateError(
        code: .tooLong, file: file, line: place.line, column: place.column,
        message: "Its own words have \(length) characters, \(maximumLength) are allowed.",
        hint: "Shorten the template.")
    }
    do {
      // The first line switches the engine's escaping for web pages off.
      compiled = try MustacheTemplate(string: "{{%CONTENT_TYPE:TEXT}}\n" + text)
    } catch let error as MustacheTemplate.ParserError {
      throw TemplateError(
        code: .syntax, file: file, line: error.context.lineNumber - 1, column: error.context.columnNumber,
        message: "The engine cannot read it: \(error.error).", hint: "Check the tags of this line.")
    } catch {
      throw TemplateError(
        code: .syntax, file: file, message: "The engine cannot read it: \(error).", hint: "Check its tags.")
    }
  }

  /// Every mistake of a text, by place.
  ///
  /// - Parameters:
  ///   - text: The template.
  ///   - event: The event.
  ///   - locale: The language.
  ///   - variant: The name among several texts.
  /// - Returns: Empty when the text can be used.
  public static func problems(
    in text: String, event: OrderEventKind, locale: MessageLocale, variant: String = RuleVariant.main
  ) -> [TemplateError] {
    let file = fileName(event: event, locale: locale, variant: variant)
    if text.trimmed.isEmpty {
      return [
        TemplateError(
          code: .blank, file: file, message: "The template is empty.",
          hint: "Write a text or remove the file.")
      ]
    }
    return TemplateScanner(file: file, names: TemplateVariable.declared(for: event)).problems(in: text)
  }

  /// The text of one message.
  ///
  /// Blanks at line ends, blank lines at both ends and repeated blank lines are left out.
  ///
  /// - Parameter context: What the message may say.
  /// - Returns: A text that is neither blank nor too long.
  /// - Throws: ``TemplateError`` with code `blank` or `tooLong`; it names variables, never their values.
  public func render(_ context: MessageContext) throws(TemplateError) -> String {
    let notes = RenderNotes()
    let raw = compiled.render(TemplateScope(context, notes: notes))
    if let name = notes.blanks.first {
      throw TemplateError(
        code: .blank, file: file, message: "'\(name)' came out empty.",
        hint: "Write {{#\(name)}}…{{/\(name)}} around it.")
    }
    let text = Self.tidied(raw)
    guard !text.isEmpty else {
      throw TemplateError(
        code: .blank, file: file, message: "The message came out empty.", hint: "Write text outside sections."
      )
    }
    let length = MessageLength.shown(text)
    guard length <= maximumLength else {
      throw TemplateError(
        code: .tooLong, file: file,
        message: "The message has \(length) characters, \(maximumLength) are allowed.",
        hint: "Shorten the template.")
    }
    return text
  }

  /// `order_created.ru.mustache`.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - locale: The language.
  ///   - variant: The name among several texts.
  /// - Returns: The file's name.
  public static func fileName(
    event: OrderEventKind, locale: MessageLocale, variant: String = RuleVariant.main
  ) -> String {
    let name = variant == RuleVariant.main ? "" : ".\(variant)"
    return "\(event.rawValue).\(locale.rawValue)\(name).mustache"
  }

  /// Without blanks at line ends, blank lines at both ends and repeated blank lines.
  ///
  /// By bytes: blanks and line ends are single ones, and finding characters took most of a message's time.
  static func tidied(_ text: String) -> String {
    var tidy: [UInt8] = []
    tidy.reserveCapacity(text.utf8.count)
    var isBlankPending = false
    for line in Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false) {
      guard let last = line.lastIndex(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else {
        isBlankPending = true
        continue
      }
      if !tidy.isEmpty { tidy += isBlankPending ? [0x0A, 0x0A] : [0x0A] }
      isBlankPending = false
      tidy += line[...last]
    }
    return String(decoding: tidy, as: UTF8.self)
  }
}
