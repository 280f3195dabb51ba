/// Something that writes an answer from a prompt: the edge of the process.
public protocol Provider: Sendable {
    /// The name in `LLM_PROVIDERS` and in `usage.provider`.
    var name: String { get }

    /// Streams the answer. The stream ends after `usage`, or throws; cancelling its consumer stops the work.
    func stream(_ prompt: Prompt) -> AsyncThrowingStream<ProviderEvent, any Error>
}

/// What a provider streams.
public enum ProviderEvent: Sendable {
    case delta(String)
    case usage(Usage)
}
