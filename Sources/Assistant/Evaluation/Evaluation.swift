import Foundation
import Identifiers
public import Logging
public import Store

/// Measures retrieval, gate and extractive answers on a labelled set, in a Store of its own.
public struct Evaluation: Sendable {
    /// What came out; `Codable` for the Store's list of evaluations.
    public struct Report: Sendable, Equatable, Codable {
        public var questions = 0
        public var answerable = 0
        public var documents = 0
        public var chunks = 0
        /// By leg: "keyword", "vector" and "hybrid".
        public var retrieval: [String: RankingMeasure] = [:]
        public var gate = GateMeasure()
        /// The share of answerable questions whose answer begins with a sentence of a relevant document.
        public var firstSentence = 0.0
    }

    public struct GateMeasure: Sendable, Equatable, Codable {
        public var answerableAdmitted = 0.0
        public var unanswerableAdmitted = 0.0
        /// Of the refusals and of the unanswerable questions.
        public var refusalPrecision = 0.0
        public var refusalRecall = 0.0
    }

    private let set: EvaluationSet
    private let store: Store
    private let knowledge: KnowledgeBase

    /// - Parameter store: empty and migrated; it is filled with the set's documents.
    public init(
        _ set: EvaluationSet, in store: Store, embedder: any Embedder,
        configuration: KnowledgeBase.Configuration = KnowledgeBase.Configuration(), logger: Logger
    ) throws {
        self.set = set
        self.store = store
        knowledge = try KnowledgeBase(store: store, embedder: embedder, configuration: configuration, logger: logger)
    }

    public func run() async throws -> Report {
        let names = try await ingest()
        var report = Report()
        report.documents = set.documents.count
        report.questions = set.questions.count
        let answerable = set.questions.filter(\.isAnswerable)
        report.answerable = answerable.count
        for mode in Retriever.Mode.allCases {
            var rankings: [(ranked: [String], relevant: Set<String>)] = []
            for question in answerable {
                let hits = try await knowledge.retriever.rank(question.question, mode: mode)
                rankings.append((documents(of: hits.map(\.chunk), names), Set(question.relevant)))
            }
            report.retrieval[mode.rawValue] = RankingMeasure(rankings)
        }
        report.chunks = await knowledge.index.count
        try await measureAnswers(&report, names)
        return report
    }

    private func measureAnswers(_ report: inout Report, _ names: Names) async throws {
        var admitted = (answerable: 0, unanswerable: 0)
        var right = 0
        for question in set.questions {
            let answer = try await knowledge.answerer.finished(question.question)
            let isAdmitted = answer.outcome == .answered
            if question.isAnswerable {
                if isAdmitted { admitted.answerable += 1 }
                if let first = answer.sources.first, let name = names.documents[first.documentID],
                    question.relevant.contains(name)
                {
                    right += 1
                }
            } else if isAdmitted {
                admitted.unanswerable += 1
            }
        }
        let unanswerable = report.questions - report.answerable
        let refused = report.questions - admitted.answerable - admitted.unanswerable
        let rightlyRefused = unanswerable - admitted.unanswerable
        report.gate = GateMeasure(
            answerableAdmitted: share(admitted.answerable, report.answerable),
            unanswerableAdmitted: share(admitted.unanswerable, unanswerable),
            refusalPrecision: share(rightlyRefused, refused), refusalRecall: share(rightlyRefused, unanswerable))
        report.firstSentence = share(right, report.answerable)
    }

    private struct Names {
        var documents: [DocumentID: String] = [:]
        var chunks: [ChunkID: String] = [:]
    }

    private func ingest() async throws -> Names {
        var names = Names()
        for document in set.documents {
            let id = DocumentID.make()
            let job = NewTrackedJob(kind: "evaluate", queue: "evaluation", payload: "{}", maximumAttempts: 1)
            let created = try await store.documents.create(
                NewDocument(
                    id: id, title: document.title ?? "", source: document.id, contentType: "text/plain",
                    contentHash: Ingest.hash(document.id), content: .text(document.text), job: job))
            guard case .created = created else { continue }
            names.documents[id] = document.id
            // A document without any text can't be found, and that is all.
            guard (try? await knowledge.ingest.chunk(id)) != nil else { continue }
            try await knowledge.ingest.embed(id)
            for chunk in try await store.chunks.list(of: id) { names.chunks[chunk.id] = document.id }
        }
        return names
    }

    /// A document stands where its best chunk stands.
    private func documents(of chunks: [ChunkID], _ names: Names) -> [String] {
        var seen: Set<String> = []
        return chunks.compactMap { names.chunks[$0] }.filter { seen.insert($0).inserted }
    }

    private func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
