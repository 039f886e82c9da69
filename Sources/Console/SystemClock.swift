import Glibc
public import Model

/// The one place where the time is read.
public enum SystemClock {
  /// The current moment, to the millisecond.
  public static var now: Instant {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
