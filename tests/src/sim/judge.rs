//! What must hold, looked at after each step: what a display shows against what the office decided and what was really
//! brought to it.

use super::booth::{Booth, Span, turn};
use super::office::BEGINNING;
use super::record::{Entry, Record, Shelf, Text};
use heliograph_domain::head::Item;
use heliograph_domain::{Lang, PublicationId};
use heliograph_player::agent::Showing;
use std::cell::RefCell;
use std::fmt;

/// What can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// (a) What is shown was released.
    Released,
    /// (b) It is shown in its window and within its lease.
    InItsWindow,
    /// (c) It was meant for this display.
    MeantForIt,
    /// (d) No display goes dark, or to its slate, while it has something to show.
    NotDark,
    /// (e) A blank that was brought is obeyed.
    BlankObeyed,
    /// (f) Nothing older is believed again, and what was believed is on the disk.
    NeverBack,
    /// (g) After peace every display agrees with the log.
    Agrees,
    /// What a hostile broker says changes nothing.
    Unmoved,
}

/// An invariant that does not hold.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// At which display, by number.
    pub display: usize,
    /// When, in milliseconds of the world's time.
    pub at_ms: u64,
    /// What was seen.
    pub why: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            invariant,
            display,
            at_ms,
            why,
        } = self;
        write!(
            f,
            "{invariant:?} does not hold at display {display} after {} ms: {why}",
            at_ms
        )
    }
}

pub(super) type Verdict = Result<(), (Invariant, String)>;

/// Times of machines are compared with this much room, in milliseconds.
const ROOM_MS: u64 = 1_500;

/// What can be seen on a panel within one rotation.
pub(super) struct Seen<'s> {
    pub(super) items: Vec<&'s Item>,
    pub(super) main: Option<PublicationId>,
    pub(super) footer: usize,
}

/// Everything that the rotation shows at this moment, not only the page that is up.
pub(super) fn seen(booth: &Booth, t: u64) -> Option<(&Showing, Seen<'_>)> {
    let showing = booth.showing.as_deref()?;
    let now = showing.site_time(booth.moment(t).monotonic_ms);
    let asked = RefCell::new(Vec::new());
    let take = |item: &Item| {
        let turn = turn(showing, item)?;
        asked.borrow_mut().push(item.publication);
        Some(turn)
    };
    let airing = showing.airing(&take, now);
    let (main, footer) = (airing.main.map(|on| on.item.publication), airing.footer.len());
    let asked = asked.into_inner();
    let items = showing
        .programme
        .items
        .iter()
        .filter(|item| asked.contains(&item.publication));
    Some((
        showing,
        Seen {
            items: items.collect(),
            main,
            footer,
        },
    ))
}

/// Judges a display that is on.
pub(super) fn judge(record: &Record, booth: &Booth, t: u64) -> Verdict {
    let Some((showing, seen)) = seen(booth, t) else {
        return Err((
            Invariant::NotDark,
            "it has nothing to show, not even a slate".to_owned(),
        ));
    };
    let span = booth.span(t);
    if booth.belief.blanked(record) {
        let shown = !seen.items.is_empty() || seen.main.is_some() || seen.footer > 0;
        return if shown {
            Err((
                Invariant::BlankObeyed,
                "the site is blanked and it shows its programme".to_owned(),
            ))
        } else {
            Ok(())
        };
    }
    let programme = booth.belief.programme(record, booth.id);
    for item in &seen.items {
        let title = showing
            .documents
            .get(&item.content)
            .map(|document| document.title(Lang::ZhHans));
        judge_text(record, booth, &programme, &title.unwrap_or_default(), span, t)?;
    }
    if seen.main.is_none() {
        lit(showing, &programme, span)?;
    }
    Ok(())
}

fn judge_text(record: &Record, booth: &Booth, programme: &Shelf, title: &str, span: Span, t: u64) -> Verdict {
    let text = Text::of_title(title).filter(|text| record.ever.contains(text));
    let Some(text) = text else {
        return Err((
            Invariant::Released,
            format!("it shows “{title}”, which was never released"),
        ));
    };
    let entry = programme.get(&text.publication).filter(|entry| entry.text == text);
    let Some(entry) = entry else {
        return Err(misplaced(record, booth, text));
    };
    in_time(entry, booth, span, t)
}

/// A text that was released and should not be here: for whom was it meant?
fn misplaced(record: &Record, booth: &Booth, text: Text) -> (Invariant, String) {
    let (channels, believed) = (&booth.belief.tuning(record, booth.id).channels, booth.belief.brief());
    let versions = channels
        .iter()
        .filter_map(|channel| record.channels.get(channel))
        .flatten();
    let held = versions.filter_map(|(version, shelf)| {
        let entry = shelf.values().find(|entry| entry.text == text)?;
        Some((*version, entry.until))
    });
    let (title, held) = (text.title(), held.collect::<Vec<_>>());
    let told = format!("believed is {believed}; its channels {channels:?} had it at {held:?}");
    if held.is_empty() {
        (
            Invariant::MeantForIt,
            format!("it shows “{title}”, which was never on its channels: {told}"),
        )
    } else {
        let why = format!("it shows “{title}”, which is not in the newest heads that were brought to it: {told}");
        (Invariant::NeverBack, why)
    }
}

