import HTTPTypes
import Hummingbird
import Identifiers

/// An error as a client sees it: RFC 9457 with a stable machine key.
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    /// The stable key; clients and tests compare this one.
    var code: String
    var title: String
    /// One sentence for a person; never a stack, a query or a secret.
    var detail: String
    /// Messages by field of a failed validation.
    var errors: [String: [String]] = [:]
    /// Headers the status asks for: `Allow`, `Retry-After`, `WWW-Authenticate`.
    var headers: HTTPFields = [:]
    /// The job that stands in the way, such as the running one of a busy conversation.
    var job: JobID?

    init(_ status: HTTPResponse.Status, _ code: String, title: String? = nil, _ detail: String) {
        self.status = status
        self.code = code
        self.title = title ?? status.reasonPhrase
        self.detail = detail
    }

    /// This problem with a header.
    func with(_ name: HTTPField.Name, _ value: String) -> Self {
        var problem = self
        problem.headers[name] = value
        return problem
    }

    /// This problem with `Retry-After` in whole seconds.
    func retry(afterSeconds seconds: Int) -> Self {
        with(.retryAfter, String(max(1, seconds)))
    }

    /// This problem with the job that stands in the way.
    func about(_ job: JobID) -> Self {
        var problem = self
        problem.job = job
        return problem
    }
}

extension Problem {
    func response(instance: String, requestID: String) -> Response {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "about:blank")
            write(to: &json, instance: instance, requestID: requestID)
        }
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: json.buffer))
    }

    private func write(to json: inout JSONWriter, instance: String, requestID: String) {
        json.member("title", title)
        json.member("status", status.code)
        json.member("detail", detail)
        json.member("instance", instance)
        json.member("code", code)
        json.member("request_id", requestID)
        if !errors.isEmpty {
            json.object("errors") { json in
                for (field, messages) in errors.sorted(by: { $0.key < $1.key }) {
                    json.array(field, messages) { $0.value($1) }
                }
            }
        }
        if let job {
            json.member("job_id", job)
            json.object("links") { $0.member("job", "/api/jobs/\(job)") }
        }
    }
}
