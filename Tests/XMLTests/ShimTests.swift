import CXML
import Testing

@Suite struct ShimTests {
  /// With ICU's headers in sight, files that also see Foundation's ICU may not compile.
  ///
  /// The handler of an encoding tells: ICU adds two pointers to its five.
  @Test func libxml2sICUStaysOutOfSight() {
    let size = unsafe MemoryLayout<xmlCharEncodingHandler>.size
    #expect(size == 5 * MemoryLayout<UInt>.size)
  }
}
