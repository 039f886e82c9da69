import Console
import Model
import Publish
import Store

/// What a night leaves for a monitor in `metrics.prom`.
struct CatalogMetrics {
  private static let prefix = "kaspi_catalog_"
  let job: ShopJob
  let started: Instant

  /// Notes a night.
  ///
  /// - Parameters:
  ///   - status: How it ended.
  ///   - night: What it found; `nil` when it did not come so far, and then those numbers are left out.
  /// - Throws: `StoreError`.
  func write(_ status: ExitStatus, _ night: NightReport?) throws(StoreError) {
    let now = job.now
    var metrics = [
      MetricsFile.Metric("night_exit", "Exit code of the last night.", Int(status.rawValue)),
      MetricsFile.Metric(
        "night_finished_seconds", "When the last night ended.", Int(now.milliseconds / 1000)),
      MetricsFile.Metric(
        "night_duration_seconds", "How long it took.", Int(now.since(started).components.seconds)),
    ]
    if let night {
      let summary = night.plan.diff.summary
      metrics += [
        MetricsFile.Metric("offers", "Offers on sale in the plan of the last night.", night.plan.offered),
        MetricsFile.Metric(
          "changes", "What the plan of the last night changes, by kind.",
          [
            ("added", summary.added), ("price", summary.price), ("returned", summary.returned),
            ("stock", summary.stock), ("text", summary.text + summary.card), ("withdrawn", summary.withdrawn),
          ].map { ([("kind", $0.0)], $0.1) }),
        MetricsFile.Metric("held_back", "Offers that cannot be published.", night.plan.heldBack.count),
        MetricsFile.Metric("not_seen", "Offers that the crawl did not show.", night.plan.notSeen.count),
        MetricsFile.Metric("gaps", "Parts of the crawl that did not come.", night.plan.gaps.count),
        MetricsFile.Metric("objections", "Rules of the policy that refused.", night.plan.objections.count),
      ]
      if let version = night.version {
        metrics.append(MetricsFile.Metric("version", "The version that is out.", version))
      }
      if let indexed = night.derived.indexed {
        metrics.append(MetricsFile.Metric("indexed", "Passages in the search index.", indexed))
      }
    }
    try MetricsFile.replace(
      MetricsFile.text(prefix: Self.prefix, shop: job.shop.name, metrics), prefix: Self.prefix,
      in: job.folders.metricsFile)
  }
}
