import CatalogFormat
import Console
import HTTP
import Notify

extension Command {
  /// Says the errors of this program's rooms in three lines.
  ///
  /// - Parameter error: What a command threw.
  /// - Returns: What, where and what to do; `nil` for an error that no room knows.
  static func explain(_ error: any Error) -> CommandError? {
    switch error {
    case let error as TemplateProblems:
      guard let first = error.problems.first else { return nil }
      let more = error.problems.count > 1 ? " (and \(error.problems.count - 1) more)" : ""
      let place = [first.file, first.line.map(String.init), first.column.map(String.init)].compactMap(\.self)
      return CommandError(
        .configuration, what: first.message + more, place: "templates/" + place.joined(separator: ":"),
        remedy: first.hint)
    case let error as OrdersError:
      let status: ExitStatus =
        switch error.code {
        case .refused: .configuration
        case .rejected, .notFound: .failed
        case .unavailable, .badAnswer: .temporary
        case .badFile: .badInput
        }
      return CommandError(status, what: error.detail, place: error.source, remedy: error.hint)
    case let error as WAHAError:
      let status: ExitStatus =
        switch error.code {
        case .unreachable, .limited, .failed, .badAnswer: .temporary
        case .unauthorized: .configuration
        case .notFound, .notReady, .refused, .proxyPage: .failed
        }
      return CommandError(status, what: error.detail, place: error.call, remedy: error.hint)
    case let error as OutboxRefusal:
      return CommandError(.usage, what: error.detail, place: "outbox", remedy: error.hint)
    case let error as CatalogFormatError:
      return CommandError(
        .failed, what: error.message, place: error.place, remedy: "Run 'kaspi-catalog verify'.")
    case let error as HTTPError:
      return CommandError(
        .temporary, what: error.message, place: error.url, remedy: "Look at the network and run it again.")
    case is CancellationError:
      return CommandError(.temporary, what: "the run was cancelled", place: "-", remedy: "Run it again.")
    default: return nil
    }
  }
}
