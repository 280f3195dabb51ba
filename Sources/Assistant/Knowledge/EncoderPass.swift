import CFaiss

/// One run of sequences through the encoder, one after the other in one matrix without padding.
///
/// BERT: word + position + type embedding, layer norm; in each layer self-attention and a feed-forward part, each with
/// its residual and layer norm; then the mean over a sequence's rows, scaled to length 1.
struct EncoderPass {
    let weights: EncoderWeights
    let shape: ModelFile.Shape
    let sequences: [[Int32]]

    func run() -> [[Float]] {
        let rows = sequences.reduce(0) { $0 + $1.count }
        let longest = sequences.map(\.count).max() ?? 0
        guard rows > 0 else { return [] }
        var buffers = Buffers(rows: rows, longest: longest, shape: shape)
        defer { buffers.deallocate() }
        embedWords(into: buffers.hidden)
        normalise(buffers.hidden, weights.norm, adding: nil, rows)
        for layer in weights.layers { run(layer, &buffers, rows) }
        return pooled(buffers.hidden)
    }

    private func embedWords(into hidden: UnsafeMutablePointer<Float>) {
        let width = shape.hidden
        weights.positions.withUnsafeBufferPointer { positions in
            guard let first = positions.baseAddress else { return }
            var row = hidden
            for sequence in sequences {
                for (place, id) in sequence.enumerated() {
                    let word = weights.words.values + Int(id) * width
                    tern_word(word, weights.words.scales[Int(id)], first + place * width, weights.type, width, row)
                    row += width
                }
            }
        }
    }

    private func run(_ layer: EncoderWeights.Layer, _ buffers: inout Buffers, _ rows: Int) {
        apply(layer.queryKeyValue, to: buffers.hidden, rows, &buffers, giving: buffers.wide)
        var first = 0
        for sequence in sequences {
            tern_attention(
                buffers.wide + first * 3 * shape.hidden, sequence.count, shape.heads, shape.hidden / shape.heads,
                buffers.scratch, buffers.narrow + first * shape.hidden)
            first += sequence.count
        }
        apply(layer.attentionOutput, to: buffers.narrow, rows, &buffers, giving: buffers.wide)
        normalise(buffers.hidden, layer.attentionNorm, adding: buffers.wide, rows)
        apply(layer.feedForward, to: buffers.hidden, rows, &buffers, giving: buffers.wide)
        tern_gelu(buffers.wide, rows * shape.feedForward)
        apply(layer.output, to: buffers.wide, rows, &buffers, giving: buffers.narrow)
        normalise(buffers.hidden, layer.outputNorm, adding: buffers.narrow, rows)
    }

    private func apply(
        _ linear: EncoderWeights.Linear, to input: UnsafeMutablePointer<Float>, _ rows: Int, _ buffers: inout Buffers,
        giving output: UnsafeMutablePointer<Float>
    ) {
        tern_quantise(input, rows, linear.inputs, buffers.quantised, buffers.scales)
        tern_linear(
            buffers.quantised, buffers.scales, rows, linear.packed, linear.scales, linear.bias, linear.outputs,
            linear.inputs, output)
    }

    private func normalise(
        _ values: UnsafeMutablePointer<Float>, _ norm: EncoderWeights.Norm, adding: UnsafeMutablePointer<Float>?,
        _ rows: Int
    ) {
        tern_layer_norm(values, adding, norm.gain, norm.bias, rows, shape.hidden)
    }

    private func pooled(_ hidden: UnsafeMutablePointer<Float>) -> [[Float]] {
        var row = hidden
        return sequences.map { sequence in
            defer { row += sequence.count * shape.hidden }
            return [Float](unsafeUninitializedCapacity: shape.hidden) { buffer, count in
                guard let start = buffer.baseAddress else { return }
                tern_mean_unit(row, sequence.count, shape.hidden, start)
                count = shape.hidden
            }
        }
    }
}

/// What a pass works in: allocated for its number of rows, gone when it ends.
private struct Buffers {
    let hidden: UnsafeMutablePointer<Float>
    /// Queries, keys and values; later the feed-forward part.
    let wide: UnsafeMutablePointer<Float>
    let narrow: UnsafeMutablePointer<Float>
    let quantised: UnsafeMutablePointer<Int16>
    let scales: UnsafeMutablePointer<Float>
    let scratch: UnsafeMutablePointer<Float>

    init(rows: Int, longest: Int, shape: ModelFile.Shape) {
        let wideColumns = max(3 * shape.hidden, shape.feedForward)
        hidden = .allocate(capacity: rows * shape.hidden)
        wide = .allocate(capacity: rows * wideColumns)
        narrow = .allocate(capacity: rows * shape.hidden)
        quantised = .allocate(capacity: rows * max(shape.hidden, shape.feedForward))
        scales = .allocate(capacity: rows)
        scratch = .allocate(capacity: tern_attention_scratch(longest, shape.hidden / shape.heads))
    }

    mutating func deallocate() {
        hidden.deallocate()
        wide.deallocate()
        narrow.deallocate()
        quantised.deallocate()
        scales.deallocate()
        scratch.deallocate()
    }
}
