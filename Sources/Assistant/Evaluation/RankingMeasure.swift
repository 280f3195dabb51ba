import Foundation

/// How well ranked documents answer questions, averaged over the answerable ones.
public struct RankingMeasure: Sendable, Equatable, Codable {
    /// Discounted gain of the relevant documents among the first ten, as a share of the best order's.
    public var ndcg10 = 0.0
    /// One over the place of the first relevant document among the first ten.
    public var mrr10 = 0.0
    /// The share of relevant documents among the first five.
    public var recall5 = 0.0

    enum CodingKeys: String, CodingKey {
        case ndcg10 = "ndcg_10"
        case mrr10 = "mrr_10"
        case recall5 = "recall_5"
    }

    init(_ rankings: [(ranked: [String], relevant: Set<String>)]) {
        guard !rankings.isEmpty else { return }
        for (ranked, relevant) in rankings where !relevant.isEmpty {
            let hits = ranked.prefix(10).enumerated().filter { relevant.contains($0.element) }.map(\.offset)
            let gain = hits.reduce(0) { $0 + 1 / log2(Double($1) + 2) }
            let best = (0..<min(relevant.count, 10)).reduce(0) { $0 + 1 / log2(Double($1) + 2) }
            ndcg10 += gain / best
            if let first = hits.first { mrr10 += 1 / Double(first + 1) }
            recall5 += Double(ranked.prefix(5).count { relevant.contains($0) }) / Double(relevant.count)
        }
        let count = Double(rankings.count)
        ndcg10 /= count
        mrr10 /= count
        recall5 /= count
    }
}
