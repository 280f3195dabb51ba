import CCurl

/// A transfer on its way: libcurl's callbacks on the loop's thread fill its inflow, a task empties it.
///
/// The variables belong to the loop's thread; `inflow` locks itself.
final class Transfer: @unchecked Sendable {
    let handle: EasyHandle
    let inflow: Inflow
    private let limits: TimeLimits
    private var deadline = ContinuousClock.now
    private var hasAnswered = false
    private var upload: ArraySlice<UInt8>
    /// The first word of the last line sent, for protocols that are a dialogue.
    private(set) var lastVerb = ""
    private var isEnding = false
    /// The lines of the server, for protocols that are a dialogue.
    private(set) var dialogue: [String] = []
    private let isDialogue: Bool

    init(_ handle: EasyHandle, limits: TimeLimits, upload: [UInt8] = [], isDialogue: Bool = false) throws(CurlError) {
        self.handle = handle
        self.limits = limits
        self.upload = upload[...]
        self.isDialogue = isDialogue
        inflow = Inflow()
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.wholeMilliseconds)
        if let total = limits.total { try handle.set(CURLOPT_TIMEOUT_MS, total.wholeMilliseconds) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        try handle.set(CURLOPT_WRITEFUNCTION) { data, size, count, context in
            Transfer.from(context).receive(UnsafeRawBufferPointer(start: data, count: size * count))
        }
        try handle.set(CURLOPT_WRITEDATA, pointer: context)
        try handle.set(CURLOPT_HEADERFUNCTION) { data, size, count, context in
            Transfer.from(context).receiveLine(UnsafeRawBufferPointer(start: data, count: size * count))
        }
        try handle.set(CURLOPT_HEADERDATA, pointer: context)
        guard isDialogue else { return }
        try handle.set(CURLOPT_READFUNCTION) { data, size, count, context in
            Transfer.from(context).send(UnsafeMutableRawBufferPointer(start: data, count: size * count))
        }
        try handle.set(CURLOPT_READDATA, pointer: context)
        try handle.set(CURLOPT_VERBOSE, 1)
        try handle.set { _, kind, data, size, context in
            guard kind == CURLINFO_HEADER_OUT, let data else { return 0 }
            // The verb only: what follows AUTH is a password.
            let verb = UnsafeRawBufferPointer(start: data, count: size).prefix { $0 > UInt8(ascii: " ") }
            Transfer.from(context).note(verb: String(decoding: verb, as: UTF8.self))
            return 0
        }
        try handle.set(CURLOPT_DEBUGDATA, pointer: context)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
        // libcurl gives back the pointer set above, and the loop keeps the transfer while libcurl has it.
        Unmanaged<Transfer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    func begin(at now: ContinuousClock.Instant) {
        deadline = now + limits.firstByte
    }

    /// What the transfer has waited for too long, if anything.
    func overdue(at now: ContinuousClock.Instant) -> CurlError.Wait? {
        now < deadline || inflow.isPaused ? nil : hasAnswered ? .nextByte : .firstByte
    }

    func resume(at now: ContinuousClock.Instant) {
        deadline = now + limits.idle
        curl_easy_pause(handle.pointer, CURLPAUSE_CONT)
    }

    func finish(code: CURLcode) {
        if code == CURLE_OK {
            finish(.success(()))
        } else {
            finish(.failure(Self.error(code, handle.explanation(of: code))))
        }
    }

    func finish(_ result: Result<Void, any Error>) {
        inflow.finish(result)
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        noteAnswer()
        return inflow.append(bytes) ? bytes.count : Int(CURL_WRITEFUNC_PAUSE)
    }

    private func receiveLine(_ bytes: UnsafeRawBufferPointer) -> Int {
        noteAnswer()
        let line = String(decoding: bytes, as: UTF8.self)
        if !isDialogue {
            inflow.appendHeaderLine(line)
        } else if !isEnding {
            dialogue.append(line)
        }
        return bytes.count
    }

    /// A farewell is no part of the matter, nor is the answer to it.
    private func note(verb: String) {
        if verb == "QUIT" { isEnding = true } else { lastVerb = verb }
    }

    private func send(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = upload.prefix(buffer.count)
        buffer.copyBytes(from: part)
        upload = upload.dropFirst(part.count)
        deadline = .now + limits.idle
        return part.count
    }

    private func noteAnswer() {
        hasAnswered = true
        deadline = .now + limits.idle
    }

    private static func error(_ code: CURLcode, _ reason: String) -> CurlError {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED, CURLE_SSL_CACERT_BADFILE:
            .unreachable(reason)
        case CURLE_OPERATION_TIMEDOUT:
            reason.contains("onnect") ? .timedOut(.connection) : .timedOut(.end)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            .invalidRequest(reason)
        default: .interrupted(reason)
        }
    }
}
