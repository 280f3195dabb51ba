#include "encoder.h"

#include <cmath>

// The elementwise steps, written so that the compiler makes vector code of them; on x86-64 once for each generation of
// processors, chosen when the program is loaded.
#if defined(__x86_64__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#pragma clang fp reassociate(on)
#pragma clang fp contract(fast)

namespace {

// e^x for x <= 0 by 2^n * 2^f, with the Taylor polynomial of degree 6 for f in -0.5...0.5 (relative error 2e-7).
inline float exponential(float x) {
    x = x < -87.0f ? -87.0f : x;
    float scaled = x * 1.44269504f;
    float whole = __builtin_rintf(scaled);
    float f = (scaled - whole) * 0.693147181f;
    float p = 1.0f / 720;
    p = p * f + 1.0f / 120;
    p = p * f + 1.0f / 24;
    p = p * f + 1.0f / 6;
    p = p * f + 0.5f;
    p = p * f + 1;
    p = p * f + 1;
    union {
        int32_t bits;
        float value;
    } power = {(int32_t(whole) + 127) << 23};
    return p * power.value;
}

}  // namespace

FOR_EACH_PROCESSOR
void tern_quantise(const float *values, size_t rows, size_t columns, int16_t *quantised, float *scales) {
    for (size_t row = 0; row < rows; row++) {
        const float *from = values + row * columns;
        int16_t *to = quantised + row * columns;
        float largest = 0;
        for (size_t i = 0; i < columns; i++) {
            float size = __builtin_fabsf(from[i]);
            largest = size > largest ? size : largest;
        }
        float factor = largest > 0 ? 8191 / largest : 0;
        scales[row] = largest / 8191;
        for (size_t i = 0; i < columns; i++) to[i] = int16_t(int32_t(__builtin_rintf(from[i] * factor)));
    }
}

// erf by Abramowitz and Stegun 7.1.26 (error 1.5e-7).
FOR_EACH_PROCESSOR
void tern_gelu(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float x = values[i];
        float z = __builtin_fabsf(x) * 0.707106781f;
        float t = 1 / (1 + 0.3275911f * z);
        float p = 1.061405429f;
        p = p * t - 1.453152027f;
        p = p * t + 1.421413741f;
        p = p * t - 0.284496736f;
        p = p * t + 0.254829592f;
        float tail = 0.5f * p * t * exponential(-z * z);
        values[i] = x * (x < 0 ? tail : 1 - tail);
    }
}

FOR_EACH_PROCESSOR
void tern_layer_norm(
    float *values, const float *added, const float *gain, const float *bias, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        float *x = values + row * columns;
        if (added) {
            const float *y = added + row * columns;
            for (size_t i = 0; i < columns; i++) x[i] += y[i];
        }
        float sum = 0;
        for (size_t i = 0; i < columns; i++) sum += x[i];
        float mean = sum / float(columns);
        float squares = 0;
        for (size_t i = 0; i < columns; i++) squares += (x[i] - mean) * (x[i] - mean);
        float factor = 1 / std::sqrt(squares / float(columns) + 1e-12f);
        for (size_t i = 0; i < columns; i++) x[i] = (x[i] - mean) * factor * gain[i] + bias[i];
    }
}

FOR_EACH_PROCESSOR
void tern_word(
    const int8_t *weights, float scale, const float *position, const float *type, size_t columns, float *values) {
    for (size_t i = 0; i < columns; i++) values[i] = float(weights[i]) * scale + position[i] + type[i];
}

FOR_EACH_PROCESSOR
void tern_mean_unit(const float *values, size_t rows, size_t columns, float *output) {
    for (size_t i = 0; i < columns; i++) output[i] = 0;
    for (size_t row = 0; row < rows; row++) {
        const float *x = values + row * columns;
        for (size_t i = 0; i < columns; i++) output[i] += x[i];
    }
    float squares = 0;
    for (size_t i = 0; i < columns; i++) squares += output[i] * output[i];
    float factor = squares > 0 ? 1 / std::sqrt(squares) : 0;
    for (size_t i = 0; i < columns; i++) output[i] *= factor;
}

namespace {

constexpr size_t lanes = 16;
typedef float Vector __attribute__((vector_size(lanes * sizeof(float)), aligned(4)));

inline size_t padded(size_t length) { return (length + lanes - 1) / lanes * lanes; }

// By reference: a vector may not be passed by value where a function's processor has no register for it.
inline const Vector &at(const float *from) { return *reinterpret_cast<const Vector *>(from); }

inline Vector &at(float *to) { return *reinterpret_cast<Vector *>(to); }

}  // namespace

size_t tern_attention_scratch(size_t length, size_t head_size) {
    return padded(length) * (head_size + 4);
}

// A head at a time: the keys turned on their side, so that the scores of four queries come 16 keys at a time; then the
// softmax of each row; then the weighted sum of the values.
FOR_EACH_PROCESSOR
void tern_attention(
    const float *qkv, size_t length, size_t heads, size_t head_size, float *scratch, float *output) {
    size_t hidden = heads * head_size, stride = 3 * hidden, width = padded(length);
    float *keys = scratch, *scores = scratch + width * head_size;
    float scale = 1 / std::sqrt(float(head_size));
    for (size_t head = 0; head < heads; head++) {
        const float *query = qkv + head * head_size, *key = query + hidden, *value = key + hidden;
        for (size_t d = 0; d < head_size; d++) {
            float *line = keys + d * width;
            for (size_t j = 0; j < length; j++) line[j] = key[j * stride + d] * scale;
            for (size_t j = length; j < width; j++) line[j] = 0;
        }
        for (size_t i = 0; i < length; i += 4) {
            // Past the end the last query is repeated and its result written once more to the same place.
            size_t rows[4];
            for (size_t r = 0; r < 4; r++) rows[r] = i + r < length ? i + r : length - 1;
            for (size_t j = 0; j < width; j += lanes) {
                Vector sums[4] = {};
                for (size_t d = 0; d < head_size; d++) {
                    Vector line = at(keys + d * width + j);
                    for (size_t r = 0; r < 4; r++) sums[r] += line * query[rows[r] * stride + d];
                }
                for (size_t r = 0; r < 4; r++) at(scores + r * width + j) = sums[r];
            }
            float factors[4];
            for (size_t r = 0; r < 4; r++) {
                float *line = scores + r * width;
                float largest = line[0];
                for (size_t j = 0; j < length; j++) largest = line[j] > largest ? line[j] : largest;
                float total = 0;
                for (size_t j = 0; j < length; j++) {
                    line[j] = exponential(line[j] - largest);
                    total += line[j];
                }
                factors[r] = 1 / total;
            }
            for (size_t d = 0; d < head_size; d += lanes) {
                Vector sums[4] = {};
                for (size_t j = 0; j < length; j++) {
                    Vector line = at(value + j * stride + d);
                    for (size_t r = 0; r < 4; r++) sums[r] += line * scores[r * width + j];
                }
                for (size_t r = 0; r < 4; r++) {
                    at(output + rows[r] * hidden + head * head_size + d) = sums[r] * factors[r];
                }
            }
        }
    }
}
