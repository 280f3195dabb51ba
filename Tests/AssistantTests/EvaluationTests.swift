import Assistant
import Foundation
import Logging
import Store
import Testing
import TestSupport

@Suite struct EvaluationTests {
    static let documents = """
        {"id": "tea", "title": "Tea", "text": "Green tea is brewed at eighty degrees for two minutes."}
        {"id": "rockets", "text": "A rocket engine burns liquid oxygen with kerosene in its combustion chamber."}
        {"id": "garden", "text": "Tomatoes in the garden need water every evening during the summer."}

        """
    static let questions = """
        {"question": "How hot should green tea be brewed?", "relevant": ["tea"], "answerable": true}
        {"question": "What does a rocket engine burn?", "relevant": ["rockets"], "answerable": true}
        {"question": "When do tomatoes need water?", "relevant": ["garden"]}
        {"question": "Who painted the Mona Lisa?", "relevant": [], "answerable": false}

        """

    @Test func `a set that is answered well has full marks`() async throws {
        let folder = try TemporaryDirectory()
        try folder.write(Self.documents, to: "documents.jsonl")
        try folder.write(Self.questions, to: "questions.jsonl")
        let store = try Store.open(path: folder.file("evaluation.sqlite3"), synchronous: .normal)
        try await store.migrate()
        let evaluation = try Evaluation(
            EvaluationSet(folder: folder.path), in: store, embedder: Model.embedder(), logger: Logger(label: "test"))
        let report = try await evaluation.run()
        #expect(report.documents == 3)
        #expect(report.questions == 4)
        #expect(report.answerable == 3)
        #expect(report.chunks == 3)
        for mode in Retriever.Mode.allCases {
            let measure = try #require(report.retrieval[mode.rawValue])
            #expect(measure.mrr10 == 1)
            #expect(measure.ndcg10 == 1)
            #expect(measure.recall5 == 1)
        }
        #expect(report.gate.answerableAdmitted == 1)
        #expect(report.gate.unanswerableAdmitted == 0)
        #expect(report.gate.refusalPrecision == 1)
        #expect(report.gate.refusalRecall == 1)
        #expect(report.firstSentence == 1)
        #expect(try JSONDecoder().decode(Evaluation.Report.self, from: JSONEncoder().encode(report)) == report)
    }

    @Test func `a set that can't be read names the file and the line`() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: EvaluationSet.Failure.self) { try EvaluationSet(folder: folder.path) }
        try folder.write(Self.documents, to: "documents.jsonl")
        try folder.write(Self.questions + "{\"question\": 1}\n", to: "questions.jsonl")
        let failure = try #require(throws: EvaluationSet.Failure.self) { try EvaluationSet(folder: folder.path) }
        #expect(failure.description.contains("questions.jsonl, line 5"))
    }
}
