//! Texts in Markdown, as an application's documents are. HTML in them is shown as text, pictures as a link, and only
//! links that lead to the web or to a mailbox are links.

use maud::{Markup, html};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

/// Elements that are deeper than this are shown without their frame. A text of a hundred thousand quotes in each other
/// would otherwise cost their square.
const DEEPEST: usize = 24;

/// The text, with headings that fit below one of the third level.
pub fn markdown(text: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut open: Vec<(Tag<'_>, Vec<Markup>)> = Vec::new();
    let (mut top, mut too_deep) = (Vec::new(), 0_usize);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(_) if open.len() >= DEEPEST => too_deep += 1,
            Event::Start(tag) => open.push((tag, Vec::new())),
            Event::End(_) if too_deep > 0 => too_deep -= 1,
            Event::End(_) => {
                if let Some((tag, parts)) = open.pop() {
                    parts_of(&mut open, &mut top).push(element(&tag, &parts));
                }
            }
            leaf => parts_of(&mut open, &mut top).extend(text_of(&leaf)),
        }
    }
    html! { div.prose { @for part in &top { (part) } } }
}

fn parts_of<'a>(open: &'a mut [(Tag<'_>, Vec<Markup>)], top: &'a mut Vec<Markup>) -> &'a mut Vec<Markup> {
    open.last_mut().map_or(top, |(_, parts)| parts)
}

fn text_of(leaf: &Event<'_>) -> Option<Markup> {
    match leaf {
        Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => Some(html! { (text.as_ref()) }),
        Event::Code(code) => Some(html! { code { (code.as_ref()) } }),
        Event::SoftBreak => Some(html! { "\n" }),
        Event::HardBreak => Some(html! { br; }),
        Event::Rule => Some(html! { hr; }),
        _ => None,
    }
}

fn element(tag: &Tag<'_>, parts: &[Markup]) -> Markup {
    let inside = html! { @for part in parts { (part) } };
    match tag {
        Tag::Paragraph => html! { p { (inside) } },
        Tag::Heading { level: HeadingLevel::H1, .. } => html! { h4 { (inside) } },
        Tag::Heading { level: HeadingLevel::H2, .. } => html! { h5 { (inside) } },
        Tag::Heading { .. } => html! { h6 { (inside) } },
        Tag::BlockQuote(_) => html! { blockquote { (inside) } },
        Tag::CodeBlock(_) | Tag::HtmlBlock => html! { pre tabindex="0" { code { (inside) } } },
        Tag::List(Some(first)) => html! { ol start=(first) { (inside) } },
        Tag::List(None) => html! { ul { (inside) } },
        Tag::Item => html! { li { (inside) } },
        Tag::Emphasis => html! { em { (inside) } },
        Tag::Strong => html! { strong { (inside) } },
        Tag::Strikethrough => html! { del { (inside) } },
        Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => link(dest_url, inside),
        Tag::Table(_) => html! { div.scroll { table { (inside) } } },
        Tag::TableHead | Tag::TableRow => html! { tr { (inside) } },
        Tag::TableCell => html! { td { (inside) } },
        _ => inside,
    }
}

fn link(to: &str, inside: Markup) -> Markup {
    let safe = ["https://", "http://", "mailto:"].iter().any(|scheme| to.starts_with(scheme));
    if safe {
        html! { a.link href=(to) rel="noopener noreferrer" { (inside) } }
    } else {
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let page = markdown(text).into_string();
        page.trim_start_matches("<div class=\"prose\">").trim_end_matches("</div>").to_owned()
    }

    #[test]
    fn nothing_of_the_text_becomes_a_script_or_a_frame() {
        assert_eq!(shown("a <b onclick=x>b</b>"), "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>");
        assert!(!shown("<script>alert(1)</script>").contains("<script"));
        assert_eq!(shown("[x](javascript:alert(1))"), "<p>x</p>");
        assert_eq!(shown("![x](https://a.example/x.png)").matches("<img").count(), 0);
        let link = "<p><a class=\"link\" href=\"https://a.example/?a=1&amp;b\" rel=\"noopener noreferrer\">x</a></p>";
        assert_eq!(shown("[x](https://a.example/?a=1&b)"), link);
    }

    #[test]
    fn headings_lists_and_code_keep_their_shape() {
        let text = "# One\n\n2. two\n3. *three*\n\n```\na < b\n```\n";
        let html = "<h4>One</h4><ol start=\"2\"><li>two</li><li><em>three</em></li></ol>\
                    <pre tabindex=\"0\"><code>a &lt; b\n</code></pre>";
        assert_eq!(shown(text), html);
    }

    #[test]
    fn quotes_in_quotes_without_end_cost_little() {
        let page = shown(&format!("{} text", ">".repeat(100_000)));
        assert_eq!(page.matches("<blockquote>").count(), DEEPEST);
        assert!(page.contains("text"));
    }
}
