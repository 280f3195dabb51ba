package import Curl
import Foundation

/// An answer with its whole body.
package struct HTTPAnswer: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a type.
    package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }

    /// The body as dictionaries and arrays.
    package func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
    }
}

extension HTTPClient {
    /// Sends and takes the whole answer, up to 64 MB.
    package func send(
        _ method: String, _ url: String, headers: HTTPHeaders = [:], body: String? = nil,
        within limit: Duration = .seconds(60)
    ) async throws -> HTTPAnswer {
        let limits = TimeLimits(firstByte: limit, idle: limit, total: limit)
        let request = HTTPRequest(method, url, headers: headers, body: body.map { Array($0.utf8) }, limits: limits)
        let response = try await send(request)
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return HTTPAnswer(status: response.status, headers: response.headers, body: bytes)
    }
}
