import Store

/// Turns ranked chunks into passages: a few of a section only, neighbours merged into the better one's place.
struct PassageBuilder {
    var chunksOfSection: Int

    func passages(from candidates: [Fusion.Candidate], chunks: [Chunk], limit: Int) -> [Passage] {
        let byID = Dictionary(chunks.map { ($0.id, $0) }) { first, _ in first }
        var passages: [Merged] = []
        var taken: [String: Int] = [:]
        for candidate in candidates {
            guard let chunk = byID[candidate.chunk] else { continue }
            let section = "\(chunk.documentID)/\(chunk.heading)"
            guard taken[section, default: 0] < chunksOfSection else { continue }
            taken[section, default: 0] += 1
            if let place = passages.firstIndex(where: { $0.touches(chunk) }) {
                passages[place].merge(chunk)
            } else {
                passages.append(Merged(chunk, candidate))
            }
        }
        return passages.prefix(limit).map(\.passage)
    }

    private struct Merged {
        var passage: Passage
        private var ordinals: ClosedRange<Int>

        init(_ chunk: Chunk, _ candidate: Fusion.Candidate) {
            passage = Passage(
                chunkID: chunk.id, documentID: chunk.documentID, documentVersion: chunk.documentVersion,
                title: chunk.documentTitle, heading: chunk.heading, text: chunk.text, start: chunk.startOffset,
                end: chunk.endOffset, score: candidate.score, ranks: candidate.ranks, similarity: candidate.similarity)
            ordinals = chunk.ordinal...chunk.ordinal
        }

        func touches(_ chunk: Chunk) -> Bool {
            chunk.documentID == passage.documentID && chunk.heading == passage.heading
                && (chunk.ordinal == ordinals.lowerBound - 1 || chunk.ordinal == ordinals.upperBound + 1)
        }

        mutating func merge(_ chunk: Chunk) {
            if chunk.ordinal < ordinals.lowerBound {
                passage.text = Self.joined(chunk.text, chunk.endOffset, passage.text, passage.start)
                passage.start = chunk.startOffset
                ordinals = chunk.ordinal...ordinals.upperBound
            } else {
                passage.text = Self.joined(passage.text, passage.end, chunk.text, chunk.startOffset)
                passage.end = chunk.endOffset
                ordinals = ordinals.lowerBound...chunk.ordinal
            }
        }

        /// The second text without what the first already has at its end.
        private static func joined(_ first: String, _ end: Int, _ second: String, _ start: Int) -> String {
            guard start < end else { return first + "\n\n" + second }
            return first + String(String.UnicodeScalarView(second.unicodeScalars.dropFirst(end - start)))
        }
    }
}
