import CCurl

/// One transfer's options in libcurl. Made and set by one thread, then handed to the loop's thread, never shared.
final class EasyHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let reason: UnsafeMutablePointer<CChar>

    init() throws(CurlError) {
        _ = Self.library
        guard let pointer = curl_easy_init() else { throw .invalidRequest("libcurl gives no handle") }
        self.pointer = pointer
        reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        // Without a signal handler of libcurl's own: there are other threads.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_ERRORBUFFER, pointer: reason)
        try check(ccurl_close_on_exec(pointer))
    }

    deinit {
        curl_easy_cleanup(pointer)
        lists.forEach(curl_slist_free_all)
        reason.deallocate()
    }

    /// libcurl's own words on the failure, else the general ones for the code.
    func explanation(of code: CURLcode) -> String {
        reason.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: reason)
    }

    func set(_ option: CURLoption, _ number: Int) throws(CurlError) {
        try check(ccurl_set_number(pointer, option, number))
    }

    func setUploadSize(_ bytes: Int) throws(CurlError) {
        try check(ccurl_set_size(pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(bytes)))
    }

    func set(_ option: CURLoption, _ text: String) throws(CurlError) {
        guard !text.utf8.contains(0) else { throw .invalidRequest("a zero byte in a text") }
        try check(ccurl_set_text(pointer, option, text))
    }

    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) throws(CurlError) {
        try check(ccurl_set_pointer(pointer, option, value))
    }

    /// A body that libcurl copies.
    func setBody(_ bytes: [UInt8]) throws(CurlError) {
        try check(ccurl_set_size(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        let code = bytes.withUnsafeBytes { buffer in
            let start = UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            return ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, start)
        }
        try check(code)
        // An empty body has no address: without this libcurl would ask a read function for one.
        if bytes.isEmpty { try check(ccurl_set_text(pointer, CURLOPT_COPYPOSTFIELDS, "")) }
    }

    /// Lines without CR or LF, so that no value can add a line of its own.
    func set(_ option: CURLoption, lines: [String]) throws(CurlError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard !line.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
                curl_slist_free_all(list)
                throw .invalidRequest("a line break in a header or an address")
            }
            list = curl_slist_append(list, line)
        }
        guard let list else { return }
        lists.append(list)
        try check(ccurl_set_list(pointer, option, list))
    }

    func set(_ option: CURLoption, function: @escaping ccurl_transfer_function) throws(CurlError) {
        try check(ccurl_set_transfer_function(pointer, option, function))
    }

    func set(debugFunction: @escaping ccurl_debug_function) throws(CurlError) {
        try check(ccurl_set_debug_function(pointer, debugFunction))
    }

    func responseCode() -> Int {
        var code = 0
        ccurl_get_number(pointer, CURLINFO_RESPONSE_CODE, &code)
        return code
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw .invalidRequest(String(cString: curl_easy_strerror(code))) }
    }

    private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
}
