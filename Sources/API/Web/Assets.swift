import CAssets
import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

/// The files of the web pages, embedded in the program so that it needs no folder at run time.
///
/// What a browser loads lives under `/static/<version>/<name>`. The version is a hash over all files: modules import each other by
/// relative path, the browser may keep every file for ever, and a new build has new addresses.
struct Assets: Sendable {
    /// A hash over all files that a browser loads.
    let version: String
    /// The templates' texts by name.
    let templates: [String: String]
    private let files: [String: File]

    private struct File: Sendable {
        let body: ByteBuffer
        let contentType: String
    }

    init() {
        var templates: [String: String] = [:]
        var files: [String: File] = [:]
        var styles = ""
        for (name, bytes) in Self.embedded() {
            let stem = String(name.prefix { $0 != "." })
            switch name.drop(while: { $0 != "." }) {
            case ".mustache": templates[stem] = String(decoding: bytes, as: UTF8.self)
            case ".css": styles += String(decoding: bytes, as: UTF8.self)
            case ".svg": files[name] = File(body: ByteBuffer(bytes: bytes), contentType: "image/svg+xml")
            default: files[name] = File(body: ByteBuffer(bytes: bytes), contentType: "text/javascript; charset=utf-8")
            }
        }
        files["tern.css"] = File(body: ByteBuffer(string: styles), contentType: "text/css; charset=utf-8")
        var hash = SHA256()
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array(name.utf8))
            hash.update(data: file.body.readableBytesView)
        }
        version = hash.finalize().prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        self.templates = templates
        self.files = files
    }

    /// Where a browser finds a file.
    func path(_ name: String) -> String {
        "/static/\(version)/\(name)"
    }

    /// The modules that `script` imports, and those that they import: a page names them, so that the browser need not find them
    /// one after the other.
    func modules(of script: String) -> [String] {
        var found: Set<String> = []
        var unread = [script]
        while let name = unread.popLast() {
            guard let text = files[name].map({ String(buffer: $0.body) }) else { continue }
            for part in text.split(separator: "from './").dropFirst() {
                let module = String(part.prefix { $0 != "'" })
                if found.insert(module).inserted { unread.append(module) }
            }
        }
        return found.sorted()
    }

    /// Serves `/static/<version>/<name>`. During a rolling update a page may ask one process for the version of another: it gets
    /// what this one has, but is told not to keep it.
    func addRoutes<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("static/:version/:name") { _, context -> Response in
            guard let name = context.parameters.get("name"), let file = files[name] else { throw HTTPError(.notFound) }
            let isCurrent = context.parameters.get("version") == version
            let headers: HTTPFields = [
                .contentType: file.contentType,
                .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
                .xContentTypeOptions: "nosniff",
            ]
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.body))
        }
    }

    /// In the order of the list in CAssets: the styles depend on it.
    private static func embedded() -> [(name: String, bytes: UnsafeBufferPointer<UInt8>)] {
        (0..<cassets_count()).map { index in
            let asset = cassets_at(index)
            return (String(cString: asset.name), UnsafeBufferPointer(start: asset.bytes, count: asset.count))
        }
    }
}
