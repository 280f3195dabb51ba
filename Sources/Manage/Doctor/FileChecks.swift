import Bootstrap
import Crypto
import FoundationEssentials
import Glibc

/// The folder of the data, the model and the knowledge base.
struct FileChecks {
    var settings: Settings

    /// The model that is shipped; another one would give vectors that fit no stored ones.
    private static let modelSize = 23_188_570
    private static let modelDigest = "e465c0f9b6e683dcf19b702263d769b07eac0574033158a79ca9e36d71c425ed"

    func run() -> [Finding] {
        [dataFolder(), environmentFile(), model(), knowledgeBase()].compactMap(\.self)
    }

    private func dataFolder() -> Finding {
        let path = settings.storage.directory
        func finding(_ level: Finding.Level, _ text: String) -> Finding {
            Finding(check: "data folder", level: level, text: "\(path): \(text)")
        }
        guard FileManager.default.fileExists(atPath: path) else {
            return finding(.warn, "not there yet; it is made at the first start")
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            return finding(.fail, "not writable; give it to the user that runs Tern, or set DATA_DIR")
        }
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { return finding(.ok, "writable") }
        let free = Int(space.f_bavail) * Int(space.f_frsize) / 1_048_576
        if free < 100 { return finding(.fail, "only \(free) MB free; make room") }
        return finding(free < 1024 ? .warn : .ok, "writable, \(free) MB free")
    }

    /// The file with the secrets, where there is one.
    private func environmentFile() -> Finding? {
        let path = ProcessInfo.processInfo.environment["TERN_ENV_FILE"] ?? ".env"
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        guard status.st_mode & 0o077 != 0 else {
            return Finding(check: "secrets", level: .ok, text: "\(path) is readable by its owner only")
        }
        return Finding(check: "secrets", level: .warn, text: "\(path) can be read by others: chmod 600 \(path)")
    }

    private func model() -> Finding {
        let path = settings.assistant.embeddingModelFile
        func finding(_ level: Finding.Level, _ text: String) -> Finding {
            Finding(check: "embedding model", level: level, text: "\(path): \(text)")
        }
        guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
            return finding(.fail, "can't be read; set EMBEDDING_MODEL_FILE to the file minilm-l6-v2.int8.bin")
        }
        guard data.count == Self.modelSize else {
            return finding(.fail, "has \(data.count) bytes instead of \(Self.modelSize); copy it anew")
        }
        guard SHA256.hash(data: data).map(hexadecimal).joined() == Self.modelDigest else {
            return finding(.fail, "its sha256 is another than \(Self.modelDigest); copy it anew")
        }
        return finding(.ok, "complete")
    }

    private func knowledgeBase() -> Finding {
        let path = settings.assistant.knowledgeBase
        func finding(_ level: Finding.Level, _ text: String) -> Finding {
            Finding(check: "knowledge base", level: level, text: "\(path): \(text)")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            return finding(.warn, "can't be read; only uploaded documents are known. Set KNOWLEDGE_BASE")
        }
        if data.isEmpty { return finding(.warn, "is empty") }
        guard String(validating: data, as: UTF8.self) != nil else {
            return finding(.fail, "is not UTF-8; save it as such")
        }
        return finding(.ok, "\(data.count) bytes")
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
