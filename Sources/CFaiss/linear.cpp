#include "encoder.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Packed order: panels of 64 outputs; in a panel, for each pair of inputs, 64 times the two weights of an output.
namespace {

constexpr size_t panel = 64;

struct Shape {
    const int16_t *quantised;
    const float *scales;
    const float *weight_scales;
    const float *bias;
    size_t outputs;
    size_t inputs;
    float *output;
};

using Tile = void (*)(const Shape &, const int8_t *packed, size_t first_output, size_t row, size_t rows);

void store_scaled(const Shape &shape, const int32_t *sums, size_t first_output, size_t row) {
    size_t width = shape.outputs - first_output < panel ? shape.outputs - first_output : panel;
    float *out = shape.output + row * shape.outputs + first_output;
    for (size_t o = 0; o < width; o++) {
        out[o] = float(sums[o]) * (shape.scales[row] * shape.weight_scales[first_output + o])
            + shape.bias[first_output + o];
    }
}

void tile_portable(const Shape &shape, const int8_t *packed, size_t first_output, size_t row, size_t rows) {
    for (size_t r = row; r < row + rows; r++) {
        int32_t sums[panel] = {};
        const int16_t *values = shape.quantised + r * shape.inputs;
        for (size_t pair = 0; pair < shape.inputs / 2; pair++) {
            const int8_t *weights = packed + pair * panel * 2;
            int32_t even = values[2 * pair], odd = values[2 * pair + 1];
            for (size_t o = 0; o < panel; o++) {
                sums[o] += even * weights[2 * o] + odd * weights[2 * o + 1];
            }
        }
        store_scaled(shape, sums, first_output, r);
    }
}

#if defined(__x86_64__)

inline int32_t pair_at(const int16_t *values, size_t pair) {
    int32_t both;
    std::memcpy(&both, values + 2 * pair, sizeof both);
    return both;
}

template <int Rows>
__attribute__((target("avx512f,avx512bw,avx512vnni"))) void tile_vnni(
    const Shape &shape, const int8_t *packed, size_t first_output, size_t row) {
    __m512i sums[Rows][4];
    for (int r = 0; r < Rows; r++) {
        for (int c = 0; c < 4; c++) sums[r][c] = _mm512_setzero_si512();
    }
    const int16_t *values = shape.quantised + row * shape.inputs;
    size_t inputs = shape.inputs;
    for (size_t pair = 0; pair < inputs / 2; pair++) {
        const __m256i *weights = reinterpret_cast<const __m256i *>(packed + pair * panel * 2);
        __m512i wide[4];
        for (int c = 0; c < 4; c++) wide[c] = _mm512_cvtepi8_epi16(_mm256_load_si256(weights + c));
        for (int r = 0; r < Rows; r++) {
            __m512i value = _mm512_set1_epi32(pair_at(values + size_t(r) * inputs, pair));
            for (int c = 0; c < 4; c++) sums[r][c] = _mm512_dpwssd_epi32(sums[r][c], wide[c], value);
        }
    }
    for (int r = 0; r < Rows; r++) {
        alignas(64) int32_t flat[panel];
        for (int c = 0; c < 4; c++) _mm512_store_si512(flat + 16 * c, sums[r][c]);
        store_scaled(shape, flat, first_output, row + size_t(r));
    }
}

void tile_avx512(const Shape &shape, const int8_t *packed, size_t first_output, size_t row, size_t rows) {
    for (; rows >= 6; row += 6, rows -= 6) tile_vnni<6>(shape, packed, first_output, row);
    switch (rows) {
    case 5: tile_vnni<5>(shape, packed, first_output, row); break;
    case 4: tile_vnni<4>(shape, packed, first_output, row); break;
    case 3: tile_vnni<3>(shape, packed, first_output, row); break;
    case 2: tile_vnni<2>(shape, packed, first_output, row); break;
    case 1: tile_vnni<1>(shape, packed, first_output, row); break;
    default: break;
    }
}

template <int Rows>
__attribute__((target("avx2"))) void tile_madd(
    const Shape &shape, const int8_t *packed, size_t first_output, size_t row) {
    alignas(32) int32_t flat[Rows][panel];
    const int16_t *values = shape.quantised + row * shape.inputs;
    size_t inputs = shape.inputs;
    for (size_t part = 0; part < panel; part += 16) {
        __m256i sums[Rows][2];
        for (int r = 0; r < Rows; r++) sums[r][0] = sums[r][1] = _mm256_setzero_si256();
        for (size_t pair = 0; pair < inputs / 2; pair++) {
            const __m128i *weights = reinterpret_cast<const __m128i *>(packed + (pair * panel + part) * 2);
            __m256i low = _mm256_cvtepi8_epi16(_mm_load_si128(weights));
            __m256i high = _mm256_cvtepi8_epi16(_mm_load_si128(weights + 1));
            for (int r = 0; r < Rows; r++) {
                __m256i value = _mm256_set1_epi32(pair_at(values + size_t(r) * inputs, pair));
                sums[r][0] = _mm256_add_epi32(sums[r][0], _mm256_madd_epi16(low, value));
                sums[r][1] = _mm256_add_epi32(sums[r][1], _mm256_madd_epi16(high, value));
            }
        }
        for (int r = 0; r < Rows; r++) {
            _mm256_store_si256(reinterpret_cast<__m256i *>(flat[r] + part), sums[r][0]);
            _mm256_store_si256(reinterpret_cast<__m256i *>(flat[r] + part + 8), sums[r][1]);
        }
    }
    for (int r = 0; r < Rows; r++) store_scaled(shape, flat[r], first_output, row + size_t(r));
}

void tile_avx2(const Shape &shape, const int8_t *packed, size_t first_output, size_t row, size_t rows) {
    for (; rows >= 4; row += 4, rows -= 4) tile_madd<4>(shape, packed, first_output, row);
    for (; rows >= 1; row += 1, rows -= 1) tile_madd<1>(shape, packed, first_output, row);
}

Tile fastest_tile() {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")) return tile_avx512;
    if (__builtin_cpu_supports("avx2")) return tile_avx2;
    return tile_portable;
}

#else

Tile fastest_tile() { return tile_portable; }

#endif

}  // namespace

size_t tern_packed_size(size_t outputs, size_t inputs) {
    return (outputs + panel - 1) / panel * panel * inputs;
}

void tern_pack(const int8_t *weights, size_t outputs, size_t inputs, int8_t *packed) {
    std::memset(packed, 0, tern_packed_size(outputs, inputs));
    for (size_t o = 0; o < outputs; o++) {
        int8_t *start = packed + o / panel * panel * inputs + o % panel * 2;
        const int8_t *row = weights + o * inputs;
        for (size_t pair = 0; pair < inputs / 2; pair++) {
            std::memcpy(start + pair * panel * 2, row + 2 * pair, 2);
        }
    }
}

void tern_linear(
    const int16_t *quantised, const float *scales, size_t rows, const int8_t *packed, const float *weight_scales,
    const float *bias, size_t outputs, size_t inputs, float *output) {
    static const Tile tile = fastest_tile();
    Shape shape{quantised, scales, weight_scales, bias, outputs, inputs, output};
    for (size_t first = 0; first < outputs; first += panel) {
        tile(shape, packed + first * inputs, first, 0, rows);
    }
}
