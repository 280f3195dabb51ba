/// Where a login may lead: a path on this host, nothing else.
enum LocalPath {
    /// `path` when it stays on this host, else nil. `//host`, `/\host` and control characters would not.
    static func checked(_ path: String?) -> String? {
        guard let path, path.hasPrefix("/"), path.utf8.count <= 2048 else { return nil }
        let isSafe = path.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        return isSafe && !path.hasPrefix("//") ? path : nil
    }
}
