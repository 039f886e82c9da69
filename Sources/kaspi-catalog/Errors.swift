import CatalogFormat
import Console
import HTTP
import Model
import PriceList
import Publish
import Search
import XML

extension Command {
  /// Says the errors of this program's rooms in three lines.
  ///
  /// - Parameter error: What a command threw.
  /// - Returns: What, where and what to do; `nil` for an error that no room knows.
  static func explain(_ error: any Error) -> CommandError? {
    switch error {
    case let error as PublishError:
      let status: ExitStatus =
        switch error.code {
        case .stale, .wrongApproval, .refused: .refused
        case .badInput: .badInput
        case .damaged, .invalidOutput, .missing: .failed
        }
      return CommandError(status, what: error.what, place: error.place, remedy: error.remedy)
    case let error as PriceListError:
      return CommandError(
        .badInput, what: "\(error.reason.message) [\(error.reason.rule)]",
        place: error.reason.place.description,
        remedy: error.reason.hint ?? "kaspi-catalog explain \(error.reason.rule)")
    case let error as CatalogFormatError:
      return CommandError(
        .badInput, what: error.message, place: error.place, remedy: "Run 'kaspi-catalog verify'.")
    case let error as IndexError:
      let status: ExitStatus =
        switch error.code {
        case .input: .badInput
        default: .failed
        }
      return CommandError(status, what: error.detail, place: error.path, remedy: error.hint)
    case let error as HTTPError:
      return CommandError(
        .temporary, what: error.message, place: error.url, remedy: "Look at the network and run it again.")
    case is CancellationError:
      return CommandError(.temporary, what: "the run was cancelled", place: "-", remedy: "Run it again.")
    default: return nil
    }
  }
}
