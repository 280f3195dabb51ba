import CMarkdown

/// Turns an answer's markdown into HTML that is safe to put into a page.
///
/// cmark-gfm works in safe mode with tables, strikethrough and autolinks. Raw HTML and images are taken out of the tree (the text
/// of an image stays), every link carries `rel="noopener noreferrer nofollow"`, and citation markers such as `[1]` stay plain
/// text: the page's script turns them into chips.
public enum MarkdownRenderer {
    public static func html(_ markdown: String) -> String {
        guard extensionsAreRegistered, let parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8) else { return "" }
        defer { cmark_parser_free(parser) }
        for name in ["table", "strikethrough", "autolink"] {
            guard let syntax = cmark_find_syntax_extension(name) else { continue }
            _ = cmark_parser_attach_syntax_extension(parser, syntax)
        }
        let source = CitationMarkers.shielded(markdown)
        source.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        guard let document = cmark_parser_finish(parser) else { return "" }
        defer { cmark_node_free(document) }
        removeImagesAndRawHTML(from: document)
        let extensions = cmark_parser_get_syntax_extensions(parser)
        guard let rendered = cmark_render_html(document, CMARK_OPT_DEFAULT, extensions) else { return "" }
        defer { cmark_get_default_mem_allocator().pointee.free(rendered) }
        return withLinkRelations(String(cString: rendered))
    }

    /// The registry is filled once; afterwards it is only read.
    private static let extensionsAreRegistered: Bool = {
        cmark_gfm_core_extensions_ensure_registered()
        return true
    }()

    private static func removeImagesAndRawHTML(from document: OpaquePointer) {
        var unwanted: [OpaquePointer] = []
        guard let iterator = cmark_iter_new(document) else { return }
        while true {
            let event = cmark_iter_next(iterator)
            if event == CMARK_EVENT_DONE { break }
            guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) else { continue }
            switch cmark_node_get_type(node) {
            case CMARK_NODE_IMAGE, CMARK_NODE_HTML_INLINE, CMARK_NODE_HTML_BLOCK: unwanted.append(node)
            default: break
            }
        }
        cmark_iter_free(iterator)
        for node in unwanted {
            while let child = cmark_node_first_child(node) { cmark_node_insert_before(node, child) }
            cmark_node_unlink(node)
            cmark_node_free(node)
        }
    }

    /// In safe mode text, titles and addresses are escaped, so `<a href="` can only stem from a link.
    private static func withLinkRelations(_ html: String) -> String {
        let opening = "<a href=\""
        guard html.contains(opening) else { return html }
        var result = ""
        var rest = html[...]
        while let range = rest.firstRange(of: opening) {
            result += rest[..<range.lowerBound]
            result += "<a rel=\"noopener noreferrer nofollow\" href=\""
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}

/// Keeps `[1]: …` at the start of a line from being read as a link definition, which would make every `[1]` a link.
private enum CitationMarkers {
    static func shielded(_ markdown: String) -> String {
        guard markdown.contains("]:") else { return markdown }
        var isFenced = false
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let content = line.drop { $0 == " " }
            if content.hasPrefix("```") || content.hasPrefix("~~~") { isFenced.toggle() }
            guard !isFenced, isDefinition(content) else { return String(line) }
            return String(line[..<content.startIndex]) + "\\" + content
        }
        return lines.joined(separator: "\n")
    }

    private static func isDefinition(_ line: Substring) -> Bool {
        guard line.first == "[" else { return false }
        let digits = line.dropFirst().prefix { $0.isNumber }
        return !digits.isEmpty && line[digits.endIndex...].hasPrefix("]:")
    }
}
