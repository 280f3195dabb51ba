/// What an answer cost, and who made it.
public struct Usage: Sendable, Equatable, Codable {
    public var promptTokens: Int
    public var completionTokens: Int
    public var model: String
    /// The provider's name; "none" when no provider was asked.
    public var provider: String

    enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case model
        case provider
    }

    public init(promptTokens: Int, completionTokens: Int, model: String, provider: String) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.model = model
        self.provider = provider
    }

    /// An answer without a provider.
    public static let none = Usage(promptTokens: 0, completionTokens: 0, model: "none", provider: "none")
}
