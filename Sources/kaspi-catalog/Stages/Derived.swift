import Console
import Publish

/// What is made from a version once its price list is out: the other channels' files and the search index.
struct Derived {
  /// Channels beside Kaspi's.
  var exported: [ChannelPublisher.Result] = []
  /// Documents in the search index, when it was built.
  var indexed: Int?
  /// What could not be made; told, and no reason to undo the price list.
  var troubles: [CommandError] = []

  /// Makes all of it; one thing's trouble is its own.
  ///
  /// - Parameter job: The shop.
  /// - Returns: What was made and what was not.
  /// - Throws: `CancellationError`.
  static func make(for job: ShopJob) async throws -> Derived {
    var made = Derived()
    do { made.exported = try ChannelStage(job: job).run() } catch {
      made.troubles.append(NightlyCommand.failure(error))
    }
    do { made.indexed = try await IndexStage(job: job).run() } catch {
      if error is CancellationError { throw error }
      made.troubles.append(NightlyCommand.failure(error))
    }
    return made
  }
}
