// Comparisons of sixteen bytes at once, which Swift's own vectors do ten times slower than one by one, and the
// instruction for checksums, which Swift has no word for.
#ifndef CBYTES_SHIM_H
#define CBYTES_SHIM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// Where a text of JSON cannot simply go on: the first quote, backslash or control character, or `count`.
// `wide` becomes 1 when a byte before that place is not ASCII, and is left alone otherwise.
static inline size_t kb_text_end(const uint8_t *bytes, size_t count, int *wide) {
  size_t index = 0;
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
  for (; index + 16 <= count; index += 16) {
    __m128i piece = _mm_loadu_si128((const __m128i *)(bytes + index));
    __m128i stops = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(piece, quote), _mm_cmpeq_epi8(piece, backslash)),
                                 _mm_cmpeq_epi8(_mm_min_epu8(piece, control), piece));
    unsigned mask = (unsigned)_mm_movemask_epi8(stops);
    unsigned high = (unsigned)_mm_movemask_epi8(piece);
    if (mask) {
      int place = __builtin_ctz(mask);
      if (high & ((1u << place) - 1)) *wide = 1;
      return index + (size_t)place;
    }
    if (high) *wide = 1;
  }
#elif defined(__aarch64__)
  for (; index + 16 <= count; index += 16) {
    uint8x16_t piece = vld1q_u8(bytes + index);
    uint8x16_t stops = vorrq_u8(vorrq_u8(vceqq_u8(piece, vdupq_n_u8('"')), vceqq_u8(piece, vdupq_n_u8('\\'))),
                                vcltq_u8(piece, vdupq_n_u8(0x20)));
    if (vmaxvq_u8(stops)) break; // the bytes are looked at one by one below
    if (vmaxvq_u8(piece) & 0x80) *wide = 1;
  }
#endif
  for (; index < count; index++) {
    uint8_t byte = bytes[index];
    if (byte == '"' || byte == '\\' || byte < 0x20) return index;
    if (byte & 0x80) *wide = 1;
  }
  return count;
}

#if defined(__SSE2__)
// Which of sixteen bytes cannot stand in a text of JSON as they are, as bits.
static inline unsigned kb_text_stops(__m128i piece) {
  __m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(piece, _mm_set1_epi8('"')), _mm_cmpeq_epi8(piece, _mm_set1_epi8('\\')));
  __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(piece, _mm_set1_epi8(0x1f)), piece);
  return (unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, controls));
}
#endif

// Copies a text, and answers 1 when it can stand in JSON as it is: no quote, no backslash, no control character.
static inline int kb_copy_plain(uint8_t *to, const uint8_t *from, size_t count) {
#if defined(__SSE2__)
  if (count >= 16) {
    unsigned stops = 0;
    for (size_t index = 0; index + 16 < count; index += 16) {
      __m128i piece = _mm_loadu_si128((const __m128i *)(from + index));
      _mm_storeu_si128((__m128i *)(to + index), piece);
      stops |= kb_text_stops(piece);
    }
    // The last sixteen bytes once more, wherever they begin.
    __m128i last = _mm_loadu_si128((const __m128i *)(from + count - 16));
    _mm_storeu_si128((__m128i *)(to + count - 16), last);
    return (stops | kb_text_stops(last)) == 0;
  }
  if (count >= 8) {
    uint64_t first, last;
    __builtin_memcpy(&first, from, 8);
    __builtin_memcpy(&last, from + count - 8, 8);
    __builtin_memcpy(to, &first, 8);
    __builtin_memcpy(to + count - 8, &last, 8);
    return kb_text_stops(_mm_set_epi64x((long long)last, (long long)first)) == 0;
  }
#endif
  int plain = 1;
  for (size_t index = 0; index < count; index++) {
    uint8_t byte = from[index];
    to[index] = byte;
    plain &= byte != '"' && byte != '\\' && byte >= 0x20;
  }
  return plain;
}

// Whether this processor has the instruction for the Castagnoli checksum.
static inline int kb_has_crc32c(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("sse4.2") != 0;
#else
  return 0;
#endif
}

// Takes bytes into a Castagnoli checksum, eight a step; only where `kb_has_crc32c` says so.
#if defined(__x86_64__)
__attribute__((target("sse4.2")))
#endif
static inline uint32_t kb_crc32c(uint32_t rest, const uint8_t *bytes, size_t count) {
#if defined(__x86_64__)
  uint64_t wide = rest;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t piece;
    __builtin_memcpy(&piece, bytes, 8);
    wide = __builtin_ia32_crc32di(wide, piece);
  }
  rest = (uint32_t)wide;
  for (; count > 0; bytes++, count--) rest = __builtin_ia32_crc32qi(rest, *bytes);
#else
  (void)bytes;
  (void)count;
#endif
  return rest;
}

// The first of some numbers from `start` on that is above a limit, or `count`.
static inline size_t kb_first_above(const float *numbers, size_t start, size_t count, float limit) {
  size_t index = start;
#if defined(__SSE2__)
  const __m128 least = _mm_set1_ps(limit);
  for (; index + 16 <= count; index += 16) {
    __m128 first = _mm_cmpgt_ps(_mm_loadu_ps(numbers + index), least);
    __m128 second = _mm_cmpgt_ps(_mm_loadu_ps(numbers + index + 4), least);
    __m128 third = _mm_cmpgt_ps(_mm_loadu_ps(numbers + index + 8), least);
    __m128 fourth = _mm_cmpgt_ps(_mm_loadu_ps(numbers + index + 12), least);
    unsigned mask = (unsigned)_mm_movemask_ps(first) | (unsigned)_mm_movemask_ps(second) << 4 |
                    (unsigned)_mm_movemask_ps(third) << 8 | (unsigned)_mm_movemask_ps(fourth) << 12;
    if (mask) return index + (size_t)__builtin_ctz(mask);
  }
#endif
  while (index < count && !(numbers[index] > limit)) index++;
  return index;
}

// How many of some numbers are above a limit.
static inline size_t kb_count_above(const float *numbers, size_t count, float limit) {
  size_t index = 0, above = 0;
#if defined(__SSE2__)
  const __m128 least = _mm_set1_ps(limit);
  for (; index + 4 <= count; index += 4)
    above += (size_t)__builtin_popcount((unsigned)_mm_movemask_ps(_mm_cmpgt_ps(_mm_loadu_ps(numbers + index), least)));
#endif
  for (; index < count; index++) above += numbers[index] > limit;
  return above;
}

#endif
