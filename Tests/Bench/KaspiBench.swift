import Glibc

/// The measuring program: `KaspiBench JOB [ARGUMENT...]` does one job once and prints one line of JSON.
///
/// One process a measurement, so that the peak of its memory is the job's. `deploy/bench` runs it beside the peers.
@main struct KaspiBench {
  /// Every job by name; an area adds its table here.
  static let jobs: [String: @Sendable ([String]) async throws -> Work] =
    [:]
    .merging(PriceListJobs.all) { first, _ in first }
    .merging(CatalogJobs.all) { first, _ in first }
    .merging(CrawlJobs.all) { first, _ in first }
    .merging(NotifyJobs.all) { first, _ in first }
    .merging(SearchJobs.all) { first, _ in first }

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let name = arguments.first, let job = jobs[name] else {
      print("usage: KaspiBench JOB [ARGUMENT...]\njobs: \(jobs.keys.sorted().joined(separator: " "))")
      exit(64)
    }
    do {
      print(try await job(Array(arguments.dropFirst())).line)
    } catch {
      print("\(name): \(error)")
      exit(1)
    }
  }
}

/// What a job did and how long it took.
struct Work {
  /// Things done: offers, pages, requests.
  var items: Int
  /// Bytes read or written.
  var bytes: Int
  /// The measured part alone, without preparation.
  var time: Duration
  /// A number that the peers must reach too: a sum, a count.
  var check: Int = 0
  /// Of jobs that time each item: half of the items took no longer, and 99 of a hundred.
  var middle: Duration?
  var slow: Duration?

  /// One JSON object.
  var line: String {
    var line = "{\"items\":\(items),\"bytes\":\(bytes),\"seconds\":\(Self.seconds(time)),\"check\":\(check)"
    if let middle, let slow { line += ",\"p50\":\(Self.seconds(middle)),\"p99\":\(Self.seconds(slow))" }
    return line + "}"
  }

  private static func seconds(_ time: Duration) -> Double {
    let (seconds, attoseconds) = time.components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  /// Measures a piece of work.
  ///
  /// - Parameter body: Returns things done, bytes and the check number.
  /// - Returns: The figures.
  static func measure(_ body: () async throws -> (items: Int, bytes: Int, check: Int)) async rethrows -> Work
  {
    let clock = ContinuousClock()
    let start = clock.now
    let done = try await body()
    return Work(items: done.items, bytes: done.bytes, time: clock.now - start, check: done.check)
  }
}

/// A missing or senseless argument of a job.
struct BenchUsage: Error, CustomStringConvertible {
  let description: String

  /// One argument of a job.
  static func argument(_ arguments: [String], _ index: Int, _ name: String) throws -> String {
    guard arguments.indices.contains(index) else { throw BenchUsage(description: "missing \(name)") }
    return arguments[index]
  }

  /// One argument that is a number.
  static func number(_ arguments: [String], _ index: Int, _ name: String) throws -> Int {
    guard let number = Int(try argument(arguments, index, name)) else {
      throw BenchUsage(description: "\(name) is a number")
    }
    return number
  }
}
