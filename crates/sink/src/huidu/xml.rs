//! The XML of the SDK: requests as text, answers through a parser.

use crate::card::quoted;
use roxmltree::{Document, Node, ParsingOptions};

/// Elements and texts in an answer; more is no answer to what we ask.
const MOST_NODES: u32 = 4000;

/// A text as it stands in an attribute or an element. What XML cannot hold is left out.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A method's request.
pub(super) fn request(session: &str, method: &str, body: &str) -> String {
    let session = escaped(session);
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<sdk guid=\"{session}\"><in method=\"{method}\">{body}</in></sdk>"
    )
}

/// A method's answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) session: String,
    /// `kSuccess`, or what went wrong.
    pub(super) result: Option<String>,
    /// Width and height of the screen, where the answer has them.
    pub(super) size: Option<(u32, u32)>,
}

impl Answer {
    /// Reads the answer to `method`; the error says what is wrong with it.
    pub(super) fn read(text: &str, method: &str) -> Result<Self, String> {
        let options = ParsingOptions {
            nodes_limit: MOST_NODES,
            ..ParsingOptions::default()
        };
        let text = text.trim_start_matches('\u{feff}').trim();
        let document = Document::parse_with_options(text, options).map_err(|error| quoted(&error.to_string()))?;
        let sdk = document.root_element();
        let out = sdk.children().find(|node| node.has_tag_name("out"));
        let out = out.ok_or("it has no <out>")?;
        match out.attribute("method") {
            Some(told) if told == method => {}
            told => return Err(format!("it answers {}", told.map_or("nothing".to_owned(), quoted))),
        }
        Ok(Self {
            session: sdk.attribute("guid").unwrap_or_default().chars().take(100).collect(),
            result: out.attribute("result").map(str::to_owned),
            size: out
                .descendants()
                .find(|node| node.has_tag_name("screen"))
                .and_then(size),
        })
    }
}

fn size(screen: Node<'_, '_>) -> Option<(u32, u32)> {
    let number = |name| screen.attribute(name)?.trim().parse().ok();
    Some((number("width")?, number("height")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        assert_eq!(
            escaped("<a href='x'>\"&\"\u{0}\u{7}</a>"),
            "&lt;a href=&apos;x&apos;&gt;&quot;&amp;&quot;&lt;/a&gt;"
        );
    }

    #[test]
    fn an_answer_is_read() {
        let text = "\u{feff}<?xml version='1.0'?><sdk guid=\"5f-1\"><out method=\"GetDeviceInfo\" result=\"kSuccess\">\
                    <device cpu=\"x\"/><screen rotation=\"0\" width=\"128\" height=\"64\"/></out></sdk>\r\n";
        let answer = Answer::read(text, "GetDeviceInfo").unwrap();
        assert_eq!(answer.session, "5f-1");
        assert_eq!(answer.result.as_deref(), Some("kSuccess"));
        assert_eq!(answer.size, Some((128, 64)));
        assert!(Answer::read(text, "AddProgram").unwrap_err().contains("GetDeviceInfo"));
    }

    #[test]
    fn a_card_does_not_write_on_the_screen_of_whoever_reads_its_fault() {
        let long = "m".repeat(200_000);
        let names = format!("<{long}></{long}n>");
        let method = format!("<sdk><out method='&#x9b;31m&#x202e;{long}'/></sdk>");
        for bad in [names, method] {
            let told = Answer::read(&bad, "M").unwrap_err();
            assert!(told.chars().count() < 200, "{} characters", told.chars().count());
            assert!(!told.contains(['\u{9b}', '\u{202e}']), "{told:?}");
        }
        assert_eq!(
            quoted("kInvalidXmlFormat 格式"),
            "kInvalidXmlFormat 格式",
            "the control"
        );
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;&x;\">]><sdk>&y;</sdk>";
        let many = format!("<sdk>{}</sdk>", "<a/>".repeat(5000));
        for bad in [
            "",
            "<sdk>",
            "<sdk/>",
            "<sdk><out/></sdk>",
            "no",
            bomb,
            &many,
            "<sdk><in method='M'/></sdk>",
        ] {
            assert!(
                Answer::read(bad, "M").is_err(),
                "{}",
                bad.chars().take(60).collect::<String>()
            );
        }
    }
}
