import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// What a body may be.
    enum BodyForm {
        case json
        /// JSON or a form of a page.
        case jsonOrForm
    }

    /// Whether the body is a form's, whose answer is a redirect.
    var isForm: Bool { mediaType == "application/x-www-form-urlencoded" }

    /// The media type of the body in lower case, without parameters.
    private var mediaType: String? {
        headers[.contentType]?.split(separator: ";").first.map { $0.trimmingSpaces.lowercased() }
    }

    /// Reads the body's members: 413 over the limit, 415 for another type, 400 for what does not parse.
    func fields(_ form: BodyForm = .json, context: some RequestScoped) async throws -> Fields {
        let bytes = try await bytes(limit: context.bodyLimit)
        if form == .jsonOrForm, isForm { return Fields(try FormParser.parse(bytes)) }
        return try Self.jsonFields(bytes, mediaType: mediaType, form)
    }

    /// As `fields`, but no body at all counts as no members.
    func fieldsIfAny(_ form: BodyForm = .json, context: some RequestScoped) async throws -> Fields {
        let bytes = try await bytes(limit: context.bodyLimit)
        if bytes.readableBytes == 0 { return Fields() }
        if form == .jsonOrForm, isForm { return Fields(try FormParser.parse(bytes)) }
        return try Self.jsonFields(bytes, mediaType: mediaType, form)
    }

    private func bytes(limit: Int) async throws -> ByteBuffer {
        do {
            return try await body.collect(upTo: limit)
        } catch {
            throw Problem(readingBody: error, limit: limit)
        }
    }

    private static func jsonFields(
        _ bytes: ByteBuffer, mediaType: String?, _ form: BodyForm
    ) throws(Problem) -> Fields {
        guard let mediaType, mediaType == "application/json" || mediaType.hasSuffix("+json") else {
            throw .unsupportedMediaType(
                form == .json ? "application/json" : "application/json or application/x-www-form-urlencoded")
        }
        return try bytes.withUnsafeReadableBytes { (raw) throws(Problem) -> Fields in
            try fields(parsing: raw.bindMemory(to: UInt8.self))
        }
    }

    private static func fields(parsing bytes: UnsafeBufferPointer<UInt8>) throws(Problem) -> Fields {
        do {
            guard case .object(let members) = try JSONParser.parse(bytes) else {
                throw Problem.malformed("The body must be a JSON object.")
            }
            return Fields(members)
        } catch let problem as Problem {
            throw problem
        } catch JSONParser.Failure.unexpected(let offset) {
            throw .malformed("The body is not valid JSON (at byte \(offset)).")
        } catch JSONParser.Failure.notUTF8 {
            throw .malformed("The body is not valid UTF-8.")
        } catch {
            throw .malformed("The body is nested too deeply.")
        }
    }
}

extension StringProtocol {
    var trimmingSpaces: String {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return String(text)
    }
}
