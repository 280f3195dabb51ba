import FoundationEssentials

/// Questions with the documents that answer them: a folder with `documents.jsonl` (`{"id", "text"}`, `"title"` if there
/// is one) and `questions.jsonl` (`{"question", "relevant": [ids], "answerable"}`).
public struct EvaluationSet: Sendable {
    public struct Document: Sendable, Codable {
        public var id: String
        public var title: String?
        public var text: String
    }

    public struct Question: Sendable, Codable {
        public var question: String
        public var relevant: [String]
        public var answerable: Bool?

        public var isAnswerable: Bool { answerable ?? !relevant.isEmpty }
    }

    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        public var description: String
    }

    public var documents: [Document]
    public var questions: [Question]

    public init(documents: [Document], questions: [Question]) {
        self.documents = documents
        self.questions = questions
    }

    public init(folder: String) throws(Failure) {
        documents = try Self.lines(of: "\(folder)/documents.jsonl")
        questions = try Self.lines(of: "\(folder)/questions.jsonl")
    }

    private static func lines<Value: Decodable>(of path: String) throws(Failure) -> [Value] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "\(path) can't be read")
        }
        var values: [Value] = []
        for (number, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
            do { values.append(try JSONDecoder().decode(Value.self, from: Data(line))) } catch {
                throw Failure(description: "\(path), line \(number + 1) is not of the expected form")
            }
        }
        return values
    }
}