fn in_time(entry: &Entry, booth: &Booth, span: Span, t: u64) -> Verdict {
    let title = entry.text.title();
    let fault = |what: &str| {
        let minutes = |at: u64| (at as i64 - BEGINNING as i64) / 60_000;
        let (from, until) = (minutes(entry.from), entry.until.map(minutes));
        Err((
            Invariant::InItsWindow,
            format!(
                "it shows “{title}” {what} (minutes {from} to {until:?}, now {})",
                t / 60_000
            ),
        ))
    };
    if !span.told && !entry.standing && !span.wall_may_be_right {
        return fault("before it knows the time");
    }
    let begins = entry.from.max(entry.released_at);
    if span.latest + ROOM_MS < begins {
        return fault("before its time");
    }
    if entry.until.is_some_and(|until| until + ROOM_MS <= span.earliest) {
        return fault("after its time");
    }
    if entry
        .lease_ms
        .is_some_and(|lease| booth.belief.heard + lease + ROOM_MS <= span.earliest)
    {
        return fault("after its lease");
    }
    Ok(())
}

/// Whether a text is to be seen beyond doubt.
fn surely_on(entry: &Entry, span: Span, heard: u64) -> bool {
    let begun = entry.from.max(entry.released_at) + ROOM_MS <= span.earliest;
    let lasts = entry.until.is_none_or(|until| span.latest + ROOM_MS < until);
    let leased = entry.lease_ms.is_none_or(|lease| span.latest + ROOM_MS < heard + lease);
    begun && lasts && leased && (entry.standing || span.told)
}

/// A display that holds a text which it must show does not show its slate.
fn lit(showing: &Showing, programme: &Shelf, span: Span) -> Verdict {
    let heard = showing.heard_at.map_or(0, |at| at.0);
    let must = programme
        .values()
        .find(|entry| surely_on(entry, span, heard) && showing.documents.contains_key(&entry.hash));
    match must {
        Some(entry) => Err((
            Invariant::NotDark,
            format!("it shows its slate and has “{}”", entry.text.title()),
        )),
        None => Ok(()),
    }
}

/// Whether a display agrees with the log, after peace.
pub(super) fn agrees(record: &Record, booth: &Booth, t: u64) -> Verdict {
    let disagrees = |why: String| Err((Invariant::Agrees, why));
    let Some((showing, seen)) = seen(booth, t) else {
        return disagrees("it is off".to_owned());
    };
    let span = booth.span(t);
    if !span.told || !showing.time_known || span.latest - span.earliest > 60_000 {
        return disagrees(format!("it does not know the time: {span:?}"));
    }
    if !booth.has_stored() {
        return disagrees("its disk does not have what it believes".to_owned());
    }
    let tuning = record.tuning(booth.id);
    if booth.belief.tuning(record, booth.id) != tuning {
        return disagrees("it was never brought its newest configuration".to_owned());
    }
    let blanked = record.blanks.values().next_back().copied().unwrap_or(false);
    if showing.blanked != blanked {
        return disagrees(format!("blanked is {}, and should be {blanked}", showing.blanked));
    }
    let gone = record.erased();
    if let Some(hash) = showing.documents.keys().find(|hash| gone.contains(*hash)) {
        return disagrees(format!("it still holds {hash}, which was erased"));
    }
    let mut whole = Shelf::new();
    for channel in &tuning.channels {
        // A publication's newest release is the same on every channel that it is on.
        whole.extend(
            record
                .shelf(channel)
                .iter()
                .map(|(publication, entry)| (*publication, entry.clone())),
        );
    }
    let titles: Vec<String> = seen
        .items
        .iter()
        .filter_map(|item| Some(showing.documents.get(&item.content)?.title(Lang::ZhHans)))
        .collect();
    let shown = |entry: &Entry| titles.contains(&entry.text.title());
    let must = whole
        .values()
        .find(|entry| !blanked && surely_on(entry, span, BEGINNING + t) && !shown(entry));
    if let Some(entry) = must {
        return disagrees(format!(
            "“{}” is on release and not to be seen; {titles:?} are",
            entry.text.title()
        ));
    }
    let known = |title: &String| whole.values().any(|entry| entry.text.title() == *title);
    match titles.iter().find(|title| !known(title)) {
        Some(title) => disagrees(format!("“{title}” is to be seen and not on release")),
        None => Ok(()),
    }
}
