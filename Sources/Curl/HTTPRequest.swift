import CCurl

/// A request over http or https.
public struct HTTPRequest: Sendable {
    public var method: String
    public var url: String
    public var headers: HTTPHeaders
    public var body: [UInt8]?
    public var limits: TimeLimits

    public init(
        _ method: String = "GET", _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
        limits: TimeLimits = TimeLimits()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
    }

    /// A handle that will do the request: no redirects, no cookies, no other protocol.
    func handle() throws(CurlError) -> EasyHandle {
        let handle = try EasyHandle()
        try handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try handle.set(CURLOPT_URL, url)
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if isLoopback { try handle.set(CURLOPT_PROXY, "") }
        if method == "HEAD" { try handle.set(CURLOPT_NOBODY, 1) }
        if let body { try handle.setBody(body) }
        guard !method.isEmpty, method.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
            throw .invalidRequest("'\(method)' is no method")
        }
        try handle.set(CURLOPT_CUSTOMREQUEST, method)
        try handle.set(CURLOPT_HTTPHEADER, lines: headerLines)
        return handle
    }

    /// `Name;` is libcurl's form of a header without a value, `Name:` takes one of its own out.
    private var headerLines: [String] {
        let own = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        let isTyped = headers["Content-Type"] != nil
        return own + ["Expect:"] + (isTyped || body == nil ? [] : ["Content-Type: application/json"])
    }

    /// A proxy of the environment is for the world outside, not for servers on this machine.
    private var isLoopback: Bool {
        guard let start = url.firstRange(of: "://")?.upperBound else { return false }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" }
        return ["127.", "localhost", "[::1]"].contains { authority.hasPrefix($0) }
    }
}
