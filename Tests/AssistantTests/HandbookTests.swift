import Assistant
import Foundation
import Store
import Testing

/// The file knowledge_base.txt, read as a fresh Tern reads it, asked what newcomers ask.
@Suite struct HandbookTests {
    static let questions: [(question: String, section: String)] = [
        ("How do I back up Tern?", "How to back up Tern"),
        ("How can I restore the database from a backup?", "How to restore a backup"),
        ("What does retrying mean?", "What retrying means"),
        ("How do I add more workers?", "How to add more workers and scale up"),
        ("Where is my data stored?", "Where your data is stored"),
        ("How do I start Tern?", "How to install and start Tern"),
        ("How do I stop Tern?", "How to stop Tern"),
        ("How do I run the tests?", "How to run the tests"),
        ("How can I change the port?", "How to use another port or address"),
        ("How do I add my own documents?", "How to add documents to the knowledge base"),
        ("What happens when a worker is killed?", "What happens when a worker is killed or crashes"),
        ("What happens if Redis loses its data?", "What happens when Redis fails or is emptied"),
        ("When does the housekeeping run?", "Scheduled tasks and when they run"),
        ("How do I verify my email address?", "How to verify your email address"),
        ("How do I send mail through Gmail?", "How to set up email sending"),
        (
            "After how many days are old conversations deleted?",
            "How long data is kept: retention and automatic deletion"
        ),
        ("What does expired mean?", "What expired means"),
        ("How do I cancel an answer?", "How to cancel an answer"),
        ("Which queues are there?", "The queues and what runs in them"),
        ("How are passwords stored?", "Security: passwords, sessions and secrets"),
        ("What is the login of the administrator?", "The first administrator and the admin login"),
        ("What is Tern?", "What Tern is and does"),
        ("What are the numbers in square brackets in an answer?", "How citations work"),
        ("Which licence does Tern have?", "Licence"),
        ("How do I upgrade to a newer version?", "How to update or upgrade Tern to a new version"),
    ]

    static let offTopic = [
        "What is the capital of France?",
        "How do I bake sourdough bread?",
        "Who won the football world cup in 1998?",
        "What is the boiling point of ethanol?",
        "Write a poem about the sea.",
        "How do I change a flat tyre on my bicycle?",
        "What should I feed a kitten?",
        "Explain quantum entanglement.",
        "When did the Roman empire fall?",
        "What is the best way to learn the violin?",
    ]

    private static let handbook = Task {
        let workshop = try await Workshop()
        let path = SourceTree.path("knowledge_base.txt")
        let job = try await workshop.knowledge.ingest.refresh(file: path) { _ in Workshop.job() }
        guard job != nil, let document = try await workshop.store.documents.find(source: "knowledge_base.txt") else {
            throw IngestError.unreadable(path)
        }
        _ = try await workshop.knowledge.ingest.chunk(document.id)
        try await workshop.knowledge.ingest.embed(document.id)
        return workshop
    }

    @Test(arguments: questions) func `a newcomer's question is answered from the right section`(
        question: String, section: String
    ) async throws {
        let answer = try await Self.handbook.value.knowledge.answerer.finished(question)
        #expect(answer.outcome == .answered)
        #expect(answer.sources.first?.heading == section)
        #expect(answer.usage.provider == "extractive")
        #expect(answer.text.contains("[1]"))
    }

    @Test(arguments: offTopic) func `a question about something else is refused`(question: String) async throws {
        let answer = try await Self.handbook.value.knowledge.answerer.finished(question)
        #expect(answer.outcome == .notInKnowledgeBase, "\(answer.text)")
        #expect(answer.sources.isEmpty)
        #expect(answer.usage == .none)
    }

    @Test func `every section is a chunk of its own that the encoder sees whole`() async throws {
        let workshop = try await Self.handbook.value
        let document = try #require(try await workshop.store.documents.find(source: "knowledge_base.txt"))
        let chunks = try await workshop.store.chunks.list(of: document.id)
        #expect(document.title == "Tern handbook")
        #expect(chunks.allSatisfy { $0.tokens <= 200 })
        #expect(Set(chunks.map(\.heading)).count == chunks.count)
    }
}
