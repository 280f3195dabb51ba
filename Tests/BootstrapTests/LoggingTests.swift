import Bootstrap
import Foundation
import Logging
import TestSupport
import Testing

@Suite struct LoggingTests {
    private func logged(_ format: LogFormat, _ log: (Logger) -> Void) -> String {
        let lines = Holder("")
        let handler = LineLogHandler(label: "worker", level: .info, format: format) { line in
            lines.update { $0 += line }
        }
        log(Logger(label: "worker") { _ in handler })
        return lines.value
    }

    @Test func `a JSON line is JSON whatever it holds`() throws {
        let text = logged(.json) { logger in
            var logger = logger
            logger[metadataKey: "job.id"] = "0197"
            logger.warning(
                "job \"failed\"\n\u{1}\\",
                metadata: ["attempt": .stringConvertible(3), "job.kinds": ["a", "b"], "nested": ["x": "é"]])
            logger.debug("below the level")
        }
        #expect(text.hasSuffix("}\n"))
        #expect(text.count { $0 == "\n" } == 1)
        let line = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(line["message"] as? String == "job \"failed\"\n\u{1}\\")
        #expect(line["level"] as? String == "warning")
        #expect(line["process"] as? String == "worker")
        #expect(line["job.id"] as? String == "0197")
        #expect(line["attempt"] as? Int == 3)
        #expect(line["job.kinds"] as? [String] == ["a", "b"])
        let time = try #require(line["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test func `a text line is one line with its metadata`() {
        let text = logged(.text) { $0.info("job\nended", metadata: ["job.id": "0197", "reason": "two words"]) }
        #expect(text.hasSuffix(" INFO     worker  job ended job.id=0197 reason=\"two words\"\n"))
        #expect(text.count { $0 == "\n" } == 1)
    }
}
