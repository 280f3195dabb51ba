import Assistant
import Foundation
import Identifiers
import Store
import Testing

@Suite struct CitationsTests {
    static func source(_ number: Int) -> Source {
        Source(
            Passage(
                chunkID: Int64(number), documentID: .make(), documentVersion: 1, title: "T\(number)", heading: "",
                text: "Text \(number).", start: 0, end: 7, score: 1, ranks: .init(), similarity: nil), number: number)
    }

    @Test func `citations are numbered by first use and the cited come first`() {
        let settled = Citations.settle("B [3]. A [1, 3]. C [2,1].", sources: (1...4).map(Self.source))
        #expect(settled.text == "B [1]. A [2, 1]. C [3, 2].")
        #expect(settled.sources.map(\.title) == ["T3", "T1", "T2", "T4"])
        #expect(settled.sources.map(\.n) == [1, 2, 3, 4])
        #expect(settled.sources.map(\.isCited) == [true, true, true, false])
    }

    @Test func `numbers that were not offered go`() {
        #expect(Citations.settle("A [7]. B [1, 9] [x] [0].", sources: [Self.source(1)]).text == "A. B [1] [x] [0].")
    }

    @Test func `links and quoted brackets stay as they are`() {
        let text = "[1](https://example.com) and a[i] and \\[1] and [unclosed"
        let settled = Citations.settle(text, sources: [Self.source(1)])
        #expect(settled.text == text)
        #expect(settled.sources.first?.isCited == false)
    }
}

@Suite struct PromptTests {
    @Test func `sources lie between delimiters that they can't close`() {
        let one = Prompt(question: "Q?", searchedQuestion: "Q?", history: [], sources: [CitationsTests.source(1)])
        let other = Prompt(question: "Q?", searchedQuestion: "Q?", history: [], sources: [])
        #expect(one.tag != other.tag)
        #expect(one.request.contains("<sources-\(one.tag)>\n[1] T1\nText 1.\n</sources-\(one.tag)>\n\nQ?"))
        #expect(one.instructions.contains(one.tag))
    }

    @Test func `history keeps the latest whole turns that fit`() {
        let history = [Turn(.user, "first"), Turn(.assistant, "second"), Turn(.user, "third")]
        let prompt = Prompt(question: "Q?", searchedQuestion: "Q?", history: history, sources: [])
        #expect(prompt.history(within: 11) == Array(history.suffix(2)))
        #expect(prompt.history(within: 4).isEmpty)
    }
}

@Suite struct GateTests {
    @Test func `similarity and covered words open it`() {
        let gate = Gate()
        #expect(gate.admits(Evidence(nearest: 0.6, similarity: 0.55, words: 3, coverage: 0)))
        #expect(!gate.admits(Evidence(nearest: 0.4, similarity: 0.35, words: 3, coverage: 0.5)))
        #expect(gate.admits(Evidence(nearest: 0.3, similarity: 0.28, words: 2, coverage: 1)))
        #expect(!gate.admits(Evidence(nearest: 0.3, similarity: 0.28, words: 1, coverage: 1)))
        #expect(!gate.admits(Evidence(nearest: 0.1, similarity: 0.1, words: 2, coverage: 1)))
    }

    @Test func `without vectors the words alone decide`() {
        #expect(Gate().admits(Evidence(nearest: nil, similarity: nil, words: 2, coverage: 0.6)))
        #expect(!Gate().admits(Evidence(nearest: nil, similarity: nil, words: 2, coverage: 0.5)))
    }
}

@Suite struct FollowUpTests {
    static let history = [Turn(.user, "When does the backup run?"), Turn(.assistant, "At 01:00.")]

    @Test(arguments: ["And how often?", "Why?", "How do I change it?", "What about Sundays?"])
    func `a question that leans on the last one is searched with it`(question: String) {
        let searched = FollowUp(question: question, history: Self.history).searchedQuestion
        #expect(searched == "When does the backup run? \(question)")
    }

    @Test(arguments: ["How do I add more workers?", "Which licence does Tern have?", "Where is my data stored?"])
    func `a question that stands alone is searched alone`(question: String) {
        #expect(FollowUp(question: question, history: Self.history).searchedQuestion == question)
    }

    @Test func `the first question is searched as it is`() {
        #expect(FollowUp(question: "And how often?", history: []).searchedQuestion == "And how often?")
    }
}

@Suite struct TitleTests {
    @Test func `a title is the first words of the question`() {
        #expect(Title.make(from: "  How do I\nback up Tern?  ") == "How do I back up Tern")
        #expect(Title.make(from: String(repeating: "long ", count: 30)).count <= 60)
        #expect(Title.make(from: String(repeating: "x", count: 300)).count == 60)
        #expect(Title.make(from: "???") == "New conversation")
    }
}
