/** Rendered markdown; raw HTML in it is shown as text. */
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

export default function MarkdownText({ text }: { text: string }) {
  return (
    <div className="prose-asf max-w-[72ch] min-w-0 break-words">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        components={{
          // The page has its own first heading: those of the text come below.
          h1: "h3",
          h2: "h4",
          h3: "h5",
          h4: "h6",
          // A skill's text must not fetch anything from elsewhere.
          img: ({ alt }) => <span className="text-ink-faint">[image: {alt}]</span>,
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noreferrer noopener">
              {children}
            </a>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
