/// The parts of a model file, in the file's order: a header, then 64-byte aligned tensors, then the vocabulary.
///
/// The format is `SMLM0001`, ten 32-bit numbers (vocabulary, hidden, feed-forward, layers, heads, positions, [UNK],
/// [CLS], [SEP], 0), the embeddings and layers, offsets[vocabulary + 1] and the words' bytes. A matrix is one float scale
/// a row, then int8 values; a vector is floats.
struct ModelFile {
    struct Shape: Sendable, Equatable {
        var vocabulary = 0
        var hidden = 0
        var feedForward = 0
        var layers = 0
        var heads = 0
        var positions = 0
        var unknown = 0
        var begin = 0
        var end = 0
    }

    /// Where a matrix lies in the file.
    struct Matrix {
        var scales: UnsafePointer<Float>
        var values: UnsafePointer<Int8>
        var offset: Int
        var rows: Int
        var columns: Int

        var byteCount: Int { rows * columns }
    }

    let memory: Memory
    let shape: Shape
    private let path: String
    private var position = 64

    init(path: String) throws(EmbeddingModelError) {
        let memory = try Memory.map(path: path)
        let magic = Array("SMLM0001".utf8)
        let start = UnsafeRawBufferPointer(start: memory.start, count: memory.count)
        guard start.count > 64, start.starts(with: magic) else {
            throw .malformed(path: path, reason: "it does not begin with SMLM0001")
        }
        self.memory = memory
        self.path = path
        let numbers = memory.start.loadUnaligned(fromByteOffset: 8, as: SIMD8<UInt32>.self)
        let last = memory.start.loadUnaligned(fromByteOffset: 40, as: UInt32.self)
        shape = Shape(
            vocabulary: Int(numbers[0]), hidden: Int(numbers[1]), feedForward: Int(numbers[2]), layers: Int(numbers[3]),
            heads: Int(numbers[4]), positions: Int(numbers[5]), unknown: Int(numbers[6]), begin: Int(numbers[7]),
            end: Int(last))
        guard isPlausible else { throw .malformed(path: path, reason: "its header makes no sense") }
    }

    private var isPlausible: Bool {
        let sizes = [shape.vocabulary, shape.hidden, shape.feedForward, shape.layers, shape.heads, shape.positions]
        let ids = [shape.unknown, shape.begin, shape.end]
        return sizes.allSatisfy { (1...1_000_000).contains($0) } && ids.allSatisfy { $0 < shape.vocabulary }
            && shape.hidden % shape.heads == 0 && shape.hidden / shape.heads % 16 == 0
            && shape.feedForward % 2 == 0 && shape.feedForward <= 2064
    }

    mutating func vector(_ count: Int) throws(EmbeddingModelError) -> UnsafePointer<Float> {
        let offset = try take(count * 4)
        return (memory.start + offset).assumingMemoryBound(to: Float.self)
    }

    mutating func matrix(rows: Int, columns: Int) throws(EmbeddingModelError) -> Matrix {
        let scales = try vector(rows)
        let offset = try take(rows * columns)
        let values = (memory.start + offset).assumingMemoryBound(to: Int8.self)
        return Matrix(scales: scales, values: values, offset: offset, rows: rows, columns: columns)
    }

    mutating func vocabulary() throws(EmbeddingModelError) -> Vocabulary {
        let table = try take((shape.vocabulary + 1) * 4)
        let offsets = (0...shape.vocabulary).map {
            Int(memory.start.loadUnaligned(fromByteOffset: table + $0 * 4, as: UInt32.self))
        }
        let bytes = try take(offsets[shape.vocabulary])
        guard zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw .malformed(path: path, reason: "its vocabulary is out of order")
        }
        let all = UnsafeRawBufferPointer(start: memory.start + bytes, count: offsets[shape.vocabulary])
        return Vocabulary(memory: memory, words: all, offsets: offsets)
    }

    private mutating func take(_ byteCount: Int) throws(EmbeddingModelError) -> Int {
        let start = (position + 63) / 64 * 64
        guard start + byteCount <= memory.count else { throw .malformed(path: path, reason: "it is cut off") }
        position = start + byteCount
        return start
    }
}
