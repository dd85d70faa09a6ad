//! Words that stand for several: `付{主任|局长}` is 付主任 and 付局长, and `{0}` is any number. A list of eight hundred
//! titles after one wrong character would not be read by anybody.

use super::rules::Word;

/// Stands in a word for any number (a private-use character, which no text has for a reason).
pub(super) const NUMBER: char = '\u{e000}';

/// The most words that one may stand for.
const MOST: usize = 2000;

/// A part of a word.
enum Part {
    Text(String),
    OneOf(Vec<String>),
}

/// The words that `word` stands for; `None` when its braces do not pair, when its right form has alternatives that the
/// word does not have, or when it would be too many. What is harmless goes with those of them that it contains.
pub(super) fn expanded(word: &Word) -> Option<Vec<Word>> {
    let text = parts(&word.text)?;
    let instead = word.instead.as_deref().map(parts);
    let instead = match instead {
        Some(parts) => Some(parts?),
        None => None,
    };
    let unless: Vec<Vec<Part>> = word.unless.iter().map(|longer| parts(longer)).collect::<Option<_>>()?;
    let harmless: Vec<String> = unless
        .iter()
        .map(|longer| all(longer))
        .collect::<Option<Vec<_>>>()?
        .concat();
    let ways = choices(&text)?;
    let one = |picks: &[usize]| -> Option<Word> {
        let text = picked(&text, picks);
        Some(Word {
            unless: harmless
                .iter()
                .filter(|longer| ways.len() == 1 || longer.contains(&text))
                .cloned()
                .collect(),
            instead: match &instead {
                Some(right) => Some(in_step(right, &text_sizes(&word.text)?, picks)?),
                None => None,
            },
            text,
        })
    };
    ways.iter().map(|picks| one(picks)).collect()
}

fn all(parts: &[Part]) -> Option<Vec<String>> {
    Some(choices(parts)?.iter().map(|picks| picked(parts, picks)).collect())
}

fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let close = open + rest[open..].find('}')?;
        let inner = &rest[open + 1..close];
        if inner.contains('{') || rest[..open].contains('}') {
            return None;
        }
        parts.push(Part::Text(rest[..open].to_owned()));
        parts.push(match inner {
            "0" => Part::Text(NUMBER.to_string()),
            _ => Part::OneOf(inner.split('|').map(str::to_owned).collect()),
        });
        rest = &rest[close + 1..];
    }
    parts.push(Part::Text(rest.to_owned()));
    (!rest.contains('}')).then_some(parts)
}

fn sizes(parts: &[Part]) -> Vec<usize> {
    let size = |part: &Part| match part {
        Part::Text(_) => None,
        Part::OneOf(alternatives) => Some(alternatives.len()),
    };
    parts.iter().filter_map(size).collect()
}

fn text_sizes(text: &str) -> Option<Vec<usize>> {
    Some(sizes(&parts(text)?))
}

/// Which alternative of each group, in every way.
fn choices(parts: &[Part]) -> Option<Vec<Vec<usize>>> {
    let sizes = sizes(parts);
    if sizes.iter().product::<usize>() > MOST {
        return None;
    }
    let mut ways = vec![Vec::new()];
    for size in sizes {
        let longer = |way: &Vec<usize>| {
            (0..size)
                .map(|pick| [way.as_slice(), &[pick]].concat())
                .collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(longer).collect();
    }
    Some(ways)
}

fn picked(parts: &[Part], picks: &[usize]) -> String {
    let mut picks = picks.iter();
    let text = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::OneOf(alternatives) => {
            let pick = picks.next().and_then(|pick| alternatives.get(*pick));
            pick.cloned().unwrap_or_default()
        }
    };
    parts.iter().map(text).collect()
}

/// A right form whose groups go in step with those of the word: each with the next one of as many alternatives.
fn in_step(right: &[Part], sizes: &[usize], picks: &[usize]) -> Option<String> {
    let mut at = 0;
    let mut mine = Vec::new();
    for size in self::sizes(right) {
        at += sizes[at..].iter().position(|other| *other == size)?;
        mine.push(*picks.get(at)?);
        at += 1;
    }
    Some(picked(right, &mine))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, instead: &str, unless: &[&str]) -> Word {
        Word {
            text: text.to_owned(),
            unless: unless.iter().map(|longer| (*longer).to_owned()).collect(),
            instead: Some(instead.to_owned()),
        }
    }

    #[test]
    fn a_word_with_alternatives_stands_for_each_and_its_right_form_goes_in_step() {
        let words = expanded(&word(
            "{市|省}付{市长|局长|处长}",
            "副{市长|局长|处长}",
            &["支付{市长|局长}"],
        ))
        .unwrap();
        let told: Vec<_> = words
            .iter()
            .map(|word| (word.text.as_str(), word.instead.as_deref()))
            .collect();
        assert_eq!(told.len(), 6);
        assert_eq!(told[1], ("市付局长", Some("副局长")));
        let plain = expanded(&word("付{市长|局长}", "副{市长|局长}", &["支付{市长|局长}"])).unwrap();
        assert_eq!(plain[1].unless, ["支付局长"]);
        let numbered = expanded(&word("第{0}界", "第……届", &[])).unwrap();
        assert_eq!(numbered[0].text, format!("第{NUMBER}界"));
    }

    #[test]
    fn braces_that_do_not_pair_and_right_forms_out_of_step_are_refused() {
        for (text, instead) in [
            ("付{主任", "副主任"),
            ("付主任}", "x"),
            ("付{主任|局长}", "副{主任|局长|处长}"),
        ] {
            assert!(expanded(&word(text, instead, &[])).is_none(), "{text}");
        }
        let many = format!("甲{}", "{一|二|三|四|五|六|七|八|九|十}".repeat(4));
        assert!(expanded(&word(&many, "乙", &[])).is_none());
    }
}
