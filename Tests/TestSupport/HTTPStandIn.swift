import Foundation

/// A small HTTP server with the faults that a client must bear.
///
/// `/echo` sends method, headers and body back as JSON; `/stream?n=&pause=` n lines with pauses in seconds; `/silent`
/// takes the request and says nothing; `/stall` one line, then nothing; `/cut` ends in mid-body; `/redirect` to `/echo`;
/// `/open` tells how many requests are being answered.
package final class HTTPStandIn: Sendable {
    package let port: Int
    package var url: String { "http://127.0.0.1:\(port)" }
    private let process: ChildProcess
    private let folder: TemporaryDirectory

    private init(port: Int, process: ChildProcess, folder: TemporaryDirectory) {
        self.port = port
        self.process = process
        self.folder = folder
    }

    package static func start() async throws -> HTTPStandIn {
        let folder = try TemporaryDirectory()
        let script = try folder.write(Self.script, to: "server.py")
        let process = try ChildProcess("/usr/bin/python3", [script])
        let port = try await eventually("the stand-in to listen", within: .seconds(20)) {
            guard process.isRunning else { throw Spawn.Failure(description: "no stand-in: \(process.errors)") }
            return process.output.hasSuffix("\n") ? Int(process.output.dropLast()) : nil
        }
        return HTTPStandIn(port: port, process: process, folder: folder)
    }

    private static let script = """
        import json, threading, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        from urllib.parse import urlsplit, parse_qs

        counter = {"open": 0}
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def answer(self):
                with lock:
                    counter["open"] += 1
                try:
                    self.route()
                except OSError:
                    self.close_connection = True
                finally:
                    with lock:
                        counter["open"] -= 1

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer

            def route(self):
                parts = urlsplit(self.path)
                query = {name: float(values[0]) for name, values in parse_qs(parts.query).items()}
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if parts.path == "/echo":
                    self.whole({"method": self.command, "headers": dict(self.headers), "body": body.decode()})
                elif parts.path == "/open":
                    self.whole({"open": counter["open"] - 1})
                elif parts.path == "/redirect":
                    self.whole({}, 302, ("Location", "/echo"))
                elif parts.path == "/stream":
                    self.start_chunks()
                    for number in range(int(query["n"])):
                        self.chunk(b"line %d\\n" % number)
                        time.sleep(query.get("pause", 0))
                    self.chunk(b"")
                elif parts.path == "/large":
                    self.start_chunks()
                    for number in range(int(query["n"])):
                        self.chunk(b"x" * 65536)
                    self.chunk(b"")
                elif parts.path == "/silent":
                    self.hold()
                elif parts.path == "/stall":
                    self.start_chunks()
                    self.chunk(b"line 0\\n")
                    self.hold()
                elif parts.path == "/cut":
                    self.start_chunks()
                    self.chunk(b"line 0\\n")
                    self.close_connection = True
                else:
                    self.whole({}, 404)

            def hold(self):
                # Ends when the client goes: nothing more is to come from it.
                self.connection.settimeout(60)
                self.connection.recv(1)
                self.close_connection = True

            def whole(self, value, status=200, header=None):
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("Set-Cookie", "a=1")
                self.send_header("Set-Cookie", "b=2")
                if header:
                    self.send_header(*header)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

            def start_chunks(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()

            def chunk(self, data):
                self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(data), data))
                self.wfile.flush()

        ThreadingHTTPServer.request_queue_size = 512
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}
