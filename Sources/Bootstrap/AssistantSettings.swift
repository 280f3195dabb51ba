import FoundationEssentials

extension Settings.Assistant {
    init(reading reader: inout SettingsReader, directory: String) {
        providers = reader.list("LLM_PROVIDERS")
        if providers != ["extractive"] {
            reader.refuse("LLM_PROVIDERS", "only extractive is supported yet; write LLM_PROVIDERS=extractive")
        }
        embeddingProvider = reader.choice("EMBEDDING_PROVIDER", of: ["embedded"])
        embeddingModelFile = Self.modelFile(&reader, directory: directory)
        knowledgeBase = absolute(reader.string("KNOWLEDGE_BASE"), in: directory)
        gemini = Remote(
            key: reader.optional("GEMINI_API_KEY"), baseURL: reader.address("GEMINI_BASE_URL"),
            model: reader.optional("GEMINI_MODEL"))
        geminiFallbackModels = reader.list("GEMINI_FALLBACK_MODELS")
        geminiEmbeddingModel = reader.string("GEMINI_EMBEDDING_MODEL")
        openAI = Remote(
            key: reader.optional("OPENAI_API_KEY"), baseURL: reader.address("OPENAI_BASE_URL"),
            model: reader.optional("OPENAI_MODEL"))
        maximumProviderWait = reader.seconds("MAX_PROVIDER_WAIT", in: 0...3600)
    }

    /// Beside the executable where an installation has it, else where the source tree has it. Whether the file is there
    /// is asked by the process that opens it: the others run without.
    private static func modelFile(_ reader: inout SettingsReader, directory: String) -> String {
        if let named = reader.optional("EMBEDDING_MODEL_FILE") { return absolute(named, in: directory) }
        let name = "minilm-l6-v2.int8.bin"
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = executable.split(separator: "/").dropLast().joined(separator: "/")
        let beside = "/\(folder)/\(name)"
        return FileManager.default.fileExists(atPath: beside) ? beside : absolute("Resources/\(name)", in: directory)
    }
}
