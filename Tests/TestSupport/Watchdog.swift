import Glibc
import Synchronization

/// A small process that outlives this one and then kills the children and deletes the folders still listed.
///
/// It learns of the end by its standard input, so a crash of the tests, a kill and a plain exit all leave nothing.
enum Watchdog {
    static func adopt(process: pid_t) { tell("+p \(process)") }
    static func release(process: pid_t) { tell("-p \(process)") }
    static func adopt(folder: String) { tell("+d \(folder)") }
    static func release(folder: String) { tell("-d \(folder)") }

    private static let script = """
        trap '' INT TERM HUP QUIT
        declare -A processes folders
        while read -r verb what; do
            case $verb in
                +p) processes[$what]=1 ;;
                -p) unset "processes[$what]" ;;
                +d) folders[$what]=1 ;;
                -d) unset "folders[$what]" ;;
            esac
        done
        for process in "${!processes[@]}"; do kill -KILL -- "-$process" 2>/dev/null; done
        [ ${#folders[@]} -eq 0 ] || rm -rf -- "${!folders[@]}"
        """

    /// The writing end of the pipe, -1 where it could not be made.
    private static let input: Int32 = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return -1 }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var spawn = Spawn(executable: "/bin/bash", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
        spawn.input = ends[0]
        return (try? spawn.start()) == nil ? -1 : ends[1]
    }()

    private static let order = Mutex(())

    private static func tell(_ line: String) {
        order.withLock { _ in
            let bytes = Array((line + "\n").utf8)
            _ = write(input, bytes, bytes.count)
        }
    }
}
