import CFaiss

/// The weights of the encoder: tables and vectors where they are in the file, matrices repacked.
///
/// `@unchecked Sendable` holds because every pointer leads into `file` or `packed`, which nothing writes any more.
struct EncoderWeights: @unchecked Sendable {
    /// A matrix in the order of `tern_linear`, with its bias.
    struct Linear {
        var packed: UnsafePointer<Int8>
        var scales: UnsafePointer<Float>
        var bias: UnsafePointer<Float>
        var outputs: Int
        var inputs: Int
    }

    struct Norm {
        var gain: UnsafePointer<Float>
        var bias: UnsafePointer<Float>
    }

    struct Layer {
        var queryKeyValue: Linear
        var attentionOutput: Linear
        var attentionNorm: Norm
        var feedForward: Linear
        var output: Linear
        var outputNorm: Norm
    }

    let words: ModelFile.Matrix
    let positions: [Float]
    let type: UnsafePointer<Float>
    let norm: Norm
    let layers: [Layer]
    private let file: Memory
    private let packed: Memory

    init(reading file: inout ModelFile) throws(EmbeddingModelError) {
        let shape = file.shape
        words = try file.matrix(rows: shape.vocabulary, columns: shape.hidden)
        let places = try file.matrix(rows: shape.positions, columns: shape.hidden)
        positions = (0..<places.byteCount).map { places.scales[$0 / places.columns] * Float(places.values[$0]) }
        type = try file.vector(shape.hidden)
        norm = try file.norm()
        var unpacked: [(ModelFile.Matrix, UnsafePointer<Float>)] = []
        var norms: [Norm] = []
        for _ in 0..<shape.layers {
            unpacked.append(try file.linear(outputs: 3 * shape.hidden, inputs: shape.hidden))
            unpacked.append(try file.linear(outputs: shape.hidden, inputs: shape.hidden))
            norms.append(try file.norm())
            unpacked.append(try file.linear(outputs: shape.feedForward, inputs: shape.hidden))
            unpacked.append(try file.linear(outputs: shape.hidden, inputs: shape.feedForward))
            norms.append(try file.norm())
        }
        var linears: [Linear] = []
        packed = Memory(byteCount: unpacked.reduce(0) { $0 + tern_packed_size($1.0.rows, $1.0.columns) }) { start in
            var target = start.assumingMemoryBound(to: Int8.self)
            for (matrix, bias) in unpacked {
                tern_pack(matrix.values, matrix.rows, matrix.columns, target)
                linears.append(
                    Linear(
                        packed: UnsafePointer(target), scales: matrix.scales, bias: bias, outputs: matrix.rows,
                        inputs: matrix.columns))
                target += tern_packed_size(matrix.rows, matrix.columns)
            }
        }
        layers = (0..<shape.layers).map { layer in
            Layer(
                queryKeyValue: linears[4 * layer], attentionOutput: linears[4 * layer + 1],
                attentionNorm: norms[2 * layer], feedForward: linears[4 * layer + 2], output: linears[4 * layer + 3],
                outputNorm: norms[2 * layer + 1])
        }
        self.file = file.memory
        for (matrix, _) in unpacked { file.memory.release(matrix.offset, matrix.byteCount) }
    }
}

extension ModelFile {
    fileprivate mutating func linear(
        outputs: Int, inputs: Int
    ) throws(EmbeddingModelError) -> (Matrix, UnsafePointer<Float>) {
        (try matrix(rows: outputs, columns: inputs), try vector(outputs))
    }

    fileprivate mutating func norm() throws(EmbeddingModelError) -> EncoderWeights.Norm {
        EncoderWeights.Norm(gain: try vector(shape.hidden), bias: try vector(shape.hidden))
    }
}
