import Assistant
import Foundation
import Logging
import Store
import Testing

@Suite struct AnswererTests {
    private static func answerer(_ workshop: Workshop, _ providers: [any Provider]) -> Answerer {
        Answerer(
            retriever: workshop.knowledge.retriever, providers: providers, logger: Logger(label: "test"))
    }

    private static func stocked() async throws -> Workshop {
        let workshop = try await Workshop()
        try await workshop.add("Green tea is brewed at eighty degrees. It draws for two minutes.", title: "Tea")
        try await workshop.add("Black tea is brewed with boiling water. It draws for four minutes.", title: "Black tea")
        return workshop
    }

    @Test func `an answer tells its stages, its sources, its text and its end`() async throws {
        let workshop = try await Self.stocked()
        var events: [AnswerEvent] = []
        for try await event in workshop.knowledge.answerer.answer("How is green tea brewed?") { events.append(event) }
        #expect(events.first == .stage(.retrieving))
        #expect(events.dropFirst().first == .stage(.generating))
        guard case .sources(let offered) = events[2], case .finished(let answer) = events.last else {
            Issue.record("no sources or no end")
            return
        }
        let text = events.compactMap { if case .delta(let delta) = $0 { delta } else { nil } }.joined()
        #expect(text.hasPrefix("From the documents:"))
        #expect(answer.text == text)
        #expect(answer.outcome == .answered)
        #expect(answer.usage.provider == "extractive")
        #expect(answer.sources.first?.title == "Tea")
        #expect(answer.sources.first?.isCited == true)
        #expect(answer.sources.count == offered.count)
        #expect(text.contains("Green tea is brewed at eighty degrees. [1]"))
    }

    @Test func `quoted brackets of a document are no citations`() async throws {
        let workshop = try await Workshop()
        try await workshop.add("Green tea is brewed at eighty degrees [7], says the source [1].", title: "Tea")
        let answer = try await workshop.knowledge.answerer.finished("How is green tea brewed?")
        #expect(answer.text.contains("degrees \\[7], says the source \\[1]. [1]"))
    }

    @Test func `a model's citations are put in order`() async throws {
        let workshop = try await Self.stocked()
        let provider = Scripted(deltas: ["Hot. [2", "] Or not. [1] [9]"])
        let answer = try await Self.answerer(workshop, [provider]).finished("How is green tea brewed?")
        #expect(answer.text == "Hot. [1] Or not. [2]")
        #expect(answer.sources.prefix(2).map(\.isCited) == [true, true])
        #expect(answer.usage.provider == "scripted")
    }

    @Test func `a question that the documents don't answer asks no provider`() async throws {
        let workshop = try await Self.stocked()
        let answer = try await Self.answerer(workshop, [Scripted(deltas: nil)]).finished("Who won the world cup?")
        #expect(answer.outcome == .notInKnowledgeBase)
        #expect(answer.usage == .none)
        #expect(answer.text.contains("- Tea"))
    }

    @Test func `a follow-up is answered from what the last question was about`() async throws {
        let workshop = try await Self.stocked()
        try await workshop.add("Trains to the coast leave every two hours from platform nine.", title: "Trains")
        let history = [Turn(.user, "When do trains to the coast leave?"), Turn(.assistant, "Every two hours. [1]")]
        let answer = try await workshop.knowledge.answerer.finished("And from where?", history: history)
        #expect(answer.sources.first?.title == "Trains")
    }

    @Test func `no provider and an empty answer are errors`() async throws {
        let workshop = try await Self.stocked()
        await #expect(throws: AnswerError.noProvider) {
            try await Self.answerer(workshop, []).finished("How is green tea brewed?")
        }
        await #expect(throws: AnswerError.emptyAnswer(provider: "scripted")) {
            try await Self.answerer(workshop, [Scripted(deltas: [])]).finished("How is green tea brewed?")
        }
    }

    @Test func `cancelling the consumer ends the provider's stream`() async throws {
        let workshop = try await Self.stocked()
        let (ended, signal) = AsyncStream.makeStream(of: Void.self)
        let answerer = Self.answerer(workshop, [Endless(signal: signal)])
        let task = Task {
            for try await event in answerer.answer("How is green tea brewed?") {
                if case .delta = event { return }
            }
        }
        try await task.value
        var iterator = ended.makeAsyncIterator()
        #expect(await iterator.next() != nil)
    }

    @Test func `an unknown provider is refused by name`() throws {
        #expect(throws: ProviderRegistry.UnknownProvider(name: "oracle")) {
            try ProviderRegistry(embedder: Model.embedder()).providers(["extractive", "oracle"])
        }
    }
}

/// Says what it was told to; with nothing to say it must not be asked.
private struct Scripted: Provider {
    let name = "scripted"
    var deltas: [String]?

    func stream(_ prompt: Prompt) -> AsyncThrowingStream<ProviderEvent, any Error> {
        AsyncThrowingStream { continuation in
            guard let deltas else {
                Issue.record("the provider was asked")
                return continuation.finish(throwing: CancellationError())
            }
            for delta in deltas { continuation.yield(.delta(delta)) }
            continuation.yield(
                .usage(Usage(promptTokens: 1, completionTokens: 1, model: "scripted", provider: "scripted")))
            continuation.finish()
        }
    }
}

/// Says one word and goes on for ever; signals when its stream is given up.
private struct Endless: Provider {
    let name = "endless"
    let signal: AsyncStream<Void>.Continuation

    func stream(_ prompt: Prompt) -> AsyncThrowingStream<ProviderEvent, any Error> {
        AsyncThrowingStream { continuation in
            continuation.onTermination = { _ in signal.yield() }
            continuation.yield(.delta("word "))
        }
    }
}
