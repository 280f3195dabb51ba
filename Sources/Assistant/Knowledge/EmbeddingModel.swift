import CFaiss

/// The sentence encoder all-MiniLM-L6-v2: text to a unit vector whose dot products are similarities.
///
/// The file is mapped, not read; only the layers' matrices are copied, still as int8, into the order the arithmetic
/// wants (10 MB), and their pages in the file are given back. Safe from any thread; a call uses one core and blocks.
public final class EmbeddingModel: Sendable {
    /// The number of pieces a text is cut at, [CLS] and [SEP] included.
    public static let longestText = 256
    /// Rows a batch holds at most: enough to read each weight seldom, few enough to stay in the caches.
    private static let batchRows = 256

    public let name = "all-MiniLM-L6-v2"
    public var dimension: Int { shape.hidden }
    private let shape: ModelFile.Shape
    private let tokenizer: WordPieceTokenizer
    private let weights: EncoderWeights

    /// Opens a model file. Takes some 20 ms.
    public init(path: String) throws(EmbeddingModelError) {
        var file = try ModelFile(path: path)
        shape = file.shape
        weights = try EncoderWeights(reading: &file)
        tokenizer = WordPieceTokenizer(
            vocabulary: try file.vocabulary(), unknown: Int32(shape.unknown), begin: Int32(shape.begin),
            end: Int32(shape.end))
    }

    /// The vectors of texts, in their order. A text without words has a vector too.
    public func embed(_ texts: [String]) -> [[Float]] {
        let limit = min(Self.longestText, shape.positions)
        let sequences = texts.map { tokenizer.ids(of: $0, limit: limit) }
        var vectors = [[Float]](repeating: [], count: texts.count)
        for batch in Self.batches(of: sequences.map(\.count), rows: Self.batchRows) {
            let pass = EncoderPass(weights: weights, shape: shape, sequences: batch.map { sequences[$0] })
            for (index, vector) in zip(batch, pass.run()) { vectors[index] = vector }
        }
        return vectors
    }

    /// The ids of a text's pieces, cut at `longestText`.
    package func ids(of text: String) -> [Int32] {
        tokenizer.ids(of: text, limit: min(Self.longestText, shape.positions))
    }

    /// How many pieces a text has, uncut and without [CLS] and [SEP].
    public func pieceCount(of text: String) -> Int {
        tokenizer.count(of: text)
    }

    /// Indices of sequences grouped so that a group has at most `rows` rows (or one sequence), short ones together.
    private static func batches(of lengths: [Int], rows: Int) -> [[Int]] {
        var batches: [[Int]] = []
        var batch: [Int] = []
        var filled = 0
        for index in lengths.indices.sorted(by: { lengths[$0] < lengths[$1] }) {
            if !batch.isEmpty, filled + lengths[index] > rows {
                batches.append(batch)
                batch = []
                filled = 0
            }
            batch.append(index)
            filled += lengths[index]
        }
        if !batch.isEmpty { batches.append(batch) }
        return batches
    }
}
